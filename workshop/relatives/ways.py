"""Banks where one goes other ways: pages in between, other addresses, slow answers."""

from __future__ import annotations

import io
import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from bs4 import BeautifulSoup, Tag
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from workshop.variants.wsgi import BEHIND, Application

NOTICE_TITLE = "重要なお知らせ"
NOTICE_BUTTON = "確認しました"
_NOTICE = (
    f'<!doctype html><html lang="ja"><head><meta charset="utf-8">'
    f"<title>{NOTICE_TITLE}</title></head><body><h1>{NOTICE_TITLE}</h1>"
    f"<p>年末年始は、一部のお取引をお休みします。</p>"
    f'<form action="/"><button>{NOTICE_BUTTON}</button></form></body></html>'
)


def with_notice(inner: Application) -> Application:
    """Show a notice after every login, before the top page."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/notice":
            return Response(_NOTICE, mimetype="text/html")(environ, start_response)
        answer = Response.from_app(inner, environ)
        logging_in = environ["PATH_INFO"] in {"/login", "/login/otp"}
        if logging_in and answer.headers.get("Location") == "/":
            answer.headers["Location"] = "/notice"
        return answer(environ, start_response)

    return outer


_PLACES = {"otp": "shinsei", "login": "iriguchi", "menu": "mokuji", "logout": "deguchi"}
_NAMES = {
    "login_id": "USERID",
    "password": "PW1",
    "confirmation": "PW2",
    "otp": "ONETIME",
    "serial": "SERIALNO",
    "csrf_token": "_tk",
    "form_id": "_fm",
    "kind": "SHURUI",
}
_PREFIX = "/ib/cust"
_ADDRESS = re.compile(r'\b(href|action)="(/[^"]*)"')
_NAME = re.compile(r'\bname="([a-z_]+)"')


def _outside(path: str) -> str:
    parts = urlsplit(path)
    if parts.path.startswith(BEHIND):
        return path
    words = [_PLACES.get(word, word) for word in parts.path.split("/")]
    return parts._replace(path=_PREFIX + "/".join(words)).geturl()


def _inside(path: str) -> str:
    back = {new: old for old, new in _PLACES.items()}
    return "/".join(back.get(word, word) for word in path.removeprefix(_PREFIX).split("/")) or "/"


def elsewhere(inner: Application) -> Application:
    """Give every address, and every parameter, another name."""
    back = {new: old for old, new in _NAMES.items()}

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(BEHIND):
            return inner(environ, start_response)
        if path == "/":
            return Response(status=302, headers={"Location": f"{_PREFIX}/"})(
                environ, start_response
            )
        if not path.startswith(_PREFIX):
            return Response("", status=404)(environ, start_response)
        environ["PATH_INFO"] = _inside(path)
        if environ["REQUEST_METHOD"] == "POST":
            sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            pairs = parse_qsl(sent.decode(), keep_blank_values=True)
            _put_back(environ, [(back.get(name, f"x-{name}"), value) for name, value in pairs])
        answer = Response.from_app(inner, environ)
        if "Location" in answer.headers:
            answer.headers["Location"] = _outside(answer.headers["Location"])
        if answer.mimetype == "text/html":
            page = answer.get_data(as_text=True)
            page = _ADDRESS.sub(lambda m: f'{m[1]}="{_outside(m[2])}"', page)
            page = _NAME.sub(lambda m: f'name="{_NAMES.get(m[1], m[1])}"', page)
            answer.set_data(page)
        return answer(environ, start_response)

    return outer


def delayed(
    seconds: float, wait: Callable[[float], None] = time.sleep
) -> Callable[[Application], Application]:
    """Let every answer to a customer come so much later."""

    def around(inner: Application) -> Application:
        def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if not environ["PATH_INFO"].startswith(BEHIND):
                wait(seconds)
            return inner(environ, start_response)

        return outer

    return around


_ORDER = "_trantoken"
_POSTING = re.compile(r'(<form\b[^>]*method="post"[^>]*>)')
_PAGE = (
    '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{title}</title></head>'
    '<body><h1>{title}</h1><p>{text}</p><p><a href="/">戻る</a></p></body></html>'
)
_LOST_ORDER = _PAGE.format(
    title="操作エラー", text="不正な画面遷移です。はじめから操作してください。"
)


def _put_back(environ: dict[str, Any], fields: Iterable[tuple[str, str]]) -> None:
    """Let the bank read a form that has been read already."""
    body = urlencode(list(fields)).encode()
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("werkzeug.request", None)


def in_order(*, ends_session: bool) -> Callable[[Application], Application]:
    """Take a form only from the page given out last to its browser, and each page's only once.

    Frameworks that many banks use do so: the page before, a second tab and Back all end in an
    error page. ``ends_session``: with it the browser loses its cookies, too.
    """
    expected: dict[str, str] = {}

    def around(inner: Application) -> Application:
        def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if environ["PATH_INFO"].startswith(BEHIND):
                return inner(environ, start_response)
            request = Request(environ)
            browser = request.cookies.get(_ORDER) or secrets.token_hex(16)
            if request.method == "POST":
                sent = request.form.get(_ORDER, "")
                if not sent or sent != expected.pop(browser, None):
                    refusal = Response(_LOST_ORDER, status=403, mimetype="text/html")
                    for name in request.cookies if ends_session else ():
                        refusal.delete_cookie(name)
                    return refusal(environ, start_response)
                _put_back(environ, (p for p in request.form.items(multi=True) if p[0] != _ORDER))
            answer = Response.from_app(inner, environ)
            if answer.mimetype == "text/html" and answer.data:
                given = expected[browser] = secrets.token_hex(16)
                field = f'<input type="hidden" name="{_ORDER}" value="{given}">'
                answer.set_data(_POSTING.sub(rf"\1{field}", answer.get_data(as_text=True)))
                answer.set_cookie(_ORDER, browser, httponly=True)
            return answer(environ, start_response)

        return outer

    return around


_PASSWORD_TITLE = "ログインパスワードの入力"


def id_first(inner: Application) -> Application:
    """Ask for the login ID alone, on a page before that of the password."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith(BEHIND) or not request.path.startswith("/login"):
            return inner(environ, start_response)
        login_id = request.form.get("login_id", "") if request.method == "POST" else ""
        if request.path == "/login/password" and request.method == "POST":
            environ |= {"PATH_INFO": "/login", "REQUEST_METHOD": "GET"}
            _put_back(environ, ())
        elif request.method == "POST":
            _put_back(environ, request.form.items(multi=True))
        answer = Response.from_app(inner, environ)
        if request.path != "/login/otp" and answer.mimetype == "text/html" and answer.data:
            soup = BeautifulSoup(answer.get_data(as_text=True), "lxml")
            (_ask_password if login_id else _ask_id)(soup, login_id)
            answer.set_data(str(soup))
        return answer(environ, start_response)

    return outer


