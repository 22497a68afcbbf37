// Opens the folded parts of the page (details) that an element is in.
(el) => {
  for (let at = el; at; at = at.parentElement)
    if (at.matches("details:not([open])")) at.querySelector("summary")?.click();
}
