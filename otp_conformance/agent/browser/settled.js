// Whether there is something to read and nothing short is put off (done), whether the page is
// being left for another one or not loaded yet (leaving; that is waited for a moment), and, if it
// sends the reader on by itself (meta refresh), in how many milliseconds it does (sentOnMs).
async () => {
  const LONGEST_MS = 1000;
  const A_WHILE_MS = 20;
  const watch = window[Symbol.for("otp-conformance.watch")];
  const leaving = () => Boolean(watch?.leaving) || document.readyState !== "complete";
  const loaded = () => new Promise((done) => addEventListener("load", done, { once: true }));
  const begun = performance.now();
  while (watch && leaving() && performance.now() - begun < LONGEST_MS) {
    await Promise.race([loaded(), watch.after(A_WHILE_MS)]);
  }
  const body = document.body;
  const empty = !body || (!body.innerText.trim() && !document.querySelector("frame, iframe"));
  const refresh = document.querySelector("meta[http-equiv=refresh i]");
  const seconds = refresh ? parseFloat(refresh.content) : NaN;
  return { done: !empty && !watch?.pending.size, leaving: leaving(), sentOnMs: seconds <= 10 ? seconds * 1000 : -1 };
}
