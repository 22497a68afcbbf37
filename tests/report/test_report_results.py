"""From scenarios to requirements, and the summary that everybody reads first."""

import io
from dataclasses import replace

import openpyxl
import pytest

from otp_conformance.cli.summary import print_summary
from otp_conformance.journal.case import Case
from otp_conformance.journal.events import RunStarted, ScenarioPlanned
from otp_conformance.journal.evidence import EvidenceStore
from otp_conformance.journal.journal import JOURNAL_FILE, JournalWriter, read
from otp_conformance.language import speaking
from otp_conformance.report import junit, matrix, sheets, spreadsheet
from otp_conformance.report.build import index
from otp_conformance.report.results import Aside, counting, results
from otp_conformance.report.summary import summarise
from otp_conformance.specification.catalogue.model import Requirement
from otp_conformance.verdict.outcome import Nonconformity
from otp_conformance.verdict.verdict import Verdict

AT = "2012-02-22T10:00:00+00:00"


def verdicts(journal, catalogue):
    return {r.requirement.id: r.verdict for r in results(journal, catalogue).requirements}


def test_a_requirement_has_the_worst_verdict_of_its_scenarios(journals, catalogue):
    assert verdicts(journals["mixed"], catalogue) == {
        "TOK-03": Verdict.FAIL,
        "ACT-21": Verdict.INCONCLUSIVE,
        "LGN-04": Verdict.INCONCLUSIVE,
        "LGN-06": Verdict.INCONCLUSIVE,
        "LGN-08": Verdict.FAIL,
        "LGN-09": Verdict.NOT_RUN,
        "LGN-11": Verdict.INCONCLUSIVE,
        "LGN-16": Verdict.NOT_APPLICABLE,
        "CON-01": Verdict.NOT_RUN,
    }


def test_a_failed_check_of_other_requirements_does_not_accuse_this_one(journals, catalogue):
    run = results(journals["mixed"], catalogue)
    login = next(r for r in run.requirements if r.requirement.id == "LGN-04")
    failed = next(c for c in login.contributions if c.scenario.verdict is Verdict.FAIL)
    assert failed.verdict is Verdict.INCONCLUSIVE
    assert "LGN-08" in failed.remark


def _journal_of(path, act):
    """Return the journal of one scenario about LGN-04, LGN-06 and LGN-08 that ``act`` tells."""
    header = RunStarted(
        at=AT,
        run_id="run",
        suite_version="1",
        requirement_set="1",
        sut_name="みほん",
        sut_version="1",
        base_url="https://ib.example.test/",
        declaration_file="みほん.toml",
        declaration_sha256="0",
        selection="",
        planned=1,
    )
    tags = ["LGN-04", "LGN-06", "LGN-08"]
    with JournalWriter(path / JOURNAL_FILE) as journal:
        journal.write(header)
        journal.write(
            ScenarioPlanned(
                at=AT,
                scenario_id="s",
                uri="f.feature",
                line=3,
                name="題",
                feature="機能",
                chapter="login",
                tags=tags,
                requirements=tags,
                steps=[],
            )
        )
        case = Case("s", requirements=tags, journal=journal, evidence=EvidenceStore(path, journal))
        case.start()
        case.enter_step(0)
        try:
            act(case)
        except Nonconformity as error:
            case.finish(error, during_setup=False)
        else:
            case.finish(None, during_setup=False)
        journal.finish(Verdict.FAIL, 1, 1.0)
    return read(path / JOURNAL_FILE)


def _confirm(case, ok, *requirements):
    case.confirm("確認", ok, expected="よい", observed="見た", requirements=requirements or None)


def test_an_own_check_that_passed_counts_beside_a_neighbour_that_failed(tmp_path, catalogue):
    def act(case):
        _confirm(case, True, "LGN-04")
        _confirm(case, False, "LGN-08")

    run = results(_journal_of(tmp_path, act), catalogue)
    found = {r.requirement.id: r for r in run.requirements}
    assert found["LGN-04"].verdict is Verdict.PASS
    assert found["LGN-06"].verdict is Verdict.INCONCLUSIVE  # cut off before its own check
    assert found["LGN-08"].verdict is Verdict.FAIL
    assert "合格しています" in found["LGN-04"].contributions[0].remark
    assert "合格しています" not in found["LGN-06"].contributions[0].remark


