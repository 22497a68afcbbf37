"""Runs that are killed at any moment and go on, against a bank that stands."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from standing_bank import StandingBank, standing_bank, verdicts, wait_for_line

FEW = ("features/00_start", "--requirement", "LGN-01,LGN-02,CON-19,ACT-02")


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
