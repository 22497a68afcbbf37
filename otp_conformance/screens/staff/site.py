"""The staff's site: all its screens over one user agent."""

from __future__ import annotations

from otp_conformance.declaration.model import Declaration
from otp_conformance.screens.desk import Desk
from otp_conformance.screens.keys import StaffScreenKey
from otp_conformance.screens.staff.screens import (
    CustomerScreen,
    CustomersScreen,
    DispatchScreen,
    OrdersScreen,
    StaffLoginScreen,
)
from otp_conformance.sut.page import PageView
from otp_conformance.sut.ports import UserAgent


class StaffSite:
    """One member of staff at one agent. ``path``: the staff login page."""

    def __init__(
        self, agent: UserAgent, declaration: Declaration, base_url: str, path: str
    ) -> None:
        self._desk = Desk(agent, declaration, base_url)
        self.login = StaffLoginScreen(self._desk, path)
        self.orders = OrdersScreen(self._desk)
        self.dispatch = DispatchScreen(self._desk)
        self.customers = CustomersScreen(self._desk)
        self.customer = CustomerScreen(self._desk)

    @property
    def agent(self) -> UserAgent:
        """The user agent behind the screens."""
        return self._desk.agent

    def view(self) -> PageView:
        """Return what is on the page now."""
        return self._desk.view()

    def current(self) -> StaffScreenKey | None:
        """Return the screen in sight, None for one that is not the staff's."""
        return self._desk.recognise(StaffScreenKey)

    def alerts(self) -> tuple[str, ...]:
        """Return the error messages on the page."""
        return self.view().alerts

    def describe(self) -> str:
        """Return title, error messages and HTTP status for readers."""
        return self._desk.describe()

    def is_hardware(self, text: str) -> bool:
        """Tell whether a kind's name, as printed, means hardware."""
        return self._desk.speaks_of(text, "kind.hardware")
