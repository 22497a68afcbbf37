"""Customers brought into a state by the manual's own procedures, as they and staff would (IX-44).

Where nobody prepares customers in a state: one who is unregistered applies, staff send a
token of the stock, and the customer activates it and gives it up again, all on the product's
screens. Whom wrong OTPs are to suspend is in service here (`introduction.make_sure_suspended`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from otp_conformance.assets.port import Need, Provisioned
from otp_conformance.people import procedures
from otp_conformance.people.customer import Customer
from otp_conformance.people.scene import Scene
from otp_conformance.specification.words import Kind, Status
from otp_conformance.tokens.port import TokenDevice
from otp_conformance.verdict.outcome import (
    ControlFailed,
    Nonconformity,
    NotApplicable,
    NotRun,
    Outcome,
    SetupFailed,
)
from otp_conformance.verdict.verdict import Cause

_STATES = {
    Status.ISSUED: "トークン発行済",
    Status.IN_SERVICE: "サービス利用中",
    Status.SUSPENDED: "サービス利用中（続いて停止）",
    Status.DEACTIVATED: "利用解除済み",
}
_MAKING = "準備されるお客さま"


class NotMadeError(NotRun):
    """未実施: the declaration or the list does not let such a customer be made."""

    cause = Cause.DECLARATION


def made(scene: Scene, provisioned: Provisioned, need: Need) -> Provisioned:
    """Bring an unregistered customer into the needed state; return both with the token.

    What is used up is booked like anything else. Raises `SetupFailed` where the product
    does not go along (never a verdict on it), `NotMadeError` where it cannot be made.
    """
    customer = Customer(scene, {}, _MAKING, replace(provisioned, token=None))
    with scene.beforehand(), _told(customer, need):
        _start(customer, need, provisioned.token)
        customer.log_out()
        customer.close_browser()
        _leave_used_step(customer)
    scene.case.note(_account_of(customer, need))
    return Provisioned(provisioned.account, customer.token or customer.retired)


def _start(customer: Customer, need: Need, token: TokenDevice | None) -> None:
    """Do what leads to the state, from the application on."""
    if need.kind is Kind.SOFTWARE:
        procedures.apply_for_software(customer)
    else:
        procedures.apply_for(customer, need.kind)
        _require_fitting(procedures.deliver(customer, token), need)
    if need.status is Status.ISSUED:
        return
    procedures.activate(customer)
    if need.status is Status.DEACTIVATED:
        procedures.deactivate(customer)


def _leave_used_step(customer: Customer) -> None:
    """Go on to a time step of which no code was used: what the token shows then is good."""
    scene = customer.scene
    newest = None if customer.token is None else scene.ledger.newest(customer.token)
    if newest is not None:
        scene.time.settle(newest + 1)


def _require_fitting(token: TokenDevice, need: Need) -> None:
    """Raise `NotMadeError` where staff have sent another token, and it is none as needed."""
    serial = token.asset.serial
    if need.serial_length in (0, len(serial)) and serial.startswith(need.serial_prefix):
        return
    wanted = [f"{need.serial_length}桁"] if need.serial_length else []
    wanted += [f"{need.serial_prefix}で始まる"] if need.serial_prefix else []
    raise NotMadeError(
        expected=f"シリアル番号が{'、'.join(wanted)}トークンが発送されること",
        observed=f"発送されたトークンのシリアル番号は {serial} です",
        hint="発送するトークンを選べる職員の操作（adapters.staff）なら実施できます。",
    )


@contextmanager
def _told(customer: Customer, need: Need) -> Iterator[None]:
    """Say of what stops the making that it did, and judge nothing by it."""
    what = f"お客さま {customer.account.login_id} を手続きで{_STATES[_status(need)]}にすること"
    try:
        yield
    except (SetupFailed, ControlFailed, Nonconformity) as error:
        raise SetupFailed(**_of(error, what)) from error
    except NotApplicable as error:
        raise NotMadeError(**_of(error, what)) from error


def _of(error: Outcome, what: str) -> dict[str, str]:
    return {
        "expected": f"{what}（{error.expected}）",
        "observed": error.observed,
        "hint": error.hint,
    }


def _account_of(customer: Customer, need: Need) -> str:
    """Return what the report says about it."""
    token = customer.token or customer.retired
    serial = "" if token is None else f"、トークン {token.asset.serial}"
    state = _STATES[_status(need)]
    return f"手続きで用意したお客さま：{customer.account.login_id}（{state}{serial}）"


def _status(need: Need) -> Status:
    """Return the state to be made; the others need no making."""
    assert need.status in _STATES  # noqa: S101 - see `Provisioned.to_make`
    return need.status
