"""Screens by the features' words, and how to learn the address of one.

Addresses belong to the product, not to us: a guide, a customer in a suitable
state, walks there in the ordinary way and the address is read off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from otp_conformance.screens.portal import ISSUE
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.words import Kind, Status
from otp_conformance.verdict.outcome import SetupFailed

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World
    from otp_conformance.screens.site import Site

GUIDE = "案内役のお客さま"


_WAYS: dict[str, Callable[[Customer], bool]] = {}


def _way(walk: Callable[[Customer], bool]) -> Callable[[Customer], bool]:
    """Offer a walk to the screens' descriptions (``way`` in screens.toml) by its name."""
    _WAYS[walk.__name__] = walk
    return walk


@_way
def log_in(guide: Customer) -> bool:
    """Log in."""
    guide.ensure_logged_in()
    return guide.site.top.is_shown()


@_way
def go_to_portal(guide: Customer) -> bool:
    """Walk to the request selection screen."""
    return guide.go_to_portal()


@_way
def press_issue(guide: Customer) -> bool:
    """Press トークン発行 however it is presented."""
    guide.reopen_portal().portal.press(ISSUE)
    return guide.site.kind_selection.is_shown()


@_way
def go_to_issue_confirmation(guide: Customer) -> bool:
    """Walk to the issue confirmation of a hardware token."""
    return guide.go_to_hardware_confirmation()


@_way
def issue(guide: Customer) -> bool:
    """Apply for a hardware token."""
    return guide.issue(Kind.HARDWARE, guide.confirmation("正しい")).accepted


@_way
def go_to_activation(guide: Customer) -> bool:
    """Walk to the activation screen."""
    return guide.go_to_activation()


@_way
def activate(guide: Customer) -> bool:
    """Activate the token that was delivered."""
    code = guide.code("新しい", "activation")
    return guide.activate(guide.serial("届いたトークンの"), code).accepted


@_way
def go_to_deactivation(guide: Customer) -> bool:
    """Walk to the deactivation screen."""
    return guide.go_to_deactivation()


@_way
def deactivate(guide: Customer) -> bool:
    """Deactivate."""
    return guide.try_deactivation("正しい", "新しい").accepted


SCREENS = tuple(bundled().by_words)
"""The screens' names in the sentences of the steps, the same for every manual."""


def address_of(world: World, screen: str) -> str:
    """Return the address under which a screen was seen.

    Raise `SetupFailed` when the guide could not get there.
    """
    described = world.declaration.manual.by_words[screen]
    guide = world.introduce(GUIDE, described.guide or Status.NOT_REGISTERED, Kind.HARDWARE)
    if not _WAYS[described.way](guide):
        raise SetupFailed(expected=f"{screen}へ進めること", observed=guide.site.describe())
    address = guide.site.view().address
    guide.close_browser()
    return address


def walk(customer: Customer, screen: str) -> None:
    """Go to a screen in the ordinary way; where the way ends is judged by the next step."""
    _WAYS[bundled().by_words[screen].way](customer)


PROCEDURES: dict[str, tuple[str, Callable[[Customer], bool]]] = {
    "利用開始登録": ("利用開始登録の画面", lambda customer: customer.go_to_activation()),
    "利用解除": ("利用解除の画面", lambda customer: customer.go_to_deactivation()),
}


def set_out(customer: Customer, procedure: str) -> None:
    """Try to get to a procedure from the portal; where that ends is judged by the next step."""
    PROCEDURES[procedure][1](customer)


def first_screen(procedure: str) -> str:
    """Return the screen at which a procedure begins."""
    return PROCEDURES[procedure][0]


def is_shown(site: Site, screen: str) -> bool:
    """Tell whether a screen is in sight."""
    return site.screen(bundled().by_words[screen].key).is_shown()
