// Router, calls and the frame around every screen. The DOM is rebuilt, no page is loaded.
import { el, act, alarm } from "./parts.js";
import { screens } from "./screens.js";

const root = document.getElementById("root");
let turn = 0; // a newer navigation makes answers to an older one worthless
export const memory = { result: null, suspended: "" };

export class Refusal extends Error {
  constructor(status, content) {
    super(content.message || "通信できませんでした。");
    this.status = status;
    this.code = content.code || "";
  }
}

export async function call(method, path, content, key) {
  const headers = method === "POST" ? { "Content-Type": "application/json", "X-Hokuto": "1" } : {};
  if (key) headers["Idempotency-Key"] = key;
  let answer;
  try {
    answer = await fetch("/api" + path, {
      method, headers, body: content === undefined ? undefined : JSON.stringify(content),
    });
  } catch {
    throw new Refusal(0, {});
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  throw new Refusal(answer.status, told);
}

// What every screen does about refusals that are not its own matter. True if dealt with.
export function elsewhere(error) {
  if (!(error instanceof Refusal)) throw error;
  if (error.status === 401) go("/signin", true);
  else if (error.status === 423) {
    memory.suspended = error.message;
    go("/stopped", true);
  } else return false;
  return true;
}

export function go(path, replacing = false) {
  history[replacing ? "replaceState" : "pushState"](null, "", path);
  return show();
}

function frame(inside) {
  const menu = el("div", { hidden: true },
    el("a", { href: "/card", onclick: follow }, "認証番号の設定"));
  if (!inside) return el("div", { class: "bar" }, el("span", {}, "ほくとダイレクト"));
  return el("div", { class: "bar" },
    el("span", {}, "ほくとダイレクト"),
    el("a", { href: "/home", onclick: follow }, "ホーム"),
    act("各種お手続き", () => { menu.hidden = false; }),
    menu,
    act("終了する", leave, { class: "act push" }));
}

export function follow(event) {
  event.preventDefault();
  go(event.currentTarget.getAttribute("href"));
}

async function leave() {
  try {
    await call("POST", "/logout", {});
  } catch (error) {
    if (!elsewhere(error)) return;
  }
  go("/signin");
}

async function show() {
  const mine = ++turn;
  const path = location.pathname;
  const name = Object.keys(screens).find((pattern) => new RegExp(`^${pattern}$`).test(path));
  if (path === "/") return go("/home", true);
  const screen = screens[name] || { build: async () => { throw new Refusal(404, { message: "その画面はありません。" }); } };
  const parts = path.split("/");
  let content;
  try {
    content = await screen.build({ path, parts, result: memory.result });
  } catch (error) {
    if (mine !== turn || elsewhere(error)) return undefined;
    content = { title: "お手続きできません", body: [alarm(error.message), el("p", {}, el("a", { href: "/card", onclick: follow }, "設定の画面へ"))] };
  }
  if (mine !== turn || !content) return undefined;
  memory.result = null;
  document.title = `${content.title}｜ほくとダイレクト`;
  root.replaceChildren(
    frame(!screen.outside),
    el("div", { class: "page", role: "main" },
      el("div", { class: "title", role: "heading", "aria-level": "1" }, content.title),
      ...content.body),
  );
  return undefined;
}

addEventListener("popstate", show);
show();
