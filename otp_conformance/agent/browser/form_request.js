// The request that pressing a button or link would send now, null where only a
// script can tell: no form, or one that does not say where it goes, a link that is a script,
// a script that the press runs first. `asItStands`: whatever scripts there are.
(el, asItStands) => {
  const link = el.closest("a[href]");
  const within = link?.getAttribute("href").startsWith("#");
  // A jump within the page leads to the page itself; other fragments are a script's.
  const jump = within && document.getElementById(link.getAttribute("href").slice(1));
  if (within && !jump) return null;
  if (link && ((link.hasAttribute("onclick") && !asItStands) || !/^https?:$/.test(link.protocol))) return null;
  if (link) {
    const url = new URL(link.href);
    const fields = [...url.searchParams];
    url.search = url.hash = "";
    return { method: "GET", address: url.href, fields };
  }
  const form = el.form || el.closest("form");
  if (!form) return null;
  const says = (at, ...names) => names.some((name) => at.hasAttribute(name));
  if (!says(form, "action", "method") && !says(el, "formaction", "formmethod")) return null;
  // What sends nothing by itself has a script that does, and that may add what it likes.
  const submits = el.matches("button:not([type=button], [type=reset]), input[type=submit], input[type=image]");
  const altered = !submits || el.hasAttribute("onclick") || form.hasAttribute("onsubmit");
  if (altered && !asItStands && !el.matches(":disabled")) return null;
  const data = submits && !el.matches(":disabled") ? new FormData(form, el) : new FormData(form);
  const fields = [...data].map(([name, value]) => [name, typeof value === "string" ? value : ""]);
  // A disabled button sends nothing; a crafted request would carry it.
  if (submits && el.name && el.type !== "image" && el.matches(":disabled")) fields.push([el.name, el.value]);
  const method = (el.getAttribute("formmethod") || form.getAttribute("method") || "get").toUpperCase();
  const target = el.hasAttribute("formaction") ? el.formAction : form.getAttribute("action");
  const url = new URL(target || document.URL, document.baseURI);
  url.hash = "";
  if (method === "GET") url.search = "";
  return { method, address: url.href, fields };
}
