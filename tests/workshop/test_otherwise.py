"""What is judged only where something else is declared goes red on a bank unlike that."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.specification.selection import Selection
from workshop.faults.otherwise import OTHERWISE
from workshop.faults.runs import carry_out, reds
from workshop.variants.start import write_declaration


@pytest.mark.parametrize("name", OTHERWISE)
def test_exactly_this_judgement_goes_red(name: str, tmp_path: Path) -> None:
    other = OTHERWISE[name]
    declaration = write_declaration(
        tmp_path,
        "workshop.faults.otherwise",
        name,
        policy=other.policy,
        declared=other.declared,
        tables=other.tables,
    )
    selection = Selection(ids=(other.scenario,))
    journal = carry_out(declaration, tmp_path / "reports", selection=selection).journal
    found = reds(journal)
    assert [red.check for red in found] == [other.check] * len(journal.planned)
    assert all(other.requirement in red.requirements for red in found)
    assert not any(journal.outcome(i).suite_fault for i in journal.planned)
