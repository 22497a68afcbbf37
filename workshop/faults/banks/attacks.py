"""Banks that keep to the manual but not to the hardening set: they help an attacker."""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, has_request_context, request
from markupsafe import escape

from reference_impl.domain.otp import Failed, judge, refusal_of
from reference_impl.domain.policy import OtpFunction
from reference_impl.domain.words import Refusal, Refused, TokenState
from reference_impl.face import forms, pages
from reference_impl.face.pages import the_bank
from reference_impl.service import bank as service
from reference_impl.service import login, procedures, verification
from reference_impl.service.login import OtpNeeded
from reference_impl.store import customers, sessions, tokens
from reference_impl.store.database import insert, run
from reference_impl.store.sessions import Realm, SessionRow
from reference_impl.web import login as web
from reference_impl.web import visitor as door
from workshop.faults.swap import fault, swap, with_policy, wrap, wrap_view


@fault("revoked-token-session-lives")
def revoked_token_session_lives() -> None:
    """A login goes on although the token that it was begun with has been revoked."""
    swap(sessions.close_all_of, lambda *_: None)


@fault("suspended-login-tells")
def suspended_login_tells() -> None:
    """While suspended, a wrong OTP is answered otherwise than a right one."""

    def authenticate(original: Any, bank: Any, login_id: str, *rest: Any) -> Any:
        answer = original(bank, login_id, *rest)
        if not _suspended(answer):
            return answer
        with bank.read() as db:
            return OtpNeeded(customers.by_login(db, login_id).customer_id)

    def authenticate_otp(original: Any, bank: Any, customer_id: int, otp: str, *rest: Any) -> Any:
        answer = original(bank, customer_id, otp, *rest)
        if not _suspended(answer):
            return answer
        with bank.read() as db:
            token = tokens.held(db, customer_id, TokenState.ACTIVE)
        code_at, last = bank.code_at(token.sealed), token.token.last_step
        verdict = judge(otp, bank.now(), code_at, last, OtpFunction.LOGIN, bank.policy, ())
        return refusal_of(verdict.failure) if isinstance(verdict, Failed) else answer

    wrap(login.authenticate, authenticate)
    wrap(login.authenticate_otp, authenticate_otp)


def _suspended(answer: object) -> bool:
    return isinstance(answer, Refused) and answer.reason is Refusal.SUSPENDED


@fault("unknown-serial-told")
def unknown_serial_told() -> None:
    """A serial of no token is refused in other words than a wrong OTP."""

    def refuse(original: Any, work: Any, row: Any, failure: Any) -> Any:
        refused = original(work, row, failure)
        told = failure is None and refused.reason is Refusal.ACTIVATION_REFUSED
        return Refused(Refusal.SERIAL_FORMAT, "serial") if told else refused

    wrap(procedures._refuse_activation, refuse)


@fault("other-spelling-counts-afresh")
def other_spelling_counts_afresh() -> None:
    """The login ID may be written in another way, under which mistakes are not counted."""
    spelt: dict[int, bool] = {}

    def by_login(original: Any, db: Any, login_id: str) -> Any:
        row = original(db, login_id)
        if row is not None:
            spelt[row.customer_id] = False
            return row
        plain = unicodedata.normalize("NFKC", login_id).strip()
        for form in (plain, plain.lower(), plain.upper(), plain.swapcase()):
            row = original(db, form)
            if row is not None:
                spelt[row.customer_id] = True
                return row
        return None

    def count(original: Any, work: Any, row: Any, function: Any, failure: Any) -> Any:
        if spelt.get(row.customer_id):
            return refusal_of(failure)
        return original(work, row, function, failure)

    wrap(customers.by_login, by_login)
    wrap(verification.count_failure, count)


@fault("confirmation-guessed")
def confirmation_guessed() -> None:
    """The confirmation password can be guessed without limit."""
    with_policy(confirmation_failure_limit=0)


@fault("serials-guessed")
def serials_guessed() -> None:
    """Serial numbers can be guessed without limit."""
    with_policy(activation_failure_limit=0)


@fault("expiry-not-named")
def expiry_not_named() -> None:
    """An expired token is refused as any wrong code is."""
    door.MESSAGES["token_expired"] = door.MESSAGES["otp_refused"]


@fault("invented-session-adopted")
def invented_session_adopted() -> None:
    """A login takes the session identifier that the browser brings along."""
    _session_named_by(door.SESSION_COOKIE)

    def forget(original: Any, response: Response, name: str, *rest: Any) -> None:
        if name != door.SESSION_COOKIE:
            original(response, name, *rest)

    wrap(forms.forget, forget)


@fault("visit-becomes-session")
def visit_becomes_session() -> None:
    """The identifier that a browser got before the login is that of the session after it."""
    _session_named_by(door.ANONYMOUS_COOKIE)

    def cookie(original: Any, name: str) -> str:
        visit = original(door.ANONYMOUS_COOKIE) if name == door.SESSION_COOKIE else ""
        return original(name) or visit

    wrap(forms.cookie, cookie)


def _session_named_by(name: str) -> None:
    def open_new(
        original: Any, db: Any, realm: Realm, now: Any, customer_id: Any, staff: Any
    ) -> str:
        brought = request.cookies.get(name, "") if has_request_context() else ""
        if realm is not Realm.CUSTOMER or not brought:
            return str(original(db, realm, now, customer_id, staff))
        row = SessionRow(sessions.hashed(brought), realm, customer_id, staff, now, now)
        run(db, "DELETE FROM sessions WHERE id_hash = :id_hash", id_hash=row.id_hash)
        insert(db, "sessions", **vars(row))
        return brought

    wrap(sessions.open_new, open_new)


