"""Many runs in a row: where things first broke, what wavers, what is left out."""

import json
import re
import shutil
from dataclasses import replace

import pytest
from told_runs import tell

from otp_conformance.journal.journal import JOURNAL_FILE
from otp_conformance.language import speaking
from otp_conformance.report.history import HEIGHT, History, as_data, bars, history, page, series
from otp_conformance.report.history import _parts as parts_of
from otp_conformance.verdict.verdict import Verdict

ONE = "LCK-06/1"


@pytest.fixture
def row(tmp_path):
    """Tell runs, one a day: their ends (of one scenario, or a table), or those with a header."""

    def make(*told):
        for day, each in enumerate(told):
            ends, header = each if isinstance(each, tuple) else (each, {})
            ends = ends if isinstance(ends, dict) else {ONE: ends}
            tell(tmp_path / "reports", f"run-{day}", ends, day=day, **header)
        return history(tmp_path / "reports")

    return make


def only(found):
    (one,) = found.series
    return one


def test_where_it_first_broke(row):
    one = only(row("fail", "pass", "not_run", ("fail", {"sut_version": "1.1"}), "fail"))
    (broken,) = one.broken
    assert (broken.first.run_id, broken.good.run_id) == ("run-3", "run-1")
    assert broken.unjudged == 1
    assert [d.after for d in broken.changed] == ["1.1"]


def test_what_never_passed_has_no_run_before(row):
    (broken,) = only(row("not_run", "fail", "inconclusive")).broken
    assert (broken.first.run_id, broken.good) == ("run-1", None)


def test_what_passed_last_is_not_broken(row):
    assert only(row("fail", "pass", "not_run")).broken == ()


def test_another_verdict_on_the_same_basis_wavers(row):
    (wavering,) = only(row("pass", "fail", "not_run", "pass")).wavering
    assert [v.value for _, v in wavering.verdicts] == ["pass", "fail", "pass"]
    assert wavering.turns == 2
    assert not wavering.certain  # of the product nobody knows that it was the same


@pytest.mark.parametrize(
    "changed",
    [
        {"declaration_sha256": "cd" * 32},
        {"sut_version": "2"},
        {"suite_version": "2"},
        {"settings_sha256": "ef" * 32},
        {"environment": {"agent": "browser"}},
        {"environment": {"agent": "http", "commit": "abc"}},
        {"steps": "別の文面"},
    ],
)
def test_what_changed_with_its_basis_does_not_waver(row, changed):
    assert only(row("pass", ("fail", changed), "pass")).wavering == ()


def test_one_turn_of_a_product_whose_commit_nobody_knows_is_no_wavering(row):
    assert only(row("pass", "pass", "fail", "fail")).wavering == ()


def test_a_verdict_that_wavers_within_one_run_is_certain(row):
    one = only(row("fail", "fail"))
    first, last = one.runs
    ended = replace(last.scenarios[ONE], wavers=True)
    (told,) = series([first, replace(last, scenarios={ONE: ended})])
    assert [w.certain for w in told.wavering] == [True]


def test_a_selection_is_not_what_the_page_begins_with(row):
    one = only(row("pass", "fail", ("pass", {"selection": "--id LCK-06/1"})))
    assert (one.lead.run_id, one.last.run_id) == ("run-1", "run-2")
    assert only(row()).lead.run_id == "run-1"


def test_with_the_commit_on_record_it_is_certain(row):
    same = {"environment": {"agent": "http", "commit": "abc"}}
    (wavering,) = only(row(("pass", same), ("fail", same))).wavering
    assert wavering.certain


def test_products_and_sets_stand_apart(row):
    found = row("pass", ("pass", {"sut_name": "別の銀行"}), ("pass", {"set": "hardening"}))
    assert [(s.product, s.set) for s in found.series] == [
        ("見本の銀行", "hardening"),
        ("別の銀行", "manual"),
        ("見本の銀行", "manual"),
    ]


