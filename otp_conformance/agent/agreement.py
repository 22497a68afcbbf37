"""Boxes that have to be ticked before one may go on: read, understood, agreed to."""

from __future__ import annotations

from collections.abc import Sequence

from otp_conformance.agent.page import ChoiceView, Control, PageView, Role
from otp_conformance.agent.port import UserAgent
from otp_conformance.text import contains, normalise

_DECLINES = ("ない", "ません", "しかねる", "いいえ")


def agree(agent: UserAgent, words: Sequence[str]) -> None:
    """Tick what a customer who goes on has to tick; ``words``: what such a box speaks of."""
    for box in wanted(agent.view(), words):
        agent.choose(Control(Role.CHOICE, (box.label,)))


def wanted(view: PageView, words: Sequence[str]) -> list[ChoiceView]:
    """Return the boxes and radio buttons of a page that agree to something, not ticked yet."""
    return [
        box
        for box in view.choices
        if not (box.chosen or box.options)
        and contains(box.label, words)
        and not normalise(box.label).endswith(_DECLINES)
    ]
