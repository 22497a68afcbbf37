"""From a journal to what it says about a faulty product: caught, and by what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from otp_conformance.journal.events import Check, ScenarioFinished, ScenarioPlanned
from otp_conformance.journal.journal import Journal
from otp_conformance.verdict.verdict import Cause, Verdict

_CARRIED_OUT = {Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE}
_FINE = {Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE}


@dataclass(frozen=True)
class Red:
    """A check that failed because of the product.

    ``check`` is empty for a scenario that ended so without a check of its own
    (a story whose step the product refused); it speaks for the requirements of
    the scenario's tags then.
    """

    scenario_id: str
    scenario: str
    check: str
    requirements: tuple[str, ...]
    expected: str
    observed: str

    def names(self, requirements: Collection[str]) -> bool:
        """Tell whether it is a check of one of these requirements."""
        return not set(self.requirements).isdisjoint(requirements)


@dataclass(frozen=True)
class Trouble:
    """A scenario that ended in anything but 合格, 不合格 and 対象外, or by a suite fault."""

    scenario_id: str
    scenario: str
    verdict: Verdict
    suite_fault: bool
    expected: str
    observed: str

    def __str__(self) -> str:
        """Return it as one line."""
        kind = "suite fault" if self.suite_fault else self.verdict.value
        return f"{kind}: {self.scenario}: {self.expected} / {self.observed}"


@dataclass(frozen=True)
class Sight:
    """What the product did where a check of a requirement held: for survivors."""

    scenario_id: str
    scenario: str
    check: str
    observed: str


def reds(journal: Journal) -> list[Red]:
    """Return every check that failed with cause product, in order.

    An exception of the suite, a crash, a time-out or 判定不能 is none. An
    attempt that the run's end cut off counts for nothing either.
    """
    found: list[Red] = []
    for scenario_id, plan in journal.planned.items():
        attempt = journal.last(scenario_id)
        end = attempt.finished
        if end is None or end.suite_fault:
            continue
        failed = [c for c in attempt.checks if c.verdict is Verdict.FAIL]
        found += [_red(plan, check) for check in failed if check.cause is Cause.PRODUCT]
        if end.verdict is Verdict.FAIL and end.cause is Cause.PRODUCT and not failed:
            found.append(_red(plan, end))
    return found


def _red(plan: ScenarioPlanned, judged: Check | ScenarioFinished) -> Red:
    check = judged if isinstance(judged, Check) else None
    return Red(
        scenario_id=plan.scenario_id,
        scenario=plan.name,
        check=check.name if check else "",
        requirements=tuple(check.requirements if check else plan.requirements),
        expected=judged.expected,
        observed=judged.observed,
    )


def troubles(journal: Journal) -> list[Trouble]:
    """Return the scenarios that neither passed, failed nor were not applicable."""
    return [
        Trouble(scenario_id, plan.name, end.verdict, end.suite_fault, end.expected, end.observed)
        for scenario_id, plan in journal.planned.items()
        if (end := journal.outcome(scenario_id)).suite_fault or end.verdict not in _FINE
    ]


def sights(journal: Journal, requirements: Collection[str]) -> list[Sight]:
    """Return what was observed by the last check of these requirements in each scenario."""
    found = []
    for scenario_id, plan in journal.planned.items():
        checks = [
            check
            for check in journal.last(scenario_id).checks
            if check.verdict is Verdict.PASS
            and not set(check.requirements).isdisjoint(requirements)
        ]
        if checks:
            found.append(Sight(scenario_id, plan.name, checks[-1].name, checks[-1].observed))
    return found


def carried_out(journal: Journal) -> int:
    """Return how many scenarios really met the product."""
    return sum(_met(journal, plan) for plan in journal.planned.values())


def _met(journal: Journal, plan: ScenarioPlanned) -> bool:
    end = journal.outcome(plan.scenario_id)
    began = journal.last(plan.scenario_id).started is not None
    return began and end.verdict in _CARRIED_OUT
