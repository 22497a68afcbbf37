"""The choice of kind (S-03)."""

from __future__ import annotations

from otp_conformance.agent.page import ActionView, ChoiceView, Control, FormRequest, Role
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

    def _cards(self, kind: Kind) -> list[tuple[ChoiceView, str]]:
        """Return what is ticked, or the list and its text, for a kind: one button goes on."""
        labels, choices = self._desk.labels(f"kind.{kind}"), self._desk.view().choices
        boxes = [c for c in choices if not c.options]
        ticked = [c for c in boxes if contains(c.label, labels)]
        ticked = ticked or [c for c in boxes if contains(c.row, labels)]
        listed = [(c, o) for c in choices for o in c.options if contains(o, labels)]
        return [*((c, "") for c in ticked), *listed]

    def _by_card(self) -> bool:
        """Tell whether the kind is chosen first: no row of a kind has a button of its own."""
        named = [self._desk.labels(f"kind.{kind}") for kind in Kind]
        rows = [action.row for action in self._selections()]
        own = len(rows) > 1 and any(contains(row, labels) for labels in named for row in rows)
        return not own and any(self._cards(kind) for kind in Kind)

    def _ready(self, kind: Kind) -> Control:
        """Choose a kind where that comes first; return the button that goes on."""
        if not self._by_card():
            return self._select(kind)
        key = f"kind.{kind}"
        for card, option in self._cards(kind)[:1]:
            names = (card.label,) if card.label else self._desk.labels(key)
            self._desk.agent.choose(Control(Role.CHOICE, names, key=key), option)
        return self._desk.action("kind.select", screen=self.key)

    def rows(self) -> list[str]:
        """Return the texts of the rows, or cards, in which something can be chosen."""
        if self._by_card():
            cards = [card for kind in Kind for card in self._cards(kind)]
            return [option or f"{card.label} {card.row}" for card, option in cards]
        return [action.row for action in self._selections() if action.enabled]

    def kinds_offered(self) -> tuple[Kind, ...]:
        """Return the kinds that can be chosen, in the page's order (CON-09, SCR-30, SCR-31)."""
        if self._by_card():
            return tuple(kind for kind in Kind if self._cards(kind))
        found = [
            (position, kind)
            for kind in Kind
            for position, row in enumerate(self.rows())
            if contains(row, self._desk.labels(f"kind.{kind}"))
        ]
        return tuple(kind for _, kind in sorted(found))

    def selections(self) -> int:
        """Return the number of 選択 on the page, whatever they select."""
        if self._by_card():
            return sum(len(self._cards(kind)) for kind in Kind)
        return len(self._selections())

    def _selections(self) -> list[ActionView]:
        names = self._desk.labels("kind.select")
        selector = self._desk.declaration.selector("kind.select", self.key)
        return [a for a in self._desk.view().actions if a.is_called(names, selector)]

    def can_choose(self, kind: Kind) -> bool:
        """Tell whether a kind is offered."""
        return kind in self.kinds_offered()

    def choose(self, kind: Kind) -> None:
        """Press the 選択 of a kind, or tick its card and go on."""
        button = self._ready(kind)
        self._desk.about_to_send()
        self._desk.agent.press(button)

    def request_of(self, kind: Kind) -> FormRequest:
        """Return the request that choosing a kind would send."""
        return self._desk.agent.form_request(self._ready(kind))
