"""Products written from the manual alone: judged by their declarations, faults and all."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Verdict
from workshop.faults.runs import ROOT, carry_out
from workshop.strangers.tables import FAULTS

DECLARATION = ROOT / "workshop" / "strangers" / "tables.toml"
FOUND = {
    "used-code-returns": "TOK-03/4",
    "count-kept": "LCK-04/1",
    "confirmation-prefix": "ISS-16/1.3",
}
# Refusals in plain red text, staff worked by recipes, and a session that lives in the addresses.
PASSING = (
    *("ISS-15/1", "ACT-19/1", "DEA-28/1.2", "LGN-07/1", "ISS-01/2.1", "SHP-06/1", "CON-15/1"),
    *("DEA-20/1", "LGN-02/1", "LCK-01/4", "DEA-11/3"),
)


@pytest.fixture(autouse=True)
def _tellers_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLER_PASSWORD", "madoguchi")


def verdicts(tmp_path: Path, ids: tuple[str, ...], fault: str = "") -> dict[str, Verdict]:
    """Run scenarios against the product in a browser, return the verdict of each."""
    text = DECLARATION.read_text(encoding="utf-8")
    if fault:
        text = text.replace('"{port}"]', f'"{{port}}", "--fault", "{fault}"]')
    declared = tmp_path / "tables.toml"
    declared.write_text(text, encoding="utf-8")
    chosen = Selection(ids=ids)
    result = carry_out(declared, tmp_path / "reports", selection=chosen, agent=AgentKind.BROWSER)
    return {i: result.journal.outcome(i).verdict for i in result.journal.planned}


@pytest.mark.browser
def test_a_correct_bank_of_tables_passes(tmp_path: Path) -> None:
    ids = (*PASSING, *FOUND.values())
    assert verdicts(tmp_path, ids) == dict.fromkeys(ids, Verdict.PASS)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(("fault", "scenario"), FOUND.items())
def test_each_invented_fault_is_found(tmp_path: Path, fault: str, scenario: str) -> None:
    assert fault in FAULTS
    assert verdicts(tmp_path, (scenario,), fault) == {scenario: Verdict.FAIL}
