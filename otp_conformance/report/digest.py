"""A finished run in short: what comparisons, histories and the manual's page keep of a journal.

A journal holds thousands of events; of a hundred journals only their digests are held.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from otp_conformance.journal.events import RunFinished, RunStarted, ScenarioPlanned
from otp_conformance.journal.journal import Journal
from otp_conformance.report.results import results
from otp_conformance.specification.catalogue.model import Catalogue
from otp_conformance.verdict.verdict import Cause, Verdict

MATRIX = "requirements.html"
"""The page of a run that has every requirement and every scenario of it."""

JUDGED = frozenset({Verdict.PASS, Verdict.FAIL})
"""Of anything else a run says neither that it holds nor that it does not."""

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Ended:
    """How one planned scenario ended. ``wording``: digest of its steps; durations in seconds.

    ``wavers``: its attempts within the run ended in different verdicts.
    """

    scenario_id: str
    name: str
    chapter: str
    requirements: tuple[str, ...]
    wording: str
    verdict: Verdict
    cause: Cause | None
    expected: str
    observed: str
    failing_step: str
    duration_s: float
    wavers: bool

    @property
    def judged(self) -> bool:
        """Whether the run says that it holds, or that it does not."""
        return self.verdict in JUDGED

    @property
    def finding(self) -> tuple[str, ...]:
        """What a failure comes to: two runs with the same one failed alike.

        Numbers count as one another: customers, serials and times differ in every run.
        """
        told = (self.failing_step, self.expected, self.observed)
        return (self.cause or "", *(_DIGITS.sub("0", text) for text in told))


@dataclass(frozen=True)
class RunDigest:
    """One finished run. ``requirements``: the verdict of each that its scenarios name.

    ``declared``: the declared values that its scenarios read, by their keys; empty where the
    journal does not hold them.
    """

    folder: Path
    header: RunStarted
    footer: RunFinished | None
    unplanned: int
    scenarios: Mapping[str, Ended] = field(repr=False)
    requirements: Mapping[str, Verdict] = field(repr=False)
    declared: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def suite_sha256(self) -> str:
        """Digest of the suite's own files; empty in older journals."""
        return self.header.suite_sha256

    @property
    def merged_from(self) -> tuple[str, ...]:
        """The runs whose journals were put together into this one."""
        return tuple(self.header.merged_from)

    @property
    def commit(self) -> str:
        """The product's commit, where a build server told it; empty where nobody did."""
        return self.header.environment.get("commit", "")

    @property
    def run_id(self) -> str:
        """Its identifier."""
        return self.header.run_id

    @property
    def product(self) -> str:
        """What was tested, without its version."""
        return self.header.sut_name

    @property
    def cut_off(self) -> bool:
        """Whether it came to no end of its own, or lost lines of its plan."""
        return self.footer is None or self.footer.exit_code == 130 or bool(self.unplanned)

    @property
    def whole(self) -> bool:
        """Whether everything was to run and the run came to its end."""
        return not self.cut_off and not self.header.partial

    @property
    def agent(self) -> str:
        """What the screens were seen with."""
        return self.header.environment.get("agent", "")

    @property
    def duration_s(self) -> float | None:
        """How long it took, in seconds; None where that is not known."""
        return self.footer.duration_s if self.footer else None

    def page(self, seen_from: Path, anchor: str = "") -> str:
        """Return the address of its requirement matrix in a page of a folder; empty without one."""
        return address(self.folder / MATRIX, seen_from, anchor)


def address(file: Path, seen_from: Path, anchor: str = "") -> str:
    """Return a file's address within a page that lies in the folder ``seen_from``.

    Relative, so that the folders can be moved together. Empty when there is no such file.
    """
    if not file.is_file():
        return ""
    try:
        there = quote(Path(os.path.relpath(file.resolve(), seen_from.resolve())).as_posix())
    except ValueError:  # on another drive (Windows)
        there = file.resolve().as_uri()
    return f"{there}#{quote(anchor)}" if anchor else there


def digest(folder: Path, journal: Journal, catalogue: Catalogue | None = None) -> RunDigest:
    """Return a run's digest; without a catalogue it says nothing of requirements."""
    judged = {}
    if catalogue is not None:
        found = results(journal, catalogue).requirements
        judged = {r.requirement.id: r.verdict for r in found if r.contributions}
    return RunDigest(
        folder=folder,
        header=journal.header,
        footer=journal.footer,
        unplanned=journal.unplanned,
        scenarios={each: _ended(journal, planned) for each, planned in journal.planned.items()},
        requirements=judged,
        declared=_declared(journal),
    )


def _declared(journal: Journal) -> dict[str, str]:
    attempts = (each for told in journal.attempts.values() for each in told.values())
    read = (event for attempt in attempts for event in attempt.declared)
    return {event.key: event.value for event in read}


def _ended(journal: Journal, planned: ScenarioPlanned) -> Ended:
    outcome = journal.outcome(planned.scenario_id)
    return Ended(
        scenario_id=sys.intern(planned.scenario_id),
        name=sys.intern(planned.name),
        chapter=sys.intern(planned.chapter),
        requirements=tuple(sys.intern(each) for each in planned.requirements),
        wording=sys.intern(_wording(planned)),
        verdict=outcome.verdict,
        cause=outcome.cause,
        expected=outcome.expected,
        observed=outcome.observed,
        failing_step=outcome.failing_step,
        duration_s=outcome.duration_s,
        wavers=journal.wavers(planned.scenario_id),
    )


def _wording(planned: ScenarioPlanned) -> str:
    """Return a short digest of what a scenario asks for: its steps and its requirements."""
    told = [sorted(planned.requirements), [[step.keyword, step.text] for step in planned.steps]]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]
