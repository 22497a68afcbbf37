"""Where the requirements stand in an institution's own text of the manual.

Nothing is guessed. A heading counts where exactly one line can be it. A requirement gets a
line by the user's own mapping; by the catalogue's line numbers, where every heading was found
and all numbers fit; or by a label that it quotes and that stands on one line of its place
alone. Else it stays at its section or step, and where that is not found either, it has no
place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from otp_conformance.language import Text
from otp_conformance.report.outline import (
    COVER,
    PREAMBLE,
    WHOLE,
    Outline,
    Section,
    Spot,
    labels,
    line_ranges,
)
from otp_conformance.specification.catalogue.model import Requirement
from otp_conformance.text import normalise

_MARK = re.compile(r"【(.+?)】(.+)")
_DECORATION = re.compile(r"^[#\s]*\**\s*|\s*\**\s*$")
_STEP_RANGE = re.compile(r"(.*?)\s*(\d+)[–-](\d+)$")
_LONGEST_HEADING = 60
_FARTHEST = 100


class How(StrEnum):
    """By what a requirement's place in the text is known, the surest first."""

    MAPPED = "mapped"
    NUMBERED = "numbered"
    LABELLED = "labelled"
    OF_THE_WHOLE = "of_the_whole"
    AT_STEP = "at_step"
    NOWHERE = "nowhere"

    @property
    def text(self) -> Text:
        """It in words."""
        return _HOW[self]

    @property
    def settled(self) -> bool:
        """Whether the very line is known, or there is none to know."""
        return self not in {How.AT_STEP, How.NOWHERE}


_HOW = {
    How.MAPPED: Text("対応づけファイルによる", "by the mapping file"),
    How.NUMBERED: Text("要件一覧の行番号による", "by the line numbers of the requirement list"),
    How.LABELLED: Text("引用された画面の言葉による", "by the quoted words of the screen"),
    How.OF_THE_WHOLE: Text("手順書全体についてのもの", "about the manual as a whole"),
    How.AT_STEP: Text("この節・手順のどこか（行は不明）", "somewhere in this section or step"),
    How.NOWHERE: Text("場所が見つからない", "no place found"),
}


@dataclass(frozen=True)
class Told:
    """What the user says: first and last line of the manual in the text, headings, lines.

    All lines count from 1. ``headings``: the line of a spot or section by its name.
    """

    first: int | None = None
    last: int | None = None
    headings: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Unfound:
    """A heading that was not found, or several lines that may be it."""

    spot: Spot
    candidates: tuple[int, ...]


@dataclass(frozen=True)
class Placed:
    """A requirement's lines in the text (from 1), and by what they are known.

    ``unfound``: those of its spots that are not in the text, where it has several.
    """

    lines: tuple[int, ...]
    how: How
    unfound: tuple[Spot, ...] = ()


@dataclass(frozen=True)
class Block:
    """Lines of the text that belong to one spot; None: before the first heading found."""

    spot: Spot | None
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Placing:
    """A text with everything that could be placed in it.

    ``numbers_fit``: of the catalogue's line numbers, how many could be tried and how many
    fall where they belong. They are used only when all do, as they are or all moved by
    ``shift`` lines, and when every heading was found: else too few can be tried to tell that
    the text is the same. ``shift`` is None where they are not used.
    """

    text: tuple[str, ...]
    blocks: tuple[Block, ...]
    placed: Mapping[str, Placed]
    unfound: tuple[Unfound, ...]
    numbers_fit: tuple[int, int]
    shift: int | None
    at_line: Mapping[int, tuple[str, ...]]

    def count(self, *how: How) -> int:
        """Return how many requirements are placed in one of these ways."""
        return sum(placed.how in how for placed in self.placed.values())


def place(text: Sequence[str], known: Outline, told: Told) -> Placing:
    """Place every requirement of the outline in a text; ``told``: what the user says."""
    lines = _Lines(text, told)
    found, unfound = _headings(lines, known, told)
    regions, open_end = _regions(lines, known, found)
    rows = {row.id: row for each in known.requirements.values() for row in each}
    numbers = _Numbers(lines, known, regions, rows)
    shift = None if unfound else numbers.shift()
    placed = {
        identifier: _placed(row, known.spots[identifier], lines, regions, open_end, told, shift)
        for identifier, row in rows.items()
    }
    at_line: dict[int, list[str]] = {}
    for identifier in known.spots:
        for number in placed[identifier].lines:
            at_line.setdefault(number, []).append(identifier)
    return Placing(
        tuple(text),
        tuple(_blocks(lines, found)),
        placed,
        tuple(unfound),
        (len(numbers.tried), numbers.fit(shift or 0)),
        shift,
        {number: tuple(each) for number, each in at_line.items()},
    )


