"""Leaving a screen half-way, and opening one by its address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from otp_conformance.people.places import address_of, is_shown
from otp_conformance.people.requests import reached

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World


def leave(customer: Customer, screen: str, way: str) -> None:
    """Fill in a screen rightly, then leave it without sending (ISS-25, ACT-27, ACT-28, DEA-22)."""
    _FILL[screen](customer)
    _WAYS[way](customer)


def _fill_issue(customer: Customer) -> None:
    reached(customer, customer.go_to_hardware_confirmation(), "発行確認の画面")
    customer.site.issue_confirm.fill_confirmation(customer.confirmation("正しい"))


def _fill_activation(customer: Customer) -> None:
    reached(customer, customer.go_to_activation(), "利用開始登録の画面")
    serial = customer.serial("届いたトークンの")
    code = customer.code("新しい", "activation")
    customer.site.activation.fill(serial, code, customer.typed_at_activation)


def _fill_deactivation(customer: Customer) -> None:
    reached(customer, customer.go_to_deactivation(), "利用解除の画面")
    screen = customer.site.deactivation
    code = customer.code("新しい", "deactivation") if screen.has_otp_field() else None
    screen.fill(customer.confirmation("正しい"), code)


_FILL: dict[str, Callable[[Customer], None]] = {
    "発行確認の画面": _fill_issue,
    "利用開始登録の画面": _fill_activation,
    "利用解除の画面": _fill_deactivation,
}
_WAYS: dict[str, Callable[[Customer], None]] = {
    "メニューから別の画面へ移る": lambda customer: customer.site.top.open_portal(),
    "ブラウザーで前の画面へ戻る": lambda customer: customer.site.agent.back(),
    "ログアウトする": lambda customer: customer.log_out(),
    "「戻る」を押す": lambda customer: customer.site.activation.back(),
    "「申込を中止する」を押す": lambda customer: customer.site.activation.cancel(),
}
WAYS = tuple(_WAYS)


_TOP, _PORTAL = "トップページ", "申請内容選択の画面"
# Where the ways out lead as declared (IX-38). Whoever chooses a kind or types a serial
# came from the portal: that is the page before, too.
_BACK = {"previous": (_PORTAL,), "portal": (_PORTAL,), "top": (_TOP,)}
_CANCEL = {"portal_or_top": (_PORTAL, _TOP), "portal": (_PORTAL,), "top": (_TOP,)}


def led_back(world: World) -> None:
    """Judge that 戻る has led where the declaration says (ISS-12, ACT-28, AMB-37)."""
    _led_to(world, "「戻る」", _BACK[world.declaration.exits.back])


def led_out(world: World) -> None:
    """Judge that 申込を中止する has led where the declaration says (ACT-27, AMB-37)."""
    _led_to(world, "「申込を中止する」", _CANCEL[world.declaration.exits.cancel])


def _led_to(world: World, button: str, screens: tuple[str, ...]) -> None:
    site = world.acting().site
    world.case.confirm(
        f"{button}の行き先",
        any(is_shown(site, screen) for screen in screens),
        expected="か".join(screens) + "が表示されること",
        observed=site.describe(),
    )


def open_directly(world: World, customer: Customer, screen: str) -> None:
    """Open the address under which a screen was seen by somebody entitled to it."""
    address = address_of(world, screen)
    world.opened_directly = screen
    customer.site.agent.open(address)
