// Makes a control ready to be pressed: in sight, with the browser's own check of the form out
// of the way. Tells what that check would say (told), what lies over the control (over: its
// text, null for nothing), and whether pressing opens a window of its own.
(el) => {
  el.scrollIntoView({ block: "center", inline: "center" });
  const told = (() => {
    const form = el.form;
    if (!form || !["submit", "image"].includes(el.type) || el.formNoValidate) return null;
    if (form.noValidate && !form.otpUnchecked) return null;
    const stopped = [...form.elements].find((e) => e.willValidate && !e.validity.valid);
    if (!stopped) return null;
    form.noValidate = form.otpUnchecked = true;
    return stopped.validationMessage || "invalid";
  })();
  const over = (() => {
    const box = el.getClientRects()[0];
    if (!box) return null;
    const root = el.getRootNode();
    const hit = (root.elementFromPoint ? root : document).elementFromPoint(
      box.left + box.width / 2,
      box.top + box.height / 2,
    );
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
  return { told, over, opensWindow: !here && !framed };
}
