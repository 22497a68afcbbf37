"""Faults of several at once: at one moment, and of one customer's change meant for another."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from reference_impl.domain import registration
from reference_impl.domain.otp import Accepted
from reference_impl.domain.policy import OtpFunction
from reference_impl.domain.words import Refused, Status, TokenState
from reference_impl.service import login, procedures, staff, verification
from reference_impl.service.bank import Bank, Work
from reference_impl.service.procedures import Activated, Deactivated
from reference_impl.store import customers, tokens
from workshop.faults.banks.otp import _Doorway
from workshop.faults.swap import fault, wrap

_A_WHILE = 0.5  # seconds that one waits for another between looking and writing
_AT_MOST = 5.0  # seconds to wait for the other one
_OPEN: ContextVar[bool] = ContextVar("open", default=False)


def _right(bank: Bank, customer_id: int, state: TokenState, code: str, function: Any) -> Any:
    """Return the customer's token of a state if a code is right for it at this moment."""

    def act(work: Work) -> Any:
        held = tokens.held(work.db, customer_id, state)
        if held is None:
            return None
        verdict = verification.judge_token(work, held, code, function)
        return held.token if isinstance(verdict, Accepted) else None

    return bank.write(act)


@fault("mistakes-at-once-count-once")
def mistakes_at_once_count_once() -> None:
    """The count is read, and a while later written: mistakes at one moment are one."""
    doorway = _Doorway(_A_WHILE)

    def change(bank: Bank, customer_id: int, failures: int) -> None:
        def act(work: Work) -> None:
            row = customers.get(work.db, customer_id)
            suspended = registration.suspends(failures, work.policy)
            customers.save(work.db, row, replace(row.reg, failures=failures, suspended=suspended))

        bank.write(act)

    def authenticate_otp(original: Any, bank: Bank, customer_id: int, *rest: Any) -> Any:
        with bank.read() as db:
            before = customers.get(db, customer_id).reg
        doorway.go_through()
        answer = original(bank, customer_id, *rest)
        if isinstance(answer, Refused) and not before.suspended and answer.field != "":
            change(bank, customer_id, before.failures + 1)
        return answer

    wrap(login.authenticate_otp, authenticate_otp)


@fault("mistake-counts-twice-beside-another")
def mistake_counts_twice_beside_another() -> None:
    """A mistake that comes while another one is looked at counts twice."""
    doorway = _Doorway(_A_WHILE)
    under_way: list[int] = []

    def authenticate_otp(original: Any, bank: Bank, customer_id: int, *rest: Any) -> Any:
        beside = customer_id in under_way
        under_way.append(customer_id)
        try:
            doorway.go_through()
            answer = original(bank, customer_id, *rest)
        finally:
            under_way.remove(customer_id)
        if beside and isinstance(answer, Refused):

            def act(work: Work) -> None:
                row = customers.get(work.db, customer_id)
                customers.save(work.db, row, registration.otp_failed(row.reg, work.policy))

            bank.write(act)
        return answer

    wrap(login.authenticate_otp, authenticate_otp)


@fault("activated-twice-at-once")
def activated_twice_at_once() -> None:
    """Two activations with one code at one moment are both told to be done."""
    doorway = _Doorway(_A_WHILE)

    def activate(original: Any, bank: Bank, customer_id: int, serial: str, code: str,
                 *rest: Any) -> Any:  # fmt: skip
        held = _right(bank, customer_id, TokenState.ALLOTTED, code, OtpFunction.ACTIVATION)
        doorway.go_through()
        answer = original(bank, customer_id, serial, code, *rest)
        if isinstance(answer, Refused) and held is not None and held.serial == serial:
            return Activated(held.kind, held.serial, held.expires_at)
        return answer

    wrap(procedures.activate, activate)


@fault("deactivated-twice-at-once")
def deactivated_twice_at_once() -> None:
    """Two deactivations with one code at one moment are both told to be done."""
    doorway = _Doorway(_A_WHILE)

    def deactivate(original: Any, bank: Bank, customer_id: int, confirmation: str, code: Any,
                   *rest: Any) -> Any:  # fmt: skip
        function = OtpFunction.DEACTIVATION
        held = _right(bank, customer_id, TokenState.ACTIVE, code or "", function)
        right = procedures.confirmed(bank, customer_id, confirmation)
        doorway.go_through()
        answer = original(bank, customer_id, confirmation, code, *rest)
        if isinstance(answer, Refused) and held is not None and right:
            return Deactivated(held.kind)
        return answer

    wrap(procedures.deactivate, deactivate)


