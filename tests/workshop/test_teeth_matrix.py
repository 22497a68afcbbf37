"""The kill matrix: counts, file, comparison, page, and the teeth that are shipped."""

from __future__ import annotations

import re

import pytest
from small import checked, ended, fault, journal, matrix, meeting, row

from otp_conformance.cli import bundle
from otp_conformance.errors import SuiteFaultError, UsageError
from otp_conformance.report.teeth import load as load_teeth
from otp_conformance.resources import fixtures_dir
from otp_conformance.verdict.exit_codes import ExitCode
from workshop.sets import whole_catalogue
from workshop.teeth import shipped
from workshop.teeth.catalogue import FaultClass
from workshop.teeth.catalogue import load as load_catalogue
from workshop.teeth.command import exit_code
from workshop.teeth.matrix import Status, differences, read
from workshop.teeth.meeting import broken, not_run
from workshop.teeth.page import render


def test_counts_and_kills(caught, survived) -> None:
    found = matrix(caught, survived, not_run(meeting(fault(id="late", **{"class": "derived"}))))
    assert found.kills() == {"LGN-06": ["code-unverified"]}
    assert list(found.counts()) == [FaultClass.CORE, FaultClass.DERIVED]
    assert found.counts()[FaultClass.CORE][Status.CAUGHT] == 1
    assert found.counts()[FaultClass.CORE][Status.SURVIVED] == 1
    assert found.counts()[FaultClass.DERIVED][Status.NOT_RUN] == 1


def test_the_exit_code_tells_the_worst(caught, survived, tmp_path) -> None:
    assert exit_code(matrix(caught)) is ExitCode.PASS
    assert exit_code(matrix(caught, survived)) is ExitCode.FAIL
    error = broken(meeting(fault(id="e")), OSError("x"))
    assert error.problem == "OSError: x"
    assert exit_code(matrix(caught, survived, error)) is ExitCode.SUITE_FAULT
    assert exit_code(matrix(survived, error), interrupted=True) is ExitCode.INTERRUPTED
    suite = ([], ended("inconclusive", "suite", suite_fault=True))
    red = ([checked("fail", "LGN-06", cause="product")], ended("fail", "product"))
    assert exit_code(matrix(row(journal(tmp_path, red, suite)))) is ExitCode.SUITE_FAULT


def test_what_is_written_is_read_again(tmp_path, caught, survived) -> None:
    path = tmp_path / "kill-matrix.json"
    found = matrix(caught, survived)
    path.write_text(found.dump(), encoding="utf-8")
    assert read(path) == found
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"kill-matrix\.json"):
        read(path)


def test_times_do_not_make_a_difference_but_results_do(caught, survived) -> None:
    one = matrix(caught, survived)
    later = matrix(
        caught.model_copy(update={"seconds": 9.0}), survived, made_at="2027", seconds=99.0
    )
    assert differences(one, later) == []
    assert differences(one, matrix(caught)) == [
        f"survivor: {', '.join(_keys(differences(one, matrix(caught))[0]))}"
    ]
    other = caught.model_copy(update={"requirements": ("LGN-05",)})
    assert differences(one, matrix(other, survived)) == ["code-unverified: requirements"]


def _keys(line: str) -> list[str]:
    return line.partition(": ")[2].split(", ")


def test_the_page_is_one_file_and_names_survivors_first(caught, survived) -> None:
    page = render(matrix(caught, survived), bundle.catalogue())
    assert '<html lang="ja">' in page
    assert not re.search(r"<(script|link|img)|https?://(?!127)", page)
    assert page.index("fault-survivor") < page.index('id="fault-code-unverified"')
    assert "見逃し" in page


def test_teeth_are_merged_fault_by_fault(caught, survived) -> None:
    known = {"code-unverified": fault(), "survivor": fault(id="survivor")}
    first = shipped.merged(None, matrix(caught, survived), known)
    assert [tooth.status for tooth in first.faults] == [Status.CAUGHT, Status.SURVIVED]
    assert [tooth.title_ja for tooth in first.finds("LGN-06")] == ["確かめない"]
    again = caught.model_copy(update={"requirements": ("LGN-05",)})
    second = shipped.merged(first, matrix(again), known)
    assert [tooth.id for tooth in second.faults] == ["code-unverified", "survivor"]
    assert second.finds("LGN-06") == []
    gone = shipped.merged(second, matrix(again), {"code-unverified": fault()})
    assert [tooth.id for tooth in gone.faults] == ["code-unverified"]
    undecided = shipped.merged(second, matrix(not_run(meeting())), known)
    assert undecided.finds("LGN-05")


def test_a_file_of_teeth_is_written_as_it_is_read(tmp_path, caught) -> None:
    teeth = shipped.merged(None, matrix(caught), {"code-unverified": fault()})
    path = tmp_path / "teeth.json"
    path.write_text(shipped.dump(teeth), encoding="utf-8")
    assert load_teeth(path) == teeth
    assert load_teeth(tmp_path / "none.json") is None
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(SuiteFaultError, match=r"teeth\.json"):
        load_teeth(path)


def test_the_shipped_teeth_are_in_step_with_the_catalogue() -> None:
    known = bundle.catalogue()
    requirements = whole_catalogue().requirements
    catalogue = load_catalogue(fixtures_dir() / "faults" / "catalogue.toml", requirements)
    teeth = bundle.teeth()
    assert teeth is not None
    assert teeth.requirement_set == f"{known.id} {known.version}"
    assert [tooth.id for tooth in teeth.faults] == list(catalogue.faults), (
        "make faults ARGS=--write-teeth"
    )
    for tooth in teeth.faults:
        planted = catalogue.faults[tooth.id]
        assert (tooth.title_ja, tooth.title_en) == (planted.title_ja, planted.title_en)
        assert set(tooth.requirements) <= set(planted.violates)
        assert set(planted.caught_by) <= set(tooth.requirements) or planted.missing
