"""A browser that is killed between two scenarios: the next one has a browser again."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.verdict.outcome import EnvironmentTrouble

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="needs /proc"),
]


def descendants(of: int) -> list[int]:
    """Return all processes that a process has started, and theirs."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(
                (folder / "stat").read_text().rpartition(")")[2].split()[1]
            )
        except OSError:
            continue  # ended while we looked
    found, new = [], [of]
    while new:
        new = [pid for pid, parent in parents.items() if parent in new]
        found += new
    return found


def kill_browser() -> None:
    for pid in descendants(os.getpid()):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"chrom" in command and b"--type=" not in command and b"--headless" in command:
            os.kill(pid, signal.SIGKILL)


def test_a_browser_that_was_killed_is_started_anew() -> None:
    agents = BrowserAgents(["127.0.0.1"])
    try:
        first = agents.new()
        assert first.view().address == "about:blank"
        kill_browser()
        with pytest.raises(EnvironmentTrouble):
            first.reload()
        first.close()
        assert agents.new().view().address == "about:blank"
        # Nobody notices: between two scenarios nobody asks the browser anything.
        kill_browser()
        assert agents.new().view().address == "about:blank"
    finally:
        agents.close()
