"""The staff site's door: login, sessions, forms, dressing of pages."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from reference_impl.face.errors import LoginRequiredError
from reference_impl.face.forms import (
    MAX_FORM_BYTES,
    checked,
    cookie,
    csrf_token,
    forget,
    moved,
    new_id,
    remember,
    seal,
    unseal,
)
from reference_impl.face.pages import the_bank
from reference_impl.service import login

SESSION_COOKIE = "staff_session"
ANONYMOUS_COOKIE = "staff_visit"
NOTICE_COOKIE = "staff_notice"
PATH = "/staff"
#: Largest stock file in bytes: some thousand tokens.
MAX_STOCK_BYTES = 2 * 1024 * 1024
_NOTICES = {
    "ended": "ログインの有効期限が切れました。もう一度ログインしてください。",
    "out": "ログアウトしました。",
}
_WRONG = "職員IDまたはパスワードが正しくありません。入力内容を確認してください。"

pages = Blueprint("staff", __name__, template_folder="templates", url_prefix=PATH)


@dataclass(frozen=True)
class Clerk:
    """A member of staff with a live session."""

    staff_id: str
    session_id: str


@pages.before_request
def _limit() -> None:
    is_stock = request.endpoint == "staff.stock_import"
    request.max_content_length = MAX_STOCK_BYTES if is_stock else MAX_FORM_BYTES


@pages.errorhandler(LoginRequiredError)
def _to_login(error: LoginRequiredError) -> Response:
    response = moved("/staff/login?ended=1" if error.expired else "/staff/login")
    if error.expired:
        forget(response, SESSION_COOKIE, PATH)
    return response


def clerk() -> Clerk:
    """Return the member of staff of the live session. LoginRequiredError if there is none."""
    session_id = cookie(SESSION_COOKIE)
    staff_id = login.staff_session(the_bank(), session_id)
    if staff_id is None:
        raise LoginRequiredError(expired=bool(session_id))
    return Clerk(staff_id, session_id)


def posting_clerk() -> tuple[Clerk, dict[str, str]]:
    """Return the member of staff and the posted form.

    LoginRequiredError without a session; BadFormError, ForgedFormError for a bad form.
    """
    who = clerk()
    return who, checked(who.session_id, "staff")


@pages.get("/login")
def login_form() -> Response:
    """Show the staff login."""
    return _login_page(notice=next((t for key, t in _NOTICES.items() if key in request.args), ""))


@pages.post("/login")
def login_post() -> Response:
    """Check staff ID and password; lead inside."""
    values = checked(cookie(ANONYMOUS_COOKIE), "staff-anonymous")
    staff_id = values.get("staff_id", "")
    session_id = login.staff_login(the_bank(), staff_id, values.get("password", ""))
    if session_id is None:
        return _login_page(422, given_id=staff_id, alerts=[_WRONG])
    login.close_session(the_bank(), cookie(SESSION_COOKIE))
    response = moved("/staff")
    remember(response, SESSION_COOKIE, session_id, PATH)
    return response


@pages.post("/logout")
def logout() -> Response:
    """End the session."""
    who, _ = posting_clerk()
    login.close_session(the_bank(), who.session_id)
    response = moved("/staff/login?out=1")
    for name in (SESSION_COOKIE, NOTICE_COOKIE):
        forget(response, name, PATH)
    return response


def _login_page(status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - template values
    """Render the page before login; its form is bound to an anonymous cookie."""
    visit = cookie(ANONYMOUS_COOKIE) or new_id()
    csrf = csrf_token(visit, "staff-anonymous")
    text = render_template("staff/login.html", title="職員ログイン", csrf=csrf, **values)
    response = make_response(text, status)
    if not cookie(ANONYMOUS_COOKIE):
        remember(response, ANONYMOUS_COOKIE, visit, PATH)
    return response


def page(who: Clerk, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
    """Render a page for staff, with the notice of the action just done, if any."""
    sealed = request.cookies.get(NOTICE_COOKIE, "")
    note = unseal(who.session_id, "notice", sealed) or {}
    text = render_template(
        template,
        csrf=csrf_token(who.session_id, "staff"),
        staff_id=who.staff_id,
        notice=values.pop("notice", "") or note.get("text", ""),
        **values,
    )
    response = make_response(text, status)
    if sealed:
        forget(response, NOTICE_COOKIE, PATH)
    return response


def done(who: Clerk, address: str, text: str) -> Response:
    """Redirect after an action; the next page tells what was done."""
    response = moved(address)
    remember(response, NOTICE_COOKIE, seal(who.session_id, "notice", {"text": text}), PATH)
    return response