def test_a_check_for_all_of_a_scenario_is_nobodys_own(tmp_path, catalogue):
    def act(case):
        _confirm(case, True)
        _confirm(case, False, "LGN-08")

    found = verdicts(_journal_of(tmp_path, act), catalogue)
    assert found["LGN-04"] is found["LGN-06"] is Verdict.INCONCLUSIVE


def test_a_refusal_cut_off_before_its_control_is_not_verified(tmp_path, catalogue):
    def act(case):
        case.refused("拒否", True, expected="拒否", observed="拒否", requirements=["LGN-06"])
        _confirm(case, False, "LGN-08")

    assert verdicts(_journal_of(tmp_path, act), catalogue)["LGN-06"] is Verdict.INCONCLUSIVE


def test_a_later_failure_of_its_own_undoes_an_own_pass(tmp_path, catalogue):
    def act(case):
        _confirm(case, True, "LGN-04")
        _confirm(case, False)

    assert verdicts(_journal_of(tmp_path, act), catalogue)["LGN-04"] is Verdict.FAIL


def test_untested_requirements_say_why(journals, catalogue):
    found = {r.requirement.id: r for r in results(journals["passed"], catalogue).requirements}
    assert found["LGN-09"].aside is Aside.NO_SCENARIO
    assert found["CON-01"].aside is Aside.INFORMATIVE
    assert found["LGN-08"].reason == ""


def test_a_cut_off_run_leaves_no_requirement_passed_by_silence(journals, catalogue):
    found = verdicts(journals["cut-off"], catalogue)
    assert found["LGN-08"] is Verdict.NOT_RUN
    assert Verdict.PASS not in found.values()
    assert found["LGN-06"] is Verdict.FAIL


def test_what_is_declared_absent_does_not_spoil_a_pass(journals, catalogue):
    run = results(journals["mixed"], catalogue)
    by_verdict = {s.verdict: s for s in run.scenarios}
    absent, passed = by_verdict[Verdict.NOT_APPLICABLE], by_verdict[Verdict.PASS]
    lonely = by_verdict[Verdict.INCONCLUSIVE]
    assert replace(run, scenarios=(absent, passed)).verdict is Verdict.PASS
    assert replace(run, scenarios=(absent,)).verdict is Verdict.NOT_APPLICABLE
    assert replace(run, scenarios=(absent, passed, lonely)).verdict is Verdict.INCONCLUSIVE
    assert replace(run, scenarios=()).verdict is Verdict.NOT_RUN


def test_ids_outside_the_catalogue_are_told(journals, catalogue):
    del_one = type(catalogue)()
    del del_one.requirements["LGN-16"]
    assert results(journals["mixed"], del_one).unknown == ("LGN-16",)


def test_the_summary_counts_everything_once(journals, catalogue):
    run = results(journals["mixed"], catalogue)
    summary = summarise(run)
    assert summary.verdict is Verdict.FAIL
    assert sum(summary.scenarios.values()) == 7
    assert sum(summary.requirements.values()) + summary.untested == 8  # CON-01 only informs
    assert list(summary.chapters) == list(dict.fromkeys(s.planned.chapter for s in run.scenarios))
    assert sum(sum(counts.values()) for counts in summary.chapters.values()) == 7
    assert [r.requirement.id for r in summary.failing] == ["TOK-03", "LGN-08"]
    assert len(summary.suite_faults) == 1
    assert summary.to_repeat
    assert not summary.cut_off


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", ["判定: 不合格", "観測     : 値 ＊＊＊", "対処     : ", "試験装置異常 1 件"]),
        ("en", ["Verdict: fail", "observed : ", "Inconclusive requirements", "suite fault"]),
    ],
)
def test_the_terminal_text_tells_what_to_do(journals, catalogue, language, words, capsys):
    with speaking(language):
        print_summary(journals["mixed"], catalogue)
    text = capsys.readouterr().out
    for word in words:
        assert word in text
    assert "482913" not in text


@pytest.mark.parametrize(("language", "words"), [("ja", "途中で終わりました"), ("en", "cut off")])
def test_the_terminal_text_says_that_a_run_was_cut_off(
    journals, catalogue, language, words, capsys
):
    with speaking(language):
        assert print_summary(journals["cut-off"], catalogue).cut_off
        assert words in capsys.readouterr().out
        print_summary(journals["passed"], catalogue)
        assert words not in capsys.readouterr().out


def test_nothing_is_to_be_repeated_where_all_passed(journals, catalogue):
    assert not summarise(results(journals["passed"], catalogue)).to_repeat


