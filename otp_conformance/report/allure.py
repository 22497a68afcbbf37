"""Allure results: one JSON file a scenario, for those whose reports are Allure's already.

Of several attempts only the decisive one is written: Allure would show the last one, and
a pass undoes no failure here (docs/decisions/0006).
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from otp_conformance.journal.evidence import picture
from otp_conformance.report.results import RunResults, ScenarioResult
from otp_conformance.report.words import check_text, outcome_text
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Verdict

FOLDER = "allure-results"

_SPACE = uuid.UUID("5a1c9f52-83a0-5f0e-9a55-6c0d0c5b9a11")
_STATUS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.INCONCLUSIVE: "broken",
    Verdict.NOT_RUN: "skipped",
    Verdict.NOT_APPLICABLE: "skipped",
}
_STEP = {"passed": "passed", "failed": "failed"}


def render(run: RunResults, run_dir: Path) -> dict[str, bytes]:
    """Return the files of the results folder by name, pictures included.

    Allure looks for them nowhere else; the same picture is one file.
    """
    written = {"environment.properties": _environment(run)}
    for scenario in run.scenarios:
        attached = _attached(run_dir, scenario, written)
        name = f"{_id(run, scenario)}-result.json"
        told = visible(json.dumps(_result(run, scenario, attached), ensure_ascii=False))
        written[name] = told.encode() + b"\n"
    return written


def _result(
    run: RunResults, scenario: ScenarioResult, attached: dict[int, list[dict[str, str]]]
) -> dict[str, Any]:
    planned, outcome = scenario.planned, scenario.outcome
    begun = scenario.attempt.started.at if scenario.attempt.started else outcome.at
    labels = [
        ("framework", "otp-conformance"),
        ("language", "gherkin"),
        ("epic", planned.chapter),
        ("feature", planned.feature),
        ("story", planned.rule),
        ("suite", planned.feature),
        *(("tag", requirement) for requirement in dict.fromkeys(planned.requirements)),
    ]
    status = _STATUS[outcome.verdict]
    inside = range(len(planned.steps))
    told: dict[str, Any] = {
        "uuid": _id(run, scenario),
        "historyId": str(uuid.uuid5(_SPACE, planned.scenario_id)),
        "testCaseId": str(uuid.uuid5(_SPACE, planned.scenario_id)),
        "fullName": f"{planned.uri}: {planned.scenario_id}",
        "name": f"{planned.scenario_id} {planned.name}",
        "status": status,
        "stage": "finished",
        "start": _milliseconds(begun),
        "stop": _milliseconds(outcome.at),
        "labels": [{"name": name, "value": value} for name, value in labels if value],
        "steps": _steps(scenario, attached, status),
        "attachments": [one for i, each in attached.items() if i not in inside for one in each],
    }
    if outcome.verdict is not Verdict.PASS:
        checks = "\n".join(check_text(check) for check in scenario.attempt.checks)
        told["statusDetails"] = {"message": outcome_text(outcome), "trace": checks}
    return told


def _steps(
    scenario: ScenarioResult, attached: dict[int, list[dict[str, str]]], status: str
) -> list[dict[str, Any]]:
    done = {step.index: step for step in scenario.attempt.steps}
    told = []
    for index, planned in enumerate(scenario.planned.steps):
        step = done.get(index)
        result = _STEP.get(step.status, "skipped") if step else "skipped"
        # The step that ended a scenario bears its end: a failed one accuses the product.
        result = status if result == "failed" and status != "passed" else result
        stop = _milliseconds(step.at) if step else None
        told.append(
            {
                "name": f"{planned.keyword} {planned.text}".strip(),
                "status": "broken" if result == "failed" and status == "passed" else result,
                "stage": "finished",
                **(
                    {"start": stop - round(step.duration_s * 1000), "stop": stop}
                    if step and stop
                    else {}
                ),
                "attachments": attached.get(index, []),
            }
        )
    return told


def _attached(
    run_dir: Path, scenario: ScenarioResult, written: dict[str, bytes]
) -> dict[int, list[dict[str, str]]]:
    """Put a scenario's pictures among the files; return them by step, those that were changed not.

    A missing or exchanged picture is told by `report`, which ends with its exit code.
    """
    found: dict[int, list[dict[str, str]]] = {}
    for evidence in scenario.attempt.evidence:
        image = picture(run_dir, evidence) if evidence.file else None
        if isinstance(image, bytes):
            path = PurePosixPath(evidence.file)
            name = f"{path.stem}-attachment{path.suffix}"
            written[name] = image
            told = {"name": evidence.label, "source": name, "type": evidence.media_type}
            found.setdefault(evidence.step_index, []).append(told)
    return found


def _environment(run: RunResults) -> bytes:
    """Return what was tested with what, as a Java properties file (its escapes, ASCII only)."""
    header = run.journal.header
    told = {
        "system": f"{header.sut_name} {header.sut_version}".strip(),
        "base_url": header.base_url,
        "run": header.run_id,
        "suite": header.suite_version,
        "requirements": header.requirement_set,
        **header.environment,
    }
    lines = [f"{key} = {_property(visible(value))}\n" for key, value in told.items()]
    return "".join(lines).encode("ascii")


def _property(value: str) -> str:
    units = value.replace("\\", "\\\\").replace("\n", " ").encode("utf-16-be")
    pairs = (int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2))
    return "".join(chr(unit) if unit < 128 else f"\\u{unit:04x}" for unit in pairs)


def _id(run: RunResults, scenario: ScenarioResult) -> str:
    return str(uuid.uuid5(_SPACE, f"{run.journal.header.run_id} {scenario.planned.scenario_id}"))


def _milliseconds(at: str) -> int:
    return round(datetime.fromisoformat(at).timestamp() * 1000)
