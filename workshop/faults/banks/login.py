"""Faults in who gets in, and with what."""

from __future__ import annotations

from typing import Any

from reference_impl.domain.otp import Accepted
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Refused, Status, TokenState
from reference_impl.face.forms import cookie, remember
from reference_impl.face.pages import the_bank
from reference_impl.service import login, verification
from reference_impl.service.bank import Bank
from reference_impl.service.login import LoginOk, OtpNeeded
from reference_impl.store import customers, tokens
from reference_impl.web import login as web
from reference_impl.web.visitor import PENDING_COOKIE, SESSION_COOKIE
from workshop.faults.swap import fault, with_policy, wrap, wrap_view

_TRUSTED = "bank_trusted"


@fault("otp-before-activation")
def otp_before_activation() -> None:
    """The OTP is asked from the application on."""
    Registration.asks_otp = property(  # type: ignore[assignment, method-assign]
        lambda reg: reg.base in (Status.ISSUED, Status.IN_SERVICE)
    )


@fault("otp-never-asked")
def otp_never_asked() -> None:
    """A customer with a token in service logs in with the password alone."""
    Registration.asks_otp = property(lambda _: False)  # type: ignore[assignment, method-assign]


def _open_early(response: Any) -> None:
    """Open the session of a login that has got no further than the question for the OTP."""
    cookies = response.headers.getlist("Set-Cookie")
    pending = [c for c in cookies if c.startswith(f"{PENDING_COOKIE}=") and "otp" not in c]
    if pending and response.headers.get("Location") == "/login/otp":
        identifier = pending[-1].split(";")[0].split("=", 1)[1]
        customer = login.pending(the_bank(), identifier)
        if customer is not None:
            remember(response, SESSION_COOKIE, login.open_session(the_bank(), customer))


@fault("otp-page-can-be-skipped")
def otp_page_can_be_skipped() -> None:
    """The session is open before the OTP was entered."""

    def submit(original: Any) -> Any:
        response = original()
        _open_early(response)
        return response

    wrap_view("web.login_post", submit)


def _remember_browser(original: Any, answer: LoginOk) -> Any:
    response = original(answer)
    response.set_cookie(_TRUSTED, str(answer.customer_id))
    return response


@fault("session-open-before-the-otp")
def session_open_before_the_otp() -> None:
    """The OTP is asked every time, but in a known browser the session is open by then."""

    def submit(original: Any) -> Any:
        response = original()
        if cookie(_TRUSTED):
            _open_early(response)
        return response

    wrap(web.welcome, _remember_browser)
    wrap_view("web.login_post", submit)


@fault("browser-remembered")
def browser_remembered() -> None:
    """A browser that once saw a right OTP is never asked again."""

    def submit(original: Any) -> Any:
        response = original()
        known = cookie(_TRUSTED)
        if known and response.headers.get("Location") == "/login/otp":
            return web.welcome(LoginOk(int(known)))
        return response

    wrap(web.welcome, _remember_browser)
    wrap_view("web.login_post", submit)


@fault("password-unverified-with-otp")
def password_unverified_with_otp() -> None:
    """Where an OTP follows, the login password is not looked at."""

    def authenticate(original: Any, bank: Bank, login_id: str, password: str, *rest: Any) -> Any:
        with bank.read() as db:
            row = customers.by_login(db, login_id)
        if row is not None and row.reg.asks_otp and not row.reg.suspended:
            return OtpNeeded(row.customer_id)
        return original(bank, login_id, password, *rest)

    wrap(login.authenticate, authenticate)


@fault("empty-password-let-through")
def empty_password_let_through() -> None:
    """Where an OTP follows, an empty login password is taken for a right one."""

    def authenticate(original: Any, bank: Bank, login_id: str, password: str, *rest: Any) -> Any:
        with bank.read() as db:
            row = customers.by_login(db, login_id)
        if row is not None and row.reg.asks_otp and not row.reg.suspended and not password:
            return OtpNeeded(row.customer_id)
        return original(bank, login_id, password, *rest)

    wrap(login.authenticate, authenticate)


@fault("refused-login-opens-session")
def refused_login_opens_session() -> None:
    """A wrong OTP is refused in so many words, and the session is open all the same."""

    def otp_submit(original: Any) -> Any:
        pending = web.pending()
        response = original()
        if pending is not None and response.status_code >= 400:
            remember(response, SESSION_COOKIE, login.open_session(the_bank(), pending))
        return response

    wrap_view("web.login_otp_post", otp_submit)


@fault("otp-on-the-login-page")
def otp_on_the_login_page() -> None:
    """The OTP is asked beside the login password, not on the page after it."""
    with_policy(login_flow="one_page")


@fault("code-tried-by-another-is-burnt")
def code_tried_by_another_is_burnt() -> None:
    """A code is used up by whoever tries it: its own customer cannot log in with it any more."""

    def verify(original: Any, work: Any, row: Any, otp: str, function: Any) -> Any:
        answer = original(work, row, otp, function)
        if not isinstance(answer, Refused):
            return answer
        for other in customers.everybody(work.db):
            token = tokens.held(work.db, other.customer_id, TokenState.ACTIVE)
            if token is None or other.customer_id == row.customer_id:
                continue
            verdict = verification.judge_token(work, token, otp, function)
            if isinstance(verdict, Accepted):
                tokens.use_step(work.db, token.token.token_id, verdict.step)
        return answer

    wrap(verification.verify_active, verify)
