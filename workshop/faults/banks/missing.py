"""Faults of forms that look only at what is sent: what is left out counts as nothing to check."""

from __future__ import annotations

from typing import Any

from flask import has_request_context, request

from reference_impl.domain import inputs
from reference_impl.domain.token import TokenState
from reference_impl.service import login, procedures
from reference_impl.service.bank import Bank, Work
from reference_impl.service.login import OtpNeeded
from reference_impl.store import customers, tokens
from workshop.faults.swap import fault, wrap


def _left_out(name: str) -> bool:
    """Tell whether the form that is being answered has no such field at all."""
    return has_request_context() and request.method == "POST" and name not in request.form


@fault("confirmation-left-out-passes")
def confirmation_left_out_passes() -> None:
    """A form without the field of the confirmation password needs none."""

    def check(original: Any, raw: str, policy: Any) -> Any:
        return raw if _left_out("confirmation") else original(raw, policy)

    def confirmed(original: Any, bank: Bank, customer_id: int, raw: str) -> bool:
        return _left_out("confirmation") or original(bank, customer_id, raw)

    wrap(inputs.check_confirmation, check)
    wrap(procedures.confirmed, confirmed)


@fault("password-left-out-passes")
def password_left_out_passes() -> None:
    """A login form without the field of the password goes on to the one-time password."""

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        with bank.read() as db:
            row = customers.by_login(db, login_id)
        if _left_out("password") and row is not None and row.reg.asks_otp:
            return OtpNeeded(row.customer_id)
        return original(bank, login_id, *rest)

    wrap(login.authenticate, authenticate)


@fault("serial-left-out-passes")
def serial_left_out_passes() -> None:
    """A form without the serial activates whatever token was sent to the customer."""

    def decide(original: Any, work: Work, row: Any, serial: str, otp: str) -> Any:
        if _left_out("serial"):
            sent = tokens.held(work.db, row.customer_id, TokenState.ALLOTTED)
            serial = serial if sent is None else sent.token.serial
        return original(work, row, serial, otp)

    wrap(procedures._decide_activation, decide)
