"""Faults in suspending, in staying suspended, and in lifting a suspension."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reference_impl.domain import registration, suspension
from reference_impl.domain.policy import LiveSessions, OtpFunction
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Status
from reference_impl.face.cookies import cookie
from reference_impl.service import login, verification
from reference_impl.service.contract import LoginOk, OtpNeeded, Refusal, Refused
from reference_impl.service.core import Core
from reference_impl.store import customers
from reference_impl.web.door import ANONYMOUS_COOKIE
from reference_impl.web.login import _LoginDesk
from workshop.faults.swap import fault, swap, with_policy, wrap, wrap_method


def _edit(core: Core, login_id: str, **changes: Any) -> None:
    """Change a customer's registration as a bank with a fault would."""

    def work(connection: Any) -> None:
        row = customers.by_login(connection, login_id)
        if row is not None:
            customers.save(connection, row, replace(row.reg, **changes))

    core.store.write(work)


def _registration(core: Core, login_id: str) -> Registration | None:
    with core.store.read() as connection:
        row = customers.by_login(connection, login_id)
    return None if row is None else row.reg


@fault("suspended-one-late")
def suspended_one_late() -> None:
    """One mistake more than declared is needed."""
    swap(suspension.suspends, lambda failures, policy: failures > policy.lock_threshold)


@fault("suspended-one-early")
def suspended_one_early() -> None:
    """One mistake fewer than declared suspends already."""
    swap(suspension.suspends, lambda failures, policy: failures >= policy.lock_threshold - 1)


@fault("never-suspended")
def never_suspended() -> None:
    """Mistakes are counted and nothing follows."""
    swap(suspension.suspends, lambda *_: False)


@fault("success-clears-nothing")
def success_clears_nothing() -> None:
    """A right code does not end the run of mistakes."""
    swap(registration.otp_succeeded, lambda reg: reg)


@fault("password-resets-count")
def password_resets_count() -> None:
    """The login password alone clears the mistakes."""

    def authenticate(original: Any, core: Core, login_id: str, *rest: Any) -> Any:
        answer = original(core, login_id, *rest)
        if isinstance(answer, OtpNeeded):
            _edit(core, login_id, failures=0)
        return answer

    wrap(login.authenticate, authenticate)


@fault("count-in-browser")
def count_in_browser() -> None:
    """The mistakes are kept with the browser: another one begins at zero."""
    seen: dict[str, str] = {}

    def submit(original: Any, self: Any) -> Any:
        from flask import request

        login_id, visit = request.form.get("login_id", ""), cookie(ANONYMOUS_COOKIE)
        if seen.setdefault(login_id, visit) != visit:
            seen[login_id] = visit
            _edit(self._door.customers._core, login_id, failures=0)
        return original(self)

    wrap_method(_LoginDesk, "submit", submit)


@fault("count-lost-at-midnight")
def count_lost_at_midnight() -> None:
    """A new day clears the mistakes."""
    day: dict[str, Any] = {}

    def authenticate(original: Any, core: Core, login_id: str, *rest: Any) -> Any:
        today = core.now().astimezone(ZoneInfo("Asia/Tokyo")).date()
        if day.setdefault(login_id, today) != today:
            day[login_id] = today
            _edit(core, login_id, failures=0)
        return original(core, login_id, *rest)

    wrap(login.authenticate, authenticate)


@fault("right-code-lifts")
def right_code_lifts() -> None:
    """A suspended customer with a right code gets in, and the suspension is gone."""

    def authenticate(original: Any, core: Core, login_id: str, *rest: Any) -> Any:
        reg = _registration(core, login_id)
        if reg is None or not reg.suspended:
            return original(core, login_id, *rest)
        _edit(core, login_id, suspended=False, failures=core.policy.lock_threshold - 1)
        return original(core, login_id, *rest)

    wrap(login.authenticate, authenticate)


