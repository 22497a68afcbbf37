"""The kill matrix as data: fault x requirement, and how each fault fared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from otp_conformance.errors import UsageError
from otp_conformance.language import Text
from workshop.teeth.catalogue import FaultClass
from workshop.teeth.scope import Scope


class Status(StrEnum):
    """How a fault fared."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    ERROR = "error"
    NOT_RUN = "not_run"

    @property
    def text(self) -> Text:
        """Its name for readers."""
        return {
            Status.CAUGHT: Text("検出", "caught"),
            Status.SURVIVED: Text("見逃し", "survived"),
            Status.ERROR: Text("実施できず", "could not be run"),
            Status.NOT_RUN: Text("未実施", "not run"),
        }[self]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kill(_Row):
    """A check that went red. ``check`` is empty for a scenario that had none of its own."""

    scenario_id: str
    scenario: str
    check: str
    requirements: tuple[str, ...]
    expected: str
    observed: str


class Remark(_Row):
    """What else was seen: a scenario without a verdict, or what a survivor's product did."""

    scenario_id: str
    scenario: str
    kind: str
    suite_fault: bool = False
    observed: str


class FaultRow(_Row):
    """One fault. ``requirements``: those violated whose checks went red.

    ``reds`` are checks of violated requirements, ``collateral`` all others that
    went red; ``unmet``: requirements that the catalogue expected to go red and
    that did not. ``seen``: of a survivor, what the product did. ``seconds`` of
    wall clock.
    """

    id: str
    title_ja: str
    title_en: str
    fault_class: FaultClass
    agent: str
    status: Status
    problem: str = ""
    violates: tuple[str, ...]
    expected: tuple[str, ...]
    requirements: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    explained: str = ""
    scenarios: int = 0
    verdicts: Mapping[str, int] = {}
    reds: tuple[Kill, ...] = ()
    collateral: tuple[Kill, ...] = ()
    troubles: tuple[Remark, ...] = ()
    seen: tuple[Remark, ...] = ()
    seconds: float = 0.0

    @property
    def suite_fault(self) -> bool:
        """Whether the suite itself broke in one of the scenarios."""
        return any(trouble.suite_fault for trouble in self.troubles)


class KillMatrix(_Row):
    """The whole matrix. ``made_at`` (RFC 3339) and all seconds are no part of its content."""

    format: Literal["otp-conformance kill matrix 1"] = "otp-conformance kill matrix 1"
    requirement_set: str
    suite_version: str
    product: str
    catalogue: str
    catalogue_sha256: str
    scope: Scope
    made_at: str
    seconds: float = 0.0
    faults: Annotated[tuple[FaultRow, ...], Field(min_length=1)]

    def kills(self) -> dict[str, list[str]]:
        """Return the ids of the faults caught, by requirement, in order of requirement."""
        found: dict[str, list[str]] = {}
        for fault in self.faults:
            for requirement in fault.requirements:
                found.setdefault(requirement, []).append(fault.id)
        return dict(sorted(found.items()))

    def of(self, *statuses: Status) -> tuple[FaultRow, ...]:
        """Return the faults that fared so."""
        return tuple(fault for fault in self.faults if fault.status in statuses)

    def counts(self) -> dict[FaultClass, dict[Status, int]]:
        """Return how many fared how, by class; classes without a fault are left out."""
        return {
            kind: {
                status: sum(f.fault_class is kind and f.status is status for f in self.faults)
                for status in Status
            }
            for kind in FaultClass
            if any(f.fault_class is kind for f in self.faults)
        }

    def dump(self) -> str:
        """Return it as JSON text, with the matrix itself by requirement."""
        data = {**self.model_dump(mode="json"), "kills": self.kills()}
        return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def read(path: Path) -> KillMatrix:
    """Read a matrix. Raises `UsageError` naming the file and what is wrong with it."""
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(data, dict):
            data.pop("kills", None)
        return KillMatrix.model_validate(data)
    except OSError as error:
        why = error.strerror or ""
        raise UsageError(f"{path} を読めません（{why}）。", f"{path}: {why}.") from None
    except (ValidationError, ValueError) as error:
        why = str(error).splitlines()[0]
        raise UsageError(
            f"{path} は検出表（kill-matrix.json）として読めません（{why}）。",
            f"{path} is no kill matrix ({why}).",
        ) from None


def differences(one: KillMatrix, other: KillMatrix) -> list[str]:
    """Return in what two matrices differ, times and wordings of observations aside."""
    found = [
        f"{name}: {getattr(one, name)} / {getattr(other, name)}"
        for name in ("requirement_set", "catalogue_sha256", "scope")
        if getattr(one, name) != getattr(other, name)
    ]
    mine, others = _essence(one.faults), _essence(other.faults)
    for fault in sorted({*mine, *others}):
        if mine.get(fault) != others.get(fault):
            keys = [
                key
                for key in (mine.get(fault) or others[fault])
                if mine.get(fault, {}).get(key) != others.get(fault, {}).get(key)
            ]
            found.append(f"{fault}: {', '.join(keys)}")
    return found


def _essence(faults: Iterable[FaultRow]) -> dict[str, dict[str, object]]:
    return {
        fault.id: {
            "status": fault.status,
            "agent": fault.agent,
            "requirements": fault.requirements,
            "unmet": fault.unmet,
            "scenarios": fault.scenarios,
            "verdicts": dict(fault.verdicts),
            "reds": [(k.scenario_id, k.check, k.requirements) for k in fault.reds],
            "collateral": [(k.scenario_id, k.check, k.requirements) for k in fault.collateral],
            "troubles": [(t.scenario_id, t.kind, t.suite_fault) for t in fault.troubles],
        }
        for fault in faults
    }
