"""What all faces share: the bank of a request, base page, headers, error pages, values as text."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from reference_impl.domain.words import Kind, Status
from reference_impl.face.errors import STANDARD, Link, ShownError
from reference_impl.service.bank import KIND_NAME, Bank

_STATIC = Path(__file__).parent / "static"
_JST = ZoneInfo("Asia/Tokyo")
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
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
    app.jinja_env.filters.update(minutes=minutes, seconds=seconds, kind_name=kind_name)
    app.after_request(secure_headers)
    app.register_error_handler(ShownError, _shown)
    app.register_error_handler(HTTPException, _standard)


@cache
def asset(name: str) -> str:
    """Return the address of a static file; it changes whenever the content does."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/assets/static/{name}?v={digest}"


def minutes(moment: datetime) -> str:
    """Return a moment as YYYY年MM月DD日 HH時MM分 in Japan time (IX-37)."""
    return moment.astimezone(_JST).strftime("%Y年%m月%d日 %H時%M分")


def seconds(moment: datetime) -> str:
    """Return a moment as YYYY年MM月DD日 HH時MM分SS秒 in Japan time."""
    return moment.astimezone(_JST).strftime("%Y年%m月%d日 %H時%M分%S秒")


def kind_name(kind: Kind | None) -> str:
    """Return the name of a kind, or a dash."""
    return "－" if kind is None else KIND_NAME[kind]


def secure_headers(response: Response) -> Response:
    """Add the headers that every answer carries (ASVS 3.4, F105)."""
    headers = response.headers
    headers["Content-Security-Policy"] = _CSP
    headers["X-Frame-Options"] = "DENY"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    is_asset = request.endpoint == "face.static" and response.status_code in (200, 304)
    headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_asset else "no-store"
    return response


def _page(status: int, title: str, message: str, link: Link | None) -> Response:
    on_staff = request.path == "/staff" or request.path.startswith("/staff/")
    onwards = link or (
        Link("/staff", "発行申請一覧へ") if on_staff else Link("/", "トップページへ")
    )
    text = render_template(
        "face/error.html", title=title, alerts=[message], link=onwards, staff=on_staff
    )
    return make_response(text, status)


def _shown(error: ShownError) -> Response:
    return _page(error.status, error.title, error.message, error.link)


def _standard(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 or request.path.startswith("/test-control/"):
        # Redirects are no errors, and the test-control API speaks JSON for itself.
        return make_response(error.get_response())
    title, message = STANDARD.get(status, STANDARD[500 if status >= 500 else 400])
    response = _page(status, title, message, None)
    allow = dict(error.get_headers()).get("Allow")
    if allow:
        response.headers["Allow"] = allow
    return response
