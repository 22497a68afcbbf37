"""Products written from the manual alone: judged by their declarations, faults and all."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Verdict
from workshop.faults.runs import ROOT, carry_out
from workshop.strangers import confirms, dialogs, tables

DECLARATIONS = ROOT / "workshop" / "strangers"
FAULTS = {"tables": tables.FAULTS, "dialogs": dialogs.FAULTS, "confirms": confirms.FAULTS}
FOUND = {
    "tables": {
        "used-code-returns": "TOK-03/4",
        "count-kept": "LCK-04/1",
        "confirmation-prefix": "ISS-16/1.3",
    },
    "confirms": {"unconfirmed": "ISS-16/1.1", "retired-welcome": "DEA-20/1"},
    "dialogs": {
        "codes-per-door": "TOK-04/1",
        "stop-sleeps-off": "LCK-07/1.3",
        "any-digits": "LGN-12/3",
        "second-order": "ISS-18/2",
        "soft-next-day": "SWT-06/1.2",
    },
}
PASSING = {
    # Refusals in plain red text, staff by recipes, a session that lives in the addresses.
    "tables": (
        *("ISS-15/1", "ACT-19/1", "DEA-28/1.2", "LGN-07/1", "ACT-04/2.2", "SHP-06/1", "CON-15/1"),
        *("DEA-20/1", "LGN-02/1", "LCK-01/4", "DEA-11/3", "ACT-01/4"),
    ),
    # A confirmation before each completion, ticks, split numbers, a page for who is not logged in.
    "confirms": (
        *("ISS-01/1", "ACT-35/1", "ACT-11/2.1", "ACT-12/2", "SCR-27/1", "SCR-40/1", "SCR-12/1.2"),
        *("RIS-04/2.3", "LCK-01/4", "DEA-11/3"),
    ),
    # Boxes that ask and boxes that tell, held JSON requests, views behind # and cards for rows.
    "dialogs": (
        *("ISS-01/1", "ISS-25/1.2", "SHP-03/1", "CON-09/3", "ACT-14/1.7", "ISS-18/1", "CON-15/1"),
        *("DEA-28/1.2", "LCK-01/4", "DEA-24/1", "SWT-03/1.1", "RIS-02/1"),
        "ACT-04/2.1",
    ),
}


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLER_PASSWORD", "madoguchi")
    monkeypatch.setenv("KAKARI_PASSWORD", "himawari-7")
    monkeypatch.setenv("LAB_KEY", dialogs.LAB_KEY)


def verdicts(
    tmp_path: Path, product: str, ids: tuple[str, ...], fault: str = ""
) -> dict[str, Verdict]:
    """Run scenarios against a product in a browser, return the verdict of each."""
    text = (DECLARATIONS / f"{product}.toml").read_text(encoding="utf-8")
    if fault:
        text = text.replace('"{port}"]', f'"{{port}}", "--fault", "{fault}"]')
    declared = tmp_path / "product.toml"
    declared.write_text(text, encoding="utf-8")
    chosen = Selection(ids=ids)
    result = carry_out(declared, tmp_path / "reports", selection=chosen, agent=AgentKind.BROWSER)
    return {i: result.journal.outcome(i).verdict for i in result.journal.planned}


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize("product", PASSING)
def test_a_correct_bank_passes(product: str, tmp_path: Path) -> None:
    ids = (*PASSING[product], *FOUND[product].values())
    assert verdicts(tmp_path, product, ids) == dict.fromkeys(ids, Verdict.PASS)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(
    ("product", "fault", "scenario"),
    [(product, *pair) for product, found in FOUND.items() for pair in found.items()],
)
def test_each_invented_fault_is_found(
    product: str, fault: str, scenario: str, tmp_path: Path
) -> None:
    assert fault in FAULTS[product]
    assert verdicts(tmp_path, product, (scenario,), fault) == {scenario: Verdict.FAIL}
