"""Which code goes out, of which step, and what the ledger then knows of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from test_codes import Fob, StillClock

from otp_conformance.people.codes import (
    CODE_PHRASES,
    CodeChoice,
    Ledger,
    full_width,
    guess,
    right_code,
    shown_around,
    wrong_code,
)
from otp_conformance.people.timeline import Timeline

# What is entered as it is: on display now, or not a code of any step.
AS_IT_IS = {
    "表示中の", "同じ", "控えておいた", "使わずに控えた", "誤った", "すべて0の", "1から順に並んだ",
}  # fmt: skip


def _timeline() -> Timeline:
    return Timeline(StillClock(), 60)


class Reader(Fob):
    """A token whose secret nobody knows, and which tells the code of any moment."""

    foresees = False


class ZerosFor(Fob):
    """A token that shows 000000 in some steps."""

    def __init__(self, time: Timeline, *steps: int) -> None:
        super().__init__()
        self.time, self.steps = time, steps

    def code_at(self, moment: datetime) -> str:
        return "000000" if self.time.step(moment) in self.steps else "123456"


def test_every_other_phrase_means_a_code_never_used() -> None:
    assert {phrase for phrase, choice in CODE_PHRASES.items() if not choice.fresh} == AS_IT_IS
    assert not CodeChoice().fresh


@pytest.mark.parametrize("fob", [Fob(), Reader()])
@pytest.mark.parametrize("offset", [-2, -1, 0, 1, 2])
def test_the_ledger_knows_the_step_of_the_code(fob: Fob, offset: int) -> None:
    time, ledger = _timeline(), Ledger()
    begun = time.step()
    code = right_code(fob, time, ledger, offset=offset, fresh=True)
    # An old code that has to be read is noted first, and time goes on.
    sent_at = begun - min(offset, 0) if not fob.foresees else begun
    assert time.step() == sent_at
    assert ledger.newest(fob) == sent_at + offset
    assert code == Fob().code_at(time.moment_in(sent_at + offset))


@pytest.mark.parametrize("fob", [Fob(), Reader()])
@pytest.mark.parametrize("offset", [0, 1, 2])
@pytest.mark.parametrize("used", [-1, 0, 1, 2, 3])
def test_a_fresh_code_is_the_next_one_never_used(fob: Fob, offset: int, used: int) -> None:
    time, ledger = _timeline(), Ledger()
    begun = time.step()
    ledger.book(fob, begun + used)
    code = right_code(fob, time, ledger, offset=offset, fresh=True)
    step = max(begun + offset, begun + used + 1)
    assert code == Fob().code_at(time.moment_in(step))
    assert (ledger.newest(fob), time.step()) == (step, step - offset)


def test_what_is_shown_around_a_step_is_40_on_both_sides() -> None:
    time, fob = _timeline(), Fob()
    around = shown_around([fob], time, time.step())
    codes = {k: fob.code_at(time.moment_in(time.step() + k)) for k in range(-41, 42)}
    assert around == {code for k, code in codes.items() if abs(k) <= 40}
    assert {codes[-41], codes[41]}.isdisjoint(around)


@pytest.mark.parametrize("shown", [[0], [-40], [40], [-40, 40]])
def test_zeros_are_never_on_display(shown: list[int]) -> None:
    time = _timeline()
    begun = time.step()
    fob = ZerosFor(time, *(begun + k for k in shown))
    assert guess([fob], time, "000000") == "000000"
    assert time.step() > begun
    assert "000000" not in shown_around([fob], time, time.step())


def test_zeros_that_nobody_shows_go_out_at_once() -> None:
    time = _timeline()
    before = time.now()
    assert guess([ZerosFor(time)], time, "00000000") == "00000000"
    assert time.now() == before


@pytest.mark.parametrize("digits", [4, 6, 8])
def test_a_wrong_code_has_the_length_of_a_right_one(digits: int) -> None:
    codes = [wrong_code([], _timeline(), digits=digits, nth=nth) for nth in range(200)]
    assert {len(code) for code in codes} == {digits}


def test_only_digits_become_wide() -> None:
    assert full_width("A1-²2") == "A１-²２"


@pytest.mark.parametrize("code", ["123456", "111112", "900000", "099999"])
def test_a_slip_leaves_the_length_and_is_no_right_code(code: str) -> None:
    for phrase in ("先頭の一桁だけ違う", "隣り合う桁の入れ替わった"):
        spoil = CODE_PHRASES[phrase].spoil
        assert spoil is not None
        assert len(spoil(code)) == len(code)
        assert spoil(code) != code
    swapped = CODE_PHRASES["隣り合う桁の入れ替わった"].spoil
    assert swapped is not None
    assert sorted(swapped(code)) == sorted(code)
    assert swapped("777777") == "777777"  # and then another code is sought
