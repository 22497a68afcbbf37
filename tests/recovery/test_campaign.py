"""The campaign: runs by the thousand through a bad way, and 30 kills of everything that can die.

Hours. ``pytest -m slow -s tests/recovery/test_campaign.py`` prints what each came to.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread

import pytest
from standing_bank import StandingBank, kill, standing_bank, verdicts, wait_for_line

from otp_conformance.journal.journal import Journal
from workshop.hostile.proxy import FAULTS, Plan, faulty_way

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(4 * 3600)]

SCENARIOS = int(os.environ.get("CAMPAIGN_SCENARIOS", "1000"))
FIRST = int(os.environ.get("CAMPAIGN_FIRST", "1"))  # seed of the first run's bad way
KILLS = int(os.environ.get("CAMPAIGN_KILLS", "30"))
PATHS = ("features/04_login", "features/05_suspension")
SHARE = 0.01
PASS = ("pass", None)


@contextmanager
def busy_loops(number: int) -> Iterator[None]:
    """Have others keep the processors busy meanwhile."""
    with ExitStack() as stack:
        for _ in range(number):
            loop = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            stack.callback(loop.wait)
            stack.callback(loop.kill)
        yield


def told(journal: Journal) -> Counter[str]:
    """Count what stands in the end of each scenario that did not pass."""
    ends = [journal.outcome(i) for i in journal.planned]
    return Counter(f"{e.verdict.value} {e.cause}: {e.observed[:60]}" for e in ends if e.cause)


def test_a_thousand_scenarios_through_a_bad_way(tmp_path: Path) -> None:
    found: Counter[tuple[str, str | None]] = Counter()
    seen: Counter[str] = Counter()
    replaced = damaged = 0
    with standing_bank(tmp_path) as standing, busy_loops(2):
        address = standing.bank.url
        for number in count(FIRST):
            if found.total() >= SCENARIOS:
                break
            plan = Plan.at_random(SHARE, number, *FAULTS, delay_seconds=2)
            with faulty_way(address, plan) as way:
                standing.through(way, 10)
                process = standing.run("--workers", "2", "--retries", "1", agent="browser")
                out, _ = process.communicate()
            standing.through(address, 10)
            assert "Traceback" not in out
            journal = standing.journal()
            found += Counter(verdicts(journal).values())
            seen += told(journal)
            replaced += sum(journal.replaced(i) for i in journal.planned)
            damaged += len(plan.done)
            print(number, dict(found), f"{damaged} answers damaged, {replaced} attempts anew")
            print(*seen.most_common(20), sep="\n", flush=True)
    # What the bank's declaration leaves out (a restart) is no matter of the way.
    ends = {end: n for end, n in found.items() if end[0] != "not_run"}
    wrong = {end: n for end, n in ends.items() if end != PASS and end[1] != "environment"}
    assert wrong == {}
    assert found[PASS] > SCENARIOS / 2
    assert damaged


@dataclass
class Deaths:
    """Kills one sort of victim under runs at random moments, until there were enough."""

    victim: str
    standing: StandingBank
    chance: random.Random
    longest: float
    killed: int = 0
    runs: int = 0
    ends: Counter[tuple[str, tuple[str, str | None]]] = field(default_factory=Counter)

    def under(self, process: subprocess.Popen[str]) -> None:
        """Kill while the run goes on; a bank or a coordinator dies once a run."""
        while process.poll() is None and self.killed < KILLS:
            time.sleep(self.chance.uniform(0.2, self.longest))
            if process.poll() is not None:
                break
            match self.victim:
                case "coordinator":
                    process.kill()
                    self.killed += 1
                case "bank":
                    self.standing.bank.process.send_signal(signal.SIGKILL)
                    self.killed += 1
                    return  # the run ends by itself; then there is a bank again
                case _:
                    self.killed += bool(kill(process.pid, self.victim))

    def note(self) -> None:
        self.runs += 1
        self.ends += Counter(verdicts(self.standing.journal()).items())


@pytest.mark.parametrize(
    ("victim", "agent", "longest"),
    [
        ("coordinator", "http", 8),
        ("worker", "http", 8),
        ("bank", "http", 8),
        ("browser", "browser", 8),
        ("driver", "browser", 8),
    ],
)
def test_thirty_kills(tmp_path: Path, victim: str, agent: str, longest: float) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ExitStack() as stack:
        standing = stack.enter_context(standing_bank(tmp_path, "--port", str(port)))

        def restart() -> None:
            again = stack.enter_context(standing_bank(tmp_path, "--port", str(port)))
            standing.bank = again.bank

        chance = random.Random(20261124)  # noqa: S311 - moments, not secrets
        deaths = Deaths(victim, standing, chance, longest)
        options = ("--workers", "2", "--retries", "1")
        arguments: tuple[str, ...] = PATHS
        while deaths.killed < KILLS:
            process = standing.run(*arguments, *options, agent=agent)
            if arguments == PATHS:
                wait_for_line(process, ["["])
            killer = Thread(target=deaths.under, args=(process,))
            killer.start()
            out, _ = process.communicate()  # meanwhile: a run that nobody reads stands still
            killer.join()
            assert "Traceback" not in out
            if victim == "bank":
                restart()
            standing.remember()
            deaths.note()
            finished = standing.journal().footer is not None
            arguments = PATHS if finished and victim != "bank" else ("--resume", "latest")
        out, _ = standing.run("--resume", "latest", *options, agent=agent).communicate()
        assert "Traceback" not in out
        last = set(verdicts(standing.journal()).values())
        print(
            f"{victim}: {deaths.killed} kills in {deaths.runs} runs;",
            Counter(end for (_, end), n in deaths.ends.items() for _ in range(n)),
        )
        assert last == {PASS}, told(standing.journal())
        assert {cause for (_, (verdict, cause)) in deaths.ends if verdict != "pass"} <= {
            "environment",
            None,
        }
        assert not any(verdict == "fail" for (_, (verdict, _)) in deaths.ends)
        assert standing.touched_again() == []
