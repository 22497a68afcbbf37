// The matches of a locator, described: enough to choose one and to operate it.
(dom, elements) =>
  elements.map((el) => ({
    visible: dom.visible(el),
    name: dom.name(el),
    row: dom.row(el),
    enabled: dom.enabled(el),
    editable: dom.enabled(el) && !el.readOnly && el.getAttribute("aria-readonly") !== "true",
    opensWindow: (el.getAttribute("formtarget") || el.target || el.form?.target || "") === "_blank",
    parameter: el.getAttribute("name") || "",
    type: el.type || "",
    maxLength: el.maxLength >= 0 ? el.maxLength : null,
  }))
