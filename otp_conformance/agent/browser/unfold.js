// Opens the folded parts of the page (details) that an element is in; not the one that it opens.
(el) => {
  for (let at = el; at; at = at.parentElement) {
    const summary = at.matches("details:not([open])") && at.querySelector("summary");
    if (summary && !summary.contains(el)) summary.click();
  }
}
