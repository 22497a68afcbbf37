"""The run in a few lines: what ``run`` ends with and ``report`` begins with."""

from __future__ import annotations

from dataclasses import dataclass

from otp_conformance.report.results import RequirementResult, RunResults, ScenarioResult, count
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Cause, Verdict


@dataclass(frozen=True)
class Summary:
    """What a reader wants first; a function of the journal and of nothing else.

    ``exit_code`` and ``duration_s`` (seconds) are None for a run that was cut off.
    ``chapters``: the verdicts of scenarios by the manual's chapters, in the order of
    the plan. ``requirements``: the verdicts of those that the run has scenarios for,
    ``untested``: how many of those that can be tested have none, ``counting``: how they
    are counted, in a sentence. ``trial``: what a run without a browser has shown, and what
    a verdict needs. ``failing`` and ``inconclusive`` are requirements,
    with the scenarios that made them so; ``suite_faults`` are scenarios in which the
    suite itself broke (試験装置異常): they say nothing about the product. ``wavering``
    are those whose attempts ended in different verdicts (揺らぎ); ``replaced`` those that came
    to their verdict at a further attempt. ``selected``: of how many scenarios the
    verdict is, None for all; ``to_repeat``: whether something may end otherwise.
    """

    run_id: str
    sut: str
    verdict: Verdict
    exit_code: ExitCode | None
    duration_s: float | None
    selected: int | None
    seed: int | None
    trial: tuple[str, str]
    scenarios: dict[Verdict, int]
    requirements: dict[Verdict, int]
    untested: int
    counting: str
    chapters: dict[str, dict[Verdict, int]]
    failing: tuple[RequirementResult, ...]
    inconclusive: tuple[RequirementResult, ...]
    suite_faults: tuple[ScenarioResult, ...]
    wavering: tuple[ScenarioResult, ...]
    replaced: tuple[ScenarioResult, ...]
    unknown_requirements: tuple[str, ...]
    absent_functions: tuple[str, ...]
    to_repeat: bool

    @property
    def cut_off(self) -> bool:
        """Whether the run came to no end of its own."""
        return self.exit_code is None


def summarise(run: RunResults) -> Summary:
    """Return the summary of evaluated results."""
    header, footer = run.journal.header, run.journal.footer
    tested = [r for r in run.requirements if r.contributions]
    chapters = dict.fromkeys(s.planned.chapter for s in run.scenarios)
    return Summary(
        run_id=header.run_id,
        sut=f"{header.sut_name} {header.sut_version}".strip(),
        verdict=run.verdict,
        exit_code=ExitCode(footer.exit_code) if footer else None,
        duration_s=footer.duration_s if footer else None,
        selected=len(run.scenarios) if header.partial else None,
        seed=header.seed,
        trial=run.trial,
        scenarios=count(s.verdict for s in run.scenarios),
        requirements=count(r.verdict for r in tested),
        untested=sum(not r.contributions for r in run.to_verify),
        counting=run.counting,
        chapters={
            name: count(s.verdict for s in run.scenarios if s.planned.chapter == name)
            for name in chapters
        },
        failing=tuple(r for r in run.requirements if r.verdict is Verdict.FAIL),
        inconclusive=tuple(r for r in run.requirements if r.verdict is Verdict.INCONCLUSIVE),
        suite_faults=tuple(s for s in run.scenarios if s.outcome.suite_fault),
        wavering=tuple(s for s in run.scenarios if s.wavers),
        replaced=tuple(s for s in run.scenarios if s.replaced),
        unknown_requirements=run.unknown,
        absent_functions=tuple(header.absent_functions),
        to_repeat=any(_may_end_otherwise(s) for s in run.scenarios),
    )


def _may_end_otherwise(scenario: ScenarioResult) -> bool:
    """Tell whether there is a point in carrying a scenario out again.

    There is none where it passed, or where the declaration rules it out.
    """
    match scenario.verdict:
        case Verdict.FAIL | Verdict.INCONCLUSIVE:
            return True
        case Verdict.NOT_RUN:
            declared_away = scenario.outcome.cause is Cause.DECLARATION
            return scenario.attempt.started is not None or not declared_away
        case _:
            return False