def test_what_cannot_be_read_is_named_and_left_out(row, tmp_path):
    row("pass", "fail")
    reports = tmp_path / "reports"
    (reports / "latest").symlink_to("run-1", target_is_directory=True)
    (reports / "notes").mkdir()
    shutil.copytree(reports / "run-0", reports / "copy" / "of-run-0")
    altered = shutil.copytree(reports / "run-1", reports / "altered") / JOURNAL_FILE
    altered.write_bytes(altered.read_bytes().replace(b'"verdict":"fail"', b'"verdict":"pass"'))
    (reports / "old").mkdir()
    (reports / "old" / JOURNAL_FILE).write_text('{"event":"other"}\n', encoding="utf-8")
    found = history(reports)
    assert sorted(s.folder.name for s in found.skipped) == ["altered", "notes", "old", "run-0"]
    assert [run.run_id for run in only(found).runs] == ["run-0", "run-1"]


def test_parts_that_were_merged_are_not_counted_twice(row):
    whole, part, other = only(row("pass", "pass", "pass")).runs
    header = whole.header.model_copy(update={"merged_from": [part.run_id]})
    merged = replace(whole, header=header)
    assert parts_of([merged, part, other]) == [(part, whole.run_id)]
    assert parts_of([part, other]) == []


def test_another_suite_under_the_same_version_is_another_basis(row):
    one, other, third = only(row("pass", "fail", "pass")).runs
    assert only(history(one.folder.parent)).wavering
    header = other.header.model_copy(update={"suite_sha256": "cd" * 32})
    (apart,) = series([one, replace(other, header=header), third])
    assert apart.wavering == ()


def test_a_failure_among_many_is_seen_in_the_trend(row):
    many = {f"LCK-06/{n}": "pass" for n in range(1, 500)}
    one = only(row({**many, "LGN-04/1": "fail"}, {ONE: "pass"}))
    first, second = bars(one)
    assert first.parts[0][0] is Verdict.FAIL
    assert first.parts[0][2] >= 5
    assert all(y >= 0 and y + h <= HEIGHT + 0.1 for _, y, h in first.parts)
    assert second.x > first.x + first.width


def test_the_slowest_by_their_median(row):
    def took(a, b):
        return {"LCK-06/1": ("pass", "", a), "LCK-06/2": ("pass", "", b)}

    one = only(row(took(1.0, 5.0), took(3.0, 4.0), took(90.0, 6.0)))
    assert [(s.ended.scenario_id, s.median_s, s.longest_s) for s in one.slowest] == [
        ("LCK-06/2", 5.0, 6.0),
        ("LCK-06/1", 3.0, 90.0),
    ]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_tells_the_trend_without_its_picture(row, tmp_path, language):
    found = row("pass", "fail", ("fail", {"declaration_sha256": "cd" * 32}))
    with speaking(language):
        html = page(found, tmp_path)
    assert f'<html lang="{language}">' in html
    assert ("揺らぎ" in html) is (language == "ja")
    assert len(re.findall(r"<rect class=\"f-fail\" x=", html)) == 2
    assert '<svg class="trend"' in html
    assert re.search(r'aria-labelledby="title-1 desc-1"><title id="title-1">.+</desc>', html)
    assert html.count('<th scope="row">run-') == 3
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    assert "<script" not in html


def test_for_programs(row):
    (told,) = json.loads(json.dumps(as_data(row("pass", "fail", "pass", "fail"))))["series"]
    assert [run["counts"]["fail"] for run in told["runs"]] == [0, 1, 0, 1]
    assert told["broken"][0]["first_broken"] == "run-3"
    assert told["wavering"][0]["verdicts"][1] == {"run_id": "run-1", "verdict": "fail"}


def test_of_many_products_all_but_the_first_few_are_folded(row, tmp_path):
    one = only(row("pass", "fail"))
    whole = page(History(tmp_path, (one,) * 9, ()), tmp_path)
    assert whole.count("<details") == whole.count("</details>")
    shown, folded = whole.split("ほか 3 製品")
    assert shown.count('<section aria-labelledby="series-') == 6
    assert folded.count('<section aria-labelledby="series-') == 3
    assert "製品の一覧（9）" in shown
    few = page(History(tmp_path, (one,) * 2, ()), tmp_path)
    assert few.count("<details") == few.count("</details>")
    assert "製品の一覧" not in few
    assert few.count('<details class="series">') == 1
