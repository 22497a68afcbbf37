"""Activation: binding the token in hand to the customer (ACT-01 to ACT-40)."""

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from reference_impl.domain import inputs, registration
from reference_impl.domain.otp import Accepted, Failed, refusal_of
from reference_impl.domain.policy import FailureClass, OtpFunction
from reference_impl.domain.token import expired, may_be_activated_by
from reference_impl.domain.words import Kind, Refusal, Refused, TokenState
from reference_impl.service.bank import Bank, Work, audit, by_customer, notify, once
from reference_impl.service.verification import burn_if_submitted, count_failure, judge_token
from reference_impl.store import customers, orders, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.tokens import TokenRow

_FORMAT = (FailureClass.EMPTY, FailureClass.MALFORMED)


@dataclass(frozen=True)
class Activated:
    """Activation completed (ACT-31, ACT-32)."""

    kind: Kind
    serial: str
    expires_at: datetime


_ANSWERS: TypeAdapter[Activated | Refused] = TypeAdapter(Activated | Refused)


def may_activate(bank: Bank, customer_id: int) -> Refused | None:
    """Tell beforehand whether activation is open."""
    with bank.read() as db:
        reg = customers.get(db, customer_id).reg
    return registration.may_activate(reg, bank.now(), bank.policy)


def activate(
    bank: Bank, customer_id: int, serial: str, otp: str, form_id: str = ""
) -> Activated | Refused:
    """Activate a token with its own current code; ``serial`` is ignored for a software token.

    One text for every verified refusal.
    """

    def decide(work: Work, row: CustomerRow) -> Activated | Refused:
        return _decide(work, row, serial, otp)

    return once(bank, _ANSWERS, "activate", customer_id, form_id, (serial, otp), decide)


def _decide(work: Work, row: CustomerRow, serial: str, otp: str) -> Activated | Refused:
    closed = registration.may_activate(row.reg, work.now, work.policy)
    if closed is not None:
        return closed
    token: TokenRow | None
    if row.reg.kind is Kind.SOFTWARE:
        token = tokens.held(work.db, row.customer_id, TokenState.ALLOTTED)
    else:
        checked = inputs.check_serial(serial, work.policy)
        if isinstance(checked, Refused):
            return checked
        token = tokens.by_serial(work.db, checked)
        if token is not None and not may_be_activated_by(token.token, row.customer_id, work.policy):
            token = None
    otp_text = inputs.normalise_digits(otp, work.policy)
    if token is None:
        if not inputs.is_code(otp_text, work.policy.otp_digits):
            kind = FailureClass.MALFORMED if otp_text else FailureClass.EMPTY
            return refusal_of(kind)
        return _refuse(work, row, None)
    verdict = judge_token(work, token, otp, OtpFunction.ACTIVATION)
    if isinstance(verdict, Failed):
        return _refuse(work, row, verdict.failure)
    if expired(token.token, work.now):
        burn_if_submitted(work, token, otp, OtpFunction.ACTIVATION)
        return Refused(Refusal.TOKEN_EXPIRED)
    return _bind(work, row, token, verdict)


def _refuse(work: Work, row: CustomerRow, failure: FailureClass | None) -> Refused:
    """Refuse; ``failure`` None: the serial is not acceptable, which is no OTP failure."""
    refused = Refused(Refusal.ACTIVATION_REFUSED)
    if failure is None:
        audit(work, by_customer(row.login_id), "activation_refused", row.login_id, "serial")
    else:
        counted = count_failure(work, row, OtpFunction.ACTIVATION, failure)
        if counted.reason is Refusal.SUSPENDED or failure in _FORMAT:
            return counted
    fresh = customers.get(work.db, row.customer_id)
    after = customers.save(work.db, fresh, registration.activation_failed(fresh.reg))
    if registration.activation_locked(after.reg.activation_failures, work.policy):
        return Refused(Refusal.ACTIVATION_LIMIT)
    return refused


def _bind(work: Work, row: CustomerRow, token: TokenRow, verdict: Accepted) -> Activated | Refused:
    bound = tokens.activate(work.db, token.token.token_id, row.customer_id, verdict.step)
    if not bound:
        return _refuse(work, row, None)
    order = orders.open_of(work.db, row.customer_id)
    if order is not None:
        orders.mark_activated(work.db, order.order_id, token.token.token_id)
    left_over = tokens.held(work.db, row.customer_id, TokenState.ALLOTTED)
    if left_over is not None:  # another one had been sent: never two usable tokens
        tokens.retire(work.db, left_over.token.token_id)
    reg = replace(registration.activated(row.reg), kind=token.token.kind)
    customers.save(work.db, row, reg)
    kind = token.token.kind
    detail = f"{kind.value} {token.token.serial}"
    audit(work, by_customer(row.login_id), "activate", row.login_id, detail)
    notify(work, row.login_id, "activated", kind)
    return Activated(kind, token.token.serial, token.token.expires_at)
