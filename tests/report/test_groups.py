"""Failures by likely common cause: what is put together, what is kept apart."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from otp_conformance.journal.events import Check, Evidence, ScenarioFinished, ScenarioPlanned
from otp_conformance.report.groups import failures, left_out, plain
from otp_conformance.verdict.verdict import Cause, Verdict

AT = "2012-02-22T10:00:00+00:00"
REFUSED = "ログインが拒否されること"
LET_IN = "画面「トップページ」、HTTP 200"


def scenario(
    number,
    *,
    expected=REFUSED,
    observed=LET_IN,
    verdict=Verdict.FAIL,
    cause=Cause.PRODUCT,
    chapter="停止",
    failed=(),
    hint="",
    page="/top",
):
    name = f"LCK-01/{number}"
    return SimpleNamespace(
        verdict=verdict,
        planned=ScenarioPlanned.model_construct(scenario_id=name, chapter=chapter),
        outcome=ScenarioFinished(
            at=AT,
            scenario_id=name,
            verdict=verdict,
            cause=cause,
            expected=expected,
            observed=observed,
            hint=hint,
            duration_s=1,
        ),
        attempt=SimpleNamespace(
            checks=[
                Check.model_construct(verdict=Verdict.FAIL, requirements=[each]) for each in failed
            ],
            evidence=[Evidence.model_construct(address=f"http://127.0.0.1:8000{page}")],
        ),
    )


def run_of(*scenarios, ixit=None):
    requirements = [
        SimpleNamespace(requirement=SimpleNamespace(id=identifier, ixit=parameters))
        for identifier, parameters in (ixit or {}).items()
    ]
    return SimpleNamespace(scenarios=scenarios, requirements=requirements)


def numbers(groups):
    return [[s.planned.scenario_id.partition("/")[2] for s in g.scenarios] for g in groups]


def test_the_same_finding_is_one_group_whatever_customer_and_number():
    def locked_out(number, customer, times):
        return scenario(
            number,
            verdict=Verdict.INCONCLUSIVE,
            expected=f"お客さま {customer} が {times} 回の後に停止すること",
            chapter=f"章{number}",
        )

    groups = failures(run_of(locked_out(1, "t5ba27", 5), locked_out(2, "t5ba99", 10)))
    assert numbers(groups) == [["1", "2"]]
    assert groups[0].alike
    assert groups[0].screen == "トップページ"


def test_a_missing_refusal_is_not_one_cause_across_chapters():
    here, there = scenario(1), scenario(2, chapter="ログイン")
    assert numbers(failures(run_of(here, there))) == [["1"], ["2"]]


def test_a_requirement_that_both_failed_ties_chapters_together():
    here = scenario(1, failed=["TOK-03"])
    there = scenario(2, chapter="ログイン", failed=["LGN-08", "TOK-03"])
    (group,) = failures(run_of(here, there))
    assert group.requirements == ("TOK-03", "LGN-08")


def test_one_declared_parameter_on_one_screen_is_one_group():
    a = scenario(1, observed="ボタンなし", failed=["SCR-22"])
    b = scenario(2, observed="一覧なし", failed=["SCR-06"])
    elsewhere = scenario(3, observed="行なし", failed=["SCR-06"], page="/other")
    ixit = {"SCR-22": ("IX-18",), "SCR-06": ("IX-18",)}
    groups = failures(run_of(a, b, elsewhere, ixit=ixit))
    assert numbers(groups) == [["1", "2"], ["3"]]
    assert groups[0].parameters == ("IX-18",)
    assert not groups[0].alike


def test_a_key_of_the_declaration_that_hints_name_ties_together():
    hint = "題名を宣言の [labels] の top.title に書いてください。"
    other = "宣言の adapters.clock.file の場所を確かめてください。"
    seen = [
        scenario(n, observed=f"画面「{t}」", cause=Cause.DECLARATION, hint=hint)
        for n, t in ((1, "受付"), (3, "完了"))
    ]
    apart = scenario(2, observed="別", cause=Cause.DECLARATION, hint=other)
    groups = failures(run_of(seen[0], apart, seen[1]))
    assert numbers(groups) == [["1", "3"], ["2"]]
    assert [g.keys for g in groups] == [("top.title",), ("adapters.clock.file",)]


def test_nobody_is_tied_by_way_of_others():
    first = [scenario(n, chapter=f"章{n}", failed=["LGN-08"]) for n in (1, 2, 3)]
    bridge = scenario(4, chapter="橋", failed=["LGN-08", "TOK-03"])
    last = [scenario(n, chapter=f"章{n}", failed=["TOK-03"]) for n in (5, 6)]
    groups = failures(run_of(*first, bridge, *last))
    assert numbers(groups) == [["1", "2", "3", "4"], ["5", "6"]]


def test_other_verdicts_and_causes_are_never_put_together():
    fail = scenario(1)
    environment = scenario(2, verdict=Verdict.INCONCLUSIVE, cause=Cause.ENVIRONMENT)
    product = scenario(3, verdict=Verdict.INCONCLUSIVE)
    passed = scenario(4, verdict=Verdict.PASS)
    groups = failures(run_of(environment, passed, product, fail))
    assert numbers(groups) == [["1"], ["2"], ["3"]]


def test_the_largest_group_of_the_worst_verdict_comes_first():
    alone = scenario(1, observed="ほか")
    groups = failures(run_of(alone, scenario(2), scenario(3)))
    assert numbers(groups) == [["2", "3"], ["1"]]


def test_what_was_left_out_is_told_by_reason():
    def missing(number, observed, verdict=Verdict.NOT_RUN):
        return scenario(number, observed=observed, verdict=verdict, cause=Cause.DECLARATION)

    reasons = left_out(
        run_of(
            missing(1, "なし", Verdict.NOT_APPLICABLE),
            missing(2, "あと 5 分"),
            missing(3, "あと 12 分"),
            missing(4, "ブラウザーなし"),
            scenario(5, verdict=Verdict.PASS),
        )
    )
    assert numbers(reasons) == [["2", "3"], ["4"], ["1"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("シリアル番号「1234-5678」、12 件", "シリアル番号「#」、# 件"),
        ("お客さま t5ba2710332 の画面ID「BPT001」", "お客さま # の画面ID「#」"),
    ],
)
def test_numbers_and_identifiers_are_left_out(text, told):
    assert plain(text) == told
