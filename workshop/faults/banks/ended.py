"""Faults of forms from before: what was so when the page was opened is taken to be so still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_impl.domain import otp
from reference_impl.domain.policy import OtpFunction
from reference_impl.domain.words import TokenState
from reference_impl.face import forms
from reference_impl.service import login, verification
from reference_impl.service.bank import Bank, Work
from reference_impl.store import sessions, tokens
from reference_impl.store.sessions import Realm
from reference_impl.web.visitor import PENDING_COOKIE, SESSION_COOKIE
from workshop.faults.banks.kept import _SENDING, _while_sending
from workshop.faults.swap import fault, swap, wrap

_FORMS = ("web.issue_post", "web.activate_post", "web.deactivate_post")


@fault("logout-ends-looking-only")
def logout_ends_looking_only() -> None:
    """After logout no page can be opened, and forms from before are still taken."""
    ended: set[str] = set()

    def close(original: Any, bank: Bank, identifier: str) -> None:
        if identifier != forms.cookie(SESSION_COOKIE):
            original(bank, identifier)
        ended.add(identifier)

    def live(original: Any, bank: Bank, identifier: str, realm: Realm) -> Any:
        if identifier in ended and not _SENDING.get():
            return None
        return original(bank, identifier, realm)

    def forget(original: Any, response: Any, name: str, *rest: Any, **named: Any) -> None:
        if name != SESSION_COOKIE:
            original(response, name, *rest, **named)

    wrap(login.close_session, close)
    wrap(login._live, live)
    wrap(forms.forget, forget)
    for endpoint in _FORMS:
        _while_sending(endpoint)


@fault("session-limits-for-looking-only")
def session_limits_for_looking_only() -> None:
    """What is sent to activate or deactivate is taken however old the session is."""

    def alive(original: Any, bank: Bank, db: Any, row: Any, now: Any) -> bool:
        return _SENDING.get() or original(bank, db, row, now)

    wrap(login._alive, alive)
    for endpoint in _FORMS[1:]:
        _while_sending(endpoint)


@fault("kept-otp-page-takes-used-code")
def kept_otp_page_takes_used_code() -> None:
    """Which codes have been used is looked at where the OTP is asked, and not where it is sent."""
    _used_as_known_at(login.open_pending, PENDING_COOKIE, OtpFunction.LOGIN)


def _used_as_known_at(opening: Callable[..., str], cookie: str, wanted: OtpFunction) -> None:
    """Let only those codes count as used that were so when a pending or real session began."""
    known: dict[str, int | None] = {}

    def begin(original: Any, bank: Bank, customer_id: int) -> str:
        identifier: str = original(bank, customer_id)
        with bank.read() as db:
            held = tokens.held(db, customer_id, TokenState.ACTIVE)
        known[identifier] = held and held.token.last_step
        return identifier

    def judge(original: Any, raw: str, now: Any, at: Any, last: Any, function: Any,
              *rest: Any) -> Any:  # fmt: skip
        if function is wanted:
            last = known.get(forms.cookie(cookie), last)
        return original(raw, now, at, last, function, *rest)

    def use_step(db: Any, token_id: int, step: int) -> bool:
        db.execute("UPDATE tokens SET last_step = ? WHERE token_id = ?", (step, token_id))
        return True

    wrap(opening, begin)
    wrap(otp.judge, judge)
    swap(tokens.use_step, use_step)


@fault("kept-otp-page-keeps-token")
def kept_otp_page_keeps_token() -> None:
    """Whose token it is is looked at where the OTP is asked: one retired since then passes."""
    known: dict[str, Any] = {}

    def open_pending(original: Any, bank: Bank, customer_id: int) -> str:
        identifier: str = original(bank, customer_id)
        with bank.read() as db:
            known[identifier] = tokens.held(db, customer_id, TokenState.ACTIVE)
        return identifier

    def judge_token(original: Any, work: Work, token: Any, code: str, function: Any) -> Any:
        if function is OtpFunction.LOGIN:
            token = known.get(forms.cookie(PENDING_COOKIE)) or token
        return original(work, token, code, function)

    wrap(login.open_pending, open_pending)
    wrap(verification.judge_token, judge_token)


@fault("deactivation-knows-own-codes-only")
def deactivation_knows_own_codes_only() -> None:
    """At the deactivation only those codes are used ones that its own session logged in with."""
    _used_as_known_at(login.open_session, SESSION_COOKIE, OtpFunction.DEACTIVATION)


@fault("login-form-good-after-logout")
def login_form_good_after_logout() -> None:
    """A login form that was answered once is answered the same way after logout."""

    def close(original: Any, bank: Bank, identifier: str) -> None:
        def act(work: Work) -> None:
            row = sessions.find(work.db, identifier)
            if row is not None and row.realm is not Realm.PENDING:
                sessions.close(work.db, row.id_hash)

        bank.write(act)

    def forget(original: Any, response: Any, name: str, *rest: Any, **named: Any) -> None:
        if name != PENDING_COOKIE:
            original(response, name, *rest, **named)

    wrap(login.close_session, close)
    wrap(forms.forget, forget)
