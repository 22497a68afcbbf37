// A bank of one page: every other is fetched and put into this one.
"use strict";

const hashed = document.currentScript.dataset.way === "hash";
let shown = 0;

function place() {
  return hashed && location.hash ? location.hash.slice(1) : location.pathname + location.search;
}

async function go(address, options = {}) {
  const headers = { ...options.headers, "X-Fetched": "1" };
  const answer = await fetch(address, { ...options, headers });
  const url = new URL(answer.url);
  show(await answer.text(), url.pathname + url.search);
}

function show(html, at) {
  const page = new DOMParser().parseFromString(html, "text/html");
  shown += 1;
  document.title = page.title;
  if (at !== place()) history.pushState(null, "", hashed ? `/#${at}` : at);
  document.body.replaceChildren(...page.body.childNodes);
  for (const old of document.body.querySelectorAll("script")) {
    const script = document.createElement("script");
    script.textContent = `(function(){${old.textContent}})()`;
    old.replaceWith(script);
  }
  for (const { src } of page.head.querySelectorAll("script[src*=keyboard]")) {
    const script = document.createElement("script");
    script.type = "module"; // has names of its own, and runs once for each address
    script.src = `${src}&shown=${shown}`;
    document.body.append(script);
  }
  window.scrollTo(0, 0);
}

function send(form, submitter) {
  const values = new URLSearchParams(new FormData(form, submitter));
  const action = submitter?.getAttribute("formaction") || form.getAttribute("action");
  if (form.method === "post") go(action, { method: "POST", body: values });
  else go(values.size ? `${action}?${values}` : action);
}

HTMLFormElement.prototype.submit = function () {
  send(this);
};
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/']");
  if (!link || event.defaultPrevented) return;
  event.preventDefault();
  go(link.getAttribute("href"));
});
window.addEventListener("popstate", () => go(place()));
go(place());
