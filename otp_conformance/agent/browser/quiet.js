// Resolves once the document has stopped changing for a moment and nothing short is put off;
// a page that never does (a clock, a ticker) is quiet enough after a while.
() =>
  new Promise((resolve) => {
    const QUIET_MS = 50;
    const LONGEST_MS = 1500;
    const LONGEST_PUT_OFF_MS = 4500;
    const begun = performance.now();
    const pending = window[Symbol.for("otp-conformance.watch")]?.pending || new Set();
    let timer = 0;
    const observer = new MutationObserver(() => rest());
    const end = () => {
      if (pending.size && performance.now() - begun < LONGEST_PUT_OFF_MS) return rest();
      observer.disconnect();
      clearInterval(timer);
      clearInterval(longest);
      resolve(true);
    };
    // Intervals, because a page's own setTimeout is counted.
    const rest = () => {
      clearInterval(timer);
      timer = setInterval(end, QUIET_MS);
    };
    const longest = setInterval(end, LONGEST_MS);
    observer.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    rest();
  })
