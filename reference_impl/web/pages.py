"""Top page, menus, portal and the plain pages beside them (S-01, S-02)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response

from reference_impl.domain.policy import Buttons
from reference_impl.face.texts import STATUS_NAME
from reference_impl.web.door import Door, Visitor

#: Pages that only make the site look lived-in: address, title.
PLAIN = (("/balance", "残高照会"), ("/statements", "入出金明細照会"), ("/transfer", "振込・振替"))


@dataclass(frozen=True)
class PortalButton:
    """One of the portal's three buttons and whether it leads anywhere now (IX-18)."""

    label: str
    href: str
    shown: bool = True
    enabled: bool = True


def register(blueprint: Blueprint, door: Door) -> None:
    """Add top page, menu, portal and plain pages."""

    def top() -> Response:
        return door.page(door.visitor(), "web/top.html", screen_id="BPT001", title="トップページ")

    def menu() -> Response:
        return door.page(door.visitor(), "web/menu.html", title="ワンタイムパスワード申請")

    def portal() -> Response:
        visitor = door.visitor()
        status = door.customers.portal(visitor.customer_id).status
        return door.page(
            visitor,
            "web/portal.html",
            screen_id="BOP001",
            title="ワンタイムパスワード申請内容選択",
            status_name=STATUS_NAME[status],
            buttons=portal_buttons(door, visitor),
        )

    blueprint.add_url_rule("/", "top", top)
    blueprint.add_url_rule("/menu/otp", "menu", menu)
    blueprint.add_url_rule("/otp", "portal", portal)
    for address, title in PLAIN:
        blueprint.add_url_rule(address, address.strip("/"), _plain(door, title))


def _plain(door: Door, title: str) -> Callable[[], Response]:
    def show() -> Response:
        return door.page(door.visitor(), "web/plain.html", title=title)

    return show


def portal_buttons(door: Door, visitor: Visitor) -> list[PortalButton]:
    """Return the three buttons as the policy presents them.

    Presentation only: each step asks again whether it is open.
    """
    customer = visitor.customer_id
    presentation = door.policy.buttons
    steps = (
        ("トークン発行", "/otp/issue", door.customers.may_issue),
        ("ワンタイムパスワード利用開始", "/otp/activate", door.customers.may_activate),
        ("ワンタイムパスワード利用解除", "/otp/deactivate", door.customers.may_deactivate),
    )
    buttons = []
    for label, href, may in steps:
        opened = presentation is Buttons.ERROR or may(customer) is None
        shown = opened or presentation is not Buttons.HIDDEN
        buttons.append(PortalButton(label, href, shown=shown, enabled=opened))
    return buttons
