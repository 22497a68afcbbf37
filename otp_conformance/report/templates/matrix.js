// Narrows the matrix down and opens what a link points to. Without it the page still tells all.
(() => {
  "use strict";
  const form = document.querySelector("form.filters");
  const rows = [...document.querySelectorAll("tr[data-verdict]")];
  const fields = ["area", "verdict", "force"];
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const texts = new Map(rows.map((row) => [row, plain(row.textContent)]));

  const apply = () => {
    const words = plain(form.elements.text.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = fields.every((name) => {
        const wanted = form.elements[name].value;
        return !wanted || row.dataset[name] === wanted;
      }) && words.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    for (const group of document.querySelectorAll("tbody.chapter")) {
      group.hidden = !group.querySelector("tr[data-verdict]:not([hidden])");
    }
    const output = form.querySelector("output");
    output.value = output.dataset.told.replace("{all}", rows.length).replace("{shown}", shown);
    document.getElementById("nothing").hidden = shown > 0;
  };

  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const row = target.closest("tr[data-verdict]");
    if (row && row.hidden) { form.reset(); apply(); }
    const box = target.closest("details");
    if (box) { box.open = true; target.scrollIntoView(); }
  };

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  for (const tile of document.querySelectorAll("a[data-filter]")) {
    tile.addEventListener("click", () => {
      form.reset();
      form.elements.verdict.value = tile.dataset.filter;
      apply();
    });
  }
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll("details:not(.e-pass)")) box.open = true;
  });
  apply();
  reveal();
})();
