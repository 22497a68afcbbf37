"""The portal (S-02): status, notices and the three buttons."""

from __future__ import annotations

from otp_conformance.agent.page import FormRequest
from otp_conformance.screens.keys import Presence, ScreenKey
from otp_conformance.screens.screen import Screen
from otp_conformance.specification.words import Status
from otp_conformance.text import same

ISSUE = "portal.issue"
ACTIVATE = "portal.activate"
DEACTIVATE = "portal.deactivate"
BUTTONS = (ISSUE, ACTIVATE, DEACTIVATE)

_STATUSES = {
    "status.not_registered": Status.NOT_REGISTERED,
    "status.issued": Status.ISSUED,
    "status.in_service": Status.IN_SERVICE,
}


class PortalScreen(Screen):
    """ワンタイムパスワード申請内容選択."""

    key = ScreenKey.PORTAL

    def status_text(self) -> str:
        """Return the status as printed, empty if the page shows none (SCR-11)."""
        return self._desk.fact("portal.status") or ""

    def status(self) -> Status | None:
        """Return the status, None for none of the manual's three (CON-21)."""
        text = self.status_text()
        for key, status in _STATUSES.items():
            if same(text, self._desk.labels(key)):
                return status
        return None

    def offers(self, button: str) -> Presence:
        """Tell how a button is presented (``button``: ISSUE, ACTIVATE or DEACTIVATE)."""
        return self._desk.presence(button)

    def can_press(self, button: str) -> bool:
        """Tell whether a button is there and enabled."""
        return self.offers(button) is Presence.ENABLED

    def request(self, button: str) -> FormRequest:
        """Return the request that a button would send, to be replayed elsewhere."""
        return self._desk.agent.form_request(self._desk.action(button))

    def press(self, button: str) -> None:
        """Press a button (ISSUE, ACTIVATE or DEACTIVATE)."""
        self._desk.press(button)

    def press_issue(self) -> None:
        """Press トークン発行."""
        self._desk.press(ISSUE)

    def press_activate(self) -> None:
        """Press ワンタイムパスワード利用開始."""
        self._desk.press(ACTIVATE)

    def press_deactivate(self) -> None:
        """Press ワンタイムパスワード利用解除."""
        self._desk.press(DEACTIVATE)

    def to_top(self) -> None:
        """Go back to the top page."""
        self._desk.press("portal.to_top")
