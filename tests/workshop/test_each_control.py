"""Each control, where it does not succeed, makes its scenario 判定不能, and it alone does."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.verdict import Cause, Verdict
from workshop.faults.runs import carry_out
from workshop.refusals.narrow import BANKS, NARROW, Narrow
from workshop.variants.start import write_declaration


def test_every_bank_is_met() -> None:
    assert {narrow.bank for narrow in NARROW} == set(BANKS)


@pytest.mark.parametrize("narrow", [pytest.param(n, id=f"{n.bank}-{n.scenario}") for n in NARROW])
def test_the_control_tells_and_nothing_before_it(narrow: Narrow, tmp_path: Path) -> None:
    declaration = write_declaration(tmp_path, "workshop.refusals.serve", narrow.bank)
    selection = Selection(ids=(narrow.scenario,))
    journal = carry_out(declaration, tmp_path / "reports", selection=selection).journal
    assert journal.planned
    for scenario_id in journal.planned:
        end = journal.outcome(scenario_id)
        assert (end.verdict, end.cause) == (Verdict.INCONCLUSIVE, Cause.PRODUCT)
        assert not end.suite_fault
        red = [c for c in journal.last(scenario_id).checks if c.verdict is not Verdict.PASS]
        (control,) = [c for c in red if c.role == "control"]
        assert control.name.startswith(f"対照：{narrow.control}")
        assert {c.verdict for c in red} == {Verdict.INCONCLUSIVE}
        # Where another control succeeded before, the refusal has been settled by it.
        assert {c.role for c in red} <= {"control", "refusal"}
