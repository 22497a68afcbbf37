"""Activation: binding the token in hand to the customer (ACT-01 to ACT-40)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from reference_impl.domain import inputs, registration, suspension
from reference_impl.domain.otp import Accepted, Failed, refusal_of
from reference_impl.domain.policy import FailureClass, OtpFunction
from reference_impl.domain.token import expired, may_be_activated_by
from reference_impl.domain.words import Kind, Refusal, Refused, TokenState
from reference_impl.service import texts
from reference_impl.service.contract import Activated
from reference_impl.service.core import Core, audit, by_customer, notify
from reference_impl.service.outcomes import once
from reference_impl.service.verification import burn_if_submitted, count_failure, judge_token
from reference_impl.store import customers, orders, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.tokens import TokenRow

_FORMAT = (FailureClass.EMPTY, FailureClass.MALFORMED)


def activate(
    core: Core, customer_id: int, serial: str, otp: str, form_id: str
) -> Activated | Refused:
    """Activate a token with its own current code; one text for every verified refusal."""

    def decide(connection: Connection, row: CustomerRow, now: datetime) -> Activated | Refused:
        return _decide(core, connection, row, serial, otp, now)

    return once(core, Activated, "activate", customer_id, form_id, (serial, otp), decide)


def _decide(
    core: Core, connection: Connection, row: CustomerRow, serial: str, otp: str, now: datetime
) -> Activated | Refused:
    closed = registration.may_activate(row.reg, now, core.policy)
    if closed is not None:
        return closed
    token: TokenRow | None
    if row.reg.kind is Kind.SOFTWARE:
        token = tokens.held(connection, row.customer_id, TokenState.ALLOTTED)
    else:
        checked = inputs.check_serial(serial, core.policy)
        if isinstance(checked, Refused):
            return checked
        token = tokens.by_serial(connection, checked)
        if token is not None and not may_be_activated_by(token.token, row.customer_id, core.policy):
            token = None
    otp_text = inputs.normalise_digits(otp, core.policy)
    if token is None:
        if not inputs.is_code(otp_text, core.policy.otp_digits):
            kind = FailureClass.MALFORMED if otp_text else FailureClass.EMPTY
            return refusal_of(kind)
        return _refuse(core, connection, row, None, now)
    verdict = judge_token(core, connection, token, otp, OtpFunction.ACTIVATION, now)
    if isinstance(verdict, Failed):
        return _refuse(core, connection, row, verdict.failure, now)
    if expired(token.token, now):
        burn_if_submitted(core, connection, token, otp, OtpFunction.ACTIVATION, now)
        return Refused(Refusal.TOKEN_EXPIRED)
    return _bind(core, connection, row, token, verdict, now)


def _refuse(
    core: Core,
    connection: Connection,
    row: CustomerRow,
    failure: FailureClass | None,
    now: datetime,
) -> Refused:
    """Refuse; ``failure`` None: the serial is not acceptable, which is no OTP failure."""
    refused = Refused(Refusal.ACTIVATION_REFUSED)
    if failure is None:
        audit(
            connection, now, by_customer(row.login_id), "activation_refused", row.login_id, "serial"
        )
    else:
        counted = count_failure(core, connection, row, OtpFunction.ACTIVATION, failure, now)
        if counted.reason is Refusal.SUSPENDED or failure in _FORMAT:
            return counted
    fresh = customers.lock(connection, row.customer_id)
    after = customers.save(connection, fresh, registration.activation_failed(fresh.reg))
    if suspension.activation_locked(after.reg.activation_failures, core.policy):
        return Refused(Refusal.ACTIVATION_LIMIT)
    return refused


def _bind(
    core: Core,
    connection: Connection,
    row: CustomerRow,
    token: TokenRow,
    verdict: Accepted,
    now: datetime,
) -> Activated | Refused:
    bound = tokens.activate(connection, token.token.token_id, row.customer_id, verdict.step)
    if not bound:
        return _refuse(core, connection, row, None, now)
    order = orders.open_of(connection, row.customer_id)
    if order is not None:
        orders.mark_activated(connection, order.order_id, token.token.token_id)
    left_over = tokens.held(connection, row.customer_id, TokenState.ALLOTTED)
    if left_over is not None:  # another one had been sent: never two usable tokens
        tokens.retire(connection, left_over.token.token_id)
    reg = replace(registration.activated(row.reg), kind=token.token.kind)
    customers.save(connection, row, reg)
    kind = token.token.kind
    detail = f"{kind.value} {token.token.serial}"
    audit(connection, now, by_customer(row.login_id), "activate", row.login_id, detail)
    notify(connection, now, row.login_id, texts.activated(kind))
    return Activated(kind, token.token.serial, token.token.expires_at)