def _row(soup: BeautifulSoup, name: str) -> Tag | None:
    """Return what stands around an input of the login page."""
    found = soup.find("input", {"name": name})
    return found.find_parent("div") if found else None


def _ask_id(soup: BeautifulSoup, _: str) -> None:
    for name in ("password", "otp"):
        if row := _row(soup, name):
            row.decompose()
    if form := soup.find("form", {"action": "/login"}):
        form["action"] = "/login/password"
        form.find("button").string = "次へ"


def _ask_password(soup: BeautifulSoup, login_id: str) -> None:
    if row := _row(soup, "login_id"):
        kept = soup.new_tag("p")
        kept.string = f"ログインID　{login_id}"
        hidden = soup.new_tag("input", type="hidden", value=login_id, attrs={"name": "login_id"})
        row.replace_with(kept, hidden)
    for title in soup.find_all(["title", "h1"]):
        title.string = _PASSWORD_TITLE


_SEAT = "seat"
_ELSEWHERE = "別の端末でログインされたため、ログアウトしました。"


def one_session(inner: Application) -> Application:
    """A customer's new login ends the one before, wherever it is."""
    named: dict[str, str] = {}
    seated: dict[str, str] = {}

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(BEHIND):
            return inner(environ, start_response)
        request = Request(environ)
        seat = request.cookies.get(_SEAT) or secrets.token_hex(16)
        login_id = request.form.get("login_id", "") if request.method == "POST" else ""
        if request.method == "POST":
            _put_back(environ, request.form.items(multi=True))
        if login_id:
            named[seat] = login_id
        gone = seat in seated and seated[seat] != seat
        if gone and not request.path.startswith("/login"):
            refusal = Response(
                _PAGE.format(title="ログアウト", text=_ELSEWHERE), mimetype="text/html"
            )
            for name in request.cookies:
                refusal.delete_cookie(name)
            del seated[seat]
            return refusal(environ, start_response)
        answer = Response.from_app(inner, environ)
        if request.path.startswith("/login") and answer.headers.get("Location") == "/":
            who = named.get(seat, "")
            seated.update({s: seat for s, name in named.items() if name == who and s in seated})
            seated[seat] = seat
        answer.set_cookie(_SEAT, seat, httponly=True)
        return answer(environ, start_response)

    return outer


_ALERT = re.compile(r'<div class="alert".*?</div>', re.DOTALL)
_TOLD = re.compile(r"<p>(.*?)</p>", re.DOTALL)


def _refusal(answer: Response) -> str:
    """Return the error message of a page, empty for one without."""
    is_page = answer.mimetype == "text/html" and bool(answer.data)
    alert = _ALERT.search(answer.get_data(as_text=True)) if is_page else None
    return "" if alert is None else "<br>".join(_TOLD.findall(alert[0]))


def error_pages(inner: Application) -> Application:
    """Tell a refusal on a page of its own that has nothing else but a way back."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(BEHIND):
            return inner(environ, start_response)
        answer = Response.from_app(inner, environ)
        if told := _refusal(answer):
            answer = Response(_PAGE.format(title="エラー", text=told), mimetype="text/html")
        return answer(environ, start_response)

    return outer


def out_on_refusal(inner: Application) -> Application:
    """End the login at every refusal of a procedure, and tell it, unmarked, at the entrance."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith(BEHIND):
            return inner(environ, start_response)
        answer = Response.from_app(inner, environ)
        told = _refusal(answer)
        if told and not request.path.startswith("/login"):
            answer = redirect("/login?" + urlencode({"told": told}))
            for name in request.cookies:
                answer.delete_cookie(name)
        elif (told := request.args.get("told", "")) and answer.mimetype == "text/html":
            page = answer.get_data(as_text=True)
            answer.set_data(page.replace("<h1>", f"<p>{told}</p><h1>", 1))
        return answer(environ, start_response)

    return outer