@fault("applied-twice-at-once")
def applied_twice_at_once() -> None:
    """Whether somebody has applied is looked at, and the application written a while later."""
    doorway = _Doorway(_A_WHILE)

    def may_issue(original: Any, reg: Any, *rest: Any) -> Any:
        return None if _OPEN.get() else original(reg, *rest)

    def issue(original: Any, bank: Bank, customer_id: int, *rest: Any) -> Any:
        with bank.read() as db:
            fresh = customers.get(db, customer_id).reg.base is Status.NOT_REGISTERED
        doorway.go_through()
        token = _OPEN.set(fresh)
        try:
            return original(bank, customer_id, *rest)
        finally:
            _OPEN.reset(token)

    wrap(registration.may_issue, may_issue)
    wrap(procedures.issue, issue)


@fault("unlock-lost-beside-mistake")
def unlock_lost_beside_mistake() -> None:
    """A mistake that was read before the staff unlock is written after it, and with it all else."""

    read, lifted = threading.Event(), threading.Event()

    def authenticate_otp(original: Any, bank: Bank, customer_id: int, *rest: Any) -> Any:
        with bank.read() as db:
            before = customers.get(db, customer_id).reg
        if not before.suspended:
            return original(bank, customer_id, *rest)
        read.set()
        lifted.wait(_AT_MOST)
        answer = original(bank, customer_id, *rest)

        def act(work: Work) -> None:
            customers.save(work.db, customers.get(work.db, customer_id), before)

        bank.write(act)
        return answer

    def unlock(original: Any, *arguments: Any) -> None:
        read.wait(_AT_MOST)
        original(*arguments)
        lifted.set()

    wrap(login.authenticate_otp, authenticate_otp)
    wrap(staff.unlock, unlock)


# -- meant for one, done to all -------------------------------------------------------


def _others(work: Work, login_id: str) -> list[Any]:
    return [row for row in customers.everybody(work.db) if row.login_id != login_id]


@fault("unlock-lifts-all")
def unlock_lifts_all() -> None:
    """Lifting one suspension lifts all of them."""

    def unlock(original: Any, bank: Bank, actor: str, login_id: str, *rest: Any) -> None:
        original(bank, actor, login_id, *rest)

        def act(work: Work) -> None:
            for row in _others(work, login_id):
                if row.reg.suspended:
                    customers.save(work.db, row, registration.unlocked(row.reg))

        bank.write(act)

    wrap(staff.unlock, unlock)


@fault("unlock-clears-all-counts")
def unlock_clears_all_counts() -> None:
    """Lifting one suspension clears everybody's mistakes."""

    def unlock(original: Any, bank: Bank, actor: str, login_id: str, *rest: Any) -> None:
        original(bank, actor, login_id, *rest)

        def act(work: Work) -> None:
            for row in _others(work, login_id):
                if not row.reg.suspended:
                    customers.save(work.db, row, replace(row.reg, failures=0))

        bank.write(act)

    wrap(staff.unlock, unlock)


@fault("dispatch-closes-all-orders")
def dispatch_closes_all_orders() -> None:
    """A dispatch is noted with every open order."""

    def send(original: Any, work: Work, row: Any, order_id: int, token: Any) -> None:
        original(work, row, order_id, token)
        work.db.execute(
            "UPDATE orders SET status = 'dispatched', token_id = ? WHERE status = 'accepted'",
            (token.token.token_id,),
        )

    wrap(staff.send, send)


def _retire_everybody(work: Work, login_id: str) -> None:
    for row in _others(work, login_id):
        held = tokens.held(work.db, row.customer_id, TokenState.ACTIVE)
        if held is not None:
            tokens.retire(work.db, held.token.token_id)


@fault("revocation-retires-all")
def revocation_retires_all() -> None:
    """Revoking one token retires every token in use."""

    def revoke(original: Any, bank: Bank, actor: str, login_id: str, *rest: Any) -> None:
        original(bank, actor, login_id, *rest)
        bank.write(lambda work: _retire_everybody(work, login_id))

    wrap(staff.revoke, revoke)


@fault("deactivation-retires-all")
def deactivation_retires_all() -> None:
    """Deactivating one token retires every token in use."""

    def end(original: Any, work: Work, row: Any) -> Any:
        _retire_everybody(work, row.login_id)
        return original(work, row)

    wrap(procedures._end, end)
