"""Deactivation: ending OTP authentication, retiring the token (DEA-01 to DEA-29)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from reference_impl.domain import inputs, registration, suspension
from reference_impl.domain.policy import FailureClass, OtpField, OtpFunction
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Refusal, Refused, Status, TokenState
from reference_impl.service import texts
from reference_impl.service.applying import check_confirmation, confirmed, drop_open_order
from reference_impl.service.contract import Deactivated
from reference_impl.service.core import Core, audit, by_customer, notify
from reference_impl.service.outcomes import once
from reference_impl.service.verification import burn_if_submitted, verify_active
from reference_impl.store import customers, tokens
from reference_impl.store.customers import CustomerRow


def asks_otp(core: Core, reg: Registration) -> bool:
    """Tell whether the deactivation screen has an OTP field (AMB-26, IX-27)."""
    return reg.base is Status.IN_SERVICE and core.policy.deactivation_otp is OtpField.IN_SERVICE


def deactivate(
    core: Core, customer_id: int, confirmation: str, otp: str | None, form_id: str
) -> Deactivated | Refused:
    """Deactivate; both secrets must be right where both are asked (truth table 7.6)."""
    right = confirmed(core, customer_id, confirmation)

    def decide(connection: Connection, row: CustomerRow, now: datetime) -> Deactivated | Refused:
        closed = registration.may_deactivate(row.reg, core.policy)
        if closed is not None:
            return closed
        refused = _missing(core, row, confirmation, otp) or check_confirmation(
            core, connection, row, confirmation, now, right=right
        )
        if refused is not None:
            token = tokens.held(connection, row.customer_id, TokenState.ACTIVE)
            burn_if_submitted(core, connection, token, otp, OtpFunction.DEACTIVATION, now)
            return refused
        verified: CustomerRow | Refused = row
        if asks_otp(core, row.reg):
            verified = verify_active(
                core, connection, row, otp or "", OtpFunction.DEACTIVATION, now
            )
        if isinstance(verified, Refused):
            return verified
        return _end(connection, verified, now)

    content = (confirmation, "" if otp is None else otp)
    return once(core, Deactivated, "deactivate", customer_id, form_id, content, decide)


def _missing(core: Core, row: CustomerRow, confirmation: str, otp: str | None) -> Refused | None:
    """Refuse an empty OTP before a secret is tried and counted."""
    checked = inputs.check_confirmation(confirmation, core.policy)
    if isinstance(checked, Refused):
        return checked
    counted = suspension.counts(OtpFunction.DEACTIVATION, FailureClass.EMPTY, core.policy)
    empty = not inputs.normalise_digits(otp or "", core.policy)
    if asks_otp(core, row.reg) and empty and not counted:
        return Refused(Refusal.OTP_REQUIRED, "otp")
    return None


def _end(connection: Connection, row: CustomerRow, now: datetime) -> Deactivated:
    kind = row.reg.kind
    assert kind is not None  # noqa: S101 - in service or ordered: the kind is known
    token = tokens.held(connection, row.customer_id, TokenState.ACTIVE)
    if token is not None:
        tokens.retire(connection, token.token.token_id)
    drop_open_order(connection, row, now)
    customers.save(connection, row, registration.ended(row.reg, now))
    audit(connection, now, by_customer(row.login_id), "deactivate", row.login_id, kind.value)
    notify(connection, now, row.login_id, texts.deactivated(kind))
    return Deactivated(kind)
