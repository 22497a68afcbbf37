"""Faults in suspending, in staying suspended, and in lifting a suspension."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reference_impl.domain import registration
from reference_impl.domain.policy import OtpFunction
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Refusal, Refused, Status
from reference_impl.face.forms import cookie
from reference_impl.face.pages import the_bank
from reference_impl.service import login, verification
from reference_impl.service.bank import Bank, Work
from reference_impl.service.login import LoginOk, OtpNeeded
from reference_impl.store import customers
from reference_impl.web.visitor import ANONYMOUS_COOKIE
from workshop.faults.swap import fault, swap, with_policy, wrap, wrap_view


def _edit(bank: Bank, login_id: str, **changes: Any) -> None:
    """Change a customer's registration as a bank with a fault would."""

    def act(work: Work) -> None:
        row = customers.by_login(work.db, login_id)
        if row is not None:
            customers.save(work.db, row, replace(row.reg, **changes))

    bank.write(act)


def _registration(bank: Bank, login_id: str) -> Registration | None:
    with bank.read() as db:
        row = customers.by_login(db, login_id)
    return None if row is None else row.reg


@fault("suspended-one-late")
def suspended_one_late() -> None:
    """One mistake more than declared is needed."""
    swap(registration.suspends, lambda failures, policy: failures > policy.lock_threshold)


@fault("suspended-one-early")
def suspended_one_early() -> None:
    """One mistake fewer than declared suspends already."""
    swap(registration.suspends, lambda failures, policy: failures >= policy.lock_threshold - 1)


@fault("never-suspended")
def never_suspended() -> None:
    """Mistakes are counted and nothing follows."""
    swap(registration.suspends, lambda *_: False)


@fault("success-clears-nothing")
def success_clears_nothing() -> None:
    """A right code does not end the run of mistakes."""
    swap(registration.otp_succeeded, lambda reg: reg)


@fault("password-resets-count")
def password_resets_count() -> None:
    """The login password alone clears the mistakes."""

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        answer = original(bank, login_id, *rest)
        if isinstance(answer, OtpNeeded):
            _edit(bank, login_id, failures=0)
        return answer

    wrap(login.authenticate, authenticate)


@fault("count-in-browser")
def count_in_browser() -> None:
    """The mistakes are kept with the browser: another one begins at zero."""
    seen: dict[str, str] = {}

    def submit(original: Any) -> Any:
        from flask import request

        login_id, visit = request.form.get("login_id", ""), cookie(ANONYMOUS_COOKIE)
        if seen.setdefault(login_id, visit) != visit:
            seen[login_id] = visit
            _edit(the_bank(), login_id, failures=0)
        return original()

    wrap_view("web.login_post", submit)


@fault("count-lost-at-midnight")
def count_lost_at_midnight() -> None:
    """A new day clears the mistakes."""
    day: dict[str, Any] = {}

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        today = bank.now().astimezone(ZoneInfo("Asia/Tokyo")).date()
        if day.setdefault(login_id, today) != today:
            day[login_id] = today
            _edit(bank, login_id, failures=0)
        return original(bank, login_id, *rest)

    wrap(login.authenticate, authenticate)


@fault("right-code-lifts")
def right_code_lifts() -> None:
    """A suspended customer with a right code gets in, and the suspension is gone."""

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        reg = _registration(bank, login_id)
        if reg is None or not reg.suspended:
            return original(bank, login_id, *rest)
        _edit(bank, login_id, suspended=False, failures=bank.policy.lock_threshold - 1)
        return original(bank, login_id, *rest)

    wrap(login.authenticate, authenticate)


@fault("suspended-in-without-code")
def suspended_in_without_code() -> None:
    """Suspending the OTP lets the customer in with the password alone."""

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        answer = original(bank, login_id, *rest)
        if isinstance(answer, Refused) and answer.reason is Refusal.SUSPENDED:
            with bank.read() as db:
                row = customers.by_login(db, login_id)
            assert row is not None
            return LoginOk(row.customer_id)
        return answer

    wrap(login.authenticate, authenticate)
    with_policy(live_sessions="kept")


