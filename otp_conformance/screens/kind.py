"""The choice of kind (S-03)."""

from __future__ import annotations

from otp_conformance.agent.page import ActionView, Control, FormRequest
from otp_conformance.screens.desk import Desk
from otp_conformance.screens.screen import Screen
from otp_conformance.specification.words import Kind
from otp_conformance.text import contains


class KindSelectionScreen(Screen):
    """トークン発行（選択）: one row a kind, each with its 選択."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "kind")

    def _select(self, kind: Kind) -> Control:
        return self._desk.action("kind.select", screen=self.key, row=f"kind.{kind}")

    def kinds_offered(self) -> tuple[Kind, ...]:
        """Return the kinds that can be chosen, in the page's order (CON-09, SCR-30, SCR-31)."""
        rows = [a.row for a in self._selections() if a.enabled]
        found = [
            (position, kind)
            for kind in Kind
            for position, row in enumerate(rows)
            if contains(row, self._desk.labels(f"kind.{kind}"))
        ]
        return tuple(kind for _, kind in sorted(found))

    def selections(self) -> int:
        """Return the number of 選択 on the page, whatever they select."""
        return len(self._selections())

    def _selections(self) -> list[ActionView]:
        names = self._desk.labels("kind.select")
        selector = self._desk.declaration.selector("kind.select", self.key)
        return [a for a in self._desk.view().actions if a.is_called(names, selector)]

    def can_choose(self, kind: Kind) -> bool:
        """Tell whether a kind is offered."""
        return kind in self.kinds_offered()

    def choose(self, kind: Kind) -> None:
        """Press the 選択 of a kind."""
        self._desk.about_to_send()
        self._desk.agent.press(self._select(kind))

    def request_of(self, kind: Kind) -> FormRequest:
        """Return the request that choosing a kind would send."""
        return self._desk.agent.form_request(self._select(kind))
