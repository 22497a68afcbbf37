"""What the reference bank did in each scenario, as the suite ships it: to compare others with.

The file is fixtures/reference/steps.json, written by the workshop from finished runs of the
reference bank (``python -m workshop.reference``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from otp_conformance.journal.events import PlannedStep
from otp_conformance.journal.journal import Attempt
from otp_conformance.report.shipped import shipped
from otp_conformance.verdict.verdict import Verdict

NOTE = "python -m workshop.reference RUN…"


class Known(BaseModel):
    """One scenario: of each step the screen at its end and the names of what was checked.

    ``declared``: what the rows of its tables 宣言 | 結果 hung on. Such a scenario can only
    be compared with one where the same is declared.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[tuple[str, tuple[str, ...]], ...]
    declared: Mapping[str, str] = {}


class Reference(BaseModel):
    """The reference bank's own run. ``screens``: their names in the features, by key.

    ``without``: scenarios that do not apply to it, or need what it does not have; ``sets``:
    ids of the requirement sets that the scenarios are of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["otp-conformance reference 1"] = "otp-conformance reference 1"
    made_by: str = NOTE
    screens: Mapping[str, str]
    sets: tuple[str, ...]
    without: tuple[str, ...] = ()
    scenarios: Mapping[str, Known]


def fitting(reference: Reference | None, requirement_set: str) -> Reference | None:
    """Return the reference where it is of this set (``ID VERSION``).

    Another manual has scenarios of its own, whatever their ids.
    """
    known = reference is not None and requirement_set.partition(" ")[0] in reference.sets
    return reference if known else None


@dataclass(frozen=True)
class Difference:
    """The first step that went another way than with the reference bank.

    ``index`` counts from 0. ``screens``: there and here, by name, empty for the same one;
    ``unmade``: what was checked there and not here.
    """

    index: int
    screens: tuple[str, str] | tuple[()] = ()
    unmade: tuple[str, ...] = ()


def load(path: Path) -> Reference | None:
    """Read the file; None where there is none.

    Raises `SuiteFaultError`: the file belongs to the suite.
    """
    return shipped(Reference, path, NOTE)


def known_of(steps: Sequence[PlannedStep], attempt: Attempt) -> Known:
    """Return what an attempt did, in the shape of the file."""
    screens = {step.index: step.screen for step in attempt.steps}
    return Known(
        steps=tuple(
            (
                screens.get(index, ""),
                tuple(
                    dict.fromkeys(
                        check.name
                        for check in attempt.checks
                        if check.step_index == index and check.verdict is Verdict.PASS
                    )
                ),
            )
            for index in range(len(steps))
        ),
        declared={read.key: read.value for read in attempt.declared if read.decides},
    )


def first_difference(
    reference: Reference, scenario_id: str, steps: Sequence[PlannedStep], attempt: Attempt
) -> Difference | None:
    """Return where an attempt first went another way, None where that cannot be told.

    It cannot of an unknown scenario, of one that hangs on something that is declared
    otherwise, and of a journal that does not tell screens.
    """
    there, here = reference.scenarios.get(scenario_id), known_of(steps, attempt)
    if there is None or there.declared != here.declared or len(there.steps) != len(here.steps):
        return None
    ended = {step.index for step in attempt.steps if step.status in ("passed", "failed")}
    failed = {step.index for step in attempt.steps if step.status == "failed"}
    for index, (was, now) in enumerate(zip(there.steps, here.steps, strict=True)):
        if index not in ended:
            return None
        screens = (was[0], now[0])
        if all(screens) and was[0] != now[0]:
            return Difference(index, (_name(reference, was[0]), _name(reference, now[0])))
        unmade = tuple(name for name in was[1] if name not in now[1])
        if index in failed:
            return Difference(index, unmade=unmade)
    return None


def _name(reference: Reference, key: str) -> str:
    return reference.screens.get(key, key)