def test_what_was_not_chosen_is_no_lack_of_scenarios(journals, catalogue):
    whole = journals["passed"]
    part = replace(whole, header=whole.header.model_copy(update={"selection": "--id LGN-04/1"}))
    for journal, aside, told in (
        (whole, Aside.NO_SCENARIO, "（シナリオのないもの 1）"),
        (part, Aside.NOT_CHOSEN, "（今回選ばなかったもの 1）"),
    ):
        run = results(journal, catalogue)
        assert {r.requirement.id: r.aside for r in run.requirements}["LGN-09"] is aside
        assert told in matrix.lead(run)


def test_what_only_informs_is_no_gap(journals, catalogue):
    run = results(journals["passed"], catalogue)
    assert "CON-01" not in {r.requirement.id for r in run.to_verify}
    assert matrix.lead(run).startswith("試験の対象の 8 要件のうち、7 要件が合格しました。")


def test_what_cannot_be_seen_is_counted_apart_and_named(journals, catalogue):
    catalogue = type(catalogue)()
    unseen = catalogue.requirements["LGN-09"]
    catalogue.requirements["LGN-09"] = unseen.model_copy(update={"observability": "not observable"})
    run = results(journals["passed"], catalogue)
    assert "LGN-09" not in {r.requirement.id for r in run.to_verify}
    assert run.counting == (
        "要件 9 件のうち、試験の対象は 7 件です。"
        "ほかは参考の記述 1 件と、画面の操作では観測できない 1 件（LGN-09）です。"
    )
    every = catalogue.requirements.values()
    assert counting(len(every), [r for r in every if not r.testable]) == run.counting
    with speaking("en"):
        assert run.counting.endswith("1 cannot be observed through the screens (LGN-09).")
    for page in (matrix.render(run), index(run)):
        assert run.counting in page
        assert "試験の対象の 7 要件のうち、7 要件が合格しました。" in page
    assert "観測不可" in {row[5] for row in sheets.requirements(run).rows}


def without_browser(journal):
    header = journal.header.model_copy(update={"environment": {"agent": "http"}})
    return replace(journal, header=header)


@pytest.mark.parametrize(
    ("kind", "shown", "shown_en"),
    [
        (
            "passed",
            "ブラウザーなしの試行では、ここまで不合格は見つかっていません（合格 7 シナリオ）。",
            "nothing was found against the product so far (7 scenario(s) passed).",
        ),
        (
            "mixed",
            "ブラウザーなしの試行で、不合格が 1 シナリオ見つかりました。",
            "the product failed in 1 scenario(s).",
        ),
    ],
)
def test_a_run_without_a_browser_says_what_holds_and_what_a_verdict_needs(
    journals, catalogue, kind, shown, shown_en
):
    assert results(journals[kind], catalogue).trial == ("", "")
    run = results(without_browser(journals[kind]), catalogue)
    said, needed = run.trial
    assert said == shown
    assert needed.startswith("合否の判定には、ブラウザーでの実施が要ります")
    for page in (index(run), matrix.render(run)):
        assert page.index(said) < page.index("ブラウザーなしでの判定")
        assert "総合判定" not in page
        assert needed in page
    assert f'name="without_browser" value="{said}' in junit.render(run)
    cells = openpyxl.load_workbook(io.BytesIO(spreadsheet.workbook(run))).worksheets[0]
    assert any(str(cell.value).startswith(said) for row in cells for cell in row)
    with speaking("en"):
        assert run.trial[0].endswith(shown_en)
        assert run.trial[1].startswith("A verdict needs a run in the browser")


def test_a_run_without_a_browser_tells_what_is_left(journals, catalogue):
    run = results(without_browser(journals["cut-off"]), catalogue)
    assert run.trial[1].endswith("（残り: 未実施 4）。")


@pytest.mark.parametrize(
    ("section", "step", "told"),
    [
        ("登録; 解除", "手順1・手順2; 手順2", "登録・手順1・2、解除・手順2"),
        ("登録; 登録＞【参考】トークン", "手順3; —", "登録・手順3、【参考】トークン"),
        ("登録＞前; 登録", "—; 前文・手順4", "登録＞前、登録・前文・手順4"),
    ],
)
def test_a_place_in_the_manual_says_nothing_twice(section, step, told):
    row = Requirement.model_construct(section=section, step=step, source="")
    assert matrix.place(row) == told
