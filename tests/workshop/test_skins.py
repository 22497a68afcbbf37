"""A bank in any skin is judged as the same bank."""

from __future__ import annotations

from pathlib import Path

import pytest

from workshop.skins.skin import Skin
from workshop.skins.trials import WHOLE_WAY, cases, choices, smallest, try_skin

QUICK = range(1, 6)
MORE = (*range(6, 56), *range(1000, 1012))  # the ways of `NEWER` from 1000 on


def _passes(skin: Skin, folder: Path) -> None:
    trial = try_skin(skin, folder)
    assert trial.complaints == []
    assert set(trial.ends) == set(WHOLE_WAY)


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "seed", [*QUICK, *(pytest.param(seed, marks=pytest.mark.slow) for seed in MORE)]
)
def test_a_bank_in_a_skin_passes(seed: int, tmp_path: Path) -> None:
    _passes(Skin(seed), tmp_path)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize("skin", [pytest.param(skin, id=skin.name) for skin in cases()])
def test_a_skin_that_once_failed_passes(skin: Skin, tmp_path: Path) -> None:
    _passes(skin, tmp_path)


def test_choices_are_those_that_make_the_difference() -> None:
    found = choices(Skin(3))
    assert len(found) > 20
    assert choices(Skin(3, frozenset(found[:3]))) == found[:3]


def test_a_failure_is_narrowed_down_to_what_it_needs() -> None:
    parts = [f"part {number}" for number in range(40)]
    needed = {"part 3", "part 29"}
    assert set(smallest(parts, lambda left: needed <= set(left))) == needed
