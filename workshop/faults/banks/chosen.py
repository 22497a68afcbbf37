"""Faults that show only with a code or a moment chosen on purpose."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from reference_impl.domain import otp, token
from reference_impl.domain.otp import Accepted, Failed, step_of
from reference_impl.domain.policy import FailureClass, OtpFunction, Policy
from reference_impl.domain.words import TokenState
from reference_impl.service import login, procedures, staff, verification
from reference_impl.service.bank import Bank, Work
from reference_impl.store import customers
from reference_impl.store import tokens as rows
from workshop.faults.banks.suspension import _edit, _registration
from workshop.faults.swap import fault, swap, wrap

_END_OF_32_BITS = 2**31


@fault("leading-zero-refused")
def leading_zero_refused() -> None:
    """A code is read as a number: one that begins with 0 has a digit too few."""

    def judge(original: Any, raw: str, *rest: Any) -> Accepted | Failed:
        if raw.startswith("0"):
            return Failed(FailureClass.WRONG)
        verdict: Accepted | Failed = original(raw, *rest)
        return verdict

    wrap(otp.judge, judge)


@fault("refused-after-2038")
def refused_after_2038() -> None:
    """The seconds since 1970 are kept in 32 bits."""

    def judge(original: Any, raw: str, now: datetime, *rest: Any) -> Any:
        if now.timestamp() < _END_OF_32_BITS:
            return original(raw, now, *rest)
        return Failed(FailureClass.WRONG)

    wrap(otp.judge, judge)


@fault("same-mistake-counts-once")
def same_mistake_counts_once() -> None:
    """A wrong code that is sent once more counts as the same mistake."""
    latest: dict[int, str] = {}

    def verify(original: Any, work: Work, row: Any, code: str, function: OtpFunction) -> Any:
        if latest.get(row.customer_id) == code:
            answer = verification.judge_token(
                work, rows.held(work.db, row.customer_id, TokenState.ACTIVE), code, function
            )
            if isinstance(answer, Failed):
                return otp.refusal_of(answer.failure)
        latest[row.customer_id] = code
        return original(work, row, code, function)

    wrap(verification.verify_active, verify)


@fault("unlock-forgets-used-codes")
def unlock_forgets_used_codes() -> None:
    """Lifting a suspension sets the token up anew: what was used is forgotten."""

    def unlock(original: Any, bank: Bank, actor: str, login_id: str, *rest: Any) -> None:
        original(bank, actor, login_id, *rest)

        def act(work: Work) -> None:
            row = customers.by_login(work.db, login_id)
            held = row and rows.held(work.db, row.customer_id, TokenState.ACTIVE)
            if held:
                statement = "UPDATE tokens SET last_step = NULL WHERE token_id = ?"
                work.db.execute(statement, (held.token.token_id,))

        bank.write(act)

    wrap(staff.unlock, unlock)


@fault("clock-set-back-frees-used-codes")
def clock_set_back_frees_used_codes() -> None:
    """What was used at a time that is yet to come is taken for a mistake, and not for used."""

    def judge(
        original: Any,
        raw: str,
        now: datetime,
        at: Any,
        last: int | None,
        function: OtpFunction,
        policy: Policy,
        *rest: Any,
    ) -> Any:
        present = step_of(now, policy.otp_step_seconds)
        known = None if last is not None and last > present else last
        return original(raw, now, at, known, function, policy, *rest)

    def use_step(db: Any, token_id: int, step: int) -> bool:
        db.execute("UPDATE tokens SET last_step = ? WHERE token_id = ?", (step, token_id))
        return True

    wrap(otp.judge, judge)
    swap(rows.use_step, use_step)


@fault("clock-set-back-lifts-suspension")
def clock_set_back_lifts_suspension() -> None:
    """A suspension holds from its moment on: not at an earlier one."""
    since: dict[str, datetime] = {}

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        reg, now = _registration(bank, login_id), bank.now()
        if reg is not None and reg.suspended and now < since.setdefault(login_id, now):
            _edit(bank, login_id, suspended=False, failures=0)
        return original(bank, login_id, *rest)

    def count(original: Any, work: Work, row: Any, *rest: Any) -> Any:
        since[row.login_id] = work.now
        return original(work, row, *rest)

    wrap(login.authenticate, authenticate)
    wrap(verification.count_failure, count)


@fault("expiry-only-next-day")
def expiry_only_next_day() -> None:
    """A token can be used to the end of the day on which it expires, against the declaration."""
    wrap(token.expired, lambda original, held, now: original(held, now - timedelta(days=1)))


@fault("expiry-an-hour-early")
def expiry_an_hour_early() -> None:
    """A token expires an hour before the time that is shown."""
    wrap(token.expired, lambda original, held, now: original(held, now + timedelta(hours=1)))


@fault("wrong-serial-burns-code")
def wrong_serial_burns_code() -> None:
    """A code that was right is used up by the refusal of the serial beside it."""

    def decide(original: Any, work: Work, row: Any, serial: str, code: str) -> Any:
        sent = rows.held(work.db, row.customer_id, TokenState.ALLOTTED)
        answer = original(work, row, serial, code)
        if sent is not None and sent.token.serial != serial:
            verdict = verification.judge_token(work, sent, code, OtpFunction.ACTIVATION)
            if isinstance(verdict, Accepted):
                rows.use_step(work.db, sent.token.token_id, verdict.step)
        return answer

    wrap(procedures._decide_activation, decide)
