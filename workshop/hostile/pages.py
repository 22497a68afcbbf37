"""Pages that do their worst in a browser: each by the name under which the site has it.

None of them needs anything of anybody: what is hostile stands in the page itself.
"""

from __future__ import annotations

FORM = """<form method="post" action="/received"><label>ログインID<input name="id"></label>
<button>ログイン</button></form><p><a href="/plain">次へ</a></p>"""
_LOOP = "for (;;);"
_LATER = "setTimeout(() => { for (;;); }, 300);"
SERVICE_WORKER = """self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (e) => e.respondWith(new Promise(() => {})));"""
"""A service worker that takes every request of its site and answers none."""


def page(script: str = "", body: str = FORM, head: str = "") -> str:
    """Return a page with a form, and what is hostile about it."""
    run = f"<script>{script}</script>" if script else ""
    return (
        f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>ログイン</title>{head}'
        f"</head><body><h1>ログイン</h1>{body}{run}</body></html>"
    )


def _button(act: str, more: str = "") -> str:
    return page(more, f'{FORM}<button type="button" onclick="{act}">押す</button>')


PAGES: dict[str, str] = {
    "plain": page(),
    # -- scripts without an end -------------------------------------------------------
    "loop": page(_LOOP),
    "loop-later": page(_LATER),
    "loop-on-press": _button(_LOOP),
    "loop-on-leaving": page(f"addEventListener('pagehide', () => {{ {_LOOP} }});"),
    "loop-in-frame": page(body=f'{FORM}<iframe src="/loop"></iframe>'),
    "loop-on-focus": page(f"addEventListener('focusin', () => {{ {_LOOP} }});"),
    "loop-on-resize": page(f"addEventListener('resize', () => {{ {_LOOP} }});"),
    # -- boxes -----------------------------------------------------------------------
    "alerts": page("setInterval(() => alert('お知らせ'), 20);"),
    "boxes": page("for (;;) { alert('a'); confirm('b'); prompt('c'); }"),
    "boxes-on-press": _button("for (;;) confirm('よろしいですか')"),
    "asks-before-leaving": page(
        "onbeforeunload = (e) => { e.preventDefault(); return e.returnValue = '本当に'; };"
    ),
    # -- windows -----------------------------------------------------------------------
    "popups": page(
        "setInterval(() => { for (let n = 0; n < 9; n++) window.open('/popups'); }, 20);"
    ),
    "closes": page("setTimeout(() => window.close(), 500);"),
    "opens-what-closes": _button("window.open('/closes')"),
    # -- never at rest --------------------------------------------------------------------
    "refreshes": page(head='<meta http-equiv="refresh" content="0;url=/refreshes">'),
    "reloads": page("setTimeout(() => location.reload(), 30);"),
    "pushes": page("setInterval(() => history.pushState({}, '', '#' + Math.random()), 5);"),
    "goes-back": page("history.pushState({}, ''); onpopstate = () => history.pushState({}, '');"),
    "redraws": page(
        "const kept = document.body.innerHTML;"
        "setInterval(() => { document.body.innerHTML = kept; }, 5);"
    ),
    "asks-for-ever": page("const ask = () => fetch('/plain?' + Math.random()).then(ask); ask();"),
    "asks-in-vain": _button("fetch('/body-endless').then((a) => a.text())"),
    "picture-endless": page(body=f'{FORM}<img src="/body-endless" alt="">'),
    "frame-endless": page(body=f'{FORM}<iframe src="/body-endless"></iframe>'),
    "frame-elsewhere": page(body=f'{FORM}<iframe src="http://elsewhere.invalid/"></iframe>'),
    "service-worker": page(
        "navigator.serviceWorker?.register('/service-worker.js').then(() =>"
        " navigator.serviceWorker.ready).then(() => fetch('/plain'));"
    ),
    # -- what every script builds on, altered ---------------------------------------------
    "array-without-map": page("Array.prototype.map = undefined;"),
    "array-of-nothing": page("Array.prototype.some = () => { throw new TypeError('no'); };"),
    "no-sets": page("window.Set = undefined;"),
    "texts-for-things": page("Object.prototype.toJSON = () => 'x';"),
    # -- too much ----------------------------------------------------------------------
    "inputs": page(body=FORM + "<label>欄<input></label>" * 10_000),
    "deep": page(body=FORM + "<div>" * 20_000),
    "deep-by-script": page(
        "let at = document.body; for (let i = 0; i < 5000; i++)"
        " at = at.appendChild(document.createElement('div')); at.textContent = '底';"
    ),
    "grows": page(
        "setInterval(() => { for (let i = 0; i < 200; i++)"
        " document.body.append(document.createElement('p'), 'x'); }, 5);"
    ),
}

ELSEWHERE = {
    "javascript": "javascript:document.title='x'",
    "file": "file:///etc/hostname",
    "data": "data:text/html,<h1>x</h1>",
    "host": "http://elsewhere.invalid/",
    "number": "http://10.9.8.7/",
}
"""Where no site leads its customers, by what it is called in the site's addresses."""

WAYS = ("header", "script", "popup", "meta", "link")
"""How a page leads there."""


def leading(way: str, where: str) -> str:
    """Return a page that leads elsewhere by a way other than a header."""
    address = ELSEWHERE[where]
    match way:
        case "script":
            return page(f'location.href = "{address}";')
        case "popup":
            return page(f'window.open("{address}");')
        case "meta":
            return page(head=f'<meta http-equiv="refresh" content="0;url={address}">')
        case _:
            return page(body=f'{FORM}<p><a href="{address}">外へ</a></p>')
