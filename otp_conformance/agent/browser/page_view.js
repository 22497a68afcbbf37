// Everything that PageView holds, in one round trip. Visible things only.
(dom) => {
  const all = (selector) => [...document.querySelectorAll(selector)].filter(dom.visible);
  const shown = (el) => dom.squeeze(el.innerText);

  // Without the ornaments that screen readers skip too (a "!" before an error).
  const spoken = (el) => {
    let text = el.innerText;
    for (const ornament of el.querySelectorAll("[aria-hidden=true]")) {
      text = text.replace((ornament.innerText || "").trim(), "");
    }
    return dom.squeeze(text);
  };

  const facts = [];
  for (const dt of all("dl dt")) {
    const values = [];
    for (let at = dt.nextElementSibling; at && at.tagName === "DD"; at = at.nextElementSibling) {
      if (dom.visible(at)) values.push(shown(at));
    }
    facts.push([shown(dt), values.join(" ")]);
  }
  for (const tr of all("tr")) {
    const cells = [...tr.cells];
    for (let i = 0; i + 1 < cells.length; i += 2) {
      if (cells[i].tagName === "TH" && cells[i + 1].tagName === "TD") {
        facts.push([shown(cells[i]), shown(cells[i + 1])]);
      }
    }
  }
  // A table whose first row holds headings only.
  const rows = [];
  for (const table of all("table")) {
    const [head, ...body] = [...table.rows].filter(dom.visible);
    const captions = head ? [...head.cells].map(shown) : [];
    if (!body.length || [...head.cells].some((cell) => cell.tagName !== "TH")) continue;
    for (const tr of body) {
      rows.push(captions.map((caption, i) => [caption, tr.cells[i] ? shown(tr.cells[i]) : ""]));
    }
    if (body.length === 1) facts.push(...rows.at(-1));
  }

  const current = all("[aria-current=step]")[0];
  const track = current ? current.closest("ol, ul, [role=list]") : null;

  return {
    address: location.href,
    documentTitle: dom.squeeze(document.title),
    language: document.documentElement.lang || "",
    headings: all("h1, h2, h3, h4, h5, h6, [role=heading], legend, caption").map(dom.textOf).filter(Boolean),
    text: document.body ? document.body.innerText : "",
    facts,
    rows,
    alerts: all("[role=alert], [role=alertdialog], [aria-live=assertive]").map(spoken).filter(Boolean),
    fields: all(dom.TEXT_FIELDS).map((el) => ({
      label: dom.name(el),
      masked: dom.masked(el),
      value: dom.masked(el) ? "" : (el.value ?? el.innerText),
      required: Boolean(el.required) || el.getAttribute("aria-required") === "true",
      maxLength: el.maxLength >= 0 ? el.maxLength : null,
      description: dom.referred(el, "aria-describedby"),
    })),
    actions: all(dom.ACTIONS).map((el) => ({
      name: dom.name(el),
      enabled: dom.enabled(el),
      isLink: dom.isLink(el),
      row: dom.row(el),
    })),
    progress: track ? [...track.children].filter(dom.visible).map(shown) : [],
    progressCurrent: current ? shown(current) : "",
  };
}
