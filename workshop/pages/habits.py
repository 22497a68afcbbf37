"""Habits of real banks around the pages of one: ticks, cards, pages in between, passing names."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from workshop.pages.markup import Page, add_script, parse, picture, put_in_place, words
from workshop.pages.told import behind, put_back
from workshop.variants.wsgi import Application, Around

NOTICE_TITLE, CHECK_TITLE, SURE = "重要なお知らせ", "入力内容の確認", "実行する"
_PROCEDURES = ("/otp/issue/", "/otp/activate", "/otp/deactivate")
_REFUSED = re.compile('class="alert')
_AGREED, _SURE = "agreed", "sure"
_PAGE = (
    '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{title}｜見本</title></head>'
    "<body><main><h1>{title}</h1>{body}</main></body></html>"
)
_PAINTED = (
    '<input type="hidden" name="agreed" value=""><span role="checkbox" aria-checked="false" '
    'tabindex="0" style="cursor:pointer" onclick="this.setAttribute(\'aria-checked\',\'true\');'
    "this.previousElementSibling.value=1;this.firstChild.textContent='☑'\">"
    "<i>☐</i> 注意事項を確認し、同意します</span>"
)
_TICK = '<label><input type="checkbox" name="{name}" value="1"> {text}</label>'


# -- changes of pages ------------------------------------------------------------


def _procedures(page: Page) -> list[Any]:
    return [f for f in page.find_all("form", method="post") if f["action"].startswith(_PROCEDURES)]


def agreement(page: Page, way: str) -> None:
    """Ask to agree before a procedure; ``tick-first``: the button waits for it."""
    for form in _procedures(page) if way != "as-it-is" else ():
        tick = _TICK.format(name=_AGREED, text="注意事項を確認し、同意します")
        form.insert(0, parse(f"<p>{_PAINTED if way == 'painted' else tick}</p>"))
        if way == "tick-first":
            for button in form.find_all("button", type=False):
                button["disabled"] = ""
                button["class"] = "agreeing"
            add_script(
                page,
                "document.querySelectorAll('[name=agreed]').forEach(function (box) {"
                "box.addEventListener('change', function () {"
                "box.form.querySelectorAll('.agreeing').forEach(function (button) {"
                "button.disabled = !box.checked; }); }); });",
            )


def cards(page: Page, way: str) -> None:
    """Let the kinds be radio buttons in cards, with one button for both."""
    table = page.select_one("table.choices")
    if table is None or way == "as-it-is":
        return
    told = ""
    for form in table.find_all("form"):
        row = form.find_parent("tr")
        form.extract()
        kind = form["action"].rpartition("/")[2]
        told += f'<label><input type="radio" name="k" value="{kind}"> {words(row)}</label><br>'
    put_in_place(
        table,
        f'<form method="get" action="/otp/issue/kind">{told}<button>選択</button></form>',
    )


def services(page: Page, way: str) -> None:
    """Let the status be a row among other services, or a picture with its text."""
    term = next((dt for dt in page.select("dl.facts dt") if words(dt) == "登録状況"), None)
    if term is None or way == "as-it-is":
        return
    listed = term.find_parent("dl")
    status = words(term.find_next_sibling("dd"))
    if way in {"badge", "since"}:
        painted = f'<img alt="{status}" src="{picture(status)}">'
        shown = painted if way == "badge" else f"{status}（2026年11月24日現在）"
        put_in_place(listed, f"<dl><dt>登録状況</dt><dd>{shown}</dd></dl>")
        return
    rows = (
        ("電子メール通知", "登録済み"),
        ("ワンタイムパスワード", status),
        ("投資信託", "未契約"),
    )
    told = "".join(f"<tr><td>{name}</td><td>{text}</td></tr>" for name, text in rows)
    put_in_place(listed, f"<table><tr><th>サービス</th><th>登録状況</th></tr>{told}</table>")


SERVICES = ("as-it-is", "table", "badge", "since")


# -- layers around the bank ---------------------------------------------------------

Pairs = list[tuple[str, str]]
"""What a form sends: names and values, in its order."""


def by_cards(inner: Application) -> Application:
    """Choose kinds by their cards."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if behind(environ):
            return inner(environ, start_response)
        if request.path == "/otp/issue/kind":
            kind = request.args.get("k", "")
            where = f"/otp/issue/{kind}" if kind in {"hardware", "software"} else "/otp/issue"
            return redirect(where, 303)(environ, start_response)
        return inner(environ, start_response)

    return outer


