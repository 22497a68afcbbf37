"""Two runs side by side: what was not judged is neither mended nor broken."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from told_runs import digested, tell

from otp_conformance.journal.journal import read
from otp_conformance.language import speaking
from otp_conformance.report.compare import Answer, Change, answer_text, as_data, compare, page
from otp_conformance.report.digest import digest

ONE = "LCK-06/1"
OTHER = "LGN-04/1"


@pytest.fixture
def pair(tmp_path):
    """Return the comparison of two runs told by their ends; ``**header``: of the second."""

    def make(before, after, *, first=None, **header):
        a = digested(tell(tmp_path, "run-a", before, **(first or {})))
        b = digested(tell(tmp_path, "run-b", after, **{"day": 1, **header}))
        return compare(a, b)

    return make


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("pass", "fail", Change.BROKEN),
        ("fail", "pass", Change.MENDED),
        ("fail", "fail", Change.STILL),
        ("pass", "pass", Change.PASSED),
        ("fail", "not_run", Change.LOST),
        ("fail", "inconclusive", Change.LOST),
        ("pass", "not_applicable", Change.LOST),
        ("not_run", "fail", Change.FIRST_BROKEN),
        ("inconclusive", "pass", Change.FIRST_PASSED),
        ("not_run", "not_run", Change.UNJUDGED),
        ("not_run", "inconclusive", Change.CAUSE),
        (("fail", "番号 1234 で入れた"), ("fail", "番号 98 で入れた"), Change.STILL),
        (("fail", "番号 1234 で入れた"), ("fail", "画面が真っ白"), Change.CAUSE),
    ],
)
def test_what_became_of_a_scenario(pair, before, after, change):
    found = pair({ONE: before}, {ONE: after})
    assert [p.change for p in found.pairs] == [change]


@pytest.mark.parametrize(
    ("before", "after", "answer"),
    [
        ({ONE: "pass", OTHER: "fail"}, {ONE: "fail", OTHER: "pass"}, Answer.WORSE),
        ({ONE: "pass", OTHER: "fail"}, {ONE: "pass", OTHER: "fail"}, Answer.NOT_WORSE),
        ({ONE: "fail", OTHER: "not_run"}, {ONE: "pass", OTHER: "not_run"}, Answer.NOT_WORSE),
        ({ONE: "pass", OTHER: "pass"}, {ONE: "pass", OTHER: "not_run"}, Answer.UNTOLD),
        ({ONE: "pass", OTHER: "not_run"}, {ONE: "pass", OTHER: "fail"}, Answer.UNTOLD),
        ({ONE: "pass", OTHER: "pass"}, {ONE: "pass"}, Answer.UNTOLD),
        ({ONE: "pass", OTHER: "not_run"}, {ONE: "pass"}, Answer.NOT_WORSE),
        ({ONE: "pass"}, {ONE: "pass", OTHER: "fail"}, Answer.UNTOLD),
        ({ONE: "pass"}, {ONE: "pass", OTHER: "pass"}, Answer.NOT_WORSE),
        ({ONE: "not_run"}, {ONE: "not_run"}, Answer.UNTOLD),
    ],
)
def test_whether_it_got_worse(pair, before, after, answer):
    found = pair(before, after)
    assert found.answer is answer
    assert int(answer.exit_code) == {"worse": 1, "cannot_be_told": 3, "not_worse": 0}[answer]


@pytest.mark.parametrize(
    ("header", "said"),
    [({"sut_name": "別の銀行"}, "製品が違います"), ({"set": "hardening"}, "セットが違う")],
)
def test_another_product_or_set_is_no_better_and_no_worse(pair, header, said):
    found = pair({ONE: "pass"}, {ONE: "fail"}, **header)
    assert found.answer is Answer.UNTOLD
    assert any(said in text.ja for text in found.cautions)
    assert "言えません" in answer_text(found).ja


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"selection": "--id LCK-06/1"}, "選んだ 1 シナリオだけ"),
        ({"finished": False}, "途中で終わりました"),
        ({"day": -1}, "後から始まって"),
        ({"environment": {"agent": "browser"}}, "所要時間は比べていません"),
    ],
)
def test_what_limits_the_comparison_is_said(pair, header, said):
    found = pair({ONE: "pass"}, {ONE: "pass"}, **header)
    assert [said in text.ja for text in found.cautions].count(True) == 1


def test_equal_runs_have_no_cautions_and_no_differences(pair):
    found = pair({ONE: "pass"}, {ONE: "pass"})
    assert found.cautions == ()
    assert (found.product, found.declaration, found.suite, found.means) == ((), (), (), ())


def test_what_the_runs_were_carried_out_with(pair):
    found = pair(
        {ONE: "pass"},
        {ONE: "pass"},
        sut_version="2.0",
        declaration_sha256="cd" * 32,
        suite_version="0.2.0",
        steps="別の文面",
    )
    assert [d.after for d in found.product] == ["2.0"]
    assert [d.after for d in found.declaration] == ["cd" * 32]
    assert [d.after for d in found.suite] == ["0.2.0"]
    assert [p.reworded for p in found.pairs] == [True]


def test_declared_values_that_both_runs_read(tmp_path):
    def told(name, digest, **values):
        run = digested(tell(tmp_path, name, {ONE: "pass"}, declaration_sha256=digest * 32))
        return replace(run, declared={"lockout.threshold": "5", **values})

    before = told("run-a", "ab", **{"otp.digits": "6", "top.title": "トップ"})
    after = told("run-b", "cd", **{"otp.digits": "8"})
    found = compare(before, after)
    assert [(d.name.en, d.before, d.after) for d in found.declaration[1:]] == [
        ("otp.digits", "6", "8")
    ]
    assert "シナリオが読んだもの" in found.about_values.ja
    assert "実行記録にない" in compare(before, replace(after, declared={})).about_values.ja


def test_declared_values_come_from_the_journal(tmp_path):
    journal = read(tell(tmp_path, "run-a", {ONE: "pass"}) / "journal.ndjson")
    assert digest(tmp_path, journal).declared == {}
    (attempt,) = journal.attempts[ONE].values()
    attempt.declared = [SimpleNamespace(key="lockout.threshold", value="5")]
    assert digest(tmp_path, journal).declared == {"lockout.threshold": "5"}


def test_only_noticeable_durations_of_what_was_judged_twice(pair):
    before = {f"LCK-06/{n}": ("pass", "", 10.0) for n in range(1, 5)}
    after = {
        "LCK-06/1": ("pass", "", 15.0),
        "LCK-06/2": ("pass", "", 11.0),
        "LCK-06/3": ("pass", "", 3.0),
        "LCK-06/4": ("inconclusive", "", 60.0),
    }
    found = pair(before, after)
    assert [(p.known.scenario_id, p.slower_s) for p in found.slower] == [("LCK-06/1", 5.0)]
    assert [p.known.scenario_id for p in found.faster] == ["LCK-06/3"]


def test_durations_of_other_means_are_not_compared(pair):
    browser = {"environment": {"agent": "browser"}}
    found = pair({ONE: ("pass", "", 1.0)}, {ONE: ("pass", "", 9.0)}, **browser)
    assert found.slower == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_speaks_one_language_and_loads_nothing(pair, tmp_path, language):
    found = pair({ONE: "pass", OTHER: "fail"}, {ONE: ("fail", "<b>&"), OTHER: "pass"})
    with speaking(language):
        html = page(found, tmp_path)
    assert f'<html lang="{language}">' in html
    assert ("新たに不合格になった" in html) is (language == "ja")
    assert ("Newly broken" in html) is (language == "en")
    assert "&lt;b&gt;&amp;" in html
    assert "default-src &#39;none&#39;" in html
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    assert "<script" not in html


def test_links_lead_to_pages_that_are_there(pair, tmp_path):
    found = pair({ONE: "pass"}, {ONE: "fail"})
    assert 'href="run-b/' not in page(found, tmp_path)
    (tmp_path / "run-b" / "requirements.html").write_text("", encoding="utf-8")
    assert 'href="run-b/requirements.html#LCK-06/1"' in page(found, tmp_path)
    assert 'href="../run-b/requirements.html#LCK-06/1"' in page(found, tmp_path / "below")


def test_for_programs(pair):
    data = json.loads(json.dumps(as_data(pair({ONE: "pass"}, {ONE: ("fail", "入れた")}))))
    assert (data["answer"], data["exit_code"]) == ("worse", 1)
    (told,) = data["scenarios"]
    assert (told["change"], told["after"]["observed"]) == ("newly_broken", "入れた")
    assert data["counts"]["newly_broken"] == 1
