"""The table 宣言 | 結果 of a step: what its row says is judged, or the suite is at fault."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace as Some

import pytest

from otp_conformance.errors import SuiteFaultError
from otp_conformance.judging import outcomes
from otp_conformance.judging.outcomes import RESULTS, Question, by_declaration, table_trouble
from otp_conformance.verdict.outcome import Nonconformity, NotApplicable

TAKEN, REFUSED = "受け付けられる", "拒否される"
QUESTION = Question(("直して受け付ける", "受け付けない"), lambda people: people.declared)
ROWS = [["直して受け付ける", TAKEN], ["受け付けない", REFUSED]]
EXPECTS = {
    TAKEN: ("fact", "発行の申請が受け付けられること"),
    REFUSED: ("refusal", "発行の申請が拒否されること"),
}


def judged(declared: str, expects: str, rows=ROWS, error: Exception | None = None, head=None):
    """Have a step that expects something judge under a table; return the notes."""
    case = Some(expectations=[], notes=[], deciding=nullcontext)
    case.note = case.notes.append
    table = Some(headings=head or ["宣言", "結果"], rows=rows)

    @by_declaration(QUESTION)
    def step(context):
        case.expectations += [EXPECTS[expects]] if expects else []
        if error:
            raise error

    people = Some(declared=declared, scene=Some(case=case))
    step(Some(world=Some(people=people), table=table))
    return case.notes


@pytest.mark.parametrize(("declared", "result"), ROWS)
def test_the_row_of_what_is_declared_is_judged_and_noted(declared, result):
    assert judged(declared, result) == [f"宣言：{declared}、結果：{result}"]


@pytest.mark.parametrize("expects", [TAKEN, REFUSED])
def test_a_row_that_says_something_else_is_a_fault_of_the_suite(expects):
    exchanged = [["直して受け付ける", REFUSED], ["受け付けない", TAKEN]]
    declared = next(row[0] for row in ROWS if row[1] == expects)
    with pytest.raises(SuiteFaultError, match=expects[:2]):
        judged(declared, expects, exchanged)


def test_a_finding_about_the_product_stays_one():
    error = Nonconformity(expected="x", observed="y")
    with pytest.raises(Nonconformity):
        judged("受け付けない", REFUSED, error=error)
    with pytest.raises(SuiteFaultError):
        judged("受け付けない", TAKEN, error=error)


def test_what_judges_nothing_is_a_fault_unless_it_says_why():
    with pytest.raises(SuiteFaultError, match="なし"):
        judged("受け付けない", "")
    with pytest.raises(NotApplicable):
        judged("受け付けない", "", error=NotApplicable(expected="x", observed="y"))


@pytest.mark.parametrize(
    ("rows", "head"),
    [
        (ROWS[:1], None),
        ([*ROWS, ["別の値", REFUSED]], None),
        ([*ROWS, ROWS[0]], None),
        ([ROWS[0], ["受け付けない", "知らない結果"]], None),
        (ROWS, ["宣言", "こと"]),
    ],
)
def test_a_table_that_is_not_whole_is_a_fault(rows, head):
    with pytest.raises(SuiteFaultError):
        judged("受け付けない", REFUSED, rows, head=head)


def test_every_question_can_be_tabled():
    every = [each for each in vars(outcomes).values() if isinstance(each, Question)]
    assert len(every) > 20
    for question in every:
        rows = [("宣言", "結果"), *((answer, next(iter(RESULTS))) for answer in question.answers)]
        assert table_trouble(question, rows) is None
