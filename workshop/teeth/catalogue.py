"""A catalogue of faulty products: what each one violates, and how it is started.

The reference bank's own is fixtures/faults/catalogue.toml; a vendor may bring
another one for faulty builds of theirs (docs/faults.md).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from otp_conformance.errors import UsageError
from otp_conformance.language import Text, did_you_mean, say
from otp_conformance.specification.words import AgentKind

COMMAND = "{command}"
"""The word of a start command that stands for the declaration's own command."""
HERE = "{here}"
"""In any word of ``[start]``: the folder of the catalogue."""
FAULT = "{fault}"
"""In any word of the start command: the fault's id."""

_Filled = Annotated[str, Field(min_length=1)]
_FaultId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class FaultClass(StrEnum):
    """Where a fault comes from, and how much depends on its being found."""

    CORE = "core"
    HARDENING = "hardening"
    DERIVED = "derived"

    @property
    def text(self) -> Text:
        """Its name for readers."""
        return {
            FaultClass.CORE: Text("中核", "core"),
            FaultClass.HARDENING: Text("堅牢性", "hardening"),
            FaultClass.DERIVED: Text("要件から", "derived"),
        }[self]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Start(_Strict):
    """How a faulty product is started.

    ``command``: its words; ``{command}`` is replaced by the words of the
    declaration's own sut.start.command, ``{fault}`` by the fault's id.
    ``environment``: variables that it needs besides. ``requires``: a path that
    must exist, because the faulty products do not travel with every copy.
    """

    command: Annotated[tuple[_Filled, ...], Field(min_length=1)]
    declaration: _Filled
    environment: Mapping[str, str] = {}
    requires: str = ""


class Fault(_Strict):
    """One faulty product.

    ``violates``: the requirements that it breaks; only their checks can catch
    it. ``caught_by``: those whose checks are expected to, in the ``scenarios``
    of these ids (empty: all of them).
    ``numbers``: its numbers in the list of faults. ``agent``: ``browser`` for
    a fault that nothing but a browser shows. ``missing``: why no scenario
    finds it; empty for a fault that is to be found.
    """

    id: _FaultId
    title_ja: _Filled
    title_en: _Filled
    fault_class: Annotated[FaultClass, Field(alias="class")]
    violates: Annotated[tuple[str, ...], Field(min_length=1)]
    caught_by: tuple[str, ...]
    numbers: Annotated[tuple[str, ...], Field(alias="faults")] = ()
    scenarios: tuple[str, ...] = ()
    agent: AgentKind = AgentKind.HTTP
    missing: str = ""

    @property
    def title(self) -> str:
        """What is wrong, in the current language."""
        return say(self.title_ja, self.title_en)


class _File(_Strict):
    start: Start
    fault: Annotated[tuple[Fault, ...], Field(min_length=1)]


@dataclass(frozen=True)
class FaultCatalogue:
    """All faults by id in the order of the file. ``sha256`` is of the file's bytes."""

    path: Path
    sha256: str
    start: Start
    faults: Mapping[str, Fault]

    def place(self, text: str) -> str:
        """Return a text of ``[start]`` with ``{here}`` filled in."""
        return text.replace(HERE, str(self.path.resolve().parent))


def load(path: Path, known_requirements: Collection[str]) -> FaultCatalogue:
    """Read a catalogue.

    Raises `UsageError` naming the file, the fault and the matter.
    """
    try:
        raw = path.read_bytes()
        file = _File.model_validate(tomllib.loads(raw.decode("utf-8")))
    except OSError as error:
        raise _bad(
            path, f"読めません（{error.strerror}）", f"unreadable ({error.strerror})"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _bad(path, f"TOML として読めません（{error}）", f"no TOML ({error})") from None
    except ValidationError as error:
        where, why = _first(error, raw)
        raise _bad(path, f"{where}: {why}", f"{where}: {why}") from None
    faults = {fault.id: fault for fault in file.fault}
    if len(faults) < len(file.fault):
        ids = [fault.id for fault in file.fault]
        twice = next(i for i in ids if ids.count(i) > 1)
        raise _bad(path, f"欠陥 {twice} が二度あります", f"fault {twice} stands there twice")
    for fault in file.fault:
        _check(path, fault, known_requirements)
    return FaultCatalogue(path, hashlib.sha256(raw).hexdigest(), file.start, faults)


def choose(
    catalogue: FaultCatalogue, wishes: Sequence[str], classes: Collection[FaultClass] = ()
) -> tuple[Fault, ...]:
    """Return the wished faults (ids or numbers; none: all), in the catalogue's order.

    Raises `UsageError` for an unknown wish, naming the nearest id, and when
    nothing is left.
    """
    numbers = {n for fault in catalogue.faults.values() for n in fault.numbers}
    for wish in wishes:
        if wish not in catalogue.faults and wish not in numbers:
            hint = did_you_mean(wish, [*catalogue.faults, *numbers])
            raise UsageError(
                f"欠陥 {wish} は {catalogue.path.name} にありません。{hint.ja}",
                f"There is no fault {wish} in {catalogue.path.name}.{hint.en}",
            )
    chosen = tuple(
        fault
        for fault in catalogue.faults.values()
        if (not wishes or {fault.id, *fault.numbers} & set(wishes))
        and (not classes or fault.fault_class in classes)
    )
    if not chosen:
        raise UsageError(
            "条件に合う欠陥がありません。--class の値を確かめてください。",
            "No fault matches. Check the value of --class.",
        )
    return chosen


def _check(path: Path, fault: Fault, known: Collection[str]) -> None:
    for requirement in (*fault.violates, *fault.caught_by):
        if requirement not in known:
            hint = did_you_mean(requirement, known)
            raise _bad(
                path,
                f"欠陥 {fault.id}: 要件 {requirement} はありません。{hint.ja}",
                f"fault {fault.id}: there is no requirement {requirement}.{hint.en}",
            )
    if beyond := sorted(set(fault.caught_by) - set(fault.violates)):
        raise _bad(
            path,
            f"欠陥 {fault.id}: caught_by の {' '.join(beyond)} が violates にありません",
            f"fault {fault.id}: {' '.join(beyond)} of caught_by is not in violates",
        )
    if not fault.caught_by and not fault.missing:
        raise _bad(
            path,
            f"欠陥 {fault.id}: caught_by に要件を、なければ missing に理由を書いてください",
            f"fault {fault.id}: name requirements in caught_by, or the reason in missing",
        )


def _first(error: ValidationError, raw: bytes) -> tuple[str, str]:
    """Return where the first problem is, by fault id instead of its number, and what it is."""
    problem = error.errors(include_url=False)[0]
    place = list(problem["loc"])
    if len(place) > 1 and place[0] == "fault" and isinstance(place[1], int):
        row = tomllib.loads(raw.decode("utf-8"))["fault"][place[1]]
        name = row.get("id") if isinstance(row, dict) else None
        place = [str(name or f"fault[{place[1]}]"), *place[2:]]
    return ".".join(map(str, place)), problem["msg"]


def _bad(path: Path, ja: str, en: str) -> UsageError:
    return UsageError(f"欠陥の目録 {path}: {ja}", f"Catalogue of faults {path}: {en}")
