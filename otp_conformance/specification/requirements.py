"""Reading the catalogue and checking that it hangs together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from otp_conformance.language import did_you_mean, say
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
from otp_conformance.specification.manual import MANUAL, SCREENS, Manual

FOLDER = "requirements"
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
                file,
                item.id,
                f"分野が {MANUAL} の [[area]] にありません。",
                f"its area is not among {MANUAL}'s [[area]].",
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
                MANUAL,
                f"requirement_set.counts.{name}",
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
                MANUAL,
                f"requirement_set.sha256.{file}",
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


def load(manual: Manual) -> Catalogue:
    """Return the requirements of a manual, out of the ``requirements`` of its folder.

    Checks form, numbering, references in both directions, counts and the
    fingerprints that freeze the set. Of a manual that extends another one only what
    it adds is read and checked; what it withdraws is taken out. Raises `CatalogueError`.
    """
    folder = manual.folder / FOLDER
    try:
        return _extended(manual, folder) if manual.base else _whole(manual, folder)
    except CatalogueError as error:
        if manual.base is None:
            raise
        raise CatalogueError(
            [replace(fault, file=str(_place(manual, fault.file))) for fault in error.faults]
        ) from None


def _place(manual: Manual, file: str) -> Path:
    """Return where a file of a manual is (its path where it is one already)."""
    return manual.folder / file if file == MANUAL else manual.folder / FOLDER / file


def _whole(manual: Manual, folder: Path) -> Catalogue:
    chapters = {area.id: area for area in manual.areas}
    requirements = _numbered(read.requirements(folder, _REQUIREMENTS), _REQUIREMENTS, chapters)
    ambiguities = _numbered(
        read.entries(Ambiguity, folder, _AMBIGUITIES, "ambiguity", "id"), _AMBIGUITIES, ["AMB"]
    )
    parameters = _numbered(
        read.entries(Parameter, folder, _PARAMETERS, "parameter", "id"), _PARAMETERS, ["IX"]
    )
    catalogue = Catalogue(
        header=manual.requirement_set,
        requirements=requirements,
        ambiguities=ambiguities,
        parameters=parameters,
        chapters=chapters,
        manual=manual.document,
        glossary=tuple(read.entries(Term, folder, _GLOSSARY, "term", "ja")),
    )
    _stop_at(_chapters(requirements))
    _stop_at(_links(requirements, ambiguities, _AMBIGUITIES))
    _stop_at(_links(requirements, parameters, _PARAMETERS))
    _stop_at(_parameters_exist(ambiguities, parameters))
    _stop_at(_counts(catalogue))
    _stop_at(_frozen(folder, catalogue.header))
    _stop_at(_verified(manual, requirements))
    return catalogue


def _extended(manual: Manual, folder: Path) -> Catalogue:
    assert manual.base is not None  # noqa: S101 - the caller has looked
    before = load(manual.base)
    areas = {area.id: area for area in manual.areas}
    added: dict[str, Requirement] = {}
    there = (folder / _REQUIREMENTS).is_file()
    for item in read.requirements(folder, _REQUIREMENTS) if there else ():
        if item.id in before.requirements or item.id in added:
            raise read.failed(
                _REQUIREMENTS, item.id, "IDが重複しています。", "the ID is there twice."
            )
        if item.chapter not in areas:
            near = did_you_mean(item.chapter, areas)
            raise read.failed(
                _REQUIREMENTS,
                item.id,
                f"分野 {item.chapter} がありません。{near.ja}"
                f"{MANUAL} に [[area]] を書いてください。",
                f"there is no area {item.chapter}.{near.en} Add an [[area]] to {MANUAL}.",
            )
        added[item.id] = item
    _stop_at(_chapters(added))
    _stop_at(_sources(manual, added))
    _stop_at(_references(added, before))
    for identifier in manual.withdrawn:
        if identifier not in before.requirements:
            near = did_you_mean(identifier, before.requirements)
            raise read.failed(
                MANUAL,
                f"withdrawn {identifier}",
                f"そのような要件はありません。{near.ja}",
                f"there is no such requirement.{near.en}",
            )
    kept = {i: before.requirements[i] for i in manual.kept(before.requirements)}
    order = list(areas)
    requirements = dict(
        sorted((kept | added).items(), key=lambda entry: order.index(entry[1].chapter))
    )
    _stop_at(_verified(manual, {*before.requirements, *manual.judged.withdrawn, *added}))
    catalogue = before.model_copy(
        update={
            "header": manual.requirement_set,
            "requirements": requirements,
            "ambiguities": {i: _fewer(a, requirements) for i, a in before.ambiguities.items()},
            "parameters": {i: _fewer(p, requirements) for i, p in before.parameters.items()},
            "chapters": areas,
            "manual": manual.document,
            "beyond_manual": manual.is_set,
        }
    )
    _stop_at(_counts(catalogue))
    return catalogue


def _sources(manual: Manual, added: Mapping[str, Requirement]) -> Iterator[Fault]:
    """Yield the rows that say neither where in the manual nor from which standard they are."""
    for item in added.values():
        if manual.is_set and not item.source:
            yield Fault(
                _REQUIREMENTS,
                item.id,
                say(
                    "出典（source）がありません。規格の名前と節を書いてください。",
                    "has no source. Write the standard and its section.",
                ),
            )


Linked = TypeVar("Linked", Ambiguity, Parameter)


def _fewer(entry: Linked, requirements: Collection[str]) -> Linked:
    """Return an entry without the rows that are withdrawn."""
    rows = tuple(row for row in entry.rows if row in requirements)
    return entry.model_copy(update={"rows": rows})


def _references(added: Mapping[str, Requirement], before: Catalogue) -> Iterator[Fault]:
    for item in added.values():
        for known, wanted in (
            (before.ambiguities, item.ambiguities),
            (before.parameters, item.ixit),
        ):
            for other in wanted:
                if other not in known:
                    near = did_you_mean(other, known)
                    yield Fault(
                        _REQUIREMENTS,
                        item.id,
                        say(
                            f"{other} という項目はありません。{near.ja}",
                            f"there is no {other}.{near.en}",
                        ),
                    )


def _verified(manual: Manual, known: Collection[str]) -> Iterator[Fault]:
    """Yield the requirements named by the screens that do not exist."""
    named = [("verifies", ids) for ids in manual.checks.values()]
    for screen in manual.screens.values():
        named += [(f"{screen.key}.verifies", ids) for ids in screen.verifies.values()]
        named += [(f"{screen.key}.not_asked", ids) for ids in screen.not_asked.values()]
    for place, ids in named:
        for identifier in ids:
            if identifier not in known:
                near = did_you_mean(identifier, known)
                yield Fault(
                    str(manual.folder / SCREENS),
                    place,
                    say(
                        f"要件 {identifier} はありません。{near.ja}",
                        f"there is no requirement {identifier}.{near.en}",
                    ),
                )
