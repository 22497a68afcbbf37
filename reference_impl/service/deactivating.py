"""Deactivation: ending OTP authentication, retiring the token (DEA-01 to DEA-29)."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from reference_impl.domain import inputs, registration
from reference_impl.domain.policy import FailureClass, OtpFunction
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind, Refusal, Refused, Status, TokenState
from reference_impl.service.applying import check_confirmation, confirmed, drop_open_order
from reference_impl.service.bank import Bank, Work, audit, by_customer, notify, once
from reference_impl.service.verification import burn_if_submitted, verify_active
from reference_impl.store import customers, tokens
from reference_impl.store.customers import CustomerRow


@dataclass(frozen=True)
class Deactivated:
    """Deactivation completed."""

    kind: Kind


_ANSWERS: TypeAdapter[Deactivated | Refused] = TypeAdapter(Deactivated | Refused)


def may_deactivate(bank: Bank, customer_id: int) -> Refused | None:
    """Tell beforehand whether deactivation is open."""
    with bank.read() as db:
        return registration.may_deactivate(customers.get(db, customer_id).reg, bank.policy)


def asks_otp(bank: Bank, reg: Registration) -> bool:
    """Tell whether the deactivation screen has an OTP field (AMB-26, IX-27)."""
    return reg.base is Status.IN_SERVICE and bank.policy.deactivation_otp == "in_service"


def deactivate(
    bank: Bank, customer_id: int, confirmation: str, otp: str | None, form_id: str = ""
) -> Deactivated | Refused:
    """Deactivate; both secrets must be right where both are asked (truth table 7.6).

    ``otp`` is None where the form had no such field.
    """
    right = confirmed(bank, customer_id, confirmation)

    def decide(work: Work, row: CustomerRow) -> Deactivated | Refused:
        closed = registration.may_deactivate(row.reg, bank.policy)
        if closed is not None:
            return closed
        refused = _missing(bank, row, confirmation, otp) or check_confirmation(
            work, row, confirmation, right=right
        )
        if refused is not None:
            token = tokens.held(work.db, row.customer_id, TokenState.ACTIVE)
            burn_if_submitted(work, token, otp, OtpFunction.DEACTIVATION)
            return refused
        verified: CustomerRow | Refused = row
        if asks_otp(bank, row.reg):
            verified = verify_active(work, row, otp or "", OtpFunction.DEACTIVATION)
        if isinstance(verified, Refused):
            return verified
        return _end(work, verified)

    content = (confirmation, "" if otp is None else otp)
    return once(bank, _ANSWERS, "deactivate", customer_id, form_id, content, decide)


def _missing(bank: Bank, row: CustomerRow, confirmation: str, otp: str | None) -> Refused | None:
    """Refuse an empty OTP before a secret is tried and counted."""
    checked = inputs.check_confirmation(confirmation, bank.policy)
    if isinstance(checked, Refused):
        return checked
    counted = registration.counts(OtpFunction.DEACTIVATION, FailureClass.EMPTY, bank.policy)
    empty = not inputs.normalise_digits(otp or "", bank.policy)
    if asks_otp(bank, row.reg) and empty and not counted:
        return Refused(Refusal.OTP_REQUIRED, "otp")
    return None


def _end(work: Work, row: CustomerRow) -> Deactivated:
    kind = row.reg.kind
    assert kind is not None  # noqa: S101 - in service or ordered: the kind is known
    token = tokens.held(work.db, row.customer_id, TokenState.ACTIVE)
    if token is not None:
        tokens.retire(work.db, token.token.token_id)
    drop_open_order(work, row)
    customers.save(work.db, row, registration.ended(row.reg, work.now))
    audit(work, by_customer(row.login_id), "deactivate", row.login_id, kind.value)
    notify(work, row.login_id, "deactivated", kind)
    return Deactivated(kind)
