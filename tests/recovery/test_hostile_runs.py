"""Whole runs against a system that does its worst for one scenario: the others are judged."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from standing_bank import StandingBank, kill, standing_bank, verdicts

from workshop.hostile.pages import PAGES
from workshop.hostile.proxy import FAULTS, PAGE, Plan, faulty_way

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SLOW = pytest.mark.slow
FEW = ("features/00_start", "--requirement", "LGN-01,LGN-02,CON-19,ACT-02")
INCONCLUSIVE = ("inconclusive", "environment")


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[StandingBank]:
    with standing_bank(tmp_path) as found:
        yield found


def login_number(number: int) -> Callable[[int, str], str]:
    """Return what puts the plan's page in the place of the so-many-th login page."""
    seen = []

    def fault(_: int, line: str) -> str:
        if line.startswith("GET /login "):
            seen.append(line)
            return PAGE if len(seen) == number else ""
        return ""

    return fault


def require_some_inconclusive(
    standing: StandingBank, out: str, code: int, *, most: int = 1
) -> None:
    """Require that what was under way was hit and said so, and that all others passed."""
    journal = standing.journal()
    found = list(verdicts(journal).values())
    hit = found.count(INCONCLUSIVE)
    assert 1 <= hit <= most, out
    assert found.count(("pass", None)) == len(found) - hit, out
    assert code == 3
    assert "Traceback" not in out
    assert "never retrieved" not in out


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("browser", "loop-later"),
        ("http", "inputs"),
        pytest.param("browser", "inputs", marks=SLOW),
        pytest.param("browser", "popups", marks=SLOW),
        pytest.param("browser", "boxes", marks=SLOW),
    ],
)
def test_one_hostile_page_costs_one_scenario(standing: StandingBank, agent: str, name: str) -> None:
    plan = Plan(login_number(4), page=PAGES[name])
    with faulty_way(standing.bank.url, plan) as address:
        standing.through(address, 3)
        process = standing.run(*FEW, "--retries", "0", agent=agent)
        out, _ = process.communicate(timeout=200)
    assert plan.done
    require_some_inconclusive(standing, out, process.returncode)


@pytest.mark.parametrize("agent", ["browser", "http"])
@pytest.mark.parametrize(
    ("page", "about"),
    [("GET /otp ", "LGN-15,DEA-22"), ("GET /staff/customers", "LCK-11")],
)
def test_nothing_is_held_against_a_product_for_half_a_page(
    standing: StandingBank, agent: str, page: str, about: str
) -> None:
    plan = Plan(lambda _, line: "shorter" if line.startswith(page) else "")
    with faulty_way(standing.bank.url, plan) as address:
        standing.through(address, 10)
        process = standing.run("--requirement", about, "--retries", "0", agent=agent)
        out, _ = process.communicate(timeout=200)
    assert plan.done, out
    ends = [standing.journal().outcome(i) for i in standing.journal().planned]
    # What was in the half that came was seen.
    assert {(e.verdict.value, e.cause) for e in ends} <= {INCONCLUSIVE, ("pass", None)}, out
    assert any("途中で終わっています" in e.observed for e in ends), out


@pytest.mark.parametrize("name", ["loop", pytest.param("boxes", marks=SLOW)])
def test_one_interrupt_ends_a_run_at_a_hostile_page(standing: StandingBank, name: str) -> None:
    plan = Plan(login_number(4), page=PAGES[name])
    with faulty_way(standing.bank.url, plan) as address:
        standing.through(address, 60)
        process = standing.run(*FEW, agent="browser")
        while not plan.done:
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(1)  # until the page's script is at it
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert time.monotonic() - begun < 15, out
    assert process.returncode == 130


@pytest.mark.parametrize(
    ("victim", "workers"),
    [
        ("driver", 1),
        pytest.param("browser", 1, marks=SLOW),
        pytest.param("renderer", 1, marks=SLOW),
        pytest.param("driver", 2, marks=SLOW),
    ],
)
def test_what_is_killed_under_a_run_costs_the_scenarios_under_way(
    standing: StandingBank, victim: str, workers: int
) -> None:
    killed: list[int] = []
    at_login = login_number(2 * workers + 2)

    def in_the_middle(number: int, line: str) -> str:
        if at_login(number, line):
            killed.append(kill(process.pid, victim))
        return ""

    with faulty_way(standing.bank.url, Plan(in_the_middle)) as address:
        standing.through(address, 30)
        options = ("--retries", "0", "--workers", str(workers))
        process = standing.run(*FEW, *options, agent="browser")
        out, _ = process.communicate(timeout=200)
    assert any(killed)
    require_some_inconclusive(standing, out, process.returncode, most=workers)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("agent", ["browser", "http"])
def test_a_way_that_loses_and_bends_changes_no_verdict(standing: StandingBank, agent: str) -> None:
    plan = Plan.at_random(0.08, 20261130, *FAULTS, delay_seconds=0.5)
    with faulty_way(standing.bank.url, plan) as address:
        standing.through(address, 5)
        out, _ = standing.run(*FEW, agent=agent).communicate(timeout=800)
    assert plan.done
    found = set(verdicts(standing.journal()).values())
    # What a network does is no product's fault.
    assert {cause for verdict, cause in found if verdict != "pass"} <= {"environment"}, out
