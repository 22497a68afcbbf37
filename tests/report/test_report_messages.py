"""Cucumber Messages: every envelope valid, nothing but a pass green."""

import base64
import json
from functools import cache
from pathlib import Path

import pytest
from cucumber_messages import Envelope, message_converter
from jsonschema import Draft202012Validator

from otp_conformance.report.gherkin_ast import ReportError
from otp_conformance.report.messages import messages, ndjson
from otp_conformance.verdict.verdict import Verdict

HERE = Path(__file__).parent
JOURNALS = HERE.parents[1] / "fixtures" / "journals"
KINDS = ["passed", "mixed", "cut-off"]


def told(journals, kind, **options):
    return list(messages(journals[kind], JOURNALS / kind, **options))


def of(envelopes, kind):
    return [envelope[kind] for envelope in envelopes if kind in envelope]


@cache
def validator():
    schema = json.loads((HERE / "schema" / "messages.schema.json").read_text("utf-8"))
    return Draft202012Validator(schema)


@pytest.mark.parametrize("embed", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_every_envelope_is_valid(journals, kind, embed):
    for line in ndjson(told(journals, kind, embed=embed)).splitlines():
        envelope = json.loads(line)
        validator().validate(envelope)
        # The Python package reads it, and what it read says the same.
        assert (
            message_converter.to_dict(message_converter.from_dict(envelope, Envelope)) == envelope
        )


def test_the_validator_can_go_red():
    assert not validator().is_valid({"testRunFinished": {"success": "yes"}})
    assert not validator().is_valid({"testStepFinishd": {}})


@pytest.mark.parametrize("kind", KINDS)
def test_references_are_complete_and_identifiers_unique(journals, kind):
    envelopes = told(journals, kind)
    pickles = {p["id"]: p for p in of(envelopes, "pickle")}
    hooks = {h["id"] for h in of(envelopes, "hook")}
    cases = {c["id"]: c for c in of(envelopes, "testCase")}
    assert len(pickles) == len(cases) == 7
    for case in cases.values():
        steps = {s["id"] for s in pickles[case["pickleId"]]["steps"]}
        own = [s["pickleStepId"] for s in case["testSteps"] if "pickleStepId" in s]
        assert set(own) == steps
        assert {s["hookId"] for s in case["testSteps"] if "hookId" in s} <= hooks
    runs = {s["id"]: s["testCaseId"] for s in of(envelopes, "testCaseStarted")}
    assert len(runs) == len(of(envelopes, "testCaseFinished")) == 7
    for name in ("testStepStarted", "testStepFinished", "attachment"):
        for body in of(envelopes, name):
            case = cases[runs[body["testCaseStartedId"]]]
            assert body["testStepId"] in {s["id"] for s in case["testSteps"]}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_journal_gives_the_same_bytes(journals, kind):
    assert ndjson(told(journals, kind)) == ndjson(told(journals, kind))


def statuses(envelopes):
    """Worst status of each scenario by its pickle's line, as Cucumber tools see it."""
    order = ["UNKNOWN", "PASSED", "SKIPPED", "PENDING", "UNDEFINED", "AMBIGUOUS", "FAILED"]
    cases = {c["id"]: c["pickleId"] for c in of(envelopes, "testCase")}
    runs = {s["id"]: cases[s["testCaseId"]] for s in of(envelopes, "testCaseStarted")}
    found = {}
    for step in of(envelopes, "testStepFinished"):
        status = order.index(step["testStepResult"]["status"])
        pickle = runs[step["testCaseStartedId"]]
        found[pickle] = max(found.get(pickle, 0), status)
    return {pickle: order[status] for pickle, status in found.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_pass_is_green(journals, kind):
    envelopes = told(journals, kind)
    expected = {
        Verdict.PASS: "PASSED",
        Verdict.NOT_APPLICABLE: "SKIPPED",
        Verdict.NOT_RUN: "SKIPPED",
        Verdict.INCONCLUSIVE: "PENDING",
        Verdict.FAIL: "FAILED",
    }
    seen = list(statuses(envelopes).values())
    journal = journals[kind]
    assert seen == [expected[journal.outcome(s).verdict] for s in journal.planned]


@pytest.mark.parametrize(("kind", "success"), [("passed", True), ("mixed", False)])
def test_the_run_succeeds_only_when_everything_did(journals, kind, success):
    (finished,) = of(told(journals, kind), "testRunFinished")
    assert finished["success"] is success


def test_a_cut_off_run_says_so(journals):
    (finished,) = of(told(journals, "cut-off"), "testRunFinished")
    assert finished["success"] is False
    assert "途中" in finished["message"]


def test_a_non_pass_tells_verdict_cause_expected_and_observed(journals):
    texts = [
        step["testStepResult"].get("message", "")
        for step in of(told(journals, "mixed"), "testStepFinished")
    ]
    failed = next(text for text in texts if text.startswith("不合格"))
    for word in ("原因: 製品", "期待: 使用済み", "観測: 値 ＊＊＊"):
        assert word in failed


def test_pictures_are_embedded_unless_they_were_changed(journals, tmp_path):
    every = of(told(journals, "mixed", embed=True), "attachment")
    shots = [a for a in every if a["mediaType"] == "image/png"]
    assert len(shots) == 6
    assert base64.b64decode(shots[0]["body"]).startswith(b"\x89PNG")
    envelopes = list(messages(journals["mixed"], tmp_path))
    texts = [a["body"] for a in of(envelopes, "attachment")]
    assert sum("証拠のファイルがありません" in text for text in texts) == 6
    for evidence in journals["mixed"].last(next(iter(journals["mixed"].planned))).evidence:
        assert evidence.file


def test_a_changed_picture_is_not_shown(journals, tmp_path):
    for attempts in journals["mixed"].attempts.values():
        for evidence in attempts[0].evidence:
            target = tmp_path / evidence.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(b"another picture")
    texts = [a["body"] for a in of(list(messages(journals["mixed"], tmp_path)), "attachment")]
    assert sum("変わっています" in text for text in texts) == 6


def test_external_pictures_are_named_by_their_file(journals):
    lines = [json.loads(line) for line in ndjson(told(journals, "mixed")).splitlines()]
    external = of(lines, "externalAttachment")
    assert len(external) == 6
    assert all((JOURNALS / "mixed" / e["url"]).is_file() for e in external)
    assert not any("url" in a for a in of(lines, "attachment"))
    labels = {e.label for a in journals["mixed"].attempts.values() for e in a[0].evidence if e.file}
    assert labels <= {a["body"] for a in of(lines, "attachment")}


def test_a_scenario_missing_from_its_source_is_named(journals):
    from copy import deepcopy

    journal = deepcopy(journals["passed"])
    uri, source = next(iter(journal.sources.items()))
    journal.sources[uri] = source.model_copy(
        update={
            "text": source.text.replace("シナリオ: 正しい", "シナリオ: 別の\n\n  シナリオ: 正しい")
        }
    )
    with pytest.raises(ReportError, match=r"sample\.feature:\d+"):
        list(messages(journal, JOURNALS / "passed"))


def test_a_source_that_cannot_be_parsed_is_named(journals):
    from copy import deepcopy

    journal = deepcopy(journals["passed"])
    uri, source = next(iter(journal.sources.items()))
    journal.sources[uri] = source.model_copy(update={"text": "なにか"})
    with pytest.raises(ReportError, match=uri):
        list(messages(journal, JOURNALS / "passed"))
