"""Faults that only a page kept open shows: what was right when it was opened is taken for right."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from reference_impl.domain import registration
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Status
from reference_impl.service import login
from reference_impl.service.bank import Bank, Work
from reference_impl.service.login import LoginOk
from reference_impl.store import customers
from workshop.faults.swap import fault, swap, with_policy, wrap, wrap_view

_SENDING: ContextVar[bool] = ContextVar("sending", default=False)


def _while_sending(endpoint: str) -> None:
    """Note that a form is being sent: its page was let through before."""

    def view(original: Any, *arguments: Any, **named: Any) -> Any:
        token = _SENDING.set(True)
        try:
            return original(*arguments, **named)
        finally:
            _SENDING.reset(token)

    wrap_view(endpoint, view)


@fault("kept-otp-page-outlives-suspension")
def kept_otp_page_outlives_suspension() -> None:
    """Whether a customer is suspended is looked at with the password, and not with the OTP."""

    def change(bank: Bank, customer_id: int, *, suspended: bool) -> None:
        def act(work: Work) -> None:
            row = customers.get(work.db, customer_id)
            customers.save(work.db, row, replace(row.reg, suspended=suspended))

        bank.write(act)

    def authenticate_otp(original: Any, bank: Bank, customer_id: int, *rest: Any) -> Any:
        with bank.read() as db:
            suspended = customers.get(db, customer_id).reg.suspended
        if not suspended:
            return original(bank, customer_id, *rest)
        change(bank, customer_id, suspended=False)
        answer = original(bank, customer_id, *rest)
        if not isinstance(answer, LoginOk):
            change(bank, customer_id, suspended=True)
        return answer

    wrap(login.authenticate_otp, authenticate_otp)


@fault("kept-deactivation-page-outlives-suspension")
def kept_deactivation_page_outlives_suspension() -> None:
    """A suspension ends a session for looking, and not for what is sent in it."""

    def alive(original: Any, bank: Bank, db: Any, row: Any, now: Any) -> bool:
        suspended = row.customer_id and customers.get(db, row.customer_id).reg.suspended
        return (_SENDING.get() or not suspended) and original(bank, db, row, now)

    def may_deactivate(original: Any, reg: Registration, policy: Any) -> Any:
        return original(replace(reg, suspended=reg.suspended and not _SENDING.get()), policy)

    with_policy(live_sessions="kept")
    wrap(login._alive, alive)
    wrap(registration.may_deactivate, may_deactivate)
    _while_sending("web.deactivate_post")


@fault("kept-issue-page-orders-again")
def kept_issue_page_orders_again() -> None:
    """Who may apply is looked at where the page is opened, and not where it is sent."""
    may_issue = registration.may_issue

    def unasked(reg: Registration, kind: Any, now: Any, policy: Any) -> Any:
        if _SENDING.get() and reg.base is Status.ISSUED:
            return None
        return may_issue(reg, kind, now, policy)

    swap(may_issue, unasked)
    _while_sending("web.issue_post")
