"""A bank that somebody else started, and runs against it that are killed and go on."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from bank_process import KEY, ROOT, BankProcess, not_started_by_a_run, running

from otp_conformance.journal.journal import Journal, read
from otp_conformance.resources import fixtures_dir

STAFF_PASSWORD = "made-up-staff-password"


@dataclass
class StandingBank:
    """The bank and a declaration that names its address; runs report into ``folder``."""

    bank: BankProcess
    folder: Path
    declaration: Path
    seen: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def run(self, *arguments: str, agent: str = "http") -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "otp_conformance", "run", "--agent", agent, "--yes"]
        return subprocess.Popen(
            [*command, "--declaration", str(self.declaration), *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def through(self, address: str, timeout_seconds: int) -> None:
        """Have runs reach the bank by another address, with little patience."""
        text = _declaration(self.folder, address).read_text(encoding="utf-8")
        text = text.replace("timeout_seconds = 30", f"timeout_seconds = {timeout_seconds}", 1)
        self.declaration.write_text(text, encoding="utf-8")

    def journal(self) -> Journal:
        return read(self.folder / "reports" / "latest" / "journal.ndjson")

    def rows(self) -> dict[str, tuple[object, ...]]:
        """Return what the bank knows of every customer and token: a trace of each use."""
        database = sqlite3.connect(self.folder / "bank.sqlite3", timeout=30)
        try:
            customers = database.execute(
                "select login_id, base, kind, suspended, failures, version from customers"
            ).fetchall()
            tokens = database.execute(
                "select serial, state, holder, last_step from tokens"
            ).fetchall()
        finally:
            database.close()
        return {str(row[0]): tuple(row[1:]) for row in (*customers, *tokens)}

    def remember(self) -> None:
        """Take note of everything that runs have used so far."""
        self.bank.call("GET", "/status")  # what came before has been answered by now
        self.seen |= self.rows()

    def touched_again(self) -> list[str]:
        """Return the customers and tokens that were used after `remember`."""
        now = self.rows()
        return [name for name, row in self.seen.items() if now[name] != row]

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "LANG": "ja_JP.UTF-8",
            "PYTHONUTF8": "1",
            "OTP_TEST_CONTROL_KEY": KEY,
            "OTP_STAFF_PASSWORD": STAFF_PASSWORD,
        }


@contextmanager
def standing_bank(folder: Path, *options: str) -> Iterator[StandingBank]:
    """Start the bank in a folder, with options of its own; runs do not end it."""
    os.environ["BANK_TEST_STAFF"] = STAFF_PASSWORD
    staff = ("--staff-id", "staff01", "--staff-password-env", "BANK_TEST_STAFF")
    try:
        with running(folder, *staff, *options) as bank:
            yield StandingBank(bank, folder, _declaration(folder, bank.url))
    finally:
        os.environ.pop("BANK_TEST_STAFF", None)  # one that was started again has taken it away


def verdicts(journal: Journal) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    for scenario_id in journal.planned:
        end = journal.outcome(scenario_id)
        found[scenario_id] = (end.verdict.value, end.cause)
    return found


SIGNS = {
    "browser": "--remote-debugging",
    "renderer": "--type=renderer",
    "driver": "run-driver",
    "worker": "otp_conformance.run.worker",
}


def kill(run: int, victim: str) -> int:
    """Kill one sort of process that a run has started; return how many there were."""
    killed = 0
    for each in psutil.Process(run).children(recursive=True):
        try:
            if SIGNS[victim] in " ".join(each.cmdline()):
                os.kill(each.pid, signal.SIGKILL)
                killed += 1
        except (psutil.Error, ProcessLookupError):
            continue
    return killed


def wait_for_line(process: subprocess.Popen[str], beginnings: Sequence[str]) -> None:
    """Read until a line begins so; AssertionError with everything when none does."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(tuple(beginnings)):
            return
    raise AssertionError("".join(lines))


def _declaration(folder: Path, address: str) -> Path:
    """Write the reference declaration as of a bank that is already there."""
    text = (fixtures_dir() / "declarations" / "reference.toml").read_text(encoding="utf-8")
    text = not_started_by_a_run(text)
    target = folder / "standing.toml"
    target.write_text(text.replace('"auto"', f'"{address}"', 1), encoding="utf-8")
    return target
