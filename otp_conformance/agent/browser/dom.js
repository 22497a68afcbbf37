// What page scripts share: visibility, accessible names, rows. An expression
// that yields one object; the other scripts receive it as `dom`. TEXT_FIELDS comes
// from page.py, where the agent without a browser has it from, too.
(() => {
  const squeeze = (text) => (text || "").replace(/[\s\u3000]+/g, " ").trim();

  const visible = (el) =>
    el.checkVisibility ? el.checkVisibility({ visibilityProperty: true }) : el.getClientRects().length > 0;

  // Pictures speak by their alternative text.
  const textOf = (el) => {
    const alts = [...el.querySelectorAll("img[alt], input[type=image][alt]")].map((img) => img.alt);
    if (el.matches("img[alt]")) alts.push(el.alt);
    return squeeze([el.innerText ?? el.textContent, ...alts].join(" "));
  };

  const referred = (el, attribute) =>
    (el.getAttribute(attribute) || "")
      .split(/\s+/)
      .filter(Boolean)
      .map((id) => el.ownerDocument.getElementById(id))
      .filter(Boolean)
      .map((target) => squeeze(target.textContent))
      .filter(Boolean)
      .join(" ");

  // Order of precedence as in the W3C name computation, shortened.
  const name = (el) => {
    const explicit = referred(el, "aria-labelledby") || squeeze(el.getAttribute("aria-label"));
    if (explicit) return explicit;
    if (el.labels && el.labels.length) {
      return squeeze([...el.labels].map((label) => textOf(label)).join(" "));
    }
    if (el.matches("input[type=submit], input[type=button], input[type=reset]")) {
      return squeeze(el.value) || (el.type === "reset" ? "Reset" : el.type === "submit" ? "Submit" : "");
    }
    if (el.matches("input[type=image]")) return squeeze(el.alt || el.title);
    if (!el.matches("input, textarea, select")) {
      const own = textOf(el);
      if (own) return own;
    }
    return squeeze(el.title || el.placeholder);
  };

  const ROWS =
    "tr, li, fieldset, section, article, [role=row], [role=listitem], [role=group], [role=region]";

  // The nearest row or group that says more than the control itself does.
  const row = (el) => {
    const own = textOf(el);
    for (let at = el.parentElement?.closest(ROWS); at; at = at.parentElement?.closest(ROWS)) {
      const text = textOf(at);
      if (text !== own) return text;
    }
    return "";
  };

  const enabled = (el) => !el.matches(":disabled") && el.getAttribute("aria-disabled") !== "true";

  const ACTIONS =
    "button, input[type=submit], input[type=button], input[type=reset], input[type=image]," +
    " a[href], [role=button], [role=link]";

  const isLink = (el) =>
    el.getAttribute("role") ? el.getAttribute("role") === "link" : el.matches("a[href]");

  const masked = (el) =>
    el.type === "password" || getComputedStyle(el).webkitTextSecurity === "disc";

  return { squeeze, visible, textOf, referred, name, row, enabled, isLink, masked, TEXT_FIELDS, ACTIONS };
})()
