"""Around the bank: its pages told anew, its forms read as they come, other pages in between."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.wrappers import Request, Response

from workshop.variants.wsgi import BEHIND, Application, Around

#: They would forbid inline scripts and frames.
_DROPPED_HEADERS = ("Content-Security-Policy", "X-Frame-Options")
_CLIENT = Path(__file__).parent / "client.js"
_HOME = re.compile(r'\b(href|action|formaction)="/"')


def behind(environ: dict[str, Any]) -> bool:
    """Tell whether a request is none of a customer's pages."""
    return environ["PATH_INFO"].startswith((*BEHIND, "/assets"))


def telling(
    change: Callable[[str], str], *, codec: str = "utf-8", content_type: str = ""
) -> Around:
    """Change every page of the customers' site.

    ``codec``: encoding of the pages and of the forms that come back;
    ``content_type``: the header that goes with it, "" for the bank's own.
    """

    def around(inner: Application) -> Application:
        def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if behind(environ):
                return inner(environ, start_response)
            _read_form(environ, codec)
            answer = Response.from_app(inner, environ)
            if answer.mimetype == "text/html" and answer.data:
                told = change(answer.get_data(as_text=True))
                answer.set_data(told.encode(codec, errors="xmlcharrefreplace"))
                for header in _DROPPED_HEADERS:
                    answer.headers.pop(header, None)
                if content_type:
                    answer.headers["Content-Type"] = content_type
            return answer(environ, start_response)

        return outer

    return around


def _read_form(environ: dict[str, Any], codec: str) -> None:
    """Make UTF-8 of a form in its page's encoding, and one value of an OTP's boxes."""
    kind = environ.get("CONTENT_TYPE", "")
    if environ["REQUEST_METHOD"] != "POST" or "urlencoded" not in kind:
        return
    sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode("ascii")
    pairs = parse_qsl(sent, keep_blank_values=True, encoding=codec, errors="replace")
    for split in ("otp", "serial"):
        parts = [value for name, value in pairs if name == split]
        if len(parts) > 1:
            pairs = [(name, value) for name, value in pairs if name != split]
            pairs.append((split, "".join(parts)))
    put_back(environ, pairs)


def put_back(environ: dict[str, Any], pairs: Iterable[tuple[str, str]]) -> None:
    """Let a request have these fields."""
    body = urlencode(list(pairs)).encode("ascii")
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
    environ.pop("werkzeug.request", None)


def cutting_serials(inner: Application) -> Application:
    """Cut serial numbers to twelve digits: a fault, behind whatever the pages check."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.method == "POST" and not behind(environ):
            pairs = request.form.items(multi=True)
            put_back(environ, [(n, v[:12] if n == "serial" else v) for n, v in pairs])
        return inner(environ, start_response)

    return outer


def instead(replace: Callable[[Request], str | None]) -> Around:
    """Send pages of one's own in place of some of the bank's: where there is one."""

    def around(inner: Application) -> Application:
        def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            page = None if behind(environ) else replace(Request(environ))
            if page is None:
                return inner(environ, start_response)
            return Response(page, mimetype="text/html")(environ, start_response)

        return outer

    return around


def frames(name: str) -> Around:
    """The login page comes in a frameset; ``name`` of its frame, "" for none."""
    named = f'name="{name}" ' if name else ""

    def replace(request: Request) -> str | None:
        within = request.headers.get("Sec-Fetch-Dest") != "document"
        if request.method != "GET" or request.path != "/login" or within:
            return None
        return (
            '<html><head><meta charset="utf-8"><title>見本銀行</title></head>'
            '<frameset rows="60,*"><frame src="/assets/static/mark.svg">'
            f'<frame {named}src="/login"></frameset></html>'
        )

    return instead(replace)


def _waiting(request: Request) -> str | None:
    if request.method != "GET" or request.path not in {"/", "/otp"} or "waited" in request.args:
        return None
    return (
        '<html><head><meta charset="utf-8"><title>しばらくお待ちください</title>'
        f'<meta http-equiv="refresh" content="1;url={request.path}?waited=1"></head>'
        "<body>処理中です。しばらくお待ちください。</body></html>"
    )


#: A waiting page comes for a second before the top page and the portal.
waiting = instead(_waiting)


def entrance(inner: Application) -> Application:
    """The entrance always shows a login form, even to who is inside; inside begins at /home."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        environ["PATH_INFO"] = {"/": "/login", "/home": "/"}.get(path, path)
        answer = Response.from_app(inner, environ)
        if answer.headers.get("Location") == "/":
            answer.headers["Location"] = "/home"
        if answer.mimetype == "text/html" and not behind(environ):
            answer.set_data(_HOME.sub(r'\1="/home"', answer.get_data(as_text=True)))
        return answer(environ, start_response)

    return outer


def single_page(way: str) -> Around:
    """A script fetches every page and puts it into the one there is.

    ``way``: "fetch" (addresses as the bank's) or "hash" (after a #).
    """
    shell = (
        '<!doctype html><html lang="ja"><head><meta charset="utf-8">'
        "<title>見本インターネットバンキング</title>"
        '<link rel="stylesheet" href="/assets/static/bank.css">'
        f'<script src="/client.js" data-way="{way}" defer></script></head><body></body></html>'
    )

    def around(inner: Application) -> Application:
        def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if environ["PATH_INFO"] == "/client.js":
                script = Response(_CLIENT.read_text(encoding="utf-8"), mimetype="text/javascript")
                return script(environ, start_response)
            fetched = "HTTP_X_FETCHED" in environ or environ["REQUEST_METHOD"] != "GET"
            if fetched or behind(environ):
                return inner(environ, start_response)
            return Response(shell, mimetype="text/html")(environ, start_response)

        return outer

    return around
