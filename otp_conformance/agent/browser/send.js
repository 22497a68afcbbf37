// A real navigation with a given form content: this person's cookies, the
// page's own Origin and Referer, parameters in their order, duplicates kept.
// `at` (ms since 1970): when to send it; several pages can send at one moment.
(request) => {
  const form = document.createElement("form");
  form.method = request.method;
  form.action = request.address;
  form.acceptCharset = "utf-8";
  form.target = "_self";
  form.hidden = true;
  for (const [name, value] of request.fields) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  // The browser's own: a parameter may be called "submit", and a page may have replaced it.
  const watch = window[Symbol.for("otp-conformance.watch")];
  const submit = () => (watch?.submit ?? HTMLFormElement.prototype.submit).call(form);
  const wait = request.at - Date.now();
  if (wait > 0) setTimeout(submit, wait);
  else submit();
}
