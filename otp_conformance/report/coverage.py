"""Which requirements are verified: by checks that ran, or (statically) by tags alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from otp_conformance.journal.journal import Journal
from otp_conformance.specification.catalogue.model import Catalogue, Requirement
from otp_conformance.specification.untested import Untested
from otp_conformance.verdict.verdict import Verdict

_JUDGED = {Verdict.PASS, Verdict.FAIL}


class Status(StrEnum):
    """How it stands with one requirement."""

    COVERED = "covered"
    EXCUSED = "untested_with_reason"
    NOT_APPLICABLE = "not_applicable"
    UNTESTED = "untested"
    ASIDE = "needs_no_scenario"


@dataclass(frozen=True)
class Claim:
    """What one scenario brings along, whether from a journal or from its tags.

    ``verified``: the requirements that a check of it judged; ``absent``: it was
    left out because the declaration says that the feature does not exist.
    """

    scenario_id: str
    tagged: tuple[str, ...]
    verified: frozenset[str]
    absent: bool = False


@dataclass(frozen=True)
class Row:
    """One requirement with the scenarios that verify it, or only name it."""

    requirement: Requirement
    status: Status
    verified_by: tuple[str, ...]
    named_by: tuple[str, ...]
    reason: Untested | None = None


@dataclass(frozen=True)
class Coverage:
    """The whole account. ``dangling``: scenario and unknown ID; ``stale``: entries to remove."""

    rows: tuple[Row, ...]
    dangling: tuple[tuple[str, str], ...]
    without_requirement: tuple[str, ...]
    stale: tuple[str, ...]
    unknown_excuses: tuple[str, ...]

    def of(self, *statuses: Status) -> tuple[Row, ...]:
        """Return the rows of some statuses."""
        return tuple(row for row in self.rows if row.status in statuses)

    def counts(self, chapter: str | None = None) -> Mapping[Status, int]:
        """Count the rows of a chapter, or of all, by status."""
        found = Counter(
            row.status for row in self.rows if chapter in (None, row.requirement.chapter)
        )
        return {status: found[status] for status in Status}

    @property
    def sound(self) -> bool:
        """Whether nothing is left to be put right."""
        wrong = (self.dangling, self.without_requirement, self.stale, self.unknown_excuses)
        return not any(wrong) and not self.of(Status.UNTESTED)


def claims_of_run(journal: Journal) -> Iterator[Claim]:
    """Yield what the scenarios of a run verified: facts and refusals, after the 前提 steps."""
    for scenario_id, planned in journal.planned.items():
        setup = planned.setup_steps
        checks = [
            check
            for number in journal.numbers(scenario_id)
            for check in journal.attempt(scenario_id, number).checks
            if check.role != "control"
            and check.verdict in _JUDGED
            and check.step_index not in setup
            and check.step_index >= 0
        ]
        yield Claim(
            scenario_id,
            tuple(planned.requirements),
            frozenset(rid for check in checks for rid in check.requirements),
            absent=journal.outcome(scenario_id).verdict is Verdict.NOT_APPLICABLE,
        )


def coverage(
    catalogue: Catalogue, excuses: Mapping[str, Untested], claims: Iterable[Claim]
) -> Coverage:
    """Hold the claims against the catalogue."""
    known = catalogue.requirements
    every = tuple(claims)
    rows = tuple(_row(item, excuses.get(item.id), every) for item in known.values())
    covered = {row.requirement.id for row in rows if row.verified_by}
    return Coverage(
        rows=rows,
        dangling=tuple(
            (claim.scenario_id, rid)
            for claim in every
            for rid in sorted({*claim.tagged, *claim.verified} - set(known))
        ),
        without_requirement=tuple(c.scenario_id for c in every if not c.tagged),
        stale=tuple(rid for rid in excuses if rid in covered),
        unknown_excuses=tuple(rid for rid in excuses if rid not in known),
    )


def _row(item: Requirement, excuse: Untested | None, claims: Sequence[Claim]) -> Row:
    verified = tuple(c.scenario_id for c in claims if item.id in c.verified)
    named = [c for c in claims if item.id in c.tagged and item.id not in c.verified]
    if not item.testable:
        status = Status.ASIDE
    elif verified:
        status = Status.COVERED
    elif excuse is not None:
        status = Status.EXCUSED
    elif named and all(c.absent for c in named):
        status = Status.NOT_APPLICABLE
    else:
        status = Status.UNTESTED
    return Row(item, status, verified, tuple(c.scenario_id for c in named), excuse)
