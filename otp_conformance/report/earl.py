"""EARL 1.0 as JSON-LD: who asserts what about which requirement, for machines that compare.

https://www.w3.org/TR/EARL10-Schema/. The context is written out: no reader needs the network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from otp_conformance.report.results import RequirementResult, RunResults, ScenarioResult
from otp_conformance.report.words import outcome_text
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Verdict

_CONTEXT = {
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "doap": "http://usefulinc.com/ns/doap#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": "@id",
    "type": "@type",
    "title": {"@id": "dct:title", "@language": "ja"},
    "description": {"@id": "dct:description", "@language": "ja"},
    "info": {"@id": "earl:info", "@language": "ja"},
    "date": {"@id": "dct:date", "@type": "xsd:dateTime"},
    "version": "doap:revision",
    "name": "doap:name",
    "hasPart": {"@id": "dct:hasPart", "@type": "@id"},
    "isPartOf": {"@id": "dct:isPartOf", "@type": "@id"},
    "source": {"@id": "dct:source", "@type": "@id"},
    "assertedBy": {"@id": "earl:assertedBy", "@type": "@id"},
    "subject": {"@id": "earl:subject", "@type": "@id"},
    "test": {"@id": "earl:test", "@type": "@id"},
    "mode": {"@id": "earl:mode", "@type": "@id"},
    "result": {"@id": "earl:result", "@type": "@id"},
    "outcome": {"@id": "earl:outcome", "@type": "@id"},
}
_OUTCOME = {
    Verdict.PASS: "earl:passed",
    Verdict.FAIL: "earl:failed",
    Verdict.INCONCLUSIVE: "earl:cantTell",
    Verdict.NOT_RUN: "earl:untested",
    Verdict.NOT_APPLICABLE: "earl:inapplicable",
}
_URN = "urn:otp-conformance"


def render(run: RunResults) -> str:
    """Return the assertions of a run about scenarios (test cases) and requirements."""
    told = json.dumps(
        {"@context": _CONTEXT, "@graph": list(_graph(run))},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return visible(told.replace('},{"', '},\n{"')) + "\n"


def _graph(run: RunResults) -> Iterator[dict[str, Any]]:
    header = run.journal.header
    yield {
        "id": f"{_URN}:suite",
        "type": ["earl:Assertor", "earl:Software"],
        "name": "otp-conformance",
        "version": header.suite_version,
    }
    yield {
        "id": _subject(run),
        "type": "earl:TestSubject",
        "title": header.sut_name,
        "version": header.sut_version,
    }
    cases: dict[str, list[str]] = {}
    for scenario in run.scenarios:
        for requirement in dict.fromkeys(scenario.planned.requirements):
            cases.setdefault(requirement, []).append(_case(scenario))
    for result in run.requirements:
        yield {
            "id": _requirement(result),
            "type": "earl:TestRequirement",
            "title": result.requirement.id,
            "description": result.requirement.ja,
            "hasPart": cases.get(result.requirement.id, []),
        }
    for scenario in run.scenarios:
        yield {"id": _case(scenario), "type": "earl:TestCase", "title": scenario.planned.name}
    for scenario in run.scenarios:
        said = outcome_text(scenario.outcome)
        yield _assertion(
            run, _case(scenario), scenario.verdict, said, scenario.outcome.at, _pictures(scenario)
        )
    for result in run.requirements:
        yield _assertion(run, _requirement(result), result.verdict, result.reason, header.at, [])


def _assertion(
    run: RunResults, test: str, verdict: Verdict, info: str, at: str, pictures: list[str]
) -> dict[str, Any]:
    result: dict[str, Any] = {"type": "earl:TestResult", "outcome": _OUTCOME[verdict], "date": at}
    result |= {"info": info} if info and verdict is not Verdict.PASS else {}
    result |= {"source": pictures} if pictures else {}
    return {
        "type": "earl:Assertion",
        "assertedBy": f"{_URN}:suite",
        "subject": _subject(run),
        "test": test,
        "mode": "earl:automatic",
        "result": result,
    }


def _subject(run: RunResults) -> str:
    return f"{_URN}:subject:{run.journal.header.run_id}"


def _case(scenario: ScenarioResult) -> str:
    return f"{_URN}:scenario:{scenario.planned.scenario_id}"


def _requirement(result: RequirementResult) -> str:
    return f"{_URN}:requirement:{result.requirement.id}"


def _pictures(scenario: ScenarioResult) -> list[str]:
    """Return the addresses of what was seen, relative to the report."""
    return list(dict.fromkeys(e.file for e in scenario.attempt.evidence if e.file))
