"""The formats that other programs read, read by those programs' own readers."""

import csv
import html
import io
import json
import re
import shutil
from copy import deepcopy
from pathlib import Path

import pytest
from allure_commons import model2
from openpyxl import load_workbook
from pyld import jsonld

from otp_conformance.language import speaking
from otp_conformance.report import allure, earl, spreadsheet
from otp_conformance.report.build import FORMATS, build
from otp_conformance.report.results import results
from otp_conformance.verdict.verdict import Verdict

JOURNALS = Path(__file__).parents[2] / "fixtures" / "journals"
FORMULAS = ('=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)")

# Every class, property and individual of the EARL 1.0 Schema that a report may use.
EARL = {
    *("Assertion", "Assertor", "Software", "TestSubject", "TestRequirement", "TestCase"),
    *("TestResult", "assertedBy", "subject", "test", "mode", "result", "outcome", "info"),
    *("automatic", "passed", "failed", "cantTell", "untested", "inapplicable"),
}


@pytest.fixture
def run(journals, catalogue):
    return results(journals["mixed"], catalogue)


@pytest.fixture
def acting(journals, catalogue):
    """A run whose product says what spreadsheets would carry out."""
    journal = deepcopy(journals["mixed"])
    said = ("observed", "expected", "hint", "failing_step")
    for attempts in journal.attempts.values():
        for attempt in attempts.values():
            texts = dict(zip(said, FORMULAS, strict=True))
            attempt.finished = attempt.finished.model_copy(update=texts)
    journal.header = journal.header.model_copy(update={"sut_name": FORMULAS[0]})
    return results(journal, catalogue)


@pytest.fixture(scope="module")
def everything(tmp_path_factory, catalogue):
    folder = tmp_path_factory.mktemp("formats") / "mixed"
    shutil.copytree(JOURNALS / "mixed", folder)
    build(folder, catalogue, formats=FORMATS)
    return folder


def opened(run, lang="ja"):
    with speaking(lang):
        return load_workbook(io.BytesIO(spreadsheet.workbook(run)))


# -- Excel -------------------------------------------------------------------------


def test_the_workbook_has_its_sheets_in_both_languages(run):
    assert opened(run).sheetnames == [
        *("表紙", "要件", "シナリオ", "不合格と判定不能", "宣言", "章ごとの集計"),
    ]
    assert opened(run, "en").sheetnames == [
        *("Cover", "Requirements", "Scenarios", "Findings", "Declaration", "By chapter"),
    ]


def test_the_workbook_says_what_the_run_came_to(run):
    book = opened(run)
    cover = [cell.value for row in book["表紙"].iter_rows() for cell in row if cell.value]
    assert "試験成績書" in cover
    assert "✕ 不合格" in cover
    (failed,) = [r for r in book["不合格と判定不能"].iter_rows(min_row=2) if "不合格" in r[2].value]
    assert failed[0].value == "LGN-08/1"
    assert failed[3].value == "製品"
    assert len(list(book["シナリオ"].iter_rows(min_row=2))) == 7
    assert len(list(book["要件"].iter_rows(min_row=2))) == 9
    totals = [[cell.value for cell in row] for row in book["章ごとの集計"].iter_rows(min_row=2)]
    assert [row[2] for row in totals if row[0] == "合計"] == [8, 7]  # one of the nine only informs
    assert all(row[2] == sum(row[3:]) for row in totals)


def test_the_workbook_is_set_up_for_paper(run):
    for sheet in opened(run):
        assert sheet.page_setup.paperSize == 9
        # One page wide, which the format takes for granted, and as many long as it takes.
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        if sheet.title != "表紙":
            assert sheet.freeze_panes == "B2"
            assert sheet.print_title_rows == "$1:$1"
            assert sheet.page_setup.orientation == "landscape"
        assert sheet.oddFooter.left.size == 9  # a number behind "&9" would be part of it
        assert sheet.oddFooter.left.text.strip() == "sample-mixed"


def test_nothing_that_a_product_says_is_a_formula(acting):
    cells = [cell for sheet in opened(acting) for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert set(FORMULAS) <= {cell.value for cell in cells}
    links = [cell.hyperlink.target for cell in cells if cell.hyperlink]
    assert links
    assert all(re.fullmatch(r"evidence\\[0-9a-f]{20}\.png", target) for target in links)


def test_pictures_are_linked_beside_the_workbook(everything):
    book = load_workbook(everything / "report.xlsx")
    links = [c.hyperlink.target for s in book for r in s.iter_rows() for c in r if c.hyperlink]
    assert len(links) >= 5
    # Backslashes are how Excel writes them; LibreOffice reads them as well.
    assert all((everything / target.replace("\\", "/")).is_file() for target in links)


def test_the_same_run_gives_the_same_workbook(run):
    with speaking("ja"):
        assert spreadsheet.workbook(run) == spreadsheet.workbook(run)


def test_a_text_that_is_too_long_for_a_cell_is_cut(journals, catalogue):
    journal = deepcopy(journals["mixed"])
    for attempts in journal.attempts.values():
        end = attempts[0].finished
        attempts[0].finished = end.model_copy(update={"observed": "長" * 40_000})
    cells = [c.value for r in opened(results(journal, catalogue))["不合格と判定不能"] for c in r]
    assert max(len(value) for value in cells if value) == 32_767


# -- CSV -----------------------------------------------------------------------------


def test_csv_files_are_read_by_excel_and_by_others(acting):
    with speaking("ja"):
        files = spreadsheet.tables(acting)
    assert set(files) == {
        f"{name}.csv"
        for name in ("requirements", "scenarios", "findings", "declaration", "chapters")
    }
    for body in files.values():
        assert body.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
        assert len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert f"'{FORMULAS[1]}" in files["findings.csv"].decode("utf-8-sig")


# -- EARL ----------------------------------------------------------------------------


def test_earl_uses_its_vocabulary_and_nothing_else(run):
    flat = jsonld.flatten(json.loads(earl.render(run)))
    used = set(re.findall(r"http://www\.w3\.org/ns/earl#(\w+)", json.dumps(flat)))
    assert used <= EARL
    # A key that the context does not know would be dropped, a bare one kept without address.
    keys = {key for node in flat for key in node if not key.startswith("@")}
    assert all(key.startswith("http") for key in keys)
    assert len(keys) == 14


def test_earl_asserts_every_scenario_and_requirement(run):
    flat = {node["@id"]: node for node in jsonld.flatten(json.loads(earl.render(run)))}
    ns = "http://www.w3.org/ns/earl#"
    said = {}
    for node in flat.values():
        if f"{ns}Assertion" in node.get("@type", []):
            (test,), (result,) = node[f"{ns}test"], node[f"{ns}result"]
            (outcome,) = flat[result["@id"]][f"{ns}outcome"]
            assert test["@id"] in flat
            assert flat[node[f"{ns}subject"][0]["@id"]]["@type"] == [f"{ns}TestSubject"]
            said[test["@id"].rpartition(":")[2]] = outcome["@id"].removeprefix(ns)
    words = {
        Verdict.PASS: "passed",
        Verdict.FAIL: "failed",
        Verdict.INCONCLUSIVE: "cantTell",
        Verdict.NOT_RUN: "untested",
        Verdict.NOT_APPLICABLE: "inapplicable",
    }
    expected = {s.planned.scenario_id: words[s.verdict] for s in run.scenarios}
    expected |= {r.requirement.id: words[r.verdict] for r in run.requirements}
    assert said == expected
    assert len(set(expected.values())) >= 4


# -- Allure --------------------------------------------------------------------------


def test_allure_results_are_what_its_reader_takes(everything, run):
    folder = everything / allure.FOLDER
    told = [json.loads(file.read_text("utf-8")) for file in folder.glob("*-result.json")]
    statuses = {v for k, v in vars(model2.Status).items() if not k.startswith("_")}
    assert len(told) == 7
    for each in told:
        result = model2.TestResult(**each)  # refuses what its model does not know
        assert result.status in statuses
        assert result.start <= result.stop
        for label in result.labels:
            model2.Label(**label)
        if result.statusDetails:
            model2.StatusDetails(**result.statusDetails)
        attached = list(result.attachments)
        for step in (model2.TestStepResult(**each) for each in result.steps):
            assert step.status in statuses
            attached += step.attachments
        for attachment in attached:
            assert (folder / model2.Attachment(**attachment).source).is_file()
    words = {Verdict.PASS: "passed", Verdict.FAIL: "failed", Verdict.INCONCLUSIVE: "broken"}
    found = {each["name"].split(" ")[0]: each["status"] for each in told}
    assert found == {s.planned.scenario_id: words.get(s.verdict, "skipped") for s in run.scenarios}
    assert sum(len(e["attachments"]) + sum(len(s["attachments"]) for s in e["steps"]) for e in told)


def test_no_step_of_allure_is_better_than_its_scenario(everything):
    for file in (everything / allure.FOLDER).glob("*-result.json"):
        told = json.loads(file.read_text("utf-8"))
        if told["status"] != "passed":
            assert [s for s in told["steps"] if s["status"] != "passed"] or told["statusDetails"]
        assert (
            not [s for s in told["steps"] if s["status"] == "failed"] or told["status"] == "failed"
        )


def test_properties_of_the_environment_are_ascii(everything):
    text = (everything / allure.FOLDER / "environment.properties").read_bytes().decode("ascii")
    assert "system = \\u898b\\u672c\\u306e\\u9280\\u884c 1.2\n" in text


# -- one file ------------------------------------------------------------------------


def test_a_single_file_needs_no_other(everything):
    page = (everything / "report-single.html").read_text("utf-8")
    (picture,) = (everything / "evidence").iterdir()
    assert page.count("data:image/png;base64,") >= 6
    assert picture.name not in re.sub(r"<figcaption>.*?</figcaption>", "", page)
    assert set(re.findall(r'(?:href|src)="(?!#|data:)([^"]*)"', page)) == set()
    assert "img-src 'self' file: data:" in html.unescape(
        page
    )  # the page's own policy lets them be seen


def test_only_what_was_asked_for_is_written(built):
    names = {path.name for path in built["mixed"].iterdir()}
    assert not names & {"earl.jsonld", "scenarios.csv", allure.FOLDER, "report-single.html"}
    assert "report.xlsx" in names
