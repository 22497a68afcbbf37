"""The staff's work through their screens (port `StaffDesk`)."""

from __future__ import annotations

from otp_conformance.agent.port import UserAgents
from otp_conformance.assets.port import Provisioner
from otp_conformance.declaration.model import Declaration
from otp_conformance.specification.words import Kind
from otp_conformance.staff.port import Order
from otp_conformance.staff.screens import StaffSite
from otp_conformance.text import same
from otp_conformance.verdict.outcome import DeclarationMismatch, SetupFailed

LOST = "紛失の届出（検査）"
_NUMBER = "staff.order_number"
# What a cell without a serial shows: some dash or other.
_DASHES = "－―—–-ー"


class ScreensStaffDesk:
    """One member of staff with a user agent of their own.

    Logs in when needed and again when the session has ended (the steered clock
    outlives many). ``provisioner`` supplies the token to send where the caller
    names none. ``path``: the staff login page. Raises `SetupFailed` when the
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
        provisioner: Provisioner,
    ) -> None:
        self._agents = agents
        self._declaration = declaration
        self._base_url = base_url
        self._path = path
        self._login_id = login_id
        self._password = password
        self._provisioner = provisioner
        self._site: StaffSite | None = None

    # -- the port ----------------------------------------------------------

    def orders(self, login_id: str) -> tuple[Order, ...]:
        """Return a customer's orders, oldest first (by their number)."""
        site = self._at_customer(login_id)
        screen = site.customer
        rows = sorted(screen.orders(), key=lambda row: _number(screen.cell(row, _NUMBER)))
        return tuple(
            Order(
                login_id=login_id,
                kind=_kind(site, screen.cell(row, "staff.kind")),
                ship_to=screen.cell(row, "staff.ship_to").strip(_DASHES),
                status=screen.cell(row, "staff.order_status"),
                serial=screen.cell(row, "staff.serial").strip(_DASHES) or None,
                cancelled=same(
                    screen.cell(row, "staff.order_status"),
                    self._declaration.labels["staff.order_cancelled"],
                ),
            )
            for row in rows
        )

    def dispatch(self, login_id: str, serial: str | None = None) -> str:
        """Allot a token to the customer's open order, send it, return its serial."""
        chosen = serial or self._provisioner.token().asset.serial
        site = self._at_customer(login_id)
        if not site.customer.can_dispatch():
            raise _cannot(f"{login_id} の申請のトークンを発送できること", site)
        site.customer.open_dispatch()
        site.dispatch.require()
        site.dispatch.submit(chosen)
        _accepted(site, f"{login_id} へトークン {chosen} を発送できること")
        return chosen

    def unlock(self, login_id: str, circumstances: str) -> None:
        """Lift a suspension after noting the circumstances (LCK-10, LCK-11)."""
        site = self._at_customer(login_id)
        if not site.customer.can_unlock():
            raise _cannot(f"{login_id} の停止状態を解除できること", site)
        site.customer.unlock(circumstances)
        _accepted(site, f"{login_id} の停止状態を解除できること")

    def revoke(self, login_id: str) -> None:
        """Retire the customer's token (lost or stolen, IX-43)."""
        site = self._at_customer(login_id)
        if not site.customer.can_revoke():
            raise _cannot(f"{login_id} のトークンを失効させられること", site)
        site.customer.revoke(LOST)
        _accepted(site, f"{login_id} のトークンを失効させられること")

    def close(self) -> None:
        """Close the staff's user agent. Idempotent."""
        site, self._site = self._site, None
        if site is not None:
            site.agent.close()

    # -- getting there -----------------------------------------------------

    def _at_customer(self, login_id: str) -> StaffSite:
        """Return the staff site, at the customer's page."""
        site = self._at_customers()
        site.customers.search(login_id)
        if not site.customer.is_shown():  # a single hit may open at once
            if not site.customers.found(login_id):
                raise _cannot(f"職員の画面でお客さま {login_id} が見つかること", site)
            site.customers.open_customer(login_id)
        site.customer.require()
        return site

    def _at_customers(self) -> StaffSite:
        if self._site is None:
            agent = self._agents.new()
            self._site = StaffSite(agent, self._declaration, self._base_url, self._path)
        site = self._site
        if site.customers.in_menu():
            site.customers.open()
        if not site.customers.is_shown():
            self._log_in(site)
            site.customers.open()
        site.customers.require()
        return site

    def _log_in(self, site: StaffSite) -> None:
        site.login.open()
        site.login.submit(self._login_id, self._password)
        if site.login.is_shown() or not site.customers.in_menu():
            raise DeclarationMismatch(
                expected="宣言した職員IDとパスワードで職員がログインできること",
                observed=f"{site.describe()}が表示されました",
                hint="adapters.staff の login_id、password、path を確かめてください。",
            )


def _number(text: str) -> tuple[int, str]:
    digits = "".join(character for character in text if character.isdecimal())
    return (int(digits) if digits else 0, text)


def _kind(site: StaffSite, text: str) -> Kind:
    # Where there is one kind only, a table need not have a column for it.
    return Kind.HARDWARE if not text or site.is_hardware(text) else Kind.SOFTWARE


def _cannot(expected: str, site: StaffSite) -> SetupFailed:
    return SetupFailed(expected=expected, observed=f"{site.describe()}が表示されました")


def _accepted(site: StaffSite, expected: str) -> None:
    if site.alerts() or site.login.is_shown():
        raise _cannot(expected, site)
