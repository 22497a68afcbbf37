"""Top page, menu, portal and the plain pages beside them (S-01, S-02)."""

from dataclasses import dataclass

from flask import Response, request

from reference_impl.face.pages import STATUS_NAME, the_bank
from reference_impl.service import procedures
from reference_impl.web.visitor import page, pages, visitor

#: Pages that only make the site look lived-in: address, title.
PLAIN = {"/balance": "残高照会", "/statements": "入出金明細照会", "/transfer": "振込・振替"}


@dataclass(frozen=True)
class PortalButton:
    """One of the portal's three buttons and whether it leads anywhere now (IX-18)."""

    label: str
    href: str
    shown: bool = True
    enabled: bool = True


@pages.get("/")
def top() -> Response:
    """Show the top page (S-01)."""
    return page(visitor(), "web/top.html", "BPT001", title="トップページ")


@pages.get("/menu/otp")
def menu() -> Response:
    """Show the second level of the menu."""
    return page(visitor(), "web/menu.html", title="ワンタイムパスワード申請")


@pages.get("/otp")
def otp() -> Response:
    """Show the portal (S-02)."""
    who = visitor()
    return page(
        who,
        "web/portal.html",
        "BOP001",
        title="ワンタイムパスワード申請内容選択",
        status_name=STATUS_NAME[procedures.portal(the_bank(), who.customer_id).status],
        buttons=portal_buttons(who.customer_id),
    )


@pages.get("/balance")
@pages.get("/statements")
@pages.get("/transfer")
def plain() -> Response:
    """Show a page of the banking that is no part of the manual."""
    return page(visitor(), "web/plain.html", title=PLAIN[request.path])


def portal_buttons(customer_id: int) -> list[PortalButton]:
    """Return the three buttons as the policy presents them.

    Presentation only: each step asks again whether it is open.
    """
    presentation = the_bank().policy.buttons
    steps = (
        ("トークン発行", "/otp/issue", procedures.may_issue),
        ("ワンタイムパスワード利用開始", "/otp/activate", procedures.may_activate),
        ("ワンタイムパスワード利用解除", "/otp/deactivate", procedures.may_deactivate),
    )
    buttons = []
    for label, href, may in steps:
        opened = presentation == "error" or may(the_bank(), customer_id) is None
        shown = opened or presentation != "hidden"
        buttons.append(PortalButton(label, href, shown=shown, enabled=opened))
    return buttons
