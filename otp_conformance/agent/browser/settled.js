// Whether there is something to read and nothing short is put off; if a page sends the reader
// on by itself (meta refresh), in how many milliseconds it does.
() => {
  const pending = window[Symbol.for("otp-conformance.pending")];
  const body = document.body;
  const empty = !body || (!body.innerText.trim() && !document.querySelector("frame, iframe"));
  const refresh = document.querySelector("meta[http-equiv=refresh i]");
  const seconds = refresh ? parseFloat(refresh.content) : NaN;
  return { done: !empty && !(pending && pending.size), sentOnMs: seconds <= 10 ? seconds * 1000 : -1 };
}
