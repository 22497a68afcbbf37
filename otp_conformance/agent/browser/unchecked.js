// Lets a button send its form although the browser's own check of the fields (required,
// pattern, minlength …) would stop it; returns what the browser would have told, else null.
(dom, el) => {
  const form = el.form;
  if (!form || !["submit", "image"].includes(el.type) || el.formNoValidate) return null;
  if (form.noValidate && !form.otpUnchecked) return null;
  const stopped = [...form.elements].find((e) => e.willValidate && !e.validity.valid);
  if (!stopped) return null;
  form.noValidate = form.otpUnchecked = true;
  return stopped.validationMessage || "invalid";
}
