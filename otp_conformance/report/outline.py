"""The manual's outline, as the requirements tell it: sections, their steps, what stands where.

The manual's own text is nobody's to hand on; its outline is in the catalogue, whose every
requirement names its section, its step and the lines that it came from.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from otp_conformance.language import say
from otp_conformance.specification.catalogue.model import Requirement
from otp_conformance.specification.manual import Manual

WHOLE = "全体"
"""The catalogue's word for the manual as a whole: no place in it."""
COVER = "表紙"
"""The catalogue's word for what stands before the first heading."""
PREAMBLE = "前文"
"""The catalogue's word for a section's text before its first step."""

_NO_STEP = frozenset({"", "—", "-"})
_RANGE = re.compile(r"L(\d+)(?:-(\d+))?")
_QUOTED = re.compile(r"「([^」]+)」")


@dataclass(frozen=True)
class Spot:
    """A place in the manual: the path of its sections, and the step; empty for the section."""

    path: tuple[str, ...]
    step: str = ""

    @property
    def name(self) -> str:
        """How it is named to readers, and in a mapping file."""
        return "＞".join((*self.path, self.step) if self.step else self.path)

    @property
    def anchor(self) -> str:
        """Its anchor in a page: short, because PDF allows of no long names."""
        return f"at-{hashlib.sha256(self.name.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Section:
    """One section: its own spots (itself, then its steps), in the order of the manual."""

    path: tuple[str, ...]
    spots: tuple[Spot, ...]

    @property
    def level(self) -> int:
        """How deep it lies, from 1."""
        return len(self.path)


@dataclass(frozen=True)
class Outline:
    """All sections in the manual's order; the spots of each requirement, and back."""

    sections: tuple[Section, ...]
    spots: Mapping[str, tuple[Spot, ...]]
    requirements: Mapping[Spot, tuple[Requirement, ...]]
    screens: Mapping[Spot, tuple[str, ...]]

    def first(self, requirement: Requirement) -> Spot:
        """Return the first place of a requirement: where it is told in full."""
        return self.spots[requirement.id][0]


def spots(requirement: Requirement) -> tuple[Spot, ...]:
    """Return where a requirement stands; both columns list several places with semicolons."""
    sections = [part.strip() for part in requirement.section.split(";")]
    steps = [part.strip() for part in requirement.step.split(";")]
    found: list[Spot] = []
    for section, step in zip_longest(sections, steps, fillvalue=""):
        path = tuple(section.split("＞"))
        each = (part.strip() for part in step.split("・"))
        found += [Spot(path, "" if part in _NO_STEP else part) for part in each]
    return tuple(dict.fromkeys(found))


def line_ranges(requirement: Requirement) -> list[tuple[int, int]]:
    """Return the lines (from 1, both ends inside) of the text that the catalogue was read from."""
    found = _RANGE.finditer(requirement.lines)
    return [(int(m[1]), int(m[2] or m[1])) for m in found]


def labels(requirement: Requirement) -> list[str]:
    """Return what a requirement quotes from the screens."""
    return list(dict.fromkeys(_QUOTED.findall(requirement.ja)))


def outline(requirements: Iterable[Requirement], manual: Manual) -> Outline:
    """Return the outline of all places that requirements name, in the manual's order."""
    rows = list(requirements)
    by_id = {row.id: spots(row) for row in rows}
    found: dict[Spot, list[Requirement]] = {}
    for row in rows:
        for spot in by_id[row.id]:
            found.setdefault(spot, []).append(row)
    begins = _beginnings(rows, by_id)
    paths = dict.fromkeys(
        spot.path[: depth + 1] for spot in found for depth in range(len(spot.path))
    )
    order = {path: number for number, path in enumerate(paths)}

    def place(path: tuple[str, ...]) -> tuple[int, ...]:
        # A section begins where the first thing in it does; one inside of it comes behind it.
        inside = [line for spot, line in begins.items() if spot.path[: len(path)] == path]
        own = min(inside, default=10**6)
        return (-1 if path == (WHOLE,) else own, len(path), order[path])

    sections = tuple(
        Section(path, _in_order([spot for spot in found if spot.path == path], begins))
        for path in sorted(paths, key=place)
    )
    return Outline(
        sections,
        by_id,
        {spot: tuple(each) for spot, each in found.items()},
        _screens(found, manual),
    )


def _beginnings(
    rows: Iterable[Requirement], by_id: Mapping[str, tuple[Spot, ...]]
) -> dict[Spot, int]:
    """Return the first line of each spot, as far as the requirements tell."""
    found: dict[Spot, int] = {}
    for row in rows:
        ranges = line_ranges(row)
        here = by_id[row.id]
        if len(here) == 1:
            ranges = ranges[:1]
        if len(ranges) == len(here):  # otherwise nobody knows which line is of which place
            for spot, (start, _) in zip(here, ranges, strict=True):
                found[spot] = min(start, found.get(spot, start))
    return found


def _in_order(here: Sequence[Spot], begins: Mapping[Spot, int]) -> tuple[Spot, ...]:
    def place(spot: Spot) -> tuple[int, int]:
        first = {"": 0, PREAMBLE: 1}.get(spot.step, 2)
        return first, begins.get(spot, 10**6)

    return tuple(sorted(here, key=place))


def _screens(
    found: Mapping[Spot, Sequence[Requirement]], manual: Manual
) -> dict[Spot, tuple[str, ...]]:
    """Return the screens of a spot: those whose title a requirement there quotes."""
    told: dict[Spot, dict[str, None]] = {}
    for screen in manual.judged.screens.values():
        titles = manual.labels.get(screen.title_key, ())
        if not titles:
            continue
        name = f"「{titles[0]}」"
        number = say(f"（画面ID {screen.id}）", f" (screen ID {screen.id})") if screen.id else ""
        for spot, rows in found.items():
            if any(label in titles for row in rows for label in labels(row)):
                told.setdefault(spot, {})[name + number] = None
    return {spot: tuple(names) for spot, names in told.items()}
