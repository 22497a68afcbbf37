"""JUnit XML for build servers: one suite a feature, one case a scenario.

不合格 is a failure, 判定不能 an error, 未実施 and 対象外 are skipped with
their reason; nothing but 合格 is a plain test case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from xml.etree import ElementTree as ET

from otp_conformance.journal.journal import Journal
from otp_conformance.report.results import ScenarioResult
from otp_conformance.report.words import cause_text, outcome_text
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Verdict

_ELEMENT = {
    Verdict.FAIL: "failure",
    Verdict.INCONCLUSIVE: "error",
    Verdict.NOT_RUN: "skipped",
    Verdict.NOT_APPLICABLE: "skipped",
}


def render(
    journal: Journal,
    scenarios: Sequence[ScenarioResult],
    cards: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return the JUnit report of a run as XML text.

    ``cards``: the failure cards as plain text, by scenario.
    """
    header = journal.header
    name = f"otp-conformance {header.set}" if header.judges_a_set else "otp-conformance"
    root = ET.Element("testsuites", {"name": name, **_totals(scenarios)})
    for uri in dict.fromkeys(s.planned.uri for s in scenarios):
        group = [s for s in scenarios if s.planned.uri == uri]
        suite = ET.SubElement(
            root,
            "testsuite",
            {
                "name": visible(group[0].planned.feature),
                "file": uri,
                "timestamp": _begun(group) or header.at,
                **_totals(group),
            },
        )
        properties = ET.SubElement(suite, "properties")
        facts = {
            "run_id": header.run_id,
            "sut": f"{header.sut_name} {header.sut_version}".strip(),
            "base_url": header.base_url,
            "declaration_sha256": header.declaration_sha256,
            "suite_version": header.suite_version,
            **({"set": header.set} if header.judges_a_set else {}),
            "requirement_set": header.requirement_set,
            "cut_off": "true" if journal.cut_off else "false",
        }
        for name, value in facts.items():
            ET.SubElement(properties, "property", name=name, value=visible(value))
        for scenario in group:
            case = _case(scenario, cards.get(scenario.planned.scenario_id, ""))
            if told := _attachments(header.run_id, scenario):
                ET.SubElement(case, "system-out").text = told
            suite.append(case)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def _case(scenario: ScenarioResult, card: str) -> ET.Element:
    planned, outcome = scenario.planned, scenario.outcome
    inside = f"{planned.rule} - {planned.name}" if planned.rule else planned.name
    case = ET.Element(
        "testcase",
        name=visible(f"{planned.scenario_id} {inside}"),
        classname=visible(f"{planned.chapter}.{planned.feature}"),
        file=planned.uri,
        line=str(planned.line),
        time=f"{outcome.duration_s:.3f}",
    )
    properties = ET.SubElement(case, "properties")
    ET.SubElement(properties, "property", name="scenario", value=planned.scenario_id)
    for requirement in planned.requirements:
        ET.SubElement(properties, "property", name="requirement", value=requirement)
    ET.SubElement(properties, "property", name="verdict", value=outcome.verdict.value)
    if outcome.verdict is Verdict.PASS:
        return case
    kind = cause_text(outcome.cause, suite_fault=outcome.suite_fault)
    message = f"{outcome.verdict.ja}（{kind}） 期待: {outcome.expected} / 観測: {outcome.observed}"
    element = ET.SubElement(case, _ELEMENT[outcome.verdict], message=visible(message))
    if outcome.verdict in {Verdict.FAIL, Verdict.INCONCLUSIVE}:
        element.set("type", f"{outcome.verdict.value}.{outcome.cause or 'suite'}")
        head = outcome_text(outcome).splitlines()[0] if card else outcome_text(outcome)
        element.text = visible("\n".join(part for part in (head, card, planned.place) if part))
    return case


def _begun(group: Sequence[ScenarioResult]) -> str:
    """Return when the first of a suite's scenarios began (RFC 3339), nothing if none did."""
    return min((s.attempt.started.at for s in group if s.attempt.started), default="")


def _attachments(run_id: str, scenario: ScenarioResult) -> str:
    """Return a scenario's pictures as GitLab and Jenkins attach them.

    Paths start where the command was given, with the reports in their usual place: a
    report cannot know where else it will be read from.
    """
    kept = dict.fromkeys(e.file for e in scenario.attempt.evidence if e.file)
    return "\n".join(f"[[ATTACHMENT|reports/{run_id}/{file}]]" for file in kept)


def _totals(scenarios: Sequence[ScenarioResult]) -> dict[str, str]:
    kinds = [_ELEMENT.get(s.verdict, "") for s in scenarios]
    return {
        "tests": str(len(kinds)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
        "time": f"{sum(s.outcome.duration_s for s in scenarios):.3f}",
    }
