"""The ids of scenarios and of example rows: their form, and the register of all ever given.

A scenario has the requirement under which it mainly stands and a running number
(``LCK-01/3``), a row of an outline the number of its own behind it (``LCK-01/3.2``).
Names, lines and files may change; an id never does, and none is given twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, PositiveInt

from otp_conformance.specification.catalogue import read
from otp_conformance.specification.catalogue.model import Entry, Filled

TAG = "@id:"
COLUMN = "番号"
FILE = "ids.toml"
"""The register, beside the requirements."""

_SCENARIO = r"[A-Z]{3}-[0-9]{2}/[1-9][0-9]*"
_ROW_NUMBER = r"[1-9][0-9]*"
ScenarioId = Annotated[str, Field(pattern=rf"^{_SCENARIO}(\.{_ROW_NUMBER})?$")]


def scenario_part(tag: str) -> str:
    """Return the id that a tag gives to a scenario or outline; empty when it gives none."""
    value = tag.removeprefix(TAG)
    return value if tag.startswith(TAG) and re.fullmatch(_SCENARIO, value) else ""


def is_row_number(cell: str) -> bool:
    """Tell whether a cell of the column 番号 can complete an outline's id."""
    return re.fullmatch(_ROW_NUMBER, cell) is not None


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an id, of a scenario or of a row."""
    return re.fullmatch(rf"{_SCENARIO}(?:\.{_ROW_NUMBER})?", text) is not None


def split(identifier: str) -> tuple[str, int]:
    """Return under what an id was numbered, and its number.

    ``LCK-01/3`` is number 3 of ``LCK-01``, ``LCK-01/3.2`` number 2 of ``LCK-01/3``.
    """
    under, _, number = identifier.replace(".", "/").rpartition("/")
    return under, int(number)


def order(identifier: str) -> tuple[str | int, ...]:
    """Return by what ids are ordered: requirement, number, row."""
    return tuple(int(part) if part.isdecimal() else part for part in re.split(r"[/.]", identifier))


class Withdrawn(Entry):
    """An id that no scenario has any more, and why; that of an outline stands for its rows."""

    id: ScenarioId
    reason_ja: Filled
    reason_en: Filled


class _File(Entry):
    given: Mapping[str, PositiveInt] = {}
    withdrawn: tuple[Withdrawn, ...] = ()


@dataclass(frozen=True)
class Register:
    """All ids ever given. ``given``: the last number under a requirement or an outline."""

    given: Mapping[str, int]
    withdrawn: Mapping[str, Withdrawn]

    def __contains__(self, identifier: str) -> bool:
        """Tell whether an id was ever given, withdrawn ones included."""
        under, number = split(identifier)
        return number <= self.given.get(under, 0)

    def gone(self, identifier: str) -> Withdrawn | None:
        """Return how an id, or the outline that it was a row of, was withdrawn."""
        return self.withdrawn.get(identifier) or self.withdrawn.get(identifier.partition(".")[0])

    def standing(self) -> Iterator[str]:
        """Yield every id that some scenario must have; outlines' as those of their rows."""
        for under, last in self.given.items():
            sign = "." if "/" in under else "/"
            for number in range(1, last + 1):
                identifier = f"{under}{sign}{number}"
                if identifier not in self.given and self.gone(identifier) is None:
                    yield identifier

    def next_under(self, under: str, used: Collection[str] = ()) -> str:
        """Return the next free id under a requirement or an outline, ``used`` ones left out."""
        numbers = [n for u, n in map(split, used) if u == under]
        last = max(self.given.get(under, 0), *numbers, 0)
        return f"{under}{'.' if '/' in under else '/'}{last + 1}"


def load(folder: Path) -> Register:
    """Return the register in a folder of requirements; an empty one when there is none.

    Raises `CatalogueError` for a file of another form.
    """
    if not (folder / FILE).exists():
        return Register({}, {})
    file = read.entry(_File, read.toml(folder, FILE), FILE, "")
    return Register(file.given, {entry.id: entry for entry in file.withdrawn})
