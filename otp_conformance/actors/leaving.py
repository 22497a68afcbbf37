"""Leaving a screen half-way, and opening one by its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otp_conformance.actors.places import address_of
from otp_conformance.verdict.outcome import SetupFailed

if TYPE_CHECKING:
    from otp_conformance.actors.customer import Customer
    from otp_conformance.actors.world import World

BY_MENU = "メニューから別の画面へ移る"
BY_BACK = "ブラウザで前の画面へ戻る"
BY_LOGOUT = "ログアウトする"


def leave_issue(customer: Customer, way: str) -> None:
    """Fill in the issue confirmation rightly, then leave without sending it (ISS-25)."""
    _reached(customer, customer.go_to_hardware_confirmation(), "発行確認の画面")
    customer.site.issue_confirm.fill_confirmation(customer.confirmation("正しい"))
    _leave(customer, way)


def leave_deactivation(customer: Customer, way: str) -> None:
    """Fill in the deactivation rightly, then leave without sending it (DEA-22)."""
    _reached(customer, customer.go_to_deactivation(), "利用解除の画面")
    screen = customer.site.deactivation
    code = customer.code("新しい", "deactivation") if screen.has_otp_field() else None
    screen.fill(customer.confirmation("正しい"), code)
    _leave(customer, way)


def leave_activation(customer: Customer, button: str) -> None:
    """Fill in the activation rightly, then press 戻る or 申込を中止する (ACT-27, ACT-28)."""
    _reached(customer, customer.go_to_activation(), "利用開始登録の画面")
    screen = customer.site.activation
    screen.fill(customer.serial("届いたトークンの"), customer.code("新しい", "activation"))
    if button == "戻る":
        screen.back()
    else:
        screen.cancel()


def open_directly(world: World, customer: Customer, screen: str) -> None:
    """Open the address under which a screen was seen by somebody entitled to it."""
    address = address_of(world, screen)
    world.opened_directly = screen
    customer.site.agent.open(address)


def _reached(customer: Customer, reached: bool, what: str) -> None:
    if not reached:
        raise SetupFailed(expected=f"{what}へ進めること", observed=customer.site.describe())


def _leave(customer: Customer, way: str) -> None:
    if way == BY_MENU:
        customer.site.top.open_portal()
    elif way == BY_BACK:
        customer.site.agent.back()
    else:
        customer.log_out()