class _Lines:
    """The text's lines by number, as they are compared; what is left out reads as blank."""

    def __init__(self, text: Sequence[str], told: Told) -> None:
        first, last = told.first or 1, told.last or len(text)
        self.count = len(text)
        self.inside = range(first, last + 1)
        self.bare = [
            _bare(line) if number in self.inside else ""
            for number, line in enumerate(text, start=1)
        ]
        self.folded = [normalise(line) for line in self.bare]

    def blank(self, number: int) -> bool:
        return not self.folded[number - 1]

    def is_exactly(self, number: int, name: str) -> bool:
        if marked := _MARK.fullmatch(name):
            here = _MARK.fullmatch(self.bare[number - 1])
            return here is not None and here[1] == marked[1] and _ends(here[2], marked[2])
        return bool(self.folded[number - 1]) and self.folded[number - 1] == normalise(name)

    def is_with_addition(self, number: int, name: str) -> bool:
        """Tell whether a line is a name with something in brackets behind it."""
        line, wanted = (
            unicodedata.normalize("NFKC", each).replace(" ", "")
            for each in (self.bare[number - 1], name)
        )
        rest = line.removeprefix(wanted)
        return rest != line and re.fullmatch(r"\([^()]*\)", rest) is not None

    def begins_with(self, number: int, step: str) -> bool:
        """Tell whether a line begins with a step's name, and not with that of 手順10 for 手順1."""
        line, wanted = (
            unicodedata.normalize("NFKC", each).replace(" ", "").casefold()
            for each in (self.bare[number - 1], step)
        )
        rest = line.removeprefix(wanted)
        return rest != line and not rest[:1].isdigit()


def _bare(line: str) -> str:
    """Return a line without the marks by which text formats set headings off."""
    return _DECORATION.sub("", line).strip()


def _ends(line: str, name: str) -> bool:
    """Tell whether a heading's words end with those of a name: the manual may say more."""
    return len(line) <= _LONGEST_HEADING and normalise(line).endswith(normalise(name))


def _headings(lines: _Lines, known: Outline, told: Told) -> tuple[dict[Spot, int], list[Unfound]]:
    """Return the line of each section and step that is certain, and what is not."""
    found: dict[Spot, int] = {}
    unfound: list[Unfound] = []
    sections = [s for s in known.sections if s.path not in {(WHOLE,), (COVER,)}]
    at = _sections(lines, sections, told)
    for number, section in enumerate(sections):
        heading = Spot(section.path)
        here = at[number]
        if not isinstance(here, int):
            unfound.append(Unfound(heading, tuple(here)))
            unfound += [Unfound(spot, ()) for spot in section.spots if spot.step]
            continue
        found[heading] = here
        later = [line for line in at[number + 1 :] if isinstance(line, int)]
        region = range(found[heading] + 1, min(later, default=lines.inside.stop))
        _steps(lines, section, region, told, found, unfound)
    for spot in (s for section in known.sections for s in section.spots):
        if spot not in found and spot.name in told.headings:
            found[spot] = told.headings[spot.name]
    return found, [each for each in unfound if each.spot not in found]


def _sections(lines: _Lines, sections: Sequence[Section], told: Told) -> list[int | list[int]]:
    """Return the line of each section's heading; a list where none or several may be it."""
    exact, loose = [], []
    for section in sections:
        name = section.path[-1]
        exact.append([n for n in lines.inside if lines.is_exactly(n, name)])
        loose.append([n for n in lines.inside if lines.is_with_addition(n, name)])
    at: list[int | None] = [told.headings.get(Spot(s.path).name) for s in sections]
    changed = True
    while changed:
        changed = False
        for number, line in enumerate(at):
            fitting = _between(at, number, exact, loose) if line is None else []
            if len(fitting) == 1:
                at[number] = fitting[0]
                changed = True
    return [
        _between(at, number, exact, loose) if line is None else line
        for number, line in enumerate(at)
    ]


def _between(
    at: Sequence[int | None], number: int, exact: list[list[int]], loose: list[list[int]]
) -> list[int]:
    """Return the lines that may be a heading, between the headings that are known."""
    after = max((n for n in at[:number] if n is not None), default=0)
    before = min((n for n in at[number + 1 :] if n is not None), default=10**9)
    fitting = [[n for n in each[number] if after < n < before] for each in (exact, loose)]
    return fitting[0] or fitting[1]


def _steps(
    lines: _Lines,
    section: Section,
    region: range,
    told: Told,
    found: dict[Spot, int],
    unfound: list[Unfound],
) -> None:
    """Find the steps of a section; its preamble begins below its heading."""
    for spot in section.spots:
        if spot.step in {"", PREAMBLE}:
            if spot.step:
                found[spot] = region.start
            continue
        if spot.name in told.headings:
            found[spot] = told.headings[spot.name]
            continue
        spread = _STEP_RANGE.fullmatch(spot.step)
        name = f"{spread[1]}{spread[2]}" if spread else spot.step
        fitting = [n for n in region if lines.begins_with(n, name)]
        if len(fitting) == 1:
            found[spot] = fitting[0]
        else:
            unfound.append(Unfound(spot, tuple(fitting)))


