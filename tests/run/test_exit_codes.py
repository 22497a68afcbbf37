"""The exit codes of the code and those of the documentation are the same table."""

import itertools
import re
from pathlib import Path

import pytest

from otp_conformance.verdict.exit_codes import ExitCode, exit_code_for
from otp_conformance.verdict.verdict import Verdict

DOCUMENT = Path(__file__).parents[2] / "docs" / "exit-codes.md"
ROW = re.compile(r"^\| (あり yes|なし no|—) \| .*\| (\d+) \|$", re.MULTILINE)


def documented() -> list[tuple[list[bool | None], int]]:
    rows = []
    for match in ROW.finditer(DOCUMENT.read_text(encoding="utf-8")):
        *cells, code = (cell.strip() for cell in match.group(0).strip("|").split("|"))
        rows.append(([{"あり yes": True, "なし no": False}.get(cell) for cell in cells], int(code)))
    return rows


def look_up(facts: tuple[bool, ...]) -> int:
    for conditions, code in documented():
        if all(c is None or c == fact for c, fact in zip(conditions, facts, strict=True)):
            return code
    raise AssertionError(facts)


def test_the_document_has_a_row_for_each_rule():
    assert [code for _, code in documented()] == [130, 4, 1, 3, 0, 3, 3]


@pytest.mark.parametrize("facts", list(itertools.product([False, True], repeat=6)))
@pytest.mark.parametrize("grey", [Verdict.INCONCLUSIVE, Verdict.NOT_RUN])
def test_every_combination_is_as_documented(facts, grey):
    interrupted, fault, failed, unsure, passed, not_applicable = facts
    verdicts = (
        [Verdict.FAIL] * failed
        + [grey] * unsure
        + [Verdict.PASS] * passed
        + [Verdict.NOT_APPLICABLE] * not_applicable
    )
    code = exit_code_for(verdicts, suite_fault=fault, interrupted=interrupted)
    assert code == look_up(facts)


def test_the_document_explains_every_code():
    text = DOCUMENT.read_text(encoding="utf-8")
    for code in ExitCode:
        assert re.search(rf"^\| {int(code)} \| ", text, re.MULTILINE), code
