// What became of a click: whether it hit the element that was aimed at. Where it leads away
// that is waited for a moment: whoever waits here is told at once that the page was left.
async () => {
  const LONGEST_MS = 1000;
  const A_WHILE_MS = 10;
  const watch = window[Symbol.for("otp-conformance.watch")];
  const hit = watch.aim?.hit !== false;
  watch.aim = null;
  if (!hit) return false;
  // A form is sent, and a link followed, a moment after the click.
  await watch.after(0);
  const begun = performance.now();
  while (watch.leaving && performance.now() - begun < LONGEST_MS) await watch.after(A_WHILE_MS);
  return true;
}
