"""What assistive technology gets from a page, and what keyboard and clipboard can do there.

Part of the port `UserAgent`; only a browser knows. Nothing here holds what a field holds:
places are told by captions, headings and kinds of element.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from otp_conformance.agent.page import Control


@dataclass(frozen=True)
class Violation:
    """Something that axe-core is sure of.

    ``rule`` is its name there; ``criteria``: numbers of WCAG success criteria; ``impact``:
    minor, moderate, serious or critical; ``place``: the element in words.
    """

    rule: str
    criteria: tuple[str, ...]
    impact: str
    place: str


@dataclass(frozen=True)
class ControlAccess:
    """A control as the browser hands it to a screen reader, and what it is made of.

    ``role``, ``name``, ``description``, ``required`` and ``invalid`` are the accessibility
    tree's. ``autocomplete``: the purposes named there; ``readonly``: nothing can be typed;
    ``context``: what stands around it for a screen reader, too (its own list item, cell,
    paragraph, the heading cell of its row, the name of its group); ``before``: what is read
    out between it and the control before it; ``drawn_mark``: it is marked as required by a
    picture or a style alone; ``holds``: something is typed in; ``called``: under which of
    the keys asked for it goes.
    """

    role: str
    name: str
    description: str
    required: bool
    invalid: bool
    place: str
    autocomplete: tuple[str, ...] = ()
    readonly: bool = False
    context: str = ""
    before: str = ""
    drawn_mark: bool = False
    holds: bool = False
    called: frozenset[str] = frozenset()

    @property
    def is_field(self) -> bool:
        """Whether text is typed into it."""
        return self.role in {"textbox", "searchbox", "spinbutton"}


@dataclass(frozen=True)
class Stage:
    """A stage of a progress display: its text, and whether more than its looks tells it is now."""

    text: str
    told: bool
    apart: bool


@dataclass(frozen=True)
class Examination:
    """A page at one width (CSS px).

    ``live``: what is read out by itself (role alert or status, aria-live); ``focused``: the
    text of the element that has the focus, with what describes it; ``sticks_out``: what does
    not fit the width, by how many px; ``tracks``: rows of short texts, stages of a procedure
    maybe.
    """

    width: int
    title: str
    language: str
    violations: tuple[Violation, ...]
    controls: tuple[ControlAccess, ...]
    live: tuple[str, ...]
    focused: str
    sticks_out: tuple[str, ...]
    tracks: tuple[tuple[Stage, ...], ...]


@dataclass(frozen=True)
class Tour:
    """A way through the page by the Tab key.

    ``missed``: controls in sight that never had the focus; ``trapped``: where the focus went
    round without coming out, Escape included, empty if nowhere; ``unseen``: elements that
    look the same with the focus and without.
    """

    missed: tuple[str, ...]
    trapped: str
    unseen: tuple[str, ...]


class Accessibility(Protocol):
    """Looks at the page in the foreground as assistive technology does.

    Raises `EnvironmentTrouble` where the page could not be examined: nothing is known then.
    """

    def examine(self, width: int, fields: Mapping[str, Control]) -> Examination:
        """Examine the page at a width in CSS px; the window has its old size afterwards.

        ``fields``: fields to be told apart, by any keys.
        """

    def tour(self) -> Tour:
        """Go through the page by the Tab key, once around."""

    def paste(self, field: Control, value: str) -> str:
        """Paste a value into an emptied field, and return what it holds.

        What is returned may be secret.
        """

    def press_by_keys(self, control: Control) -> None:
        """Give a button the focus and press Enter; where nothing comes of it, Space."""
