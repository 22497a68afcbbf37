"""Every fault of the catalogue is found, by a check and for its own reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.cli import bundle
from otp_conformance.verdict.verdict import Verdict
from tests.faults.banks import BANKS
from tests.faults.catalogue import Fault, load
from tests.faults.runs import carry_out, reds, troubles, write_declaration

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


def test_the_bank_without_fault_passes_the_same_scenarios(tmp_path: Path) -> None:
    wanted = sorted({r for fault in FAULTS.values() for r in fault.caught_by})
    result = carry_out(
        write_declaration(tmp_path), tmp_path / "reports", requirements=wanted, catalogue=CATALOGUE
    )
    journal = result.journal
    ends = {plan.name: journal.outcome(i) for i, plan in journal.planned.items()}
    wrong = {
        name: (end.verdict.value, end.expected, end.observed)
        for name, end in ends.items()
        if end.verdict not in {Verdict.PASS, Verdict.NOT_RUN}
    }
    assert wrong == {}
    assert troubles_beside_browser(journal) == []


def troubles_beside_browser(journal) -> list[str]:
    """Leave out what only a browser can do: the fast agent does not run it."""
    names = {p.name for p in journal.planned.values() if "@needs.browser" in p.tags}
    return [line for line in troubles(journal) if not any(name in line for name in names)]


@pytest.mark.parametrize("fault", [_parameter(fault) for fault in FAULTS.values()])
def test_fault_is_found(fault: Fault, tmp_path: Path) -> None:
    result = carry_out(
        write_declaration(tmp_path, fault=fault.name),
        tmp_path / "reports",
        requirements=fault.caught_by,
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
