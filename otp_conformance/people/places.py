"""Screens by the features' words, and how to learn the address of one.

Addresses belong to the product, not to us: a guide, a customer in a suitable
state, walks there in the ordinary way and the address is read off.
"""

from __future__ import annotations

from collections.abc import Callable

from otp_conformance.people.customer import Customer
from otp_conformance.people.introduction import People
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Kind, Status
from otp_conformance.verdict.outcome import SetupFailed

GUIDE = "案内役のお客さま"


def _to_top(guide: Customer) -> bool:
    guide.ensure_logged_in()
    return guide.site.top.is_shown()


def _to_portal(guide: Customer) -> bool:
    return guide.go_to_portal()


def _to_kind_selection(guide: Customer) -> bool:
    guide.reopen_portal().portal.press_issue()
    return guide.site.kind_selection.is_shown()


def _to_activation_complete(guide: Customer) -> bool:
    return guide.activate().accepted


SCREENS: dict[str, tuple[Status, Callable[[Customer], bool], Callable[[Site], bool]]] = {
    "トップページ": (Status.NOT_REGISTERED, _to_top, lambda s: s.top.is_shown()),
    "申請内容選択の画面": (Status.NOT_REGISTERED, _to_portal, lambda s: s.portal.is_shown()),
    "種類の選択の画面": (
        Status.NOT_REGISTERED,
        _to_kind_selection,
        lambda s: s.kind_selection.is_shown(),
    ),
    "利用開始登録の画面": (
        Status.ISSUED,
        lambda guide: guide.go_to_activation(),
        lambda s: s.activation.is_shown(),
    ),
    "利用解除の画面": (
        Status.IN_SERVICE,
        lambda guide: guide.go_to_deactivation(),
        lambda s: s.deactivation.is_shown(),
    ),
    "発行確認の画面": (
        Status.NOT_REGISTERED,
        lambda guide: guide.go_to_hardware_confirmation(),
        lambda s: s.issue_confirm.is_shown(),
    ),
    "発行完了の画面": (
        Status.NOT_REGISTERED,
        lambda guide: guide.issue().accepted,
        lambda s: s.issue_complete.is_shown(),
    ),
    "利用開始完了の画面": (
        Status.ISSUED,
        _to_activation_complete,
        lambda s: s.activation_complete.is_shown(),
    ),
    "利用解除完了の画面": (
        Status.IN_SERVICE,
        lambda guide: guide.deactivate().accepted,
        lambda s: s.deactivation_complete.is_shown(),
    ),
}


def address_of(people: People, screen: str) -> str:
    """Return the address under which a screen was seen.

    Raise `SetupFailed` when the guide could not get there.
    """
    status, walk, _ = SCREENS[screen]
    guide = people.introduce(GUIDE, status, Kind.HARDWARE)
    if not walk(guide):
        raise SetupFailed(expected=f"{screen}へ進めること", observed=guide.site.describe())
    address = guide.site.view().address
    guide.close_browser()
    return address


def walk(customer: Customer, screen: str) -> None:
    """Go to a screen in the ordinary way; where the way ends is judged by the next step."""
    SCREENS[screen][1](customer)


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
    return SCREENS[screen][2](site)
