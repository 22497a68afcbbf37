"""The portal (S-02): status, notices and the three buttons."""

from __future__ import annotations

import re

from otp_conformance.screens.desk import Desk, Presence
from otp_conformance.screens.screen import Screen
from otp_conformance.specification.words import Status
from otp_conformance.text import contains, same

ISSUE = "portal.issue"
ACTIVATE = "portal.activate"
DEACTIVATE = "portal.deactivate"
# What makes another status of one that is named beside it.
_OTHERWISE = re.compile("ない|ません|停止|予定|申請中|手続き?中|ロック|期限切れ|解除")
STATUSES = (Status.NOT_REGISTERED, Status.ISSUED, Status.IN_SERVICE)
"""The manual's three (CON-21); the label of each is ``status.<its value>``."""


class PortalScreen(Screen):
    """ワンタイムパスワード申請内容選択."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "portal")

    def status_text(self) -> str:
        """Return the status as printed, empty if the page shows none (SCR-11)."""
        return self.fact("status")

    def statuses_of_others(self) -> tuple[str, ...]:
        """Return what stands beside it in the same column: other services of the bank."""
        return self._desk.column(self.described.part("status")).others

    def status(self) -> Status | None:
        """Return the status, None for none of the manual's three (CON-21)."""
        text = self.status_text()
        for status in STATUSES:
            if same(text, self._desk.labels(f"status.{status}")):
                return status
        declared = self._desk.declaration
        others = (*declared.statuses.additional, declared.issue.intermediate_status)
        if same(text, filter(None, others)) or _OTHERWISE.search(text):
            return None
        # More may stand beside it: since when, or of which token.
        told = [s for s in STATUSES if contains(text, self._desk.labels(f"status.{s}"))]
        return told[0] if len(told) == 1 else None

    def offers(self, button: str) -> Presence:
        """Tell how a button is presented (``button``: ISSUE, ACTIVATE or DEACTIVATE)."""
        return self._desk.presence(button, screen=self.key)

    def can_press(self, button: str) -> bool:
        """Tell whether a button is there and enabled."""
        return self.offers(button) is Presence.ENABLED
