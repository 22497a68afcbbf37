"""Faults in judging a one-time password: reuse, window, whose token."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

from reference_impl.domain import otp
from reference_impl.domain.otp import Accepted, Failed, step_of
from reference_impl.domain.policy import OtpFunction, Policy, Window
from reference_impl.domain.words import TokenState
from reference_impl.service import login, verification
from reference_impl.store import tokens as rows
from workshop.faults.swap import fault, swap, with_policy, wrap

_JUDGE = otp.judge


def _burn_always(connection: Any, token_id: int, step: int) -> bool:
    connection.execute("UPDATE tokens SET last_step = ? WHERE token_id = ?", (step, token_id))
    return True


def _current(now: datetime, policy: Policy) -> Accepted:
    return Accepted(step_of(now, policy.otp_step_seconds))


@fault("used-code-accepted")
def used_code_accepted() -> None:
    """Nothing is remembered about used codes."""
    swap(otp.judge, lambda raw, now, at, last, *rest: _JUDGE(raw, now, at, None, *rest))
    swap(rows.use_step, lambda *_: True)


@fault("used-code-revives")
def used_code_revives() -> None:
    """A used code counts as used only until its minute is over."""

    def judge(
        raw: str,
        now: datetime,
        at: Any,
        last: int | None,
        function: Any,
        policy: Policy,
        *rest: Any,
    ) -> Accepted | Failed:
        current = step_of(now, policy.otp_step_seconds)
        kept = last if last == current else None
        return _JUDGE(raw, now, at, kept, function, policy, *rest)

    swap(otp.judge, judge)
    swap(rows.use_step, _burn_always)


@fault("only-last-code-remembered")
def only_last_code_remembered() -> None:
    """Only the code used last is refused; the one before it passes again."""

    def judge(raw: str, now: datetime, at: Any, last: int | None, *rest: Any) -> Accepted | Failed:
        verdict = _JUDGE(raw, now, at, None, *rest)
        if isinstance(verdict, Accepted) and verdict.step == last:
            return _JUDGE(raw, now, at, last, *rest)
        return verdict

    swap(otp.judge, judge)
    swap(rows.use_step, _burn_always)


class _Doorway:
    """Where a request waits a moment for another one to come as far as itself."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._waiting: threading.Event | None = None

    def go_through(self) -> None:
        """Return as soon as two are there, or when patience is at its end."""
        with self._lock:
            mine = threading.Event() if self._waiting is None else None
            other, self._waiting = self._waiting, mine
        if other is not None:
            other.set()
        if mine is None:
            return
        mine.wait(self._patience_s)
        with self._lock:
            if self._waiting is mine:
                self._waiting = None


@fault("parallel-codes-accepted")
def parallel_codes_accepted() -> None:
    """At login it is looked up whether a code was used, and written down only afterwards."""
    looked_up = threading.local()
    doorway = _Doorway(0.3)

    def authenticate(original: Any, bank: Any, customer_id: int, *rest: Any) -> Any:
        with bank.read() as db:
            token = rows.held(db, customer_id, TokenState.ACTIVE)
        looked_up.last = None if token is None else token.token.last_step
        doorway.go_through()
        return original(bank, customer_id, *rest)

    def judge(
        raw: str, now: datetime, at: Any, last: int | None, function: OtpFunction, *rest: Any
    ) -> Accepted | Failed:
        known = looked_up.last if function is OtpFunction.LOGIN else last
        return _JUDGE(raw, now, at, known, function, *rest)

    wrap(login.authenticate_otp, authenticate)
    swap(otp.judge, judge)
    swap(rows.use_step, _burn_always)


@fault("activation-code-not-burnt")
def activation_code_not_burnt() -> None:
    """The code that activated the token passes once more."""
    wrap(rows.activate, lambda original, c, token, customer, _step: original(c, token, customer, 0))


