"""The staff's work through their screens: login, customers, one customer with orders, dispatch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from otp_conformance.agent.page import Control, Role
from otp_conformance.agent.port import UserAgents
from otp_conformance.declaration.model import Declaration
from otp_conformance.screens.desk import Desk
from otp_conformance.screens.screen import Screen
from otp_conformance.specification.words import Kind
from otp_conformance.staff.port import LOST, Order, StaffDesk
from otp_conformance.text import normalise, same
from otp_conformance.verdict.outcome import DeclarationMismatch, SetupFailed

_NUMBER = "staff.order_number"
# What a cell without a serial shows: some dash or other.
_DASHES = "－―—–-ー"


@dataclass(frozen=True)
class _Site:
    """The staff's screens at one user agent."""

    desk: Desk
    login: Screen
    customers: Screen
    customer: Screen
    dispatch: Screen

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """Return the screens of a desk."""
        keys = ("login", "customers", "customer", "dispatch")
        return cls(desk, *(Screen(desk, key, staff=True) for key in keys))

    def in_menu(self) -> bool:
        """Tell whether the menu is in sight: somebody is logged in."""
        return self.customers.has_button("customers_link")

    def link_to(self, login_id: str) -> Control:
        """Return the link to a customer in the result of a search."""
        return Control(Role.LINK, (login_id, *self.desk.labels(self.customer.title_key)))

    def orders(self) -> list[dict[str, str]]:
        """Return the rows of the table of orders on the customer's page, oldest first."""
        number = {normalise(label) for label in self.desk.labels(_NUMBER)}
        rows = [row for row in self.desk.view().rows if number & row.keys()]
        return sorted(rows, key=lambda row: _number(self.cell(row, _NUMBER)))

    def cell(self, row: dict[str, str], key: str) -> str:
        """Return a cell of an order by the column's label key, empty if there is none."""
        labels = self.desk.labels(key)
        return next((value for caption, value in row.items() if same(caption, labels)), "")


class ScreensStaffDesk(StaffDesk):
    """One member of staff with a user agent of their own.

    Logs in when needed and again when the session has ended (the steered clock
    outlives many). ``path``: the staff login page. Raises `SetupFailed` when the
    product refuses the work, `DeclarationMismatch` when it refuses the login.
    """

    def __init__(
        self,
        agents: UserAgents,
        declaration: Declaration,
        base_url: str,
        *,
        path: str,
        login_id: str,
        password: str,
    ) -> None:
        self._agents = agents
        self._declaration = declaration
        self._base_url = base_url
        self._path = path
        self._login_id = login_id
        self._password = password
        self._site: _Site | None = None

    # -- the port ----------------------------------------------------------

    def orders(self, login_id: str) -> tuple[Order, ...]:
        """Return a customer's orders, oldest first (by their number)."""
        site = self._at_customer(login_id)
        return tuple(self._order(site, login_id, row) for row in site.orders())

    def _order(self, site: _Site, login_id: str, row: dict[str, str]) -> Order:
        kind, status = site.cell(row, "staff.kind"), site.cell(row, "staff.order_status")
        # Where there is one kind only, a table need not have a column for it.
        hardware = not kind or site.desk.speaks_of(kind, "kind.hardware")
        return Order(
            login_id=login_id,
            kind=Kind.HARDWARE if hardware else Kind.SOFTWARE,
            ship_to=site.cell(row, "staff.ship_to").strip(_DASHES),
            status=status,
            serial=site.cell(row, "staff.serial").strip(_DASHES) or None,
            cancelled=same(status, self._declaration.labels["staff.order_cancelled"]),
        )

    def dispatch(self, login_id: str, serial: str) -> str:
        """Allot a token to the customer's open order, send it, return its serial."""
        wanted = f"{login_id} へトークン {serial} を発送できること"
        site = self._at_customer(login_id, "dispatch_link", wanted)
        # The last one, if there are several open orders.
        site.desk.agent.press(site.desk.action("staff.dispatch_link", last=True))
        site.dispatch.require()
        site.dispatch.submit(serial)
        _accepted(site, wanted)
        return serial

    def unlock(self, login_id: str, circumstances: str) -> None:
        """Lift a suspension after noting the circumstances (LCK-10, LCK-11)."""
        wanted = f"{login_id} の停止状態を解除できること"
        site = self._at_customer(login_id, "unlock", wanted)
        site.desk.fill("staff.circumstances", circumstances)
        site.customer.press("unlock")
        _accepted(site, wanted)

    def revoke(self, login_id: str) -> None:
        """Retire the customer's token (lost or stolen, IX-43)."""
        wanted = f"{login_id} のトークンを失効させられること"
        site = self._at_customer(login_id, "revoke", wanted)
        site.desk.fill("staff.reason", LOST)
        site.customer.press("revoke")
        _accepted(site, wanted)

    def close(self) -> None:
        """Close the staff's user agent. Idempotent."""
        site, self._site = self._site, None
        if site is not None:
            site.desk.agent.close()

    # -- getting there -----------------------------------------------------

    def _at_customer(self, login_id: str, button: str = "", wanted: str = "") -> _Site:
        """Return the staff site, at the customer's page; raise unless its ``button`` is there."""
        site = self._at_customers()
        site.customers.submit(login_id)
        if not site.customer.is_shown():  # a single hit may open at once
            if not site.desk.agent.has(site.link_to(login_id)):
                raise _cannot(f"職員の画面でお客さま {login_id} が見つかること", site)
            site.desk.agent.press(site.link_to(login_id))
        site.customer.require()
        if button and not site.customer.has_button(button):
            raise _cannot(wanted, site)
        return site

    def _at_customers(self) -> _Site:
        if self._site is None:
            self._site = _Site.at(Desk(self._agents.new(), self._declaration, self._base_url))
        site = self._site
        if site.in_menu():
            site.customers.press("customers_link")
        if not site.customers.is_shown():
            self._log_in(site)
            site.customers.press("customers_link")
        site.customers.require()
        return site

    def _log_in(self, site: _Site) -> None:
        site.desk.open_path(self._path)
        site.login.submit(self._login_id, self._password)
        if site.login.is_shown() or not site.in_menu():
            raise DeclarationMismatch(
                expected="宣言した職員IDとパスワードで職員がログインできること",
                observed=f"{site.desk.describe()}が表示されました",
                hint="adapters.staff の login_id、password、path を確かめてください。",
            )


def _number(text: str) -> tuple[int, str]:
    digits = "".join(character for character in text if character.isdecimal())
    return (int(digits) if digits else 0, text)


def _cannot(expected: str, site: _Site) -> SetupFailed:
    return SetupFailed(expected=expected, observed=f"{site.desk.describe()}が表示されました")


def _accepted(site: _Site, expected: str) -> None:
    if site.desk.view().alerts or site.login.is_shown():
        raise _cannot(expected, site)
