"""The staff's work through their screens: login, orders, dispatch, customers, one customer."""

from __future__ import annotations

from otp_conformance.agent.page import Control, PageView, Role
from otp_conformance.agent.port import UserAgent, UserAgents
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


class StaffLoginScreen(Screen):
    """職員ログイン."""

    def __init__(self, desk: Desk, path: str) -> None:
        super().__init__(desk, "login", staff=True)
        self._path = path

    def open(self) -> None:
        """Open the declared staff login page."""
        self._desk.open_path(self._path)


class CustomersScreen(Screen):
    """お客さま一覧, with a search by login ID."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "customers", staff=True)

    def in_menu(self) -> bool:
        """Tell whether the menu with this screen is in sight (somebody is logged in)."""
        return self.has_button("customers_link")

    def open(self) -> None:
        """Go there by the menu."""
        self.press("customers_link")

    def search(self, login_id: str) -> None:
        """Search for a login ID."""
        self.submit(login_id)

    def _link(self, login_id: str) -> Control:
        return Control(Role.LINK, (login_id, *self._desk.labels("staff.customer_title")))

    def found(self, login_id: str) -> bool:
        """Tell whether the search has found the customer."""
        return self._desk.agent.has(self._link(login_id))

    def open_customer(self, login_id: str) -> None:
        """Open the customer's page from the search's result."""
        self._desk.agent.press(self._link(login_id))


class CustomerScreen(Screen):
    """お客さま情報."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "customer", staff=True)

    def login_id(self) -> str:
        """Return whose page it is."""
        return self.fact("customer_id")

    def orders(self) -> tuple[dict[str, str], ...]:
        """Return the rows of the table of orders, by normalised column heading."""
        number = {normalise(label) for label in self._desk.labels("staff.order_number")}
        return tuple(row for row in self._desk.view().rows if number & row.keys())

    def cell(self, row: dict[str, str], key: str) -> str:
        """Return a cell of an order by the column's label key, empty if there is none."""
        for caption, value in row.items():
            if same(caption, self._desk.labels(key)):
                return value
        return ""

    def can_dispatch(self) -> bool:
        """Tell whether there is an open order."""
        return self.has_button("dispatch_link")

    def open_dispatch(self) -> None:
        """Go to the dispatch of the open order (the last one, if there are several)."""
        self._desk.agent.press(self._desk.action("staff.dispatch_link", last=True))

    def can_unlock(self) -> bool:
        """Tell whether a suspension can be lifted."""
        return self.has_button("unlock")

    def unlock(self, circumstances: str) -> None:
        """Note the circumstances and lift the suspension."""
        self._desk.fill("staff.circumstances", circumstances)
        self._desk.press("staff.unlock")

    def can_revoke(self) -> bool:
        """Tell whether there is a token to revoke."""
        return self.has_button("revoke")

    def revoke(self, reason: str) -> None:
        """Note the reason and retire the token."""
        self._desk.fill("staff.reason", reason)
        self._desk.press("staff.revoke")


class StaffSite:
    """One member of staff at one agent. ``path``: the staff login page."""

    def __init__(
        self, agent: UserAgent, declaration: Declaration, base_url: str, path: str
    ) -> None:
        self._desk = Desk(agent, declaration, base_url)
        self.login = StaffLoginScreen(self._desk, path)
        self.dispatch = Screen(self._desk, "dispatch", staff=True)
        self.customers = CustomersScreen(self._desk)
        self.customer = CustomerScreen(self._desk)

    @property
    def agent(self) -> UserAgent:
        """The user agent behind the screens."""
        return self._desk.agent

    def view(self) -> PageView:
        """Return what is on the page now."""
        return self._desk.view()

    def current(self) -> str | None:
        """Return the key of the screen in sight, None for one that is not the staff's."""
        return self._desk.recognise(self._desk.declaration.manual.staff_screens.values())

    def alerts(self) -> tuple[str, ...]:
        """Return the error messages on the page."""
        return self.view().alerts

    def describe(self) -> str:
        """Return title, error messages and HTTP status for readers."""
        return self._desk.describe()

    def is_hardware(self, text: str) -> bool:
        """Tell whether a kind's name, as printed, means hardware."""
        return self._desk.speaks_of(text, "kind.hardware")


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

    def dispatch(self, login_id: str, serial: str) -> str:
        """Allot a token to the customer's open order, send it, return its serial."""
        site = self._at_customer(login_id)
        if not site.customer.can_dispatch():
            raise _cannot(f"{login_id} の申請のトークンを発送できること", site)
        site.customer.open_dispatch()
        site.dispatch.require()
        site.dispatch.submit(serial)
        _accepted(site, f"{login_id} へトークン {serial} を発送できること")
        return serial

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
