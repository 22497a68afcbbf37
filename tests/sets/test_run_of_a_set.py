"""A run of a set: its journal, reports and what goes on from them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from otp_conformance.journal.events import OWN_SET
from otp_conformance.journal.journal import JOURNAL_FILE, read
from otp_conformance.resources import bundle_root

ONE = "HRD-02/1.1"


def call(*arguments: str) -> tuple[int, str]:
    """Return exit code and output of a command."""
    command = [sys.executable, "-m", "otp_conformance", *arguments]
    done = subprocess.run(
        command, cwd=bundle_root(), capture_output=True, text=True, timeout=200, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_run_of_a_set_says_so_and_its_journal_leads_on(tmp_path: Path) -> None:
    folder = str(tmp_path)
    common = ("run", "--agent", "http", "--reports", folder)
    code, told = call(*common, "--set", "hardening", "--id", ONE)
    assert code == 0, told
    assert "hardening" in told
    run_dir = (tmp_path / "latest").resolve()
    journal = read(run_dir / JOURNAL_FILE)
    assert journal.header.set == "hardening"
    assert journal.header.requirement_set.startswith("otp-hardening")
    assert 'name="set" value="hardening"' in (run_dir / "junit.xml").read_text(encoding="utf-8")
    assert "要件のセット" in (run_dir / "index.html").read_text(encoding="utf-8")
    # What reads the journal needs no --set, and refuses another one.
    code, told = call("coverage", str(run_dir), "--format", "json")
    assert {row["id"][:3] for row in json.loads(told)["requirements"]} == {"HRD"}
    assert call("report", str(run_dir))[0] == 0
    again = (*common, "--rerun", str(run_dir))
    assert call(*again)[0] == 0
    assert read((tmp_path / "latest").resolve() / JOURNAL_FILE).header.set == "hardening"
    code, told = call(*again, "--set", OWN_SET)
    assert code == 2
    assert "hardening" in told
