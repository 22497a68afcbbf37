"""The top page (S-01) and the way from it to the portal."""

from __future__ import annotations

from otp_conformance.agent.page import Control, Role
from otp_conformance.screens.desk import Desk
from otp_conformance.screens.screen import Screen
from otp_conformance.text import normalise


class TopScreen(Screen):
    """The page after login."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "top")

    def menu(self, level: int) -> Control:
        """Return the menu item of a level (0 is the global navigation).

        Where levels bear equal names (AMB-38) the deeper one comes later on
        the page.
        """
        path = self._desk.declaration.navigation.portal
        before = {normalise(item) for item in path[:level]}
        last = normalise(path[level]) in before
        return Control(Role.ACTION, (path[level],), last=last, leads_only=True)

    def open_portal(self) -> None:
        """Walk the declared menu path to the portal."""
        for level in range(len(self._desk.declaration.navigation.portal)):
            self.choose(level)

    def choose(self, level: int) -> None:
        """Choose the menu item of one level of the declared path."""
        self._desk.about_to_send()
        self._desk.agent.press(self.menu(level))
