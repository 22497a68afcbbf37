// The text that is painted for each element, asked for from the outside in, so that those which
// show a secret can be taken out of a picture; and the means to do that and to undo it.
() => {
  const UNPAINTED = new Set(["head", "script", "style", "template", "noscript", "datalist"]);
  const elements = [];
  const numbers = new Map();
  const gone = new Map();
  const boxes = [];
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

  return {
    whole: () => {
      texts = new Map();
      return text(document.documentElement);
    },
    outermost: () => number(document.documentElement),
    within: (places) =>
      places.map((place) =>
        [...inside(elements[place])].filter((node) => node.nodeType === Node.ELEMENT_NODE)
          .map((el) => [number(el), text(el)])),
    cover: (places) => {
      for (const el of places.map((place) => elements[place])) {
        const { left, top, width, height } = el.getBoundingClientRect();
        const box = document.createElement("div");
        box.style.cssText =
          `all:initial;position:absolute;left:${left + scrollX}px;top:${top + scrollY}px;width:${width}px;` +
          `height:${height}px;background:#808080;z-index:2147483647;pointer-events:none`;
        document.documentElement.append(box);
        boxes.push(box);
        gone.set(el, el.getAttribute("style"));
        el.style.setProperty("visibility", "hidden", "important");
      }
    },
    uncover: () => {
      for (const box of boxes) box.remove();
      for (const [el, style] of gone) style === null ? el.removeAttribute("style") : el.setAttribute("style", style);
    },
  };
}
