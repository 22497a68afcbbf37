"""Rules on the tables 宣言 | 結果: what each declaration leads to (`judging.outcomes`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gherkin.parser import Parser

from otp_conformance.judging.outcomes import HEADING, table_trouble
from otp_conformance.lint.finding import Finding
from otp_conformance.lint.parsing import blocks
from otp_conformance.lint.step_index import StepIndex
from otp_conformance.specification.scenarios import FeaturePlan


def table_findings(plan: FeaturePlan, steps: StepIndex) -> Iterator[Finding]:
    """Yield the steps whose table is not that of what can be declared, or is nobody's."""
    document: Any = Parser().parse(plan.text)
    tables = {
        step["location"]["line"]: _rows(step)
        for block in (blocks(document["feature"]) if document.get("feature") else ())
        for step in block["steps"]
    }
    for step in {step.line: step for s in plan.scenarios for step in s.steps}.values():
        rows = tables[step.line]
        questions = steps.questions(step.text)
        for question in questions:
            if trouble := table_trouble(question, rows):
                yield _finding(plan.uri, step.line, *trouble)
        if not questions and rows and rows[0] == HEADING:
            yield _finding(
                plan.uri,
                step.line,
                "この手順は表「宣言 | 結果」を使いません",
                "this step does not use the table 宣言 | 結果",
            )


def _rows(step: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        tuple(str(cell["value"]) for cell in row["cells"])
        for row in step.get("dataTable", {}).get("rows", ())
    ]


def _finding(uri: str, line: int, ja: str, en: str) -> Finding:
    return Finding(uri, line, "OC051", f"{ja}。", f"{en}.")
