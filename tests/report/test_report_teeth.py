"""The column of planted faults in the requirement matrix."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from otp_conformance.report.matrix import render, toothless
from otp_conformance.report.results import results
from otp_conformance.report.teeth import Mutants


class FakeTeeth:
    requirement_set = "set 1"
    mutants = Mutants(
        parts=("domain", "service"), there_are=488, seed=7, judged=60, left_out=9, killed=50
    )

    def finds(self, requirement_id: str) -> list[SimpleNamespace]:
        names = {"TOK-03": ["欠陥<一>", "欠陥二", "欠陥三", "欠陥四"]}.get(requirement_id, [])
        return [SimpleNamespace(title=name) for name in names]


@pytest.fixture
def run(journals, catalogue):
    return results(journals["mixed"], catalogue)


def test_faults_stand_in_the_row_of_their_requirement(run) -> None:
    page = render(run, FakeTeeth())
    row = page.partition('<tr id="req-TOK-03"')[2].partition("</tr>")[0]
    assert "見つけられる不具合" in page
    assert "欠陥&lt;一&gt;" in row
    assert "ほか 1 件" in row
    assert "欠陥四" in row
    assert "set 1" in page


def test_verified_binding_rows_without_teeth_are_marked_and_no_others(run) -> None:
    bare = toothless(run, FakeTeeth())
    assert bare
    for result in bare:
        assert result.requirement.force in {"MUST", "MUST NOT"}
        assert result.contributions
        assert result.requirement.id != "TOK-03"
    page = render(run, FakeTeeth())
    assert page.count('class="toothless"') == len(bare)
    assert f"実績のないものは {len(bare)} 件" in page


def test_without_teeth_there_is_no_column(run) -> None:
    page = render(run)
    assert "見つけられる不具合" not in page
    assert 'colspan="6"' in page


def test_the_score_of_what_nobody_chose_is_told(run) -> None:
    page = render(run, FakeTeeth())
    assert "domain, service の 488 の変異から種 7 で選んだ 60 を実施し" in page
    assert "9 を除く 51 のうち、50 が不合格" in page
