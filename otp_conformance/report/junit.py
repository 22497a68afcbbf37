"""JUnit XML for build servers: one suite a feature, one case a scenario.

不合格 is a failure, 判定不能 an error, 未実施 and 対象外 are skipped with
their reason; nothing but 合格 is a plain test case.

Only what the strictest reader takes is written: Jenkins' xUnit plugin refuses what its
schema (junit-10.xsd) does not name, while its JUnit plugin, GitLab and the GitHub actions
pass over it. So a case has no properties, file or line of its own: scenario, requirements
and verdict stand in its output, its place in the text of its failure and the file at its
suite, where these readers look for them next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from xml.etree import ElementTree as ET

from otp_conformance.language import say
from otp_conformance.report.results import RunResults, ScenarioResult
from otp_conformance.report.words import cause_text, outcome_text, told
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Verdict

_ELEMENT = {
    Verdict.FAIL: "failure",
    Verdict.INCONCLUSIVE: "error",
    Verdict.NOT_RUN: "skipped",
    Verdict.NOT_APPLICABLE: "skipped",
}


def render(run: RunResults, cards: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the JUnit report of a run as XML text.

    ``cards``: the failure cards as plain text, by scenario.
    """
    journal, scenarios = run.journal, run.scenarios
    header = journal.header
    tried = run.trial_told
    name = f"otp-conformance {header.set}" if header.judges_a_set else "otp-conformance"
    totals = _totals(scenarios)
    del totals["skipped"]  # the schema knows it of suites alone
    root = ET.Element("testsuites", {"name": name, **totals})
    groups: dict[str, list[ScenarioResult]] = {}
    for scenario in scenarios:
        groups.setdefault(scenario.planned.uri, []).append(scenario)
    for uri, group in groups.items():
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
            **({"without_browser": tried} if tried else {}),
        }
        for name, value in facts.items():
            ET.SubElement(properties, "property", name=name, value=visible(value))
        for scenario in group:
            case = _case(scenario, cards.get(scenario.planned.scenario_id, ""))
            output = [*_facts(scenario), *_attachments(header.run_id, scenario)]
            ET.SubElement(case, "system-out").text = visible("\n".join(output))
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
        time=f"{outcome.duration_s:.3f}",
    )
    if outcome.verdict is Verdict.PASS:
        return case
    kind = cause_text(outcome.cause, suite_fault=outcome.suite_fault)
    expected, observed = told(outcome.expected), told(outcome.observed)
    message = say(
        f"{outcome.verdict.ja}（{kind}） 期待: {expected} / 観測: {observed}",
        f"{outcome.verdict.en} ({kind}) expected: {expected} / observed: {observed}",
    )
    element = ET.SubElement(case, _ELEMENT[outcome.verdict], message=visible(message))
    if outcome.verdict in {Verdict.FAIL, Verdict.INCONCLUSIVE}:
        element.set("type", f"{outcome.verdict.value}.{outcome.cause or 'suite'}")
        head = outcome_text(outcome).splitlines()[0] if card else outcome_text(outcome)
        # Readers find the line behind a blank and the file's name.
        place = say("場所: ", "place: ") + planned.place
        element.text = visible("\n".join(part for part in (head, card, place) if part))
    else:
        element.text = visible(message)  # GitLab shows the text alone
    return case


def _facts(scenario: ScenarioResult) -> list[str]:
    """Return what programs may want to know of a case, a line each (``key: value``)."""
    planned = scenario.planned
    return [
        f"scenario: {planned.scenario_id}",
        f"requirements: {' '.join(planned.requirements)}",
        f"verdict: {scenario.verdict.value}",
        f"place: {planned.place}",
    ]


def _begun(group: Sequence[ScenarioResult]) -> str:
    """Return when the first of a suite's scenarios began (RFC 3339), nothing if none did."""
    return min((s.attempt.started.at for s in group if s.attempt.started), default="")


def _attachments(run_id: str, scenario: ScenarioResult) -> list[str]:
    """Return a scenario's pictures as GitLab and Jenkins attach them.

    Paths start where the command was given, with the reports in their usual place: a
    report cannot know where else it will be read from.
    """
    kept = dict.fromkeys(e.file for e in scenario.attempt.evidence if e.file)
    return [f"[[ATTACHMENT|reports/{run_id}/{file}]]" for file in kept]


def _totals(scenarios: Sequence[ScenarioResult]) -> dict[str, str]:
    kinds = [_ELEMENT.get(s.verdict, "") for s in scenarios]
    return {
        "tests": str(len(kinds)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
        "time": f"{sum(s.outcome.duration_s for s in scenarios):.3f}",
    }
