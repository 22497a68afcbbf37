"""Login, second login page, logout (S-00, S-12)."""

from flask import Response, request

from reference_impl.domain.words import Refusal, Refused
from reference_impl.face.forms import checked, cookie, csrf_token, forget, form_id, moved, remember
from reference_impl.face.pages import the_bank
from reference_impl.service import login
from reference_impl.web import visitor as door

_NOTICES = {
    "ended": "一定時間操作がなかったなどの理由でログアウトしました。もう一度ログインしてください。",
    "out": "ログアウトしました。ご利用ありがとうございました。",
}


@door.pages.get("/login")
def login_form() -> Response:
    """Show the login page (S-00)."""
    notice = next((text for key, text in _NOTICES.items() if key in request.args), "")
    return _login_page(notice=notice)


@door.pages.post("/login")
def login_post() -> Response:
    """Check ID and password; lead inside, or on to the question for the OTP."""
    values = checked(cookie(door.ANONYMOUS_COOKIE), "anonymous")
    login_id = values.get("login_id", "")
    otp = values.get("otp", "") if door.one_page_login() else None
    answer = login.authenticate(
        the_bank(), login_id, values.get("password", ""), otp, form_id(values)
    )
    if isinstance(answer, Refused):
        return door.answer_refused(answer, _login_page, login_id)
    for name in (door.SESSION_COOKIE, door.PENDING_COOKIE):
        login.close_session(the_bank(), cookie(name))
    if isinstance(answer, login.OtpNeeded):
        response = moved("/login/otp")
        forget(response, door.SESSION_COOKIE)
        remember(response, door.PENDING_COOKIE, login.open_pending(the_bank(), answer.customer_id))
        return response
    return welcome(answer)


@door.pages.get("/login/otp")
def login_otp() -> Response:
    """Show the second login page (S-12)."""
    if pending() is None:
        return moved("/login")
    return _otp_page()


@door.pages.post("/login/otp")
def login_otp_post() -> Response:
    """Check the OTP; lead inside."""
    customer_id = pending()
    if customer_id is None:
        # The repetition of a form whose first copy has logged in already lands inside.
        inside = login.session(the_bank(), cookie(door.SESSION_COOKIE))
        return moved("/login?ended=1" if inside is None else "/")
    values = checked(cookie(door.PENDING_COOKIE), "pending")
    answer = login.authenticate_otp(the_bank(), customer_id, values.get("otp", ""), form_id(values))
    if isinstance(answer, login.LoginOk):
        # The pending login is left to run out: a second copy of this very form,
        # sent by a double click, is answered like the first. It opens nothing
        # without a fresh OTP, and logout forgets the answer.
        return welcome(answer)
    if answer.reason is Refusal.SUSPENDED:
        login.close_session(the_bank(), cookie(door.PENDING_COOKIE))
        return door.suspended_page()
    return _otp_page(answer)


@door.pages.post("/logout")
def logout() -> Response:
    """End the session and a pending login."""
    who, _ = door.posting_visitor()
    for identifier in (who.session_id, cookie(door.PENDING_COOKIE)):
        login.close_session(the_bank(), identifier)
    response = moved("/login?out=1")
    for name in (door.SESSION_COOKIE, door.PENDING_COOKIE, door.RESULT_COOKIE):
        forget(response, name)
    return response


def welcome(answer: login.LoginOk) -> Response:
    """Open a session under a new identifier, so that none can be planted before."""
    response = moved("/")
    forget(response, door.PENDING_COOKIE)
    remember(response, door.SESSION_COOKIE, login.open_session(the_bank(), answer.customer_id))
    return response


def pending() -> int | None:
    """Return the customer whose password was accepted and whose OTP is awaited, or None."""
    return None if door.one_page_login() else login.pending(the_bank(), cookie(door.PENDING_COOKIE))


def _login_page(login_id: str = "", refused: Refused | None = None, notice: str = "") -> Response:
    return door.anonymous_page(
        "web/login.html",
        title="ログイン",
        login_id=login_id,
        notice=notice,
        one_page=door.one_page_login(),
        bad_credentials=refused is not None and refused.reason is Refusal.BAD_CREDENTIALS,
        **door.told(refused),
    )


def _otp_page(refused: Refused | None = None) -> Response:
    return door.anonymous_page(
        "web/login_otp.html",
        title="ワンタイムパスワードの入力",
        pending_csrf=csrf_token(cookie(door.PENDING_COOKIE), "pending"),
        **door.told(refused),
    )
