"""Banks that keep to the manual in other ways pass everything that applies to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.agent.trouble import STOPPED_BY_BROWSER
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Verdict
from workshop.relatives.family import FAMILY
from workshop.relatives.run import run
from workshop.variants.start import not_green

VERY_SLOW = "very-slow-answers"
EVERY = [name for name in FAMILY if name != VERY_SLOW]
#: Some of every chapter: ways, texts, refusals with controls, counting, time.
QUICK = Selection(
    requirements=(
        "CON-15",
        "ISS-15",
        "ISS-26",
        "ACT-31",
        "LGN-02",
        "LGN-12",
        "LCK-02",
        "DEA-14",
        "RIS-02",
        "SWT-02",
        "SCR-16",
        "TOK-04",
    )
)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", EVERY)
def test_no_false_alarm(name: str, tmp_path: Path) -> None:
    result = run(FAMILY[name], tmp_path, selection=QUICK)
    assert not_green(result) == []
    verdicts = [result.journal.outcome(i).verdict for i in result.journal.planned]
    assert verdicts.count(Verdict.PASS) > len(verdicts) / 2


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", EVERY)
def test_no_false_alarm_in_the_whole_suite(name: str, tmp_path: Path) -> None:
    assert not_green(run(FAMILY[name], tmp_path)) == []


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(1800)
def test_three_seconds_an_answer_are_no_fault(tmp_path: Path) -> None:
    result = run(
        FAMILY[VERY_SLOW],
        tmp_path,
        selection=Selection(requirements=("LGN-02", "TOK-04")),
        agent=AgentKind.BROWSER,
    )
    assert not_green(result) == []


@pytest.mark.browser
def test_what_the_browser_stops_is_judged_by_the_servers_answer(tmp_path: Path) -> None:
    result = run(
        FAMILY["checked-by-the-browser"],
        tmp_path,
        selection=Selection(requirements=("ISS-15", "ACT-12", "ACT-21", "DEA-08")),
        agent=AgentKind.BROWSER,
    )
    assert not_green(result) == []
    told = (result.run_dir / "journal.ndjson").read_text(encoding="utf-8")
    assert STOPPED_BY_BROWSER in told


def test_there_are_eight_and_more() -> None:
    assert len(EVERY) >= 8
