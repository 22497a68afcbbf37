"""Products that do nothing of what the manual says, each in its own way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from bs4 import BeautifulSoup, Tag
from werkzeug.wrappers import Request, Response

from workshop.null_products.recording import Exchange, record

Product = Callable[[dict[str, Any], Any], Iterable[bytes]]


def _page(title: str, body: str = "") -> str:
    return (
        f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1>{body}</body></html>"
    )


def _always(page: str, status: int = 200) -> Product:
    return Response(page, status=status, mimetype="text/html")


_ALERT = '<div role="alert"><p>エラーが発生しました。もう一度操作してください。</p></div>'
_DONE = "<p>受け付けました。お手続きは完了しました。</p>"


def _to_login() -> Product:
    form = (
        '<form method="post" action="/login"><label>ログインID<input name="login_id"></label>'
        '<label>ログインパスワード<input name="password" type="password"></label>'
        "<button>ログイン</button></form>"
    )

    def product(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked = Request(environ)
        if asked.path == "/login" and asked.method == "GET":
            return _always(_page("ログイン", form))(environ, start_response)
        away = Response(status=302, headers={"Location": "/login"})
        return away(environ, start_response)

    return product


# -- a copy of every screen --------------------------------------------------

_OTP_ASKED = "ワンタイムパスワードの入力"
#: Where a form of the copy leads, by the name of its button: the title of the next screen.
_NEXT = {
    "トークンを発行する": "トークン発行（ハードウェアトークン発行完了）",
    "利用開始する": "ワンタイムパスワード利用開始（ハードウェアトークン完了）",
    "解除する": "ワンタイムパスワード利用解除（利用解除完了）",
    "ログアウト": "ログイン",
}


def _by_title(exchanges: Iterable[Exchange]) -> dict[str, Exchange]:
    found: dict[str, Exchange] = {}
    for exchange in exchanges:
        if exchange.title and not exchange.location:
            found.setdefault(exchange.title, exchange)
    return found


def _copy(*, otp_page: bool) -> Product:
    """Every screen as it looked once; each form leads on, whatever is entered."""
    screens = _by_title(record())
    addresses = {title: f"/copy/{n}" for n, title in enumerate(screens)}
    by_path = {s.path: addresses[title] for title, s in reversed(screens.items())}
    after = {_OTP_ASKED: "トップページ", "ログイン": _OTP_ASKED if otp_page else "トップページ"}
    pages: dict[str, str] = {}
    for title, screen in screens.items():
        soup = BeautifulSoup(screen.page, "html.parser")
        for link in soup.select("a[href]"):
            link["href"] = by_path.get(str(link["href"]), str(link["href"]))
        for form in soup.find_all("form"):
            button = form.find("button")
            assert isinstance(form, Tag)
            assert isinstance(button, Tag)
            name = button.get_text(strip=True)
            wanted = after[title] if name == "ログイン" else _NEXT.get(name, "")
            form["action"] = addresses.get(wanted) or by_path.get(str(form["action"]), "/")
        pages[addresses[title]] = str(soup)
    pages["/"] = pages[addresses["トップページ"]]
    pages["/login"] = pages[addresses["ログイン"]]

    def product(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        page = pages.get(Request(environ).path)
        answer = _always(_page("見つかりません"), 404) if page is None else _always(page)
        return answer(environ, start_response)

    return product


# -- a replay ----------------------------------------------------------------


class Replay:
    """Answers as a recorded good run did: the n-th request like the n-th of its kind.

    After the last one of its kind that one again; `start_over` begins anew.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], list[Exchange]] = {}
        self._asked: Counter[tuple[str, str]] = Counter()
        for exchange in record():
            self._known.setdefault((exchange.method, exchange.path), []).append(exchange)

    def start_over(self) -> None:
        """Begin at the first answers again."""
        self._asked.clear()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked = Request(environ)
        key = (asked.method, asked.path)
        known = self._known.get(key)
        if known is None:
            return _always(_page("見つかりません"), 404)(environ, start_response)
        exchange = known[min(self._asked[key], len(known) - 1)]
        self._asked[key] += 1
        headers = {"Location": exchange.location} if exchange.location else {}
        answer = Response(
            exchange.page, status=exchange.status, headers=headers, mimetype="text/html"
        )
        return answer(environ, start_response)


PRODUCTS: dict[str, Callable[[], Product]] = {
    "blank": lambda: _always("<!doctype html><html><body></body></html>"),
    "error-500": lambda: _always(_page("エラー", _ALERT), 500),
    "error-200": lambda: _always(_page("エラー", _ALERT)),
    "always-success": lambda: _always(_page("完了", _DONE)),
    "to-login": _to_login,
    "static-copy": lambda: _copy(otp_page=False),
    "static-copy-with-otp-page": lambda: _copy(otp_page=True),
    "replay": Replay,
}
