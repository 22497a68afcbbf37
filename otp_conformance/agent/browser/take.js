// Takes a text field as somebody does who is about to type over what it holds: in sight, focused, all of it selected. Tells whether that was all there is to it (else Playwright fills).
(el) => {
  if (!el.isConnected) throw new Error("Element is not attached to the DOM");
  const TEXT = new Set(["text", "password", "tel", "search", "email", "url"]);
  const area = el.localName === "textarea";
  if (!area && !(el.localName === "input" && TEXT.has(el.type))) return false;
  if (el.matches(":disabled, [aria-disabled], [aria-disabled] *, [inert], [inert] *") || el.readOnly) return false;
  if (el.hasAttribute("aria-readonly") || !el.checkVisibility({ visibilityProperty: true })) return false;
  const box = el.getBoundingClientRect();
  if (!box.width || !box.height) return false;
  if (area) el.setSelectionRange(0, el.value.length);
  else el.select();
  el.focus();
  return el.getRootNode().activeElement === el;
}