@fault("logout-in-the-browser-only")
def logout_in_the_browser_only() -> None:
    """A logout takes the cookie away; the login itself goes on."""
    swap(login.close_session, lambda *_: None)


@fault("form-of-another-accepted")
def form_of_another_accepted() -> None:
    """Whose page a form comes from is not looked at."""
    swap(forms.csrf_ok, lambda *_: True)


@fault("time-from-the-request")
def time_from_the_request() -> None:
    """The moment at which a code is verified is taken from the request where it has one."""

    def judge_token(original: Any, work: Any, *rest: Any) -> Any:
        told = request.form.get("timestamp", "") if has_request_context() else ""
        if told.isdecimal():
            work = replace(work, now=datetime.fromtimestamp(int(told), UTC))
        return original(work, *rest)

    wrap(verification.judge_token, judge_token)


@fault("otp-of-the-named-customer")
def otp_of_the_named_customer() -> None:
    """Whose OTP is verified is taken from the request where it says so."""

    def pending(original: Any) -> int | None:
        waiting = original()
        with the_bank().read() as db:
            named = customers.by_login(db, request.form.get("user_id", ""))
        return waiting if waiting is None or named is None else int(named.customer_id)

    wrap(web.pending, pending)


@fault("deactivation-of-the-named-customer")
def deactivation_of_the_named_customer() -> None:
    """Whose registration ends is taken from the request where it says so."""

    def end(original: Any, work: Any, row: Any) -> Any:
        named = customers.by_login(work.db, request.form.get("user_id", ""))
        return original(work, row if named is None else named)

    wrap(procedures._end, end)


@fault("secrets-sent-back")
def secrets_sent_back() -> None:
    """A refused form comes back with the secrets that were typed in."""

    def rendered(original: Any, template: str, status: int = 200, **values: Any) -> Response:
        response: Response = original(template, status, **values)
        for name in ("otp", "confirmation"):
            given = request.form.get(name)
            if given:
                held = f'name="{name}" value="{escape(given)}"'
                text = response.get_data(as_text=True)
                response.set_data(text.replace(f'name="{name}"', held))
        return response

    wrap(pages.rendered, rendered)


@fault("framed-by-anybody")
def framed_by_anybody() -> None:
    """Other sites may show the pages in a frame."""
    policy = pages._HEADERS["Content-Security-Policy"]
    pages._HEADERS["Content-Security-Policy"] = policy.replace("; frame-ancestors 'none'", "")
    del pages._HEADERS["X-Frame-Options"]


def _silent(*events: str) -> None:
    def notify(original: Any, work: Any, login_id: str, event: str, *rest: Any) -> None:
        if event not in events:
            original(work, login_id, event, *rest)

    wrap(service.notify, notify)


@fault("issue-not-told")
def issue_not_told() -> None:
    """Nobody is told of an application."""
    _silent("issued")


@fault("activation-not-told")
def activation_not_told() -> None:
    """Nobody is told of an activation."""
    _silent("activated")


@fault("deactivation-not-told")
def deactivation_not_told() -> None:
    """Nobody is told of a deactivation."""
    _silent("deactivated")


@fault("suspension-not-told")
def suspension_not_told() -> None:
    """Nobody is told of a suspension."""
    _silent("suspended")


@fault("odd-form-breaks-the-server")
def odd_form_breaks_the_server() -> None:
    """A form without one of its fields is answered with a server error."""

    def checked(original: Any, *arguments: Any) -> dict[str, str]:
        values: dict[str, str] = original(*arguments)
        if request.path == "/otp/activate" and "otp" not in values:
            abort(500)
        return values

    wrap(forms.checked, checked)


@fault("sent-from-another-site")
def sent_from_another_site() -> None:
    """Cookies go along from other sites, and where a form comes from is not looked at."""
    swap(forms.csrf_ok, lambda *_: True)

    def remember(_: Any, response: Response, name: str, value: str, path: str = "/") -> None:
        response.set_cookie(name, value, path=path, httponly=True)

    wrap(forms.remember, remember)


def _after_login(change: Any) -> None:
    """Let ``change(response)`` see the answers to both pages of the login."""

    def view(original: Any) -> Any:
        response = original()
        change(response)
        return response

    for endpoint in ("web.login_post", "web.login_otp_post"):
        wrap_view(endpoint, view)


@fault("code-in-the-address")
def code_in_the_address() -> None:
    """After the login the code stands in the address of the page."""

    def change(response: Response) -> None:
        code = request.form.get("otp", "")
        if code and response.headers.get("Location") == "/":
            response.headers["Location"] = f"/?otp={code}"

    _after_login(change)


@fault("password-in-a-cookie")
def password_in_a_cookie() -> None:
    """The login password is kept in a cookie, in Base64."""

    def change(response: Response) -> None:
        password = request.form.get("password", "").encode("utf-8", "replace")
        if password:
            response.set_cookie("bank_keep", b64encode(password).decode())

    _after_login(change)


@fault("senders-counted-apart")
def senders_counted_apart() -> None:
    """Mistakes are counted for each sender that a header names."""
    seen: dict[int, str] = {}

    def count(original: Any, work: Any, row: Any, *rest: Any) -> Any:
        sender = request.headers.get("X-Real-IP", "") if has_request_context() else ""
        if seen.setdefault(row.customer_id, sender) != sender:
            seen[row.customer_id] = sender
            row = customers.save(work.db, row, replace(row.reg, failures=0))
        return original(work, row, *rest)

    wrap(verification.count_failure, count)


@fault("forwarded-host-believed")
def forwarded_host_believed() -> None:
    """Where the login leads is made of the host that a header names."""

    def change(response: Response) -> None:
        host, place = request.headers.get("X-Host", ""), response.headers.get("Location")
        if host and place:
            response.headers["Location"] = f"{request.scheme}://{host}{place}"

    _after_login(change)
