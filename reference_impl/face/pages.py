"""What all faces share: the bank of a request, base page, headers, error pages, values as text."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException, RequestURITooLarge

from reference_impl.clock import JAPAN
from reference_impl.domain.words import Kind, Status
from reference_impl.face.errors import STANDARD, Link, LoginRequiredError, ShownError
from reference_impl.face.forms import cookie, csrf_token, forget, moved, new_id, remember
from reference_impl.service.bank import KIND_NAME, Bank

_STATIC = Path(__file__).parent / "static"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: Characters of path and query together.
LONGEST_ADDRESS = 2048
#: Longest list on one page.
MAX_ROWS = 200

KIND_LABEL = {
    Kind.SOFTWARE: "ソフトウェアトークン（携帯電話またはスマートフォンのアプリに表示する方法）",
    Kind.HARDWARE: "ハードウェアトークン（キーホルダー型の生成機に表示する方法）",
}
#: A suspended customer is still registered; the suspension is told apart from the status.
STATUS_NAME = {
    Status.NOT_REGISTERED: "未登録",
    Status.ISSUED: "トークン発行済",
    Status.IN_SERVICE: "サービス利用中",
    Status.SUSPENDED: "サービス利用中",
}
ORDER_STATE = {
    "accepted": "受付済",
    "dispatched": "発送済",
    "activated": "利用開始済",
    "cancelled": "取消",
}
TOKEN_STATE = {"stock": "在庫", "allotted": "割当済", "active": "利用中", "retired": "失効"}


def the_bank() -> Bank:
    """Return the bank whose application answers the present request."""
    bank: Bank = current_app.extensions["bank"]
    return bank


def install(app: Flask, bank: Bank) -> None:
    """Give an application its bank, base templates, style, headers and error pages."""
    app.extensions["bank"] = bank
    shared = Blueprint(
        "face", __name__, static_folder="static", template_folder="templates", url_prefix="/assets"
    )
    app.register_blueprint(shared)
    app.jinja_env.globals.update(site=bank.settings.bank, demo=bank.settings.demo, asset=asset)
    app.jinja_env.globals.update(order_state=ORDER_STATE, token_state=TOKEN_STATE)
    app.jinja_env.globals.update(status_name=STATUS_NAME)
    app.jinja_env.filters.update(minutes=minutes, seconds=seconds, kind_name=kind_name)
    app.url_map.merge_slashes = False  # its redirects name whatever host was asked for
    app.before_request(_measure)
    app.after_request(secure_headers)
    app.register_error_handler(LoginRequiredError, _to_login)
    app.register_error_handler(ShownError, _shown)
    app.register_error_handler(HTTPException, _standard)


@cache
def asset(name: str) -> str:
    """Return the address of a static file; it changes whenever the content does."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/assets/static/{name}?v={digest}"


def minutes(moment: datetime) -> str:
    """Return a moment as YYYY年MM月DD日 HH時MM分 in Japan time (IX-37)."""
    return moment.astimezone(JAPAN).strftime("%Y年%m月%d日 %H時%M分")


def seconds(moment: datetime) -> str:
    """Return a moment as YYYY年MM月DD日 HH時MM分SS秒 in Japan time."""
    return moment.astimezone(JAPAN).strftime("%Y年%m月%d日 %H時%M分%S秒")


def kind_name(kind: Kind | None) -> str:
    """Return the name of a kind, or a dash."""
    return "－" if kind is None else KIND_NAME[kind]


def rendered(template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
    """Return a template as an answer."""
    return make_response(render_template(template, **values), status)


def before_login(
    template: str, visit_cookie: str, purpose: str, path: str, values: dict[str, Any]
) -> Response:
    """Render a page before login; its forms are bound to an anonymous cookie."""
    visit = cookie(visit_cookie) or new_id()
    csrf = csrf_token(visit, purpose)
    response = rendered(template, csrf=csrf, form_id=new_id(), **values)
    if not cookie(visit_cookie):
        remember(response, visit_cookie, visit, path)
    return response


def _measure() -> None:
    """Refuse a longer address than any page of the bank has (414)."""
    if len(request.path) + len(request.query_string) > LONGEST_ADDRESS:
        raise RequestURITooLarge


def secure_headers(response: Response) -> Response:
    """Add the headers that every answer carries (ASVS 3.4, F105)."""
    response.headers.update(_HEADERS)
    if request.is_secure:  # so it is where the settings say that TLS ends before the bank
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    is_asset = request.endpoint == "face.static" and response.status_code in (200, 304)
    caching = "public, max-age=31536000, immutable" if is_asset else "no-store"
    response.headers["Cache-Control"] = caching
    return response


def _to_login(error: LoginRequiredError) -> Response:
    login = f"{error.site.rstrip('/')}/login"
    if not cookie(error.cookie):
        return moved(login)
    response = moved(f"{login}?ended=1")  # a cookie was sent, but its session has ended
    forget(response, error.cookie, error.site)
    return response


def _shown(error: ShownError) -> Response:
    on_staff = request.path == "/staff" or request.path.startswith("/staff/")
    home = Link("/staff", "発行申請一覧へ") if on_staff else Link("/", "トップページへ")
    return rendered(
        "face/error.html",
        error.status,
        title=error.title,
        alerts=[error.message],
        link=error.link or home,
        staff=on_staff,
    )


def _standard(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 or request.path.startswith("/test-control/"):
        # Redirects are no errors, and the test-control API speaks JSON for itself.
        return make_response(error.get_response())
    title, message = STANDARD.get(str(status), STANDARD["500" if status >= 500 else "400"])
    response = _shown(ShownError(status, title, message))
    allow = dict(error.get_headers()).get("Allow")
    if allow:
        response.headers["Allow"] = allow
    return response
