"""The portal's three buttons in the three statuses, as declared (IX-18 to IX-20)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from otp_conformance.declaration.model import Declaration
from otp_conformance.judging.judge import Judge
from otp_conformance.people.customer import Customer
from otp_conformance.people.introduction import People
from otp_conformance.screens.keys import Presence
from otp_conformance.screens.portal import ACTIVATE, DEACTIVATE, ISSUE
from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import SetupFailed

_Cell = Literal["issue", "activate", "deactivate"]
_ROWS: dict[Status, Literal["not_registered", "issued", "in_service"]] = {
    Status.NOT_REGISTERED: "not_registered",
    Status.ISSUED: "issued",
    Status.IN_SERVICE: "in_service",
}


@dataclass(frozen=True)
class _Button:
    """A button of the portal: where it works, where it leads, how the declaration names it."""

    key: str
    cell: _Cell
    home: Status
    requirement: str
    press: Callable[[Customer], bool]


_BUTTONS = {
    "トークン発行": _Button(
        ISSUE, "issue", Status.NOT_REGISTERED, "SCR-22", lambda c: c.go_to_kind_selection()
    ),
    "ワンタイムパスワード利用開始": _Button(
        ACTIVATE, "activate", Status.ISSUED, "SCR-23", lambda c: c.go_to_activation()
    ),
    "ワンタイムパスワード利用解除": _Button(
        DEACTIVATE, "deactivate", Status.IN_SERVICE, "SCR-24", lambda c: c.go_to_deactivation()
    ),
}
_BY_KEY = {button.key: button for button in _BUTTONS.values()}

_WORDS = {
    Presence.ENABLED: "押せる",
    Presence.DISABLED: "押せない",
    Presence.HIDDEN: "表示されない",
}


def works(declaration: Declaration, status: Status, button: str) -> bool:
    """Tell whether a button has an effect in a status."""
    if status is Status.ISSUED and button == ISSUE:
        return declaration.issue.reissue_when_issued == "replaces"
    if status is Status.ISSUED and button == DEACTIVATE:
        return declaration.issue.deactivate_when_issued == "allowed"
    return status is _BY_KEY[button].home


def declared_presence(declaration: Declaration, status: Status, button: str) -> Presence:
    """Return how a button must be presented in a status (SCR-25)."""
    if works(declaration, status, button):
        return Presence.ENABLED
    match declaration.buttons.of(_ROWS[status], _BY_KEY[button].cell):
        case "disabled":
            return Presence.DISABLED
        case "hidden":
            return Presence.HIDDEN
        case _:
            return Presence.ENABLED


def presented(customer: Customer, word: str) -> None:
    """Judge that a button is presented as declared in the customer's status."""
    button = _BUTTONS[word]
    portal = customer.reopen_portal().portal
    wanted = declared_presence(customer.scene.declaration, _status(customer), button.key)
    shown = portal.offers(button.key)
    customer.scene.case.confirm(
        f"「{word}」ボタンの見せ方",
        shown is wanted,
        expected=f"「{word}」ボタンの見せ方が宣言どおり（{_WORDS[wanted]}）であること",
        observed=f"{_WORDS[shown]}（登録状況「{portal.status_text()}」）",
        requirements=["SCR-25", button.requirement],
    )


def takes_effect(people: People, customer: Customer, word: str) -> None:
    """Judge that a button leads on where it should; elsewhere nowhere, with a control."""
    button = _BUTTONS[word]
    customer.reopen_portal()
    status = _status(customer)
    reached = button.press(customer)
    if works(customer.scene.declaration, status, button.key):
        customer.scene.case.confirm(
            f"「{word}」から先へ進める",
            reached,
            expected=f"「{word}」から先の画面へ進めること",
            observed=customer.site.describe(),
        )
        return
    customer.scene.case.refused(
        f"「{word}」から先へ進めない",
        not reached,
        expected=f"この登録状況では「{word}」から先へ進めないこと",
        observed=customer.site.describe(),
    )
    other = people.control_customer(button.home)
    Judge(people).control_shown(
        f"「{word}」から先へ進める別のお客さまがいる", button.press(other), other.site.describe()
    )


def _status(customer: Customer) -> Status:
    portal = customer.site.portal
    status = portal.status()
    if status is None:
        raise SetupFailed(
            expected="登録状況が三つの値のどれかであること",
            observed=f"登録状況「{portal.status_text()}」",
        )
    return status
