"""One planted fault, met as tests/workshop/test_faults.py meets it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.verdict import Verdict
from workshop.faults.catalogue import whole
from workshop.faults.runs import carry_out, write_declaration
from workshop.sets import whole_suite
from workshop.teeth.command import make_bench
from workshop.teeth.matrix import Status
from workshop.teeth.meeting import Meeting, hold
from workshop.teeth.product import environment, faulty, ordinary, set_of
from workshop.teeth.scope import Scope, scenarios_for

PASS = Verdict.PASS
AS_EXPECTED = "caught as expected"


def without(name: str) -> str:
    """Run a fault's scenarios on the bank without fault; return what did not pass."""
    one = whole().faults[name]
    plans = scenarios_for(one, whole_suite(), Scope.QUICK)
    selection = Selection(ids=tuple(plan.scenario_id for plan in plans))
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        declaration = write_declaration(Path(folder))
        runs, judged = Path(folder) / "runs", set_of(one)
        journal = carry_out(declaration, runs, selection=selection, set_name=judged).journal
    ends = [journal.outcome(scenario_id) for scenario_id in journal.planned]
    return ", ".join(f"{e.verdict.value} {e.scenario_id}" for e in ends if e.verdict is not PASS)


def met(name: str) -> str:
    """Return `AS_EXPECTED`, or in what the catalogue's expectation was not met."""
    catalogue = whole()
    one = catalogue.faults[name]
    plans = scenarios_for(one, whole_suite(), Scope.QUICK)
    meeting = Meeting(
        one,
        faulty(catalogue, one, ordinary(catalogue)),
        tuple(plan.scenario_id for plan in plans),
        one.agent,
    )
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        row = hold(meeting, make_bench(Path(folder), dict(environment(catalogue))))
    if row.status is not Status.CAUGHT:
        return f"{row.status.value} {row.problem}".strip()
    if row.suite_fault:
        return "the suite broke"
    return f"not red: {' '.join(row.unmet)}" if row.unmet else AS_EXPECTED
