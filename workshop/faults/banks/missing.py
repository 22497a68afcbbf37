"""Faults of forms that believe the shape of what is sent: left out, twice, a list, a mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, has_request_context, request
from werkzeug.datastructures import ImmutableMultiDict

from reference_impl.domain import inputs, otp
from reference_impl.domain.otp import Accepted, step_of
from reference_impl.domain.token import TokenState
from reference_impl.face import forms
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


def _let_pass(shape: Callable[[str], bool]) -> None:
    """Let every field pass unchecked whose form has a shape; ``shape`` gets the field's name."""

    def odd(name: str) -> bool:
        return has_request_context() and request.method == "POST" and shape(name)

    def judge(original: Any, raw: str, now: Any, at: Any, last: Any, function: Any, policy: Any,
              *rest: Any) -> Any:  # fmt: skip
        if odd("otp"):
            return Accepted(max(step_of(now, policy.otp_step_seconds), (last or 0) + 1))
        return original(raw, now, at, last, function, policy, *rest)

    def check(original: Any, raw: str, policy: Any) -> Any:
        return raw if odd("confirmation") else original(raw, policy)

    def confirmed(original: Any, bank: Bank, customer_id: int, raw: str) -> bool:
        return odd("confirmation") or original(bank, customer_id, raw)

    def authenticate(original: Any, bank: Bank, login_id: str, *rest: Any) -> Any:
        with bank.read() as db:
            row = customers.by_login(db, login_id)
        if odd("password") and row is not None and row.reg.asks_otp:
            return OtpNeeded(row.customer_id)
        return original(bank, login_id, *rest)

    def missing(original: Any, bank: Bank, row: Any, confirmation: str, code: str | None) -> Any:
        return (
            None if odd("otp") or odd("confirmation") else original(bank, row, confirmation, code)
        )

    def decide(original: Any, work: Work, row: Any, serial: str, code: str) -> Any:
        sent = tokens.held(work.db, row.customer_id, TokenState.ALLOTTED)
        known = sent.token.serial if odd("serial") and sent is not None else serial
        return original(work, row, known, code)

    wrap(otp.judge, judge)
    wrap(inputs.check_confirmation, check)
    wrap(procedures.confirmed, confirmed)
    wrap(procedures._missing, missing)
    wrap(procedures._decide_activation, decide)
    wrap(login.authenticate, authenticate)


@fault("field-sent-twice-passes")
def field_sent_twice_passes() -> None:
    """Of a field that is sent twice neither value is looked at."""

    def checked(original: Any, *arguments: Any) -> Any:
        g.twice = {name for name, values in request.form.lists() if len(values) > 1}
        request.form = ImmutableMultiDict(request.form.items())
        return original(*arguments)

    wrap(forms.checked, checked)
    _let_pass(lambda name: name in g.get("twice", ()))


@fault("list-for-a-value-passes")
def list_for_a_value_passes() -> None:
    """A list compared with a text is no difference."""
    _let_pass(lambda name: f"{name}[]" in request.form)


@fault("condition-for-a-value-passes")
def condition_for_a_value_passes() -> None:
    """A condition in the name of a field goes to the database as it is."""
    _let_pass(lambda name: f"{name}[$ne]" in request.form)


@fault("mark-of-the-form-believed")
def mark_of_the_form_believed() -> None:
    """Whether something has been checked already is read from the form."""
    _let_pass(lambda name: bool({"otp_verified", "confirmed"} & request.form.keys()))