@fault("unlock-drops-otp")
def unlock_drops_otp() -> None:
    """After the staff unlock no OTP is asked any more."""
    wrap(
        registration.unlocked,
        lambda original, reg: replace(original(reg), base=Status.ISSUED, ordered=True),
    )


@fault("unlock-keeps-count")
def unlock_keeps_count() -> None:
    """The staff unlock leaves the count where it was: the next mistake suspends again."""
    wrap(
        registration.unlocked,
        lambda original, reg: replace(original(reg), failures=reg.failures - 1),
    )


@fault("deactivation-not-counted")
def deactivation_not_counted() -> None:
    """Mistakes on the deactivation screen are not counted."""
    with_policy(lock_sources=frozenset({OtpFunction.LOGIN}))


@fault("suspension-spreads")
def suspension_spreads() -> None:
    """While one customer is suspended, nobody gets in with an OTP."""

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        answer = original(bank, login_id, *rest)
        if not isinstance(answer, OtpNeeded):
            return answer
        with bank.read() as db:
            stuck = any(row.reg.suspended for row in customers.everybody(db))
        return Refused(Refusal.SUSPENDED) if stuck else answer

    wrap(login.authenticate, authenticate)


@fault("one-count-for-all")
def one_count_for_all() -> None:
    """All customers share one count of mistakes."""

    def count_failure(original: Any, work: Any, row: Any, *rest: Any) -> Refused:
        most = max(r.reg.failures for r in customers.everybody(work.db) if not r.reg.suspended)
        shared = customers.save(work.db, row, replace(row.reg, failures=most))
        answer: Refused = original(work, shared, *rest)
        return answer

    def succeeded(original: Any, work: Any, row: Any, *rest: Any) -> Any:
        answer = original(work, row, *rest)
        if not isinstance(answer, Refused):
            for other in customers.everybody(work.db):
                if other.customer_id != row.customer_id and not other.reg.suspended:
                    customers.save(work.db, other, replace(other.reg, failures=0))
        return answer

    wrap(verification.count_failure, count_failure)
    wrap(verification.verify_active, succeeded)


@fault("attempts-lift-suspension")
def attempts_lift_suspension() -> None:
    """Trying on while suspended wears the suspension out."""
    tried: dict[str, int] = {}

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        reg = _registration(bank, login_id)
        if reg is not None and reg.suspended:
            tried[login_id] = tried.get(login_id, 0) + 1
            if tried[login_id] > 3:
                _edit(bank, login_id, suspended=False, failures=0)
        return original(bank, login_id, *rest)

    wrap(login.authenticate, authenticate)


def _lapses(after: timedelta) -> None:
    """Lift a suspension that has lasted so long, when its customer next asks to log in."""
    since: dict[int, datetime] = {}

    def save(original: Any, connection: Any, row: Any, reg: Registration) -> Any:
        if reg.suspended and not row.reg.suspended:
            since[row.customer_id] = datetime.now(UTC)
        return original(connection, row, reg)

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        with bank.read() as db:
            row = customers.by_login(db, login_id)
        if row is not None and row.reg.suspended:
            begun = since.get(row.customer_id)
            if begun is not None and bank.now() - begun >= after:
                _edit(bank, login_id, suspended=False, failures=0)
        return original(bank, login_id, *rest)

    wrap(customers.save, save)
    wrap(login.authenticate, authenticate)


@fault("suspension-expires")
def suspension_expires() -> None:
    """The suspension ends by itself after a day."""
    _lapses(timedelta(days=1))


@fault("passwords-counted")
def passwords_counted() -> None:
    """A wrong login password counts as a wrong OTP."""

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        answer = original(bank, login_id, *rest)
        if isinstance(answer, Refused) and answer.reason is Refusal.BAD_CREDENTIALS:
            reg = _registration(bank, login_id)
            if reg is not None:
                after = registration.otp_failed(reg, bank.policy)
                _edit(bank, login_id, failures=after.failures, suspended=after.suspended)
        return answer

    wrap(login.authenticate, authenticate)
