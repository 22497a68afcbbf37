"""Every fault of the catalogue is found, by a check and for its own reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.cli import bundle
from otp_conformance.resources import bundle_root
from otp_conformance.run.planning import plan_features
from otp_conformance.run.selection import Selection, select
from otp_conformance.verdict.verdict import Verdict
from tests.faults.banks import BANKS
from tests.faults.catalogue import Fault, load
from tests.faults.runs import ROOT, carry_out, reds, troubles, write_declaration

FAULTS = load()
CATALOGUE = bundle.catalogue()


def _parameter(fault: Fault):
    marks = [pytest.mark.xfail(reason=fault.missing, strict=True)] if fault.missing else []
    return pytest.param(fault, id=fault.name, marks=marks)


def test_the_catalogue_and_the_banks_name_the_same_faults() -> None:
    assert sorted(FAULTS) == sorted(BANKS)


def test_the_catalogue_names_known_requirements() -> None:
    named = {r for fault in FAULTS.values() for r in (*fault.violates, *fault.caught_by)}
    assert named <= set(CATALOGUE.requirements)


def _selection(fault: Fault) -> Selection:
    return Selection(requirements=fault.caught_by, name=fault.scenarios)


def test_the_bank_without_fault_passes_the_same_scenarios(tmp_path: Path) -> None:
    features = plan_features(bundle_root())
    chosen = {
        f"{plan.uri}:{plan.line}": None
        for fault in FAULTS.values()
        for plan in select(
            features,
            _selection(fault),
            known_requirements=CATALOGUE.requirements,
            root=bundle_root(),
            cwd=ROOT,
        )
    }
    result = carry_out(
        write_declaration(tmp_path),
        tmp_path / "reports",
        selection=Selection(paths=tuple(chosen)),
        catalogue=CATALOGUE,
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


@pytest.mark.parametrize("fault", [_parameter(fault) for fault in FAULTS.values()])
def test_fault_is_found(fault: Fault, tmp_path: Path) -> None:
    result = carry_out(
        write_declaration(tmp_path, fault=fault.name),
        tmp_path / "reports",
        selection=_selection(fault),
        catalogue=CATALOGUE,
    )
    journal = result.journal
    assert not journal.cut_off
    assert not any(journal.outcome(i).suite_fault for i in journal.planned)
    found = [red for red in reds(journal) if set(red.requirements) & set(fault.caught_by)]
    for scenario in dict.fromkeys(red.scenario for red in found):
        print(f"\n  {fault.name}  ×  {scenario}", end="")
    assert found, f"{fault.title_ja}: 不合格になったシナリオがありません; {troubles(journal)}"
    for red in found:
        assert red.expected
        assert red.observed
    missed = set(fault.caught_by) - {r for red in found for r in red.requirements}
    assert not missed, f"{sorted(missed)} では不合格になりません; {troubles(journal)}"
