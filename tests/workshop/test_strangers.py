"""Products written from the manual alone: judged by their declarations, faults and all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workshop.strangers.tables import FAULTS

ROOT = Path(__file__).parents[2]
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


def verdicts(tmp_path: Path, ids: str, fault: str = "") -> dict[str, str]:
    """Run scenarios against the product, return the verdict of each."""
    text = DECLARATION.read_text(encoding="utf-8")
    if fault:
        text = text.replace('"{port}"]', f'"{{port}}", "--fault", "{fault}"]')
    declared = tmp_path / "tables.toml"
    declared.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "otp_conformance", "run", "--declaration", str(declared)]
    command += ["--yes", "--quiet", "--reports", str(tmp_path / "reports"), "--id", ids]
    environment = {"TELLER_PASSWORD": "madoguchi", "PYTHONPATH": str(ROOT)}
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, check=False, capture_output=True
    )
    (journal,) = (tmp_path / "reports").glob("*-*/journal.ndjson")
    events = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines() if line]
    return {
        event["scenario_id"]: event["verdict"]
        for event in events
        if event["event"] == "scenario_finished"
    }


@pytest.mark.browser
def test_a_correct_bank_of_tables_passes(tmp_path: Path) -> None:
    ids = [*PASSING, *FOUND.values()]
    assert verdicts(tmp_path, ",".join(ids)) == dict.fromkeys(ids, "pass")


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(("fault", "scenario"), FOUND.items())
def test_each_invented_fault_is_found(tmp_path: Path, fault: str, scenario: str) -> None:
    assert fault in FAULTS
    assert verdicts(tmp_path, scenario, fault) == {scenario: "fail"}
