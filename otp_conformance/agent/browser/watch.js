// Runs before any script of a page. It keeps count of what the page has put off for a moment (a
// guard against double clicks, content that comes late) and notes when the page is about to be
// left, so that whoever reads it waits for what comes. What keeps putting itself off (a clock, a
// question to the server) is not waited for; what a person sets off again and again is.
() => {
  const LONGEST_MS = 4000;
  const MOST_TIMES = 2;
  const pending = new Set();
  const times = new Map();
  const ticking = new Set();
  const NATIVE = "[native code]"; // the end of a promise: whose, it does not say
  // A page of one document is not left: what each action puts off is counted anew.
  for (const deed of ["pointerdown", "keydown", "popstate", "hashchange"]) {
    addEventListener(deed, () => times.clear(), true);
  }
  const real = window.setTimeout;
  const clear = window.clearTimeout;
  let inside = false;
  window.setTimeout = function (act, delay, ...rest) {
    const name = String(act);
    const before = times.get(name) || 0;
    times.set(name, before + 1);
    if (before >= MOST_TIMES && !name.includes(NATIVE)) ticking.add(name);
    if (ticking.has(name) || inside || typeof act !== "function" || (delay || 0) > LONGEST_MS || before >= MOST_TIMES) {
      return real.call(this, act, delay, ...rest);
    }
    const id = real.call(this, function (...given) {
      inside = true;
      try {
        act.apply(this, given);
      } finally {
        inside = false;
        pending.delete(id);
      }
    }, delay, ...rest);
    pending.add(id);
    return id;
  };
  window.clearTimeout = function (id) {
    pending.delete(id);
    return clear.call(this, id);
  };
  const watch = {
    pending,
    leaving: false,
    json: JSON.stringify,
    submit: HTMLFormElement.prototype.submit, // a page may put its own in its place
    after: (ms) => new Promise((done) => real.call(window, done, ms)),
    aim: null,
  };
  // Before the page hears of it: a mouse that misses what it was aimed at touches nothing else.
  const onTarget = (event) => {
    const { aim } = watch;
    if (!aim || !event.isTrusted) return;
    aim.hit ??= aim.meets(event.clientX, event.clientY);
    if (aim.hit) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  for (const deed of ["pointerdown", "mousedown", "pointerup", "mouseup", "click", "auxclick", "dblclick"]) {
    addEventListener(deed, onTarget, true);
  }
  window.navigation?.addEventListener("navigate", (event) => {
    if (!event.destination.sameDocument && event.downloadRequest === null) watch.leaving = true;
  });
  window.navigation?.addEventListener("navigateerror", () => {
    watch.leaving = false;
  });
  Object.defineProperty(window, Symbol.for("otp-conformance.watch"), { value: watch });
}
