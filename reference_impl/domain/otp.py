"""Acceptance of one OTP value (requirements section 3.3; RFC 6238 sections 4.2, 5.2).

The replay guard is the highest accepted time step of the token: a code is
accepted only if it belongs to a strictly larger step. That also burns the
earlier steps that were never used (IX-10).
"""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from reference_impl.domain.inputs import is_code, normalise_digits
from reference_impl.domain.policy import FailureClass, OtpFunction, Policy
from reference_impl.domain.words import Refusal, Refused

CodeAt = Callable[[int], str]
"""Code of one token at a time step (steps of ``otp_step_seconds`` since 1970 UTC)."""

HORIZON = 60
"""Steps beyond the window within which a refused code is still named stale or
future. Past it a code is simply wrong: each step costs one HMAC."""


@dataclass(frozen=True)
class Accepted:
    """The code belongs to this unused step; the step must be stored as used."""

    step: int


@dataclass(frozen=True)
class Failed:
    """The code is refused, and of which class it is (IX-23)."""

    failure: FailureClass


def step_of(moment: datetime, step_seconds: int) -> int:
    """Return the time step of an aware moment (RFC 6238 section 4.2, T0 = 0)."""
    return int(moment.timestamp() // step_seconds)


def judge(
    raw: str,
    now: datetime,
    code_at: CodeAt,
    last_step: int | None,
    function: OtpFunction,
    policy: Policy,
    others: Iterable[CodeAt] = (),
) -> Accepted | Failed:
    """Judge one submitted code against one token.

    ``last_step``: highest step accepted so far, None for a fresh token.
    ``others``: other tokens, asked only to tell "other token" from "wrong".
    """
    text = normalise_digits(raw, policy)
    if not text:
        return Failed(FailureClass.EMPTY)
    if not is_code(text, policy.otp_digits):
        return Failed(FailureClass.MALFORMED)
    current, window = step_of(now, policy.otp_step_seconds), policy.windows[function]
    oldest, newest = current - window.backward, current + window.forward
    matches = _matches(text, code_at, oldest, newest)
    if matches:
        # The largest one: were the smaller of two equal codes burnt, the same
        # digits would pass a second time.
        step = matches[-1]
        if last_step is None or step > last_step:
            return Accepted(step)
        return Failed(FailureClass.REUSED)
    earlier = _matches(text, code_at, oldest - HORIZON, oldest - 1)
    if earlier:
        return Failed(FailureClass.REUSED if earlier[0] == last_step else FailureClass.STALE)
    if _matches(text, code_at, newest + 1, newest + HORIZON):
        return Failed(FailureClass.FUTURE)
    elsewhere = any(_matches(text, other, oldest, newest) for other in others)
    return Failed(FailureClass.OTHER_TOKEN if elsewhere else FailureClass.WRONG)


def _matches(text: str, code_at: CodeAt, first: int, last: int) -> list[int]:
    """Return the steps of a range with this code, oldest first; always compares all."""
    return [
        step
        for step in range(max(first, 0), last + 1)
        if hmac.compare_digest(code_at(step).encode(), text.encode())
    ]


def refusal_of(failure: FailureClass) -> Refused:
    """Return the refusal shown for a class of failure; one text for all verified ones."""
    own = {FailureClass.EMPTY: Refusal.OTP_REQUIRED, FailureClass.MALFORMED: Refusal.OTP_FORMAT}
    return Refused(own.get(failure, Refusal.OTP_REFUSED), "otp")