def _looked_at(inner: Application, look: Callable[[str, Pairs], Response | Pairs]) -> Application:
    """Let ``look`` see the path and content of a procedure's form: it answers, or lets it go on."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.method != "POST" or not request.path.startswith(_PROCEDURES):
            return inner(environ, start_response)
        found = look(request.path, list(request.form.items(multi=True)))
        if isinstance(found, Response):
            return found(environ, start_response)
        put_back(environ, found)
        return inner(environ, start_response)

    return outer


def must_agree(inner: Application) -> Application:
    """Refuse a procedure that nobody has agreed to."""

    def look(_: str, pairs: Pairs) -> Response | Pairs:
        if (_AGREED, "1") in pairs:
            return [pair for pair in pairs if pair[0] != _AGREED]
        body = '<div class="alert" role="alert"><p>同意のうえ、お進みください。</p></div>'
        told = _PAGE.format(title="お手続きできません", body=body)
        return Response(told, status=422, mimetype="text/html")

    return _looked_at(inner, look)


def confirming(inner: Application) -> Application:
    """Ask once more, on a page of its own, before anything is done."""

    def look(path: str, pairs: Pairs) -> Response | Pairs:
        if (_SURE, "1") in pairs:
            return [pair for pair in pairs if pair[0] != _SURE]
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in (*pairs, (_SURE, "1"))
        )
        body = (
            "<p>お手続きはまだ完了していません。よろしければ「実行する」を押してください。</p>"
            f'<form method="post" action="{path}">{hidden}<button>{SURE}</button></form>'
            f'<a href="{path}">修正する</a>'
        )
        return Response(_PAGE.format(title=CHECK_TITLE, body=body), mimetype="text/html")

    return _looked_at(inner, look)


def noticing(inner: Application) -> Application:
    """Show a notice after every login that has to be ticked as read."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if behind(environ):
            return inner(environ, start_response)
        request = Request(environ)
        if request.path == "/notice" and request.form.get("read") == "1":
            return redirect("/", 303)(environ, start_response)
        if request.path == "/notice":
            tick = _TICK.format(name="read", text="上記の内容を確認しました")
            body = (
                "<p>前回ログイン日時：2026年11月20日 9時12分</p>"
                f'<form method="post" action="/notice"><p>{tick}</p>'
                "<button>次へ進む</button></form>"
            )
            told = _PAGE.format(title=NOTICE_TITLE, body=body)
            return Response(told, mimetype="text/html")(environ, start_response)
        if request.method == "POST":
            put_back(environ, request.form.items(multi=True))
        answer = Response.from_app(inner, environ)
        if request.path in {"/login", "/login/otp"} and answer.headers.get("Location") == "/":
            answer.headers["Location"] = "/notice"
        return answer(environ, start_response)

    return outer


_FIELD = re.compile(r'(<input\b[^>]*?)\bname="(login_id|password|confirmation|serial|otp)"')
_PASSING = re.compile(r"^f[0-9a-f]{6}([0-9a-f]+)$")


def passing_names(inner: Application) -> Application:
    """Give each input a name that is another on every page."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if behind(environ):
            return inner(environ, start_response)
        request = Request(environ)
        if request.method == "POST":
            put_back(environ, [(_named(n), v) for n, v in request.form.items(multi=True)])
        answer = Response.from_app(inner, environ)
        if answer.mimetype == "text/html" and answer.data:
            fresh = secrets.token_hex(3)
            told = _FIELD.sub(
                lambda found: f'{found[1]}name="f{fresh}{found[2].encode().hex()}"',
                answer.get_data(as_text=True),
            )
            answer.set_data(told)
        return answer(environ, start_response)

    return outer


def _named(name: str) -> str:
    found = _PASSING.match(name)
    return bytes.fromhex(found[1]).decode() if found else name


def refusing(status: int) -> Around:
    """Send every refusal with a status of the protocol."""

    def around(inner: Application) -> Application:
        def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if behind(environ):
                return inner(environ, start_response)
            answer = Response.from_app(inner, environ)
            page = answer.mimetype == "text/html" and answer.status_code < 300
            if page and _REFUSED.search(answer.get_data(as_text=True)):
                answer.status_code = status
            return answer(environ, start_response)

        return outer

    return around


#: What may be put around the bank, innermost first; each is switched on by itself.
LAYERS: Mapping[str, Mapping[str, Callable[[Application], Application]]] = {
    "statuses": {"403": refusing(403), "409": refusing(409), "422": refusing(422)},
    "agreement": {"tick": must_agree, "tick-first": must_agree, "painted": must_agree},
    "cards": {"radio": by_cards},
    "check-page": {"asked-again": confirming},
    "notice": {"ticked": noticing},
}
