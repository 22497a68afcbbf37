// The text that is painted for each element, asked for from the outside in, so that those which
// show a secret can be taken out of a picture; and the means to do that and to undo it. What is
// in `fields` (a selector) is covered at once, whatever it holds.
(fields) => {
  const UNPAINTED = new Set(["head", "script", "style", "template", "noscript", "datalist"]);
  const elements = [];
  const numbers = new Map();
  const gone = new Map();
  let texts = new Map();

  const number = (el) => {
    if (!numbers.has(el)) {
      numbers.set(el, elements.length);
      elements.push(el);
    }
    return numbers.get(el);
  };
  const inside = (el) => (el.shadowRoot ?? (el.localName === "slot" && el.assignedNodes().length ? null : el))?.childNodes ?? el.assignedNodes();
  const drawn = (el, part) => {
    const { content } = getComputedStyle(el, part);
    return /^["']/.test(content) ? content.slice(1, -1) : "";
  };
  // What stands in no text node: buttons, pictures that did not load. Fields are masked anyhow.
  const beside = (el) =>
    (el.localName === "input" && /^(button|submit|reset)$/.test(el.type) ? el.value : "") ||
    (el.localName === "img" && el.alt) || "";

  const text = (el) => {
    if (texts.has(el)) return texts.get(el);
    let all = "";
    if (!gone.has(el) && !UNPAINTED.has(el.localName)) {
      const { display, visibility } = getComputedStyle(el);
      if (display !== "none") {
        const seen = visibility === "visible";
        for (const node of inside(el)) {
          if (node.nodeType === Node.TEXT_NODE) all += seen ? node.data : "";
          else if (node.nodeType === Node.ELEMENT_NODE) all += text(node);
        }
        if (seen) all = drawn(el, "::before") + all + beside(el) + drawn(el, "::after");
        if (!/^(inline|contents)/.test(display)) all = `\n${all}\n`;
      }
    }
    texts.set(el, all);
    return all;
  };

  // In front of everything, a dialog included.
  const layer = document.createElement("div");
  layer.popover = "manual";
  layer.style.cssText =
    "all:initial;display:block;position:absolute;left:0;top:0;width:0;height:0;overflow:visible;pointer-events:none;z-index:2147483647";
  const put = (el) => {
    const { left, top, width, height } = el.getBoundingClientRect();
    if (!width || !height) return;
    const box = document.createElement("div");
    box.style.cssText =
      `all:initial;position:absolute;left:${left + scrollX}px;top:${top + scrollY}px;width:${width}px;` +
      `height:${height}px;background:#808080;pointer-events:none`;
    layer.append(box);
    if (layer.isConnected) return;
    document.documentElement.append(layer);
    layer.showPopover?.();
  };
  const all = (root) => [
    ...root.querySelectorAll(fields),
    ...[...root.querySelectorAll("*")].flatMap((el) => (el.shadowRoot ? all(el.shadowRoot) : [])),
  ];
  // What stays where the window is, or sticks to it, stands elsewhere on a picture of the whole page.
  const moves = (el) => {
    for (let at = el; at; at = at.parentElement ?? at.getRootNode().host) {
      if (/^(fixed|sticky)$/.test(getComputedStyle(at).position)) return true;
    }
    return false;
  };
  const covered = all(document);
  for (const field of covered) put(field);

  return {
    whole: () => {
      texts = new Map();
      return text(document.documentElement);
    },
    moving: () => covered.some(moves),
    outermost: () => number(document.documentElement),
    within: (places) =>
      places.map((place) =>
        [...inside(elements[place])].filter((node) => node.nodeType === Node.ELEMENT_NODE)
          .map((el) => [number(el), text(el)])),
    cover: (places) => {
      for (const el of places.map((place) => elements[place])) {
        put(el);
        gone.set(el, el.getAttribute("style"));
        el.style.setProperty("visibility", "hidden", "important");
      }
    },
    uncover: () => {
      layer.remove();
      for (const [el, style] of gone) style === null ? el.removeAttribute("style") : el.setAttribute("style", style);
    },
  };
}
