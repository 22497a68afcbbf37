// Building blocks: divs with roles, names by aria-labelledby, no native forms.
let count = 0;

export function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat());
  return made;
}

export function act(name, action, { disabled = false, ...more } = {}) {
  const press = () => { if (!disabled) action(); };
  return el("div", {
    class: "act", role: "button", tabindex: disabled ? "-1" : "0",
    "aria-disabled": disabled ? "true" : undefined, onclick: press,
    onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") press(); }, ...more,
  }, name);
}

export const alarm = (text) => el("div", { class: "alarm", role: "alert" }, text);
export const part = (text, id) => el("div", { class: "part", role: "heading", "aria-level": "2", id }, text);
export const pair = (caption, value) =>
  el("div", { class: "pair" }, el("div", {}, caption), el("div", {}, value));

export function field(caption, { hint = "", secret = false, needed = true, longest } = {}) {
  const id = `f${++count}`;
  const input = el("input", {
    type: secret ? "password" : "text", "aria-labelledby": `${id}-n`, autocomplete: "off",
    "aria-describedby": hint ? `${id}-h` : undefined, "aria-required": needed ? "true" : undefined,
    maxlength: longest,
  });
  const whole = el("div", {},
    el("div", { id: `${id}-n` }, caption),
    input,
    hint ? el("div", { class: "hint", id: `${id}-h` }, hint) : []);
  return { whole, input };
}

export const steps = (names, current) =>
  el("div", { class: "steps", role: "list" }, names.map((name, i) =>
    el("div", { role: "listitem", "aria-current": i === current ? "step" : undefined }, name)));

const ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

// The on-screen keys: a dialog that is built when it is opened.
export function keys(input) {
  const place = el("div", {});
  let capital = false;
  const build = () => {
    const letters = ROWS.join("").split("").map((c) => (capital ? c.toUpperCase() : c));
    const key = (text, action) => el("button", { type: "button", onclick: action }, text);
    place.replaceChildren(el("div", { role: "dialog", "aria-label": "画面のキー", class: "keys" },
      letters.map((c) => key(c, () => { input.value += c; })),
      key("⇧", () => { capital = !capital; build(); }),
      key("キーを閉じる", () => place.replaceChildren())));
  };
  return el("div", {}, act("画面のキーで入力", build), place);
}
