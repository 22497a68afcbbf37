"""A page that nobody has declared: whose matter it is that success cannot be told."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pretend_world import attempt, judge

from otp_conformance.journal.journal import Journal, read
from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.resources import fixtures_dir
from otp_conformance.specification.manual import bundled
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble
from otp_conformance.verdict.verdict import Cause, Verdict

ROOT = Path(__file__).parents[2]
REFERENCE = fixtures_dir() / "declarations" / "reference.toml"


COMPLETIONS = {
    screen.title_key: screen.verifies["title"]
    for screen in bundled().screens.values()
    if "title" in screen.verifies
}


def strange(key: str, action: Action = Action.LOGIN) -> Attempt:
    tried = attempt(accepted=False, told=False, action=action)
    return replace(tried, strange=key, titled_by=COMPLETIONS.get(key, ()))


def judged(tried: Attempt):
    """Return a judge, and every way in which it can find that an attempt should have succeeded."""
    made = judge(latest=lambda: tried)
    return made, {
        "accepted": made.judge.accepted,
        "all_accepted": lambda: made.judge.all_accepted([attempt(accepted=True), tried]),
        "control": lambda: made.judge.control(tried),
        "require_accepted": tried.require_accepted,
    }


@pytest.mark.parametrize("judgement", ["accepted", "all_accepted", "control", "require_accepted"])
def test_where_no_requirement_gives_the_title_it_is_the_declarations_matter(judgement):
    tried = strange("top.title")
    made, way = judged(tried)
    with pytest.raises(DeclarationMismatch) as caught:
        way[judgement]()
    assert "[labels] の top.title" in caught.value.hint
    assert made.case.ends == []


@pytest.mark.parametrize("key", list(COMPLETIONS))
def test_where_the_manual_gives_it_another_title_fails_that_and_nothing_else(key):
    page, title = COMPLETIONS[key][1:]
    tried = strange(key, Action.ISSUE)
    assert tried.blamed(["SHP-06", page, "SCR-13", title]) == [page, title]
    with pytest.raises(DeclarationMismatch):
        tried.blamed(["SHP-06", "SCR-13"])
    assert f"[labels] の {key}" in tried.observed


def test_on_a_known_page_all_are_blamed():
    assert attempt(accepted=False).blamed(["SHP-06"]) is None


def run(tmp_path: Path, label: str, *selection: str) -> tuple[int, Journal]:
    text = REFERENCE.read_text(encoding="utf-8")
    assert "[labels]" in text
    declaration = tmp_path / "bank.toml"
    changed = text.replace("[labels]", f'[labels]\n"{label}" = ["よそのページ"]\n')
    declaration.write_text(changed, encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "otp_conformance", "run", "--agent", "http"),
            *("--declaration", str(declaration), *selection),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OTP_CONFORMANCE_LANG": "ja"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    return done.returncode, read(tmp_path / "reports" / "latest" / "journal.ndjson")


@pytest.mark.parametrize(
    ("label", "name", "verdict", "cause"),
    [
        ("top.title", "そろえばログインできる", Verdict.INCONCLUSIVE, Cause.DECLARATION),
        ("issue_complete.title", "確認用パスワードが正しければ", Verdict.FAIL, Cause.PRODUCT),
    ],
)
def test_a_run_names_the_label_to_look_at(tmp_path, label, name, verdict, cause):
    code, journal = run(tmp_path, label, "--name", name)
    (scenario,) = journal.planned
    end = journal.outcome(scenario)
    assert f"[labels] の {label}" in end.hint + end.observed
    assert (end.verdict, end.cause) == (verdict, cause)
    assert code == (1 if verdict is Verdict.FAIL else 3)
    failed = [c for c in journal.last(scenario).checks if c.verdict is Verdict.FAIL]
    assert [c.requirements for c in failed] == ([["ISS-18", "ISS-19"]] if failed else [])


def test_an_undeclared_question_for_the_otp_is_never_the_products_fault(tmp_path):
    code, journal = run(
        tmp_path, "login_otp.title", "features/04_login/login.feature", "--name", "ワンタイム"
    )
    ends = {scenario: journal.outcome(scenario) for scenario in journal.planned}
    assert code == 3
    assert len(ends) > 15
    for scenario, end in ends.items():
        assert (end.verdict, end.cause) == (Verdict.INCONCLUSIVE, Cause.DECLARATION), scenario
        assert "[labels] の login_otp.title" in end.hint, scenario


@pytest.mark.parametrize("judgement", ["accepted", "all_accepted", "control", "require_accepted"])
def test_a_refused_code_that_somebody_typed_may_be_mistyped(judgement):
    tried = replace(attempt(accepted=False), typed=True)
    made, way = judged(tried)
    with pytest.raises(EnvironmentTrouble, match="打ち間違い"):
        way[judgement]()
    assert made.case.ends == []


def test_a_typed_code_excuses_no_acceptance():
    tried = replace(attempt(accepted=True), typed=True)
    made = judge(latest=lambda: tried)
    made.judge.accepted()
    made.judge.refused()
    assert made.case.ends[:2] == [("fact", True), ("refusal", False)]
    unasked = replace(attempt(accepted=True, unasked=True), typed=True)
    made = judge(latest=lambda: unasked)
    made.judge.accepted()
    assert made.case.ends == [("fact", False)]