def _regions(
    lines: _Lines, known: Outline, found: Mapping[Spot, int]
) -> tuple[dict[Spot, range], set[Spot]]:
    """Return the lines of each spot that was found; and those whose end is not certain.

    The end is not certain where the next place of the outline was not found.
    """
    order = [s for section in known.sections for s in (Spot(section.path), *section.spots)]
    order = [s for s in dict.fromkeys(order) if s.path not in {(WHOLE,), (COVER,)}]
    starts = sorted(set(found.values()))
    regions: dict[Spot, range] = {}
    open_end: set[Spot] = set()
    for number, spot in enumerate(order):
        if spot not in found:
            continue
        start = found[spot]
        end = min((n for n in starts if n > start), default=lines.inside.stop)
        regions[spot] = range(start, end)
        if any(each not in found for each in order[number + 1 : number + 2]):
            open_end.add(spot)
    first = min(starts, default=lines.inside.stop)
    regions[Spot((COVER,))] = range(lines.inside.start, first)
    if not starts:
        open_end.add(Spot((COVER,)))
    return regions, open_end


class _Numbers:
    """The catalogue's line numbers, tried on a text.

    Of a requirement with a place that was not found none can be tried; as it is of what
    speaks of the whole manual.
    """

    def __init__(
        self,
        lines: _Lines,
        known: Outline,
        regions: Mapping[Spot, range],
        rows: Mapping[str, Requirement],
    ) -> None:
        self._lines = lines
        self.tried = [
            (start, end, [regions[spot] for spot in known.spots[identifier]])
            for identifier, row in rows.items()
            if all(spot in regions for spot in known.spots[identifier])
            for start, end in line_ranges(row)
        ]

    def fit(self, shift: int) -> int:
        """Return how many fit, all moved by so many lines."""
        return sum(self._fits(start + shift, end + shift, here) for start, end, here in self.tried)

    def shift(self) -> int | None:
        """Return by how many lines all of them fit: none, or else the one way that there is."""
        wanted = len(self.tried)
        if not wanted or self.fit(0) == wanted:
            return 0 if wanted else None
        ways = [by for by in range(-_FARTHEST, _FARTHEST + 1) if self.fit(by) == wanted]
        return ways[0] if len(ways) == 1 else None

    def _fits(self, start: int, end: int, here: Sequence[range]) -> bool:
        """Tell whether lines begin and end with text, and end within a place.

        The first line may be the heading of the section around a step.
        """
        lines = self._lines
        if not 0 < start <= end <= lines.count or lines.blank(start) or lines.blank(end):
            return False
        return any(end in region for region in here)


def _placed(
    row: Requirement,
    here: Sequence[Spot],
    lines: _Lines,
    regions: Mapping[Spot, range],
    open_end: set[Spot],
    told: Told,
    shift: int | None,
) -> Placed:
    if row.id in told.lines:
        return Placed(told.lines[row.id], How.MAPPED)
    found = [spot for spot in here if spot in regions]
    whole = any(spot.path == (WHOLE,) for spot in here)
    unfound = tuple(spot for spot in here if spot not in regions and spot.path != (WHOLE,))
    if shift is not None and found and not whole:
        ranges = [range(start + shift, end + shift + 1) for start, end in line_ranges(row)]
        numbers = tuple(n for each in ranges for n in each if not lines.blank(n))
        return Placed(numbers, How.NUMBERED)
    quoted = tuple(sorted(set(_labelled(row, found, lines, regions, open_end))))
    if quoted:
        return Placed(quoted, How.LABELLED, unfound)
    if whole:
        return Placed((), How.OF_THE_WHOLE, unfound)
    return Placed((), How.AT_STEP if found else How.NOWHERE, unfound)


def _labelled(
    row: Requirement,
    found: Sequence[Spot],
    lines: _Lines,
    regions: Mapping[Spot, range],
    open_end: set[Spot],
) -> Iterator[int]:
    """Yield the lines that alone within a place have what a requirement quotes."""
    for label in map(normalise, labels(row)):
        for spot in found:
            if spot in open_end or not label:
                continue
            having = [n for n in regions[spot] if label in lines.folded[n - 1]]
            if len(having) == 1:
                yield having[0]


def _blocks(lines: _Lines, found: Mapping[Spot, int]) -> Iterator[Block]:
    """Yield the text in its order, cut at every place that was found."""
    # Of a section and its preamble on one line the nearer one, which has the longer name.
    nearer = sorted(found.items(), key=lambda each: len(each[0].name))
    starts = {line: spot for spot, line in nearer}
    cuts = sorted(starts)
    first = cuts[0] if cuts else lines.count + 1
    if first > 1:
        yield Block(None, tuple(range(1, first)))
    for start, end in pairwise([*cuts, lines.count + 1]):
        yield Block(starts[start], tuple(range(start, end)))
