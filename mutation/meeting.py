"""One planted fault, met as tests/faults/test_faults.py meets it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from otp_conformance.cli.faults import make_bench
from otp_conformance.resources import bundle_root
from otp_conformance.run.planning import plan_features
from otp_conformance.teeth.matrix import Status
from otp_conformance.teeth.meeting import Meeting, hold
from otp_conformance.teeth.product import environment, faulty, ordinary
from otp_conformance.teeth.scope import Scope, scenarios_for
from tests.faults.catalogue import whole

AS_EXPECTED = "caught as expected"


def met(name: str) -> str:
    """Return `AS_EXPECTED`, or in what the catalogue's expectation was not met."""
    catalogue = whole()
    one = catalogue.faults[name]
    plans = scenarios_for(one, plan_features(bundle_root()), Scope.QUICK)
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
