"""A bank that learns how far a token's clock has drifted (RFC 6238 section 6, IX-09)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from reference_impl.domain.otp import Accepted, step_of
from reference_impl.service import verification
from workshop.faults.swap import wrap

MOST_STEPS = 2


def learn_drift() -> None:
    """Centre each token's window on the offset that its last accepted code had."""
    drift: dict[int, int] = {}

    def judged(original: Any, work: Any, token: Any, otp: str, function: Any) -> Any:
        step_seconds = work.policy.otp_step_seconds
        known = drift.get(token.token.token_id, 0)
        centre = work.now + timedelta(seconds=known * step_seconds)
        verdict = original(replace(work, now=centre), token, otp, function)
        if isinstance(verdict, Accepted):
            seen = verdict.step - step_of(work.now, step_seconds)
            drift[token.token.token_id] = max(-MOST_STEPS, min(MOST_STEPS, seen))
        return verdict

    wrap(verification.judge_token, judged)
