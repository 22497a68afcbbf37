"""The portal's three buttons in the three statuses, as declared (IX-18 to IX-20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from otp_conformance.declaration.model import Declaration
from otp_conformance.screens.desk import Presence
from otp_conformance.screens.portal import ACTIVATE, DEACTIVATE, ISSUE
from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import SetupFailed

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World

BUTTONS = {
    "トークン発行": ISSUE,
    "ワンタイムパスワード利用開始": ACTIVATE,
    "ワンタイムパスワード利用解除": DEACTIVATE,
}
_HOME = {ISSUE: Status.NOT_REGISTERED, ACTIVATE: Status.ISSUED, DEACTIVATE: Status.IN_SERVICE}
_ROWS: dict[Status, Literal["not_registered", "issued", "in_service"]] = {
    Status.NOT_REGISTERED: "not_registered",
    Status.ISSUED: "issued",
    Status.IN_SERVICE: "in_service",
}
_CELLS: dict[str, Literal["issue", "activate", "deactivate"]] = {
    ISSUE: "issue",
    ACTIVATE: "activate",
    DEACTIVATE: "deactivate",
}
_WAYS: dict[str, Callable[[Customer], bool]] = {
    ISSUE: lambda customer: customer.go_to_kind_selection(),
    ACTIVATE: lambda customer: customer.go_to_activation(),
    DEACTIVATE: lambda customer: customer.go_to_deactivation(),
}


def works(declaration: Declaration, status: Status, button: str) -> bool:
    """Tell whether a button has an effect in a status."""
    if status is Status.ISSUED and button == ISSUE:
        return declaration.issue.reissue_when_issued == "replaces"
    if status is Status.ISSUED and button == DEACTIVATE:
        return declaration.issue.deactivate_when_issued == "allowed"
    return status is _HOME[button]


def declared_presence(declaration: Declaration, status: Status, button: str) -> Presence:
    """Return how a button must be presented in a status (SCR-25)."""
    if works(declaration, status, button):
        return Presence.ENABLED
    match declaration.buttons.of(_ROWS[status], _CELLS[button]):
        case "disabled":
            return Presence.DISABLED
        case "hidden":
            return Presence.HIDDEN
        case _:
            return Presence.ENABLED


def presented(world: World, customer: Customer, word: str) -> None:
    """Judge that a button is presented as declared in the customer's status."""
    button = BUTTONS[word]
    portal = customer.reopen_portal().portal
    wanted = declared_presence(world.declaration, _status(customer), button)
    shown = portal.offers(button)
    world.case.confirm(
        f"「{word}」ボタンの見せ方",
        shown is wanted,
        expected=f"「{word}」ボタンの見せ方が宣言どおり（{_WORDS[wanted]}）であること",
        observed=f"{_WORDS[shown]}（登録状況「{portal.status_text()}」）",
        requirements=world.declaration.manual.verifies("portal", button.removeprefix("portal.")),
    )


def takes_effect(world: World, customer: Customer, word: str) -> None:
    """Judge that a button leads on where it should; elsewhere nowhere, with a control."""
    button = BUTTONS[word]
    customer.reopen_portal()
    status = _status(customer)
    reached = _WAYS[button](customer)
    if works(world.declaration, status, button):
        world.case.confirm(
            f"「{word}」から先へ進める",
            reached,
            expected=f"「{word}」から先の画面へ進めること",
            observed=customer.site.describe(),
        )
        return
    world.case.refused(
        f"「{word}」から先へ進めない",
        not reached,
        expected=f"この登録状況では「{word}」から先へ進めないこと",
        observed=customer.site.describe(),
    )
    other = world.control_customer(_HOME[button])
    world.judge.control_shown(
        f"「{word}」から先へ進める別のお客さまがいる", _WAYS[button](other), other.site.describe()
    )


_WORDS = {
    Presence.ENABLED: "押せる",
    Presence.DISABLED: "押せない",
    Presence.HIDDEN: "表示されない",
}


def _status(customer: Customer) -> Status:
    portal = customer.site.portal
    status = portal.status()
    if status is None:
        raise SetupFailed(
            expected="登録状況が三つの値のどれかであること",
            observed=f"登録状況「{portal.status_text()}」",
        )
    return status
