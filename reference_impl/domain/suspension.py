"""Suspension of OTP authentication (LCK-01 to LCK-20) and the limits beside it."""

from __future__ import annotations

from reference_impl.domain.policy import FailureClass, OtpFunction, Policy


def counts(function: OtpFunction, failure: FailureClass, policy: Policy) -> bool:
    """Tell whether a failure counts towards the suspension (IX-22, IX-23)."""
    return function in policy.lock_sources and failure in policy.lock_classes


def suspends(failures: int, policy: Policy) -> bool:
    """Tell whether so many consecutive failures suspend; the N-th does (AMB-12)."""
    return failures >= policy.lock_threshold


def confirmation_locked(failures: int, policy: Policy) -> bool:
    """Tell whether the confirmation password is locked (IX-28); limit 0: never."""
    return 0 < policy.confirmation_failure_limit <= failures


def activation_locked(failures: int, policy: Policy) -> bool:
    """Tell whether activation is closed after wrong attempts (IX-48); limit 0: never."""
    return 0 < policy.activation_failure_limit <= failures
