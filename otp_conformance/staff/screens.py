"""Staff screens: login, orders, dispatch, customers, one customer."""

from __future__ import annotations

from otp_conformance.agent.page import Control, PageView, Role
from otp_conformance.agent.port import UserAgent
from otp_conformance.declaration.model import Declaration
from otp_conformance.screens.desk import Desk
from otp_conformance.screens.screen import Screen
from otp_conformance.text import normalise, same


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
