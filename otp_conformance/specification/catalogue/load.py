"""Reading the catalogue and checking that it hangs together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from otp_conformance.language import say
from otp_conformance.specification.catalogue import read
from otp_conformance.specification.catalogue.errors import CatalogueError, Fault
from otp_conformance.specification.catalogue.model import (
    Ambiguity,
    Catalogue,
    Parameter,
    Requirement,
    RequirementSet,
    Term,
)

_SET = "set.toml"
_REQUIREMENTS = "requirements.csv"
_AMBIGUITIES = "ambiguities.toml"
_PARAMETERS = "parameters.toml"
_GLOSSARY = "glossary.toml"
_FROZEN = (_REQUIREMENTS, _AMBIGUITIES, _PARAMETERS)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=_Named)


def _numbered(entries: Iterable[Entry], file: str, order: Iterable[str]) -> dict[str, Entry]:
    """Return entries by ID; IDs must run from 01 without a gap in each prefix."""
    found: dict[str, Entry] = {}
    prefixes = list(order)
    at, number = 0, 0
    for item in entries:
        prefix = item.id.partition("-")[0]
        if item.id in found:
            raise read.failed(file, item.id, "IDが重複しています。", "the ID is there twice.")
        if prefix not in prefixes:
            raise read.failed(
                file, item.id, "章が set.toml にありません。", "its chapter is not in set.toml."
            )
        if prefixes.index(prefix) != at:
            at, number = prefixes.index(prefix), 0
        number += 1
        expected = f"{prefix}-{number:02}"
        if item.id != expected:
            raise read.failed(
                file,
                item.id,
                f"ここには {expected} が必要です（番号は欠けなく、順に）。",
                f"{expected} is due here (numbers run on, in order).",
            )
        found[item.id] = item
    return found


def _chapters(requirements: Mapping[str, Requirement]) -> Iterator[Fault]:
    for item in requirements.values():
        if not item.id.startswith(f"{item.chapter}-"):
            yield Fault(
                _REQUIREMENTS,
                item.id,
                say(
                    f"章 {item.chapter} がIDと合いません。",
                    f"chapter {item.chapter} contradicts it.",
                ),
            )


def _links(
    requirements: Mapping[str, Requirement], others: Mapping[str, Ambiguity | Parameter], file: str
) -> Iterator[Fault]:
    """Yield the references between requirements and another file that go one way only."""
    forth = {
        (item.id, other)
        for item in requirements.values()
        for other in (item.ambiguities if file == _AMBIGUITIES else item.ixit)
    }
    back = {(row, other.id) for other in others.values() for row in other.rows}
    for row, other in sorted(forth - back):
        yield Fault(
            _REQUIREMENTS,
            row,
            say(
                f"{other} を参照していますが、{file} の {other} に {row} がありません。",
                f"refers to {other}, but {file} does not list {row} there.",
            ),
        )
    for row, other in sorted(back - forth):
        yield Fault(
            file,
            other,
            say(
                f"{row} を挙げていますが、{_REQUIREMENTS} の {row} は {other} を参照していません。",
                f"lists {row}, but {_REQUIREMENTS} has no reference from {row} to it.",
            ),
        )


def _parameters_exist(
    ambiguities: Mapping[str, Ambiguity], parameters: Mapping[str, Parameter]
) -> Iterator[Fault]:
    for item in ambiguities.values():
        for wanted in item.ixit:
            if wanted not in parameters:
                yield Fault(
                    _AMBIGUITIES,
                    item.id,
                    say(f"{wanted} という項目はありません。", f"there is no parameter {wanted}."),
                )


def _counts(catalogue: Catalogue) -> Iterator[Fault]:
    real: Counter[str] = Counter(item.force.value for item in catalogue.requirements.values())
    real["requirements"] = len(catalogue.requirements)
    real["ambiguities"] = len(catalogue.ambiguities)
    real["parameters"] = len(catalogue.parameters)
    for name, told in catalogue.header.counts.items():
        if real[name] != told:
            yield Fault(
                _SET,
                f"counts.{name}",
                say(
                    f"{told} とありますが、実際は {real[name]} です。",
                    f"{told}, really {real[name]}.",
                ),
            )


def fingerprint(folder: Path, file: str) -> str:
    """Return the sha256 of a data file, line ends counted as LF, in hex."""
    return hashlib.sha256(read.content(folder, file)).hexdigest()


def _frozen(folder: Path, header: RequirementSet) -> Iterator[Fault]:
    for file in _FROZEN:
        now = fingerprint(folder, file)
        if header.sha256.get(file) != now:
            yield Fault(
                _SET,
                f"sha256.{file}",
                say(
                    f"{file} の中身が版 {header.version} のものと違います。意図した変更なら"
                    f"版を上げ、指紋を {now} に直してください。",
                    f"{file} is not that of version {header.version}. If the change is meant, "
                    f"raise the version and set the fingerprint to {now}.",
                ),
            )


def _stop_at(faults: Iterable[Fault]) -> None:
    """Raise what is wrong, before later checks report its consequences."""
    found = list(faults)
    if found:
        raise CatalogueError(found)


def load(folder: Path) -> Catalogue:
    """Return the catalogue in a folder (`resources.features_dir` / "requirements").

    Checks form, numbering, references in both directions, counts and the
    fingerprints that freeze the set. Raises `CatalogueError`.
    """
    header = read.entry(RequirementSet, read.toml(folder, _SET), _SET, "")
    chapters = {chapter.id: chapter for chapter in header.chapter}
    requirements = _numbered(read.requirements(folder, _REQUIREMENTS), _REQUIREMENTS, chapters)
    ambiguities = _numbered(
        read.entries(Ambiguity, folder, _AMBIGUITIES, "ambiguity", "id"), _AMBIGUITIES, ["AMB"]
    )
    parameters = _numbered(
        read.entries(Parameter, folder, _PARAMETERS, "parameter", "id"), _PARAMETERS, ["IX"]
    )
    catalogue = Catalogue(
        header=header,
        requirements=requirements,
        ambiguities=ambiguities,
        parameters=parameters,
        chapters=chapters,
        glossary=tuple(read.entries(Term, folder, _GLOSSARY, "term", "ja")),
    )
    _stop_at(_chapters(requirements))
    _stop_at(_links(requirements, ambiguities, _AMBIGUITIES))
    _stop_at(_links(requirements, parameters, _PARAMETERS))
    _stop_at(_parameters_exist(ambiguities, parameters))
    _stop_at(_counts(catalogue))
    _stop_at(_frozen(folder, header))
    return catalogue
