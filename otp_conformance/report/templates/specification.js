// Searches the page and opens what a link points to. Without it the page still tells all.
(() => {
  "use strict";
  const form = document.querySelector("form.filters");
  const output = form.querySelector("output");
  const entries = [...document.querySelectorAll("[data-kind]")];
  const kinds = ["scenarios", "requirements", "readings", "terms"];
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  // Words of the chapter, the feature and the rule that a scenario stands under find it, too.
  const above = (entry) => {
    let text = "";
    for (let box = entry.closest(".found"); box; box = box.parentElement.closest(".found")) {
      const heads = box.querySelectorAll(":scope > h2, :scope > h3, :scope > h4");
      text += [...heads].map((head) => head.textContent).join(" ") + " ";
    }
    return text;
  };
  const texts = new Map(entries.map((entry) => [entry, plain(entry.textContent + " " + above(entry))]));

  const apply = () => {
    const words = plain(form.elements.text.value).split(/\s+/).filter(Boolean);
    const counts = Object.fromEntries(kinds.map((kind) => [kind, 0]));
    for (const entry of entries) {
      entry.hidden = !words.every((word) => texts.get(entry).includes(word));
      counts[entry.dataset.kind] += !entry.hidden;
    }
    for (const box of document.querySelectorAll(".found")) {
      box.hidden = !box.querySelector("[data-kind]:not([hidden])");
    }
    output.value = words.length
      ? kinds.reduce((told, kind) => told.replace(`{${kind}}`, counts[kind]), output.dataset.told)
      : "";
  };

  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) { form.reset(); apply(); }
    const box = target.closest("details");
    if (box) box.open = true;
    target.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll("details")) box.open = true;
  });
  reveal();
})();