@fault("first-use-not-guarded")
def first_use_not_guarded() -> None:
    """The first code of a fresh token leaves no trace."""

    def use_step(original: Any, connection: Any, token_id: int, step: int) -> bool:
        query = "SELECT last_step FROM tokens WHERE token_id = ?"
        (last,) = connection.execute(query, (token_id,)).fetchone()
        first = last is None
        return bool(original(connection, token_id, 0 if first else step))

    wrap(rows.use_step, use_step)


@fault("login-code-passes-at-deactivation")
def login_code_passes_at_deactivation() -> None:
    """Login and deactivation do not tell each other which codes were used."""

    def judge(
        raw: str, now: datetime, at: Any, last: int | None, function: OtpFunction, *rest: Any
    ) -> Accepted | Failed:
        kept = None if function is OtpFunction.DEACTIVATION else last
        return _JUDGE(raw, now, at, kept, function, *rest)

    swap(otp.judge, judge)
    swap(rows.use_step, _burn_always)


@fault("thirty-second-step")
def thirty_second_step() -> None:
    """The bank counts in half minutes."""
    with_policy(otp_step_seconds=30)


@fault("codes-never-expire")
def codes_never_expire() -> None:
    """A code of yesterday still passes."""
    with_policy(windows={function: Window(1500, 1) for function in OtpFunction})


@fault("one-step-too-old")
def one_step_too_old() -> None:
    """The window reaches one minute further back than declared."""
    with_policy(windows={function: Window(2, 1) for function in OtpFunction})


@fault("future-codes-accepted")
def future_codes_accepted() -> None:
    """Codes that no token shows yet pass."""
    with_policy(windows={function: Window(1, 15) for function in OtpFunction})


@fault("empty-code-accepted")
def empty_code_accepted() -> None:
    """Nothing in the field counts as a right code."""

    def judge(
        raw: str,
        now: datetime,
        at: Any,
        last: int | None,
        function: Any,
        policy: Policy,
        *rest: Any,
    ) -> Accepted | Failed:
        if not raw.strip():
            return _current(now, policy)
        return _JUDGE(raw, now, at, last, function, policy, *rest)

    swap(otp.judge, judge)


def _unverified(*functions: OtpFunction) -> None:
    """Let any code of the right form pass in some functions."""

    def judge(
        raw: str,
        now: datetime,
        at: Any,
        last: int | None,
        function: OtpFunction,
        policy: Policy,
        *rest: Any,
    ) -> Accepted | Failed:
        if function in functions and len(raw) == policy.otp_digits and raw.isdecimal():
            return _current(now, policy)
        return _JUDGE(raw, now, at, last, function, policy, *rest)

    swap(otp.judge, judge)
    swap(rows.use_step, _burn_always)


@fault("activation-unverified")
def activation_unverified() -> None:
    """Activation looks at the form of the code only."""
    _unverified(OtpFunction.ACTIVATION)


@fault("login-unverified")
def login_unverified() -> None:
    """Login looks at the form of the code only."""
    _unverified(OtpFunction.LOGIN)


@fault("deactivation-unverified")
def deactivation_unverified() -> None:
    """Deactivation shows the field and looks at the form of the code only."""
    _unverified(OtpFunction.DEACTIVATION)


@fault("any-token-passes")
def any_token_passes() -> None:
    """A code of any token that the bank knows passes, not only of one's own."""

    def judge_token(
        original: Any, work: Any, token: Any, code: str, function: Any
    ) -> Accepted | Failed:
        verdict: Accepted | Failed = original(work, token, code, function)
        if isinstance(verdict, Accepted):
            return verdict
        # Not for codes of the own token, so that nothing but the owner is mixed up.
        window = work.policy.windows[function]
        here = step_of(work.now, work.policy.otp_step_seconds)
        for (serial,) in work.db.execute("SELECT serial FROM tokens"):
            other = rows.by_serial(work.db, serial)
            if other is None or other.token.token_id == token.token.token_id:
                continue
            shown = work.bank.code_at(other.sealed)
            for step in range(here - window.backward, here + window.forward + 1):
                if shown(step) == code:
                    return Accepted(step)
        return verdict

    wrap(verification.judge_token, judge_token)
    swap(rows.use_step, _burn_always)
