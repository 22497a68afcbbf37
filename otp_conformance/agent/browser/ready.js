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
  const target = el.getAttribute("formtarget") || el.target || (el.form && el.form.target) || "";
  return { told, over, opensWindow: target === "_blank" };
}
