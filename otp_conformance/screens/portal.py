"""The portal (S-02): status, notices and the three buttons."""

from __future__ import annotations

from otp_conformance.screens.desk import Desk, Presence
from otp_conformance.screens.screen import Screen
from otp_conformance.specification.words import Status
from otp_conformance.text import same

ISSUE = "portal.issue"
ACTIVATE = "portal.activate"
DEACTIVATE = "portal.deactivate"
STATUSES = (Status.NOT_REGISTERED, Status.ISSUED, Status.IN_SERVICE)
"""The manual's three (CON-21); the label of each is ``status.<its value>``."""


class PortalScreen(Screen):
    """ワンタイムパスワード申請内容選択."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "portal")

    def status_text(self) -> str:
        """Return the status as printed, empty if the page shows none (SCR-11)."""
        return self.fact("status")

    def status(self) -> Status | None:
        """Return the status, None for none of the manual's three (CON-21)."""
        text = self.status_text()
        for status in STATUSES:
            if same(text, self._desk.labels(f"status.{status}")):
                return status
        return None

    def offers(self, button: str) -> Presence:
        """Tell how a button is presented (``button``: ISSUE, ACTIVATE or DEACTIVATE)."""
        return self._desk.presence(button, screen=self.key)

    def can_press(self, button: str) -> bool:
        """Tell whether a button is there and enabled."""
        return self.offers(button) is Presence.ENABLED
