// Makes a control ready to be pressed: in sight, with the browser's own check of the
// form out of the way. Tells what that check would say (told), what lies over the control (over:
// its text, null for nothing), whether pressing opens a window of its own, and where the mouse is
// to hit it (at, null where Playwright is to find that out; `aimed`: it is going to be hit).
// Until that has been asked about (struck.js), a mouse that meets something else does nothing.
(el, aimed) => {
  if (!el.isConnected) throw new Error("Element is not attached to the DOM");
  const watch = window[Symbol.for("otp-conformance.watch")];
  if (watch) watch.aim = null;
  el.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  const told = (() => {
    const form = el.form;
    if (!form || !["submit", "image"].includes(el.type) || el.formNoValidate) return null;
    if (form.noValidate && !form.otpUnchecked) return null;
    const stopped = [...form.elements].find((e) => e.willValidate && !e.validity.valid);
    if (!stopped) return null;
    form.noValidate = form.otpUnchecked = true;
    return stopped.validationMessage || "invalid";
  })();
  const hitAt = (x, y) => {
    const root = el.getRootNode();
    return (root.elementFromPoint ? root : document).elementFromPoint(x, y);
  };
  const over = (() => {
    const box = el.getClientRects()[0];
    if (!box) return null;
    const hit = hitAt(box.left + box.width / 2, box.top + box.height / 2);
    if (!hit || hit === el || el.contains(hit) || hit.contains(el)) return null;
    if ([...(el.labels || [])].some((label) => label.contains(hit))) return null;
    let whole = hit;
    while (whole.parentElement && whole.parentElement !== document.body && !whole.parentElement.contains(el)) {
      whole = whole.parentElement;
    }
    return (whole.innerText || "").replace(/\s+/g, " ").trim().slice(0, 40);
  })();
  const form = el.form || el.closest("form");
  const target = el.getAttribute("formtarget") || el.target || (form && form.target) || "";
  const here = ["", "_self", "_parent", "_top"].includes(target);
  const framed = !here && [...Array(window.top.length).keys()].some((i) => {
    try {
      return window.top.frames[i].name === target;
    } catch {
      return false; // another site's frame
    }
  });
  const aim = () => {
    const box = el.getClientRects()[0];
    if (!watch || window !== window.top || !box || box.width < 1 || box.height < 1) return null;
    if (el.localName === "area" || !el.checkVisibility({ visibilityProperty: true })) return null;
    if (el.matches(":disabled, [aria-disabled], [aria-disabled] *, [inert], [inert] *")) return null;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return null;
    const meets = (x, y) => {
      const hit = hitAt(x, y);
      return Boolean(hit) && el.contains(hit);
    };
    if (!meets(x, y)) return null;
    watch.aim = { meets };
    return [x, y];
  };
  return { told, over, opensWindow: !here && !framed, at: aimed && over === null ? aim() : null };
}
