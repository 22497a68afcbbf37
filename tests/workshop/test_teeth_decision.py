"""Caught means: a check of a violated requirement went red, and nothing less."""

from __future__ import annotations

import pytest
from small import checked, ended, fault, journal, row

from workshop.teeth.matrix import Status

RED = ended("fail", "product")


def test_a_red_check_of_a_violated_requirement_catches(caught) -> None:
    assert caught.status is Status.CAUGHT
    assert caught.requirements == ("LGN-06",)
    assert caught.unmet == ()
    assert [kill.check for kill in caught.reds] == ["拒否される"]
    assert caught.collateral == ()


def test_the_address_of_the_product_is_no_part_of_the_result(caught) -> None:
    assert caught.reds[0].observed == "/top が出た"


def test_a_red_check_elsewhere_does_not_catch(tmp_path) -> None:
    found = row(journal(tmp_path, ([checked("fail", "SCR-11", cause="product")], RED)))
    assert found.status is Status.SURVIVED
    assert found.requirements == ()
    assert [kill.requirements for kill in found.collateral] == [("SCR-11",)]


def test_a_violated_requirement_that_nobody_expected_catches_and_is_told(tmp_path) -> None:
    found = row(journal(tmp_path, ([checked("fail", "LGN-05", cause="product")], RED)))
    assert found.status is Status.CAUGHT
    assert found.requirements == ("LGN-05",)
    assert found.unmet == ("LGN-06",)


@pytest.mark.parametrize(
    ("checks", "end"),
    [
        ([], ended("inconclusive", "suite", suite_fault=True)),
        ([], ended("inconclusive", "environment")),
        ([], ended("inconclusive", "product")),
        ([checked("inconclusive", "LGN-06", cause="product")], ended("inconclusive", "product")),
        ([checked("fail", "LGN-06", cause="declaration")], ended("fail", "declaration")),
        (
            [checked("fail", "LGN-06", cause="product")],
            ended("fail", "product", suite_fault=True),
        ),
    ],
    ids=["exception", "time-out", "setup", "control", "declaration", "red-and-exception"],
)
def test_what_is_no_failed_check_does_not_catch(tmp_path, checks, end) -> None:
    found = row(journal(tmp_path, (checks, end)))
    assert found.status is Status.SURVIVED
    assert found.requirements == ()
    assert found.reds == ()


def test_a_scenario_cut_off_after_its_red_check_does_not_catch(tmp_path) -> None:
    cut = ([checked("fail", "LGN-06", cause="product")], None)
    found = row(journal(tmp_path, cut, ([checked("pass", "LGN-06")], ended("pass"))))
    assert found.status is not Status.CAUGHT


def test_a_story_that_the_product_refused_speaks_for_its_scenarios_requirements(tmp_path) -> None:
    found = row(journal(tmp_path, ([], RED)))
    assert found.status is Status.CAUGHT
    assert found.requirements == ("LGN-06", "LGN-05")
    assert found.reds[0].check == ""


def test_a_run_in_which_nothing_met_the_product_decides_nothing(tmp_path) -> None:
    found = row(journal(tmp_path, ([], ended("not_run", "environment"))))
    assert found.status is Status.ERROR
    assert found.problem
    away = row(journal(tmp_path / "away", ([], ended("not_applicable", "declaration"))))
    assert away.status is Status.ERROR


def test_a_survivor_shows_what_the_product_did(survived) -> None:
    assert survived.status is Status.SURVIVED
    assert [(seen.scenario, seen.observed) for seen in survived.seen] == [
        ("シナリオ0", "/top が出た")
    ]


def test_a_suite_fault_beside_a_catch_is_told(tmp_path) -> None:
    found = row(
        journal(
            tmp_path,
            ([checked("fail", "LGN-06", cause="product")], RED),
            ([], ended("inconclusive", "suite", suite_fault=True)),
        ),
        fault(),
    )
    assert found.status is Status.CAUGHT
    assert found.suite_fault
