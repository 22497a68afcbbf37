"""Leaving a screen half-way, and opening one by its address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from otp_conformance.actors.places import address_of
from otp_conformance.actors.requests import reached

if TYPE_CHECKING:
    from otp_conformance.actors.customer import Customer
    from otp_conformance.actors.world import World


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
    "ブラウザで前の画面へ戻る": lambda customer: customer.site.agent.back(),
    "ログアウトする": lambda customer: customer.log_out(),
    "「戻る」を押す": lambda customer: customer.site.activation.back(),
    "「申込を中止する」を押す": lambda customer: customer.site.activation.cancel(),
}
WAYS = tuple(_WAYS)


def open_directly(world: World, customer: Customer, screen: str) -> None:
    """Open the address under which a screen was seen by somebody entitled to it."""
    address = address_of(world, screen)
    world.opened_directly = screen
    customer.site.agent.open(address)
