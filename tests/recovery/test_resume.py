"""Runs that are killed at any moment and go on, against a bank that stands."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from standing_bank import StandingBank, standing_bank, verdicts, wait_for_line

FEW = ("features/00_start", "--requirement", "LGN-01,LGN-02,CON-19,ACT-02")
KILLS = 10


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[StandingBank]:
    with standing_bank(tmp_path) as found:
        yield found


def finish(standing: StandingBank, *arguments: str) -> str:
    process = standing.run(*arguments)
    out, _ = process.communicate(timeout=280)
    assert process.returncode in (0, 3), out
    assert "Traceback" not in out
    return out


def test_a_killed_run_goes_on_where_it_was(standing: StandingBank) -> None:
    process = standing.run(*FEW)
    wait_for_line(process, ["[2/"])
    process.kill()
    process.communicate()
    standing.remember()
    before = standing.journal()
    assert before.cut_off
    done = [i for i in before.planned if before.last(i).finished]

    out = finish(standing, "--resume", "latest")
    assert f"済んだシナリオ {len(done)} 件はそのまま" in out
    journal = standing.journal()
    assert not journal.cut_off
    assert len(journal.resumed) == 1
    assert set(verdicts(journal).values()) == {("pass", None)}
    assert all(len(journal.attempts[i]) == 1 for i in done)
    assert standing.touched_again() == []

    again = finish(standing, "--resume", "latest")
    assert "終わっています" in again
    assert standing.journal().resumed == journal.resumed


def test_an_interrupted_run_goes_on_where_it_was(standing: StandingBank) -> None:
    process = standing.run(*FEW)
    wait_for_line(process, ["[1/"])
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    finish(standing, "--resume", "latest")
    journal = standing.journal()
    assert journal.footer is not None
    assert journal.footer.exit_code == 0
    assert set(verdicts(journal).values()) == {("pass", None)}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_kills_change_no_verdict_and_use_nothing_twice(standing: StandingBank) -> None:
    paths = ("features/04_login", "features/05_suspension")
    begun = time.monotonic()
    process = standing.run(*paths)
    out, _ = process.communicate(timeout=1800)
    assert process.returncode in (0, 3), out
    took = time.monotonic() - begun
    uninterrupted = standing.journal()

    chance = random.Random(20261124)  # noqa: S311 - moments, not secrets
    arguments = paths
    for number in range(KILLS):
        process = standing.run(*arguments)
        # The first runs far enough to have a plan; the others die wherever they are.
        if number == 0:
            wait_for_line(process, ["["])
        time.sleep(chance.uniform(0.0, took / 6))
        process.kill()
        process.communicate()
        standing.remember()
        arguments = ("--resume", "latest")
    finish(standing, *arguments)

    journal = standing.journal()
    assert verdicts(journal) == verdicts(uninterrupted)
    assert standing.touched_again() == []
    again = sum(journal.replaced(i) for i in journal.planned)
    print(f"{len(journal.planned)} scenarios, {took:.0f} s, {KILLS} kills,", end=" ")
    print(f"{len(journal.resumed)} resumptions, {again} attempts anew, {len(standing.seen)} assets")
