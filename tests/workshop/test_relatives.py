"""Banks that keep to the manual in other ways pass everything that applies to them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from otp_conformance.agent.trouble import STOPPED_BY_BROWSER
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Cause, Verdict
from workshop.relatives.family import FAMILY
from workshop.relatives.run import run
from workshop.variants.start import not_green, write_declaration

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


def test_a_date_in_another_format_than_declared_is_no_fault_of_the_product(tmp_path: Path) -> None:
    bank = replace(FAMILY["in-eras"], declared={})
    result = run(bank, tmp_path, selection=Selection(ids=("ACT-31/1",)))
    end = result.journal.outcome("ACT-31/1")
    assert (end.verdict, end.cause) == (Verdict.INCONCLUSIVE, Cause.DECLARATION)
    assert "expiry.display_format" in end.hint
    assert "令和" in end.observed


def test_advice_leads_to_a_login_that_asks_for_the_id_first(tmp_path: Path) -> None:
    bank = FAMILY["id-first"]
    declaration = write_declaration(tmp_path, "workshop.relatives.serve", bank.name)

    def fixes() -> str:
        command = [sys.executable, "-m", "otp_conformance", "check", "--agent", "http"]
        done = subprocess.run(
            [*command, "--format", "json", "--declaration", str(declaration)],
            capture_output=True,
            text=True,
            check=False,
        )
        return "\n".join(f["fix"] for f in json.loads(done.stdout) if f["state"] == "wrong")

    assert "login.id_first = true" in fixes()
    text = declaration.read_text(encoding="utf-8")
    text = text.replace('"id_first" = false', '"id_first" = true', 1)
    declaration.write_text(text, encoding="utf-8")
    advised = '"login.title" = ["ログイン", "ログインパスワードの入力"]'
    assert advised in fixes()
    declaration.write_text(f"{text}\n[labels]\n{advised}\n", encoding="utf-8")
    assert fixes() == ""


def test_there_are_eight_and_more() -> None:
    assert len(EVERY) >= 8
