// Whether there is something to read and nothing short is put off (done), whether the page is
// being left for another one or not loaded yet (leaving), and, if it sends the reader on by itself (meta refresh),
// in how many milliseconds it does (sentOnMs).
() => {
  const watch = window[Symbol.for("otp-conformance.watch")];
  const body = document.body;
  const empty = !body || (!body.innerText.trim() && !document.querySelector("frame, iframe"));
  const refresh = document.querySelector("meta[http-equiv=refresh i]");
  const seconds = refresh ? parseFloat(refresh.content) : NaN;
  return { done: !empty && !watch?.pending.size, leaving: Boolean(watch?.leaving) || document.readyState !== "complete", sentOnMs: seconds <= 10 ? seconds * 1000 : -1 };
}
