"""One fault meets the suite: start the product, run the scenarios, decide."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from otp_conformance.agent.port import AgentOptions
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.errors import RunError
from otp_conformance.journal.events import RunStarted, ScenarioFinished
from otp_conformance.language import Text
from otp_conformance.run.engine import run
from otp_conformance.run.request import Parts, Request, RunResult
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode
from workshop.teeth.catalogue import Fault
from workshop.teeth.decide import Red, carried_out, reds, sights, troubles
from workshop.teeth.matrix import FaultRow, Kill, Remark, Status


@dataclass(frozen=True)
class Bench:
    """What all faults share. ``root`` holds features/, ``reports`` receives the runs."""

    parts: Parts
    root: Path
    steps: Path
    known_requirements: Mapping[str, object]
    requirement_set: str
    reports: Path
    env: Mapping[str, str]


@dataclass(frozen=True)
class Meeting:
    """One fault, with the declaration that starts it and the scenarios to run."""

    fault: Fault
    loaded: LoadedDeclaration
    scenarios: tuple[str, ...]
    agent: AgentKind


@dataclass
class _Ear:
    """An observer who keeps what is said of the run as a whole."""

    notices: list[Text] = field(default_factory=list)

    def begun(self, header: RunStarted, run_dir: Path, left: Sequence[ScenarioPlan]) -> None:
        """Hear that the run begins."""

    def started(self, plan: ScenarioPlan) -> None:
        """Hear that a scenario begins to run."""

    def scenario(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None:
        """Hear that a scenario ended."""

    def notice(self, text: Text) -> None:
        """Keep it."""
        self.notices.append(text)


def hold(meeting: Meeting, bench: Bench) -> FaultRow:
    """Run the scenarios against the faulty product and return how the fault fared.

    Never raises for what the product or its start does: that is part of the
    row. An interrupt leaves the fault as not run.
    """
    begun = time.perf_counter()
    try:
        result = run(_request(meeting, bench), bench.parts, _Ear())
    except RunError as error:
        return _row(meeting, Status.ERROR, problem=str(error), seconds=_since(begun))
    if result.exit_code is ExitCode.INTERRUPTED:
        return _row(meeting, Status.NOT_RUN, seconds=_since(begun))
    return judge(meeting, result, seconds=_since(begun))


def not_run(meeting: Meeting) -> FaultRow:
    """Return the row of a fault whose turn did not come."""
    return _row(meeting, Status.NOT_RUN)


def broken(meeting: Meeting, error: BaseException) -> FaultRow:
    """Return the row of a fault whose run broke down outside the engine."""
    name = " ".join(f"{type(error).__name__}: {error}".split())
    return _row(meeting, Status.ERROR, problem=name)


def judge(meeting: Meeting, result: RunResult, *, seconds: float = 0.0) -> FaultRow:
    """Decide from the journal of a run.

    Caught: a check of a violated requirement went red. A run in which no
    scenario met the product decides nothing: it is an error.
    """
    fault, journal = meeting.fault, result.journal
    found = reds(journal)
    own = [red for red in found if red.names(fault.violates)]
    hit = {requirement for red in own for requirement in red.requirements}
    named = tuple(requirement for requirement in fault.violates if requirement in hit)
    met = carried_out(journal)
    address = journal.header.base_url
    problems = [str(text) for text in result.problems]
    if not met and not problems:
        problems = [str(Text("実施できたシナリオがありません", "No scenario could be run"))]
    status = Status.CAUGHT if own else Status.SURVIVED if met else Status.ERROR
    survived = status is Status.SURVIVED
    return _row(
        meeting,
        status,
        problem=" ".join(problems),
        requirements=named,
        unmet=tuple(r for r in fault.caught_by if r not in hit),
        verdicts=dict(
            sorted(Counter(journal.outcome(i).verdict.value for i in journal.planned).items())
        ),
        reds=_kills(own, address),
        collateral=_kills([red for red in found if red not in own], address),
        troubles=tuple(
            Remark(
                scenario_id=t.scenario_id,
                scenario=t.scenario,
                kind=t.verdict.value,
                suite_fault=t.suite_fault,
                observed=_plain(f"{t.expected} / {t.observed}", address),
            )
            for t in troubles(journal)
        ),
        seen=tuple(
            Remark(
                scenario_id=s.scenario_id,
                scenario=s.scenario,
                kind=s.check,
                observed=_plain(s.observed, address),
            )
            for s in (sights(journal, fault.violates) if survived else ())
        ),
        seconds=seconds,
    )


def _request(meeting: Meeting, bench: Bench) -> Request:
    return Request(
        loaded=meeting.loaded,
        selection=Selection(ids=meeting.scenarios),
        root=bench.root,
        steps=bench.steps,
        known_requirements=bench.known_requirements,
        requirement_set=bench.requirement_set,
        reports=bench.reports / meeting.fault.id,
        agent=AgentOptions(meeting.agent),
        env=bench.env,
        cwd=bench.root,
    )


def _row(meeting: Meeting, status: Status, **more: object) -> FaultRow:
    fault = meeting.fault
    return FaultRow.model_validate(
        {
            "id": fault.id,
            "title_ja": fault.title_ja,
            "title_en": fault.title_en,
            "fault_class": fault.fault_class,
            "agent": meeting.agent.value,
            "status": status,
            "violates": fault.violates,
            "expected": fault.caught_by,
            "unmet": fault.caught_by,
            "explained": fault.missing,
            "scenarios": len(meeting.scenarios),
            **more,
        }
    )


def _kills(found: Sequence[Red], address: str) -> tuple[Kill, ...]:
    return tuple(
        Kill(
            scenario_id=red.scenario_id,
            scenario=red.scenario,
            check=red.check,
            requirements=red.requirements,
            expected=_plain(red.expected, address),
            observed=_plain(red.observed, address),
        )
        for red in found
    )


def _plain(text: str, address: str) -> str:
    """Leave out the product's address: its port is another one in each run."""
    return text.replace(address, "") if address.startswith("http") else text


def _since(begun: float) -> float:
    return round(time.perf_counter() - begun, 1)
