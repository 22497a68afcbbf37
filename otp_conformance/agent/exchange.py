"""What went between a client and the site: requests and answers, for whoever must explain a step.

Values stay in this process: what of them may be written down is decided where it is written.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from otp_conformance.agent.model import PageModel
from otp_conformance.agent.tree import Node

MOST = 20
"""So many exchanges of a client are remembered, the latest; no step of a scenario needs more."""
MOST_FIELDS = 40
_LONGEST_NAME = 80
_CHOSEN = {"checkbox", "radio", "select"}


@dataclass(frozen=True)
class FormField:
    """A field of a form: its parameter name, what the page calls it, and its HTML type."""

    name: str
    label: str
    kind: str


@dataclass(frozen=True)
class SentValue:
    """One named value of a request. ``chosen``: it was chosen among some, not typed."""

    name: str
    value: str = field(repr=False)
    label: str = ""
    chosen: bool = False


@dataclass(eq=False)
class Exchange:
    """A request and its answer.

    ``at``: when it left (s since 1970, this machine's clock); ``address`` as it was, to be
    shortened before it is shown; ``status``: None until it is answered; ``unsent``: what a
    person would call the fields of the form whose values it does not carry.
    """

    at: float
    method: str
    address: str = field(repr=False)
    status: int | None = None
    fields: tuple[SentValue, ...] = ()
    unsent: tuple[str, ...] = ()


class Exchanges:
    """The latest exchanges of one client, until they are taken."""

    def __init__(self) -> None:
        self._kept: deque[Exchange] = deque(maxlen=MOST)
        self._form: tuple[FormField, ...] = ()
        self._known: dict[str, FormField] = {}

    def expect(self, form: tuple[FormField, ...]) -> None:
        """Note the form that the next request with values is about."""
        self._form = form
        self._known |= {each.name: each for each in form if each.name}

    def add(self, method: str, address: str, pairs: Iterable[tuple[str, str]]) -> Exchange:
        """Remember a request; its answer's status is noted on what is returned."""
        sent = list(pairs)[:MOST_FIELDS]
        exchange = Exchange(
            time.time(),
            method,
            address,
            fields=tuple(self._explained(name, value) for name, value in sent),
            unsent=self._lacking({name for name, _ in sent}),
        )
        self._kept.append(exchange)
        return exchange

    def take(self) -> tuple[Exchange, ...]:
        """Return what was remembered since the last time, oldest first, and forget it."""
        kept, self._kept = self._kept, deque(maxlen=MOST)
        return tuple(kept)

    def _explained(self, name: str, value: str) -> SentValue:
        known = self._known.get(name)
        label, chosen = (known.label, known.kind in _CHOSEN) if known else ("", False)
        return SentValue(name[:_LONGEST_NAME], value, label, chosen)

    def _lacking(self, names: set[str]) -> tuple[str, ...]:
        """Return the form's fields that are not among these; nothing sent is about no form."""
        if not names:
            return ()
        form, self._form = self._form, ()
        lacking = (each for each in form if each.name not in names)
        return tuple(dict.fromkeys(each.label or each.name for each in lacking))


def form_of(model: PageModel, node: Node) -> tuple[FormField, ...]:
    """Return the fields that a person sees in the form of a button (or around a script's one)."""
    found = [*model.fields, *model.choices]
    if node.form is not None:
        found = [each for each in found if each.node.form == node.form]
    elif node.is_link:
        return ()
    return tuple(
        FormField(name, each.name[:_LONGEST_NAME], each.node.kind)
        for each in found
        for name in dict.fromkeys(box.get("name") for box in each.boxes)
    )
