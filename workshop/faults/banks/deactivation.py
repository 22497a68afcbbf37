"""Faults in ending the use of OTPs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reference_impl.domain import registration
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Refusal, Refused, Status
from reference_impl.service import login, procedures
from reference_impl.service.bank import Bank
from reference_impl.service.login import LoginOk, OtpNeeded
from workshop.faults.swap import fault, swap, wrap


@fault("confirmation-locks-one-early")
def confirmation_locks_one_early() -> None:
    """One mistake fewer than declared locks the confirmation password."""

    def locked(original: Any, reg: Any, policy: Any) -> bool:
        early = replace(reg, confirmation_failures=reg.confirmation_failures + 1)
        answer: bool = original(early, policy)
        return answer

    wrap(registration.confirmation_locked, locked)


@fault("deactivation-without-confirmation")
def deactivation_without_confirmation() -> None:
    """Deactivation does not look at the confirmation password; issue does."""

    def check(original: Any, work: Any, row: Any, raw: str, *, right: bool) -> Refused | None:
        ending = row.reg.base is Status.IN_SERVICE
        refused: Refused | None = None if ending else original(work, row, raw, right=right)
        return refused

    wrap(procedures.check_confirmation, check)
    swap(procedures._missing, lambda *_: None)


@fault("deactivation-before-issue")
def deactivation_before_issue() -> None:
    """The deactivation screen opens for customers who have nothing to deactivate."""

    def may_deactivate(original: Any, reg: Registration, *rest: Any) -> Refused | None:
        refused: Refused | None = original(reg, *rest)
        nothing = refused is not None and refused.reason is Refusal.NOTHING_TO_DEACTIVATE
        return None if nothing else refused

    wrap(registration.may_deactivate, may_deactivate)


@fault("otp-asked-after-deactivation")
def otp_asked_after_deactivation() -> None:
    """Login goes on asking for an OTP that no token can give any more."""
    Registration.asks_otp = property(  # type: ignore[assignment, method-assign]
        lambda reg: reg.base is Status.IN_SERVICE or reg.deactivated_at is not None
    )


@fault("otp-comes-back")
def otp_comes_back() -> None:
    """After a deactivation the first login is free, the next one asks for an OTP."""
    been: set[int] = set()

    def authenticate(original: Any, bank: Bank, *rest: Any) -> Any:
        answer = original(bank, *rest)
        if not isinstance(answer, LoginOk):
            return answer
        with bank.read() as db:
            from reference_impl.store import customers

            reg = customers.get(db, answer.customer_id).reg
        if reg.deactivated_at is None or reg.base is Status.IN_SERVICE:
            return answer
        if answer.customer_id in been:
            return OtpNeeded(answer.customer_id)
        been.add(answer.customer_id)
        return answer

    wrap(login.authenticate, authenticate)


@fault("deactivation-without-effect")
def deactivation_without_effect() -> None:
    """The completion screen is shown, and the customer stays in service."""
    wrap(
        registration.ended,
        lambda original, reg, now: replace(
            original(reg, now), base=reg.base, kind=reg.kind, ordered=reg.ordered
        ),
    )


@fault("refused-deactivation-drops-otp")
def refused_deactivation_drops_otp() -> None:
    """A wrong confirmation password is refused, and the OTP is not asked any more."""
    wrap(
        registration.confirmation_failed,
        lambda original, reg: (
            replace(original(reg), base=Status.ISSUED, ordered=True)
            if reg.base is Status.IN_SERVICE
            else original(reg)
        ),
    )
