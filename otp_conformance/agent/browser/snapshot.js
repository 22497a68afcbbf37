// The whole page in one answer, as JSON: every element with what of it can be seen (keys as in
// tree.py, from_raw). The elements themselves stay here by number, for whoever acts on them.
//
// `most`: what is larger is not read (tooLarge: how large), since that would take too long.
// `reading`: number of this reading.
([selectors, most, reading]) => {
  // As the language has it: what a page makes of JSON is its own affair.
  const json = window[Symbol.for("otp-conformance.watch")]?.json ?? JSON.stringify;
  const large = (() => {
    const all = document.getElementsByTagName("*").length;
    if (all > most.elements) return `${all} elements`;
    const controls = document.querySelectorAll("a, input, textarea, select, button").length;
    if (controls > most.controls) return `${controls} controls`;
    const signs = (document.documentElement?.textContent || "").length;
    return signs > most.signs ? `${signs} signs` : "";
  })();
  if (large) return json({ tooLarge: large });
  // Each object in the answer is asked for a toJSON: a page's own must not answer.
  const bare = (made) => Object.setPrototypeOf(made, null);
  const elements = [];
  const numbers = new Map();
  const forms = [];
  const SKIPPED = new Set(["script", "style", "template", "noscript", "head", "link", "meta", "title", "base"]);
  const KEPT = new Set([
    "id", "for", "class", "type", "name", "title", "alt", "placeholder", "role", "href", "required", "readonly",
    "maxlength", "value", "colspan", "contenteditable", "open", "form", "for",
  ]);
  const BLOCKS = /^(block|flex|grid|list-item|flow-root|table|table-row|table-caption|table-row-group|table-header-group)$/;
  const LOOKED_AT = 40;

  const wanted = selectors.map((selector) => {
    try {
      return new Set(document.querySelectorAll(selector));
    } catch {
      return new Set(); // the declaration's own check names a selector that is none
    }
  });

  const visible = (el) =>
    (el.checkVisibility ? el.checkVisibility({ visibilityProperty: true }) : el.getClientRects().length > 0) || folded(el);

  // In a part that a person unfolds to type or press something there.
  const folded = (el) => {
    const part = el.closest("details:not([open])");
    if (!part || part === el || !part.parentElement.checkVisibility() || !part.querySelector("input:not([type=hidden])")) return false;
    for (let at = el; at !== part; at = at.parentElement) if (getComputedStyle(at).display === "none") return false;
    return true;
  };

  // Where nobody can scroll to, or nothing is painted.
  const beyond = (el) => {
    const box = el.getBoundingClientRect();
    const right = box.right + scrollX, bottom = box.bottom + scrollY;
    if (box.width && (right <= 0 || bottom <= 0)) return "off-screen";
    for (let at = el; at; at = at.parentElement) {
      if (Number(getComputedStyle(at).opacity) < 0.02) return "transparent";
    }
    return "";
  };

  // Boxes before the page: marked as such, or laid over the window as a whole.
  const layers = new Set(document.querySelectorAll("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]"));
  const floats = (el) => {
    for (let at = el; at && at !== document.body; at = at.parentElement) {
      const { position, zIndex } = getComputedStyle(at);
      if (position === "fixed" || (position === "absolute" && Number(zIndex) > 0)) return at;
    }
    return null;
  };
  const [middle, ...corners] = [
    [innerWidth / 2, innerHeight / 2], [2, 2], [innerWidth - 3, 2], [2, innerHeight - 3],
  ].map(([x, y]) => floats(document.elementFromPoint(x, y)));
  if (middle && corners.every(Boolean)) layers.add(middle);

  // Something else lies where a person would click. Told apart from a veil by comparison only.
  const covered = (el) => {
    const box = el.getBoundingClientRect();
    const hit = (el.getRootNode().elementFromPoint ? el.getRootNode() : document).elementFromPoint(
      box.left + box.width / 2,
      box.top + box.height / 2,
    );
    return hit && !el.contains(hit) && !hit.contains(el) && !hit.closest("label");
  };

  const masked = (el, style) => el.type === "password" || (style.webkitTextSecurity || "none") !== "none";

  const look = (el, style) => {
    const own = [...el.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || (el.textContent || "").length > LOOKED_AT) return "";
    const { color, backgroundColor, fontWeight, fontSize, textDecorationLine, borderBottomColor } = style;
    const ground = backgroundColor === "rgba(0, 0, 0, 0)" ? getComputedStyle(el.parentElement || el).backgroundColor : backgroundColor;
    return [color, ground, fontWeight, fontSize, textDecorationLine, borderBottomColor].join();
  };

  const CONTROLS = "input, textarea, select, button, a, [role], [contenteditable], summary, area";

  let around = 0;
  const walk = (el, parent) => {
    if (++around > most.depth) throw new Error(`too deep: ${most.depth}`);
    const node = { n: elements.push(el) - 1, t: el.localName, c: [] };
    numbers.set(el, node.n);
    const style = getComputedStyle(el);
    const a = {};
    for (const { name, value } of el.attributes) if (KEPT.has(name) || name.startsWith("aria-")) a[name] = value;
    node.a = bare(a);
    const shown = visible(el);
    if (!shown) node.h = 1;
    if (BLOCKS.test(style.display)) node.b = 1;
    if (layers.has(el)) node.l = 1;
    if (el.matches(CONTROLS)) {
      if (el.matches(":disabled")) node.d = 1;
      if (el.checked) node.q = 1;
      const why = shown && beyond(el);
      if (why) node.x = why;
      if (el.matches("input, textarea, select, [contenteditable], [role=textbox]")) {
        if (masked(el, style)) node.m = 1;
        if (shown && covered(el)) node.o = 1;
        if (!node.m) node.v = String(el.value ?? el.innerText ?? "");
      }
      if (el.form) forms.push([node, el.form]);
    }
    if (!el.matches("html, body, form, label, input, option, select, textarea")) {
      const pointed = style.cursor === "pointer" && parent && getComputedStyle(parent).cursor !== "pointer";
      if ((el.onclick || el.hasAttribute("onclick") || pointed) && !el.querySelector("a[href], button, input, label")) node.k = 1;
    }
    if (shown) {
      const painted = look(el, style);
      if (painted) node.g = painted;
    }
    const declared = wanted.flatMap((set, i) => (set.has(el) ? [i] : []));
    if (declared.length) node.s = bare(declared);
    if (el.closest("form") && !el.form) forms.push([node, el.closest("form")]);
    const assigned = el.localName === "slot" ? el.assignedNodes() : [];
    const kids = el.shadowRoot ? el.shadowRoot.childNodes : assigned.length ? assigned : el.childNodes;
    for (const kid of kids) {
      if (kid.nodeType === 3) {
        const text = style.whiteSpace.startsWith("pre") ? kid.data : kid.data.replace(/\s+/g, " ");
        if (text) node.c.push(text);
      } else if (kid.nodeType === 1 && !SKIPPED.has(kid.localName)) {
        node.c.push(walk(kid, el));
      }
    }
    around -= 1;
    bare(node.c);
    return bare(node);
  };

  let root;
  try {
    root = walk(document.documentElement, null);
  } catch (error) {
    if (around > most.depth) return json({ tooLarge: `${around} elements around one` });
    throw error;
  }
  for (const [node, form] of forms) if (numbers.has(form)) node.f = numbers.get(form);
  Object.defineProperty(window, Symbol.for("otp-conformance.read"), {
    value: { reading, elements },
    configurable: true,
  });
  return json(bare({
    root,
    address: location.href,
    title: document.title,
    language: document.documentElement.lang || "",
  }));
}
