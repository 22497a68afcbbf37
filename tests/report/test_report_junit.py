"""JUnit XML: totals that add up, and a reason for everything that is not a pass."""

import re
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from otp_conformance.report import junit, matrix
from otp_conformance.report.results import results

KINDS = {"passed": (7, 0, 0, 0), "mixed": (7, 1, 3, 1), "cut-off": (7, 1, 0, 4)}


def parsed(journals, catalogue, kind):
    run = results(journals[kind], catalogue)
    return ET.fromstring(junit.render(run).encode())


@pytest.mark.parametrize(("kind", "totals"), KINDS.items())
def test_totals_add_up(journals, catalogue, kind, totals):
    root = parsed(journals, catalogue, kind)
    (suite,) = root.findall("testsuite")
    names = ("tests", "failures", "errors", "skipped")
    assert tuple(int(suite.get(name)) for name in names) == totals
    assert tuple(int(root.get(name)) for name in names[:3]) == totals[:3]
    found = [len(suite.findall(f"testcase/{name}")) for name in ("failure", "error", "skipped")]
    assert (len(suite.findall("testcase")), *found) == totals


def test_names_tell_rule_and_example(journals, catalogue):
    names = [case.get("name") for case in parsed(journals, catalogue, "mixed").iter("testcase")]
    assert len(set(names)) == 7
    assert (
        "ACT-21/1.1 誤ったワンタイムパスワードではログインできない"
        " - 桁数や文字種が合わない値は受け付けられない（全角）" in names
    )


def test_a_failure_tells_cause_expected_and_observed(journals, catalogue):
    (failure,) = parsed(journals, catalogue, "mixed").iter("failure")
    assert failure.get("type") == "fail.product"
    assert "期待: 使用済みの値ではログインできない" in failure.get("message")
    assert "<script>" in failure.get("message")
    assert "features/04_login/sample.feature:" in failure.text


def test_a_fault_of_the_suite_is_an_error_of_its_own_kind(journals, catalogue):
    types = {error.get("type") for error in parsed(journals, catalogue, "mixed").iter("error")}
    assert types == {"inconclusive.suite", "inconclusive.product", "inconclusive.environment"}


def test_properties_identify_the_run(journals, catalogue):
    root = parsed(journals, catalogue, "cut-off")
    suite = {p.get("name"): p.get("value") for p in root.find("testsuite/properties")}
    assert suite["run_id"] == "sample-cut-off"
    assert suite["declaration_sha256"] == "ab" * 32
    assert suite["cut_off"] == "true"


def test_a_case_tells_its_scenario_requirements_and_verdict(journals, catalogue):
    first = parsed(journals, catalogue, "mixed").find("testsuite/testcase")
    told = dict(line.split(": ", 1) for line in first.findtext("system-out").splitlines())
    assert told["scenario"] == "LGN-04/1"
    assert "LGN-04" in told["requirements"].split()
    assert told["verdict"] == "pass"
    assert re.fullmatch(r"features/.*\.feature:\d+", told["place"])


# What Jenkins' xUnit plugin takes (its junit-10.xsd, of which every other reader takes more):
# the attributes that must be there, those that may, and what may stand inside.
TAKEN = {
    "testsuites": ("", "name time tests failures errors", "testsuite"),
    "testsuite": (
        "name tests failures errors",
        "group time skipped timestamp hostname id package file log url",
        "testsuite properties testcase system-out system-err",
    ),
    "testcase": (
        "name",
        "time classname group",
        "skipped error failure rerunFailure rerunError flakyFailure flakyError system-out",
    ),
    "properties": ("", "", "property"),
    "property": ("name value", "", ""),
    "failure": ("", "type message", ""),
    "error": ("", "type message", ""),
    "skipped": ("", "type message", ""),
    "system-out": ("", "", ""),
}
_TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_stands_there_that_the_strictest_reader_refuses(journals, catalogue, kind):
    found = set()
    for element in parsed(journals, catalogue, kind).iter():
        needed, allowed, inside = (set(words.split()) for words in TAKEN[element.tag])
        assert needed <= set(element.keys()) <= needed | allowed, element.tag
        assert {child.tag for child in element} <= inside
        if element.tag != "testcase":
            assert _TIME.fullmatch(element.get("time", ""))
        found.add(element.tag)
    assert {"testsuites", "testsuite", "testcase", "properties", "system-out"} <= found


def test_a_failure_ends_with_its_place_as_github_actions_look_for_it(journals, catalogue):
    root = parsed(journals, catalogue, "mixed")
    (suite,) = root.findall("testsuite")
    (failure,) = root.iter("failure")
    name = suite.get("file").rpartition("/")[2]
    assert re.search(rf" [^ \n]*{re.escape(name)}.*?:\d+$", failure.text)


def test_what_was_left_out_says_why_in_its_text(journals, catalogue):
    found = list(parsed(journals, catalogue, "mixed").iter("skipped"))
    assert [e.text for e in found] == [e.get("message") for e in found]
    assert all("観測: " in e.text for e in found)


def test_characters_that_xml_cannot_carry_are_shown(journals, catalogue):
    from copy import deepcopy

    journal = deepcopy(journals["mixed"])
    for attempts in journal.attempts.values():
        end = attempts[0].finished
        attempts[0].finished = end.model_copy(update={"observed": "a\x00b\x1b[31m\ud800"})
    run = results(journal, catalogue)
    root = ET.fromstring(junit.render(run).encode())
    assert any("a⟨U+0000⟩b⟨U+001B⟩[31m⟨U+D800⟩" in (e.text or "") for e in root.iter("error"))


def test_the_pages_for_people_carry_no_control_characters_either(journals, catalogue):
    from copy import deepcopy

    from otp_conformance.report.pages import environment

    journal = deepcopy(journals["mixed"])
    bad = "a\x00b\x08c\x0bd\x1be"
    for attempts in journal.attempts.values():
        attempts[0].finished = attempts[0].finished.model_copy(update={"observed": bad})
    page = matrix.render(results(journal, catalogue))
    assert "a⟨U+0000⟩b⟨U+0008⟩c⟨U+000B⟩d⟨U+001B⟩e" in page
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", page)
    written = environment().from_string("{{ x }} {{ y }}").render(x=Markup("<b>"), y="<\x07>")
    assert written == "<b> &lt;⟨U+0007⟩&gt;"
