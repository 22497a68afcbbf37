"""Every fault of the catalogue is found, by a check and for its own reason."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from otp_conformance.journal.events import OWN_SET
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.specification.manual import sets
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.verdict import Verdict
from workshop.faults.banks import BANKS
from workshop.faults.catalogue import whole
from workshop.faults.runs import carry_out, write_declaration
from workshop.sets import whole_suite
from workshop.teeth.campaign import carry_out as carry_out_all
from workshop.teeth.catalogue import Fault
from workshop.teeth.command import make_bench
from workshop.teeth.matrix import FaultRow, Status
from workshop.teeth.meeting import Meeting
from workshop.teeth.product import environment, faulty, ordinary, set_of
from workshop.teeth.scope import Scope, scenarios_for

CATALOGUE = whole()
FAULTS = CATALOGUE.faults
FEATURES = whole_suite()


def _parameter(fault: Fault):
    marks = [pytest.mark.xfail(reason=fault.missing, strict=True)] if fault.missing else []
    marks += [pytest.mark.browser] if fault.agent == "browser" else []
    return pytest.param(fault, id=fault.id, marks=marks)


def _scenarios(fault: Fault) -> tuple[str, ...]:
    return tuple(plan.scenario_id for plan in scenarios_for(fault, FEATURES, Scope.QUICK))


def test_the_catalogue_and_the_banks_name_the_same_faults() -> None:
    assert sorted(FAULTS) == sorted(BANKS)


def _met(judged: str) -> list[Fault]:
    """Return the faults of a set that need no browser; the others' set is run by make suite."""
    return [f for f in FAULTS.values() if f.agent == "http" and set_of(f) == judged]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("judged", [each for each in (OWN_SET, *sets()) if _met(each)])
def test_the_bank_without_fault_passes_the_same_scenarios(tmp_path: Path, judged: str) -> None:
    met = _met(judged)
    chosen = dict.fromkeys(scenario for fault in met for scenario in _scenarios(fault))
    result = carry_out(
        write_declaration(tmp_path),
        tmp_path / "reports",
        selection=Selection(ids=tuple(chosen)),
        set_name=judged,
    )
    journal = result.journal
    ends = [(p.name, journal.outcome(i)) for i, p in journal.planned.items()]
    wrong = [
        f"{end.verdict.value}: {name}: {end.expected} / {end.observed}"
        for name, end in ends
        if end.verdict is not Verdict.PASS
    ]
    assert wrong == []
    assert len(ends) == len(chosen)


@pytest.fixture(scope="module")
def rows(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, FaultRow]:
    """Meet every fault that was asked for, two at a time: by far the longest part of the tests.

    In several test processes one of them meets them all (TOGETHER of the conftest).
    """
    wanted = {
        item.callspec.params["fault"].id
        for item in request.session.items
        if getattr(item, "originalname", "") == test_fault_is_found.__name__
    }
    start = ordinary(CATALOGUE)
    meetings = [
        Meeting(fault, faulty(CATALOGUE, fault, start), _scenarios(fault), fault.agent)
        for fault in FAULTS.values()
        if fault.id in wanted
    ]
    bench = partial(make_bench, tmp_path_factory.mktemp("runs"), dict(environment(CATALOGUE)))
    with Interrupt() as interrupt:
        found = carry_out_all(meetings, bench, jobs=2, interrupt=interrupt, heard=lambda row: None)
    if interrupt.requested:
        raise KeyboardInterrupt
    return {row.id: row for row in found}


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", [_parameter(fault) for fault in FAULTS.values()])
def test_fault_is_found(fault: Fault, rows: dict[str, FaultRow]) -> None:
    row = rows[fault.id]
    assert row.status is Status.CAUGHT, (fault.title_ja, row.problem, row.troubles, row.seen)
    assert not row.suite_fault
    assert row.unmet == (), row.troubles
    for red in row.reds:
        assert red.expected
        assert red.observed