@fault("suspended-in-without-code")
def suspended_in_without_code() -> None:
    """Suspending the OTP lets the customer in with the password alone."""

    def authenticate(original: Any, core: Core, login_id: str, *rest: Any) -> Any:
        answer = original(core, login_id, *rest)
        if isinstance(answer, Refused) and answer.reason is Refusal.SUSPENDED:
            with core.store.read() as connection:
                row = customers.by_login(connection, login_id)
            assert row is not None
            return LoginOk(row.customer_id)
        return answer

    wrap(login.authenticate, authenticate)
    with_policy(live_sessions=LiveSessions.KEPT)


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

    def authenticate(original: Any, core: Core, login_id: str, *rest: Any) -> Any:
        answer = original(core, login_id, *rest)
        if not isinstance(answer, OtpNeeded):
            return answer
        with core.store.read() as connection:
            stuck = any(row.reg.suspended for row in customers.everybody(connection))
        return Refused(Refusal.SUSPENDED) if stuck else answer

    wrap(login.authenticate, authenticate)


@fault("one-count-for-all")
def one_count_for_all() -> None:
    """All customers share one count of mistakes."""

    def count_failure(original: Any, core: Core, connection: Any, row: Any, *rest: Any) -> Refused:
        most = max(r.reg.failures for r in customers.everybody(connection) if not r.reg.suspended)
        shared = customers.save(connection, row, replace(row.reg, failures=most))
        answer: Refused = original(core, connection, shared, *rest)
        return answer

    def succeeded(original: Any, core: Core, connection: Any, row: Any, *rest: Any) -> Any:
        answer = original(core, connection, row, *rest)
        if not isinstance(answer, Refused):
            for other in customers.everybody(connection):
                if other.customer_id != row.customer_id and not other.reg.suspended:
                    customers.save(connection, other, replace(other.reg, failures=0))
        return answer

    wrap(verification.count_failure, count_failure)
    wrap(verification.verify_active, succeeded)


@fault("attempts-lift-suspension")
def attempts_lift_suspension() -> None:
    """Trying on while suspended wears the suspension out."""
    tried: dict[str, int] = {}

    def authenticate(original: Any, core: Core, login_id: str, *rest: Any) -> Any:
        reg = _registration(core, login_id)
        if reg is not None and reg.suspended:
            tried[login_id] = tried.get(login_id, 0) + 1
            if tried[login_id] > 3:
                _edit(core, login_id, suspended=False, failures=0)
        return original(core, login_id, *rest)

    wrap(login.authenticate, authenticate)


@fault("suspension-expires")
def suspension_expires() -> None:
    """The suspension ends by itself after a day."""
    since: dict[int, datetime] = {}

    def save(original: Any, connection: Any, row: Any, reg: Registration) -> Any:
        if reg.suspended and not row.reg.suspended:
            since[row.customer_id] = datetime.now(UTC)
        return original(connection, row, reg)

    def authenticate(original: Any, core: Core, login_id: str, *rest: Any) -> Any:
        with core.store.read() as connection:
            row = customers.by_login(connection, login_id)
        if row is not None and row.reg.suspended:
            begun = since.get(row.customer_id)
            if begun is not None and core.now() - begun >= timedelta(days=1):
                _edit(core, login_id, suspended=False, failures=0)
        return original(core, login_id, *rest)

    wrap(customers.save, save)
    wrap(login.authenticate, authenticate)


@fault("passwords-counted")
def passwords_counted() -> None:
    """A wrong login password counts as a wrong OTP."""

    def authenticate(original: Any, core: Core, login_id: str, *rest: Any) -> Any:
        answer = original(core, login_id, *rest)
        if isinstance(answer, Refused) and answer.reason is Refusal.BAD_CREDENTIALS:
            reg = _registration(core, login_id)
            if reg is not None:
                after = registration.otp_failed(reg, core.policy)
                _edit(core, login_id, failures=after.failures, suspended=after.suspended)
        return answer

    wrap(login.authenticate, authenticate)
