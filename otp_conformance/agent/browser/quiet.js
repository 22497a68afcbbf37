// Resolves once the document has stopped changing for a moment; a page that
// never does (a clock, a ticker) is quiet enough after a while.
() =>
  new Promise((resolve) => {
    const QUIET_MS = 50;
    const LONGEST_MS = 1500;
    let timer = 0;
    const observer = new MutationObserver(() => rest());
    const end = () => {
      observer.disconnect();
      clearTimeout(timer);
      clearTimeout(longest);
      resolve(true);
    };
    const rest = () => {
      clearTimeout(timer);
      timer = setTimeout(end, QUIET_MS);
    };
    const longest = setTimeout(end, LONGEST_MS);
    observer.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    rest();
  })
