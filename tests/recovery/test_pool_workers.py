"""Several workers on one pool in real time: the run is killed outright, and goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bank_process import children
from pool_kit import ENV, PoolMaker
from standing_bank import ROOT, running, verdicts, wait_for_line

from otp_conformance.assets.consumption import load_table
from otp_conformance.journal.journal import Journal, read

LINUX = pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="needs /proc")
REAL = '[adapters.clock]\nkind = "real"\nguard_seconds = 3\n'
# Nothing in these waits for the next minute.
QUICK = "CON-19/1,LGN-03/1,CON-19/2,CON-08/1,CON-08/2,CON-09/1,CON-21/1.2"
WITH_CODES = "CON-15/1,LGN-01/1,CON-21/1.3"


class Pooled:
    """A bank in real time, a pool for it, and runs with several workers."""

    def __init__(self, maker: PoolMaker) -> None:
        self._maker = maker
        self.folder = maker.folder

    def stock(self, ids: str, times: int) -> None:
        """Make what these scenarios use, so many times over; and declare it."""
        table = load_table().file.scenarios
        for scenario_id in ids.split(","):
            for what, number in table[scenario_id].items():
                for _ in range(number * times):
                    self._make(what)
        declaration = self._maker.write()
        text = declaration.read_text(encoding="utf-8")
        clock, tokens = text.index("[adapters.clock]"), text.index("[adapters.tokens]")
        declaration.write_text(text[:clock] + REAL + text[tokens:], encoding="utf-8")

    def _make(self, what: str) -> None:
        kind, _, of = what.partition(":")
        if kind == "customer":
            self._maker.customer(of.split(",")[0])
        elif kind == "token":
            self._maker.token()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "otp_conformance", "run", "--agent", "http", "--yes"]
        return subprocess.Popen(
            [*command, "--declaration", str(self.folder / "bank.toml"), *arguments],
            cwd=self.folder,
            env={**os.environ, **ENV, "PYTHONPATH": str(ROOT), "OTP_CONFORMANCE_LANG": "ja"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def finish(self, *arguments: str) -> str:
        process = self.start(*arguments)
        out, _ = process.communicate(timeout=600)
        assert process.returncode in (0, 3), out
        assert "Traceback" not in out
        return out

    def journal(self) -> Journal:
        return read(self.folder / "reports" / "latest" / "journal.ndjson")

    def handed_out(self) -> list[str]:
        text = (self.folder / "ledger.ndjson").read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()]
        return [
            str(line.get("customer") or line["token"])
            for line in lines
            if line["what"] == "handed_out"
        ]

    def codes(self) -> list[tuple[str, str]]:
        text = (self.folder / "ledger.ndjson").read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()]
        return [(line["token"], line["detail"]) for line in lines if line["what"] == "code"]


@pytest.fixture
def pooled(tmp_path: Path) -> Iterator[Pooled]:
    with running(tmp_path, frozen=False) as bank:
        yield Pooled(PoolMaker(bank, tmp_path))


def workers_of(run: subprocess.Popen[str]) -> list[int]:
    return children(run, b"otp_conformance.run.worker")


def wait_until_gone(processes: list[int]) -> None:
    """Wait until none of them lives, a minute at most."""
    end = time.monotonic() + 60
    while left := [p for p in processes if _lives(p)]:
        assert time.monotonic() < end, f"workers that outlive their run: {left}"
        time.sleep(0.05)


def _lives(process: int) -> bool:
    try:
        state = (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def kill_after(pooled: Pooled, line: str, *arguments: str) -> Journal:
    """Begin a run, kill it outright after a line, and return what it left behind."""
    process = pooled.start(*arguments)
    wait_for_line(process, [line])
    crew = workers_of(process)
    process.kill()
    process.communicate()
    assert len(crew) == 3
    wait_until_gone(crew)
    before = pooled.journal()
    assert before.cut_off
    return before


@LINUX
def test_killed_outright_the_run_goes_on_and_uses_nothing_twice(pooled: Pooled) -> None:
    pooled.stock(QUICK, times=2)
    before = kill_after(pooled, "[2/", "--workers", "3", "--id", QUICK)
    done = [i for i in before.planned if before.last(i).finished]
    assert 2 <= len(done) < len(before.planned)
    first = pooled.handed_out()

    out = pooled.finish("--resume", "latest", "--workers", "3")
    assert f"済んだシナリオ {len(done)} 件はそのまま" in out
    journal = pooled.journal()
    assert not journal.cut_off
    assert len(journal.resumed) == 1
    assert set(verdicts(journal).values()) == {("pass", None)}
    assert all(len(journal.attempts[i]) == 1 for i in done)
    handed_out = pooled.handed_out()
    assert handed_out[: len(first)] == first
    assert len(handed_out) == len(set(handed_out))


@LINUX
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_code_is_used_twice_either(pooled: Pooled) -> None:
    pooled.stock(WITH_CODES, times=3)
    kill_after(pooled, "[1/", "--workers", "3", "--id", WITH_CODES)
    pooled.finish("--resume", "latest", "--workers", "3")
    assert set(verdicts(pooled.journal()).values()) == {("pass", None)}
    assert pooled.codes()
    assert len(pooled.codes()) == len(set(pooled.codes()))
    assert len(pooled.handed_out()) == len(set(pooled.handed_out()))
