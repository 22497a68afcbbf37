"""Choosing OTPs: right ones are fresh, wrong ones are wrong for certain."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_conformance.clock.port import TOKYO
from otp_conformance.clock.start import SCENARIO_START
from otp_conformance.people.codes import (
    CODE_PHRASES,
    GUARD_STEPS,
    MOST_STEPS,
    Ledger,
    full_width,
    offset_of,
    right_code,
    shown_around,
    wrong_code,
)
from otp_conformance.people.inputs import SERIAL_SPOILERS
from otp_conformance.people.timeline import Timeline
from otp_conformance.specification.words import Kind
from otp_conformance.tokens.port import TokenAsset
from otp_conformance.verdict.outcome import NotRun, SetupFailed


class StillClock:
    """A clock that moves only when told."""

    steerable = reversible = True
    guard_seconds = 0

    def __init__(self) -> None:
        self.moment = SCENARIO_START

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        self.moment = moment

    def recheck(self) -> None:
        """Always right."""


class Fob:
    """A token with a known secret."""

    foresees = True

    def __init__(self, serial: str = "101109980021") -> None:
        self._totp = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", interval=60)
        self.asset = TokenAsset(serial, Kind.HARDWARE, SCENARIO_START + timedelta(days=1000))

    def code_at(self, moment: datetime) -> str:
        return self._totp.at(moment)


def _timeline() -> Timeline:
    return Timeline(StillClock(), 60)


def test_a_fresh_code_never_repeats_a_step() -> None:
    time, ledger, fob = _timeline(), Ledger(), Fob()
    codes = [right_code(fob, time, ledger, offset=0, fresh=True) for _ in range(5)]
    steps = [fob.code_at(SCENARIO_START + timedelta(minutes=k)) for k in range(5)]
    assert codes == steps


@pytest.mark.parametrize("offset", [-10, -2, -1, 1, 2])
def test_a_shifted_code_is_of_an_unused_step(offset: int) -> None:
    time, ledger, fob = _timeline(), Ledger(), Fob()
    ledger.book(fob, time.step())
    code = right_code(fob, time, ledger, offset=offset, fresh=True)
    assert time.step() + offset > Timeline(StillClock(), 60).step()
    assert code == fob.code_at(time.moment_in(time.step() + offset))


def test_without_fresh_the_clock_stays() -> None:
    time, ledger, fob = _timeline(), Ledger(), Fob()
    before = time.now()
    right_code(fob, time, ledger, offset=0, fresh=False)
    assert time.now() == before


@given(st.integers(0, 12))
def test_wrong_codes_are_shown_by_no_token_nearby(nth: int) -> None:
    time, fobs = _timeline(), [Fob(), Fob("10110998")]
    code = wrong_code(fobs, time, digits=6, nth=nth)
    nearby = {
        fob.code_at(time.moment_in(time.step() + k))
        for fob in fobs
        for k in range(-GUARD_STEPS, GUARD_STEPS + 1)
    }
    assert len(code) == 6
    assert code.isdecimal()
    assert code not in nearby


def test_wrong_codes_differ_from_each_other() -> None:
    time = _timeline()
    assert len({wrong_code([Fob()], time, digits=6, nth=n) for n in range(20)}) == 20


@pytest.mark.parametrize(
    ("phrase", "window", "expected"),
    [
        ("許容幅でいちばん古い", (1, 1), -1),
        ("許容幅より一つ古い", (1, 1), -2),
        ("許容幅より一つ古い", (0, 0), -1),
        ("許容幅でいちばん先の", (1, 3), 3),
        ("許容幅より一つ先の", (1, 0), 1),
        ("10分前の", (1, 1), -10),
        ("1日前の", (1, 1), -1440),
    ],
)
def test_offsets_follow_the_declared_window(
    phrase: str, window: tuple[int, int], expected: int
) -> None:
    assert offset_of(CODE_PHRASES[phrase], *window) == expected


@pytest.mark.parametrize(
    ("phrase", "spoiled"),
    [
        ("空の", ""),
        ("空白だけの", "      "),
        ("末尾の一桁が欠けた", "01234"),
        ("末尾に一桁多い", "0123450"),
        ("英字の混じった", "01234A"),
        ("途中に空白の入った", "012 345"),
        ("全角数字の", "０１２３４５"),
    ],
)
def test_spoiled_codes(phrase: str, spoiled: str) -> None:
    spoil = CODE_PHRASES[phrase].spoil
    assert spoil is not None
    assert spoil("012345") == spoiled


@pytest.mark.parametrize("phrase", [p for p in SERIAL_SPOILERS if p != "届いたトークンの"])
@pytest.mark.parametrize("serial", ["101109980021", "00000000", "11111111", "98765432"])
def test_spoiled_serials_differ_from_the_right_one(phrase: str, serial: str) -> None:
    if phrase == "7桁の" and len(serial) < 7:
        pytest.skip("not shorter")
    assert SERIAL_SPOILERS[phrase](serial) != serial


def test_full_width_digits() -> None:
    assert full_width("0129") == "０１２９"


def test_steps_are_counted_in_the_declared_length() -> None:
    time = Timeline(StillClock(), 30)
    assert time.step() == int(SCENARIO_START.timestamp()) // 30
    assert time.moment_in(time.step(), 0).tzinfo is TOKYO


def test_the_clock_moves_on_to_a_code_of_the_wished_form() -> None:
    time, ledger, fob = _timeline(), Ledger(), Fob()
    code = right_code(
        fob, time, ledger, offset=0, fresh=True, suits=lambda _, code: code.startswith("0")
    )
    assert code.startswith("0")
    assert code == fob.code_at(time.now())
    assert ledger.newest(fob) == time.step()


def test_a_code_of_no_token_is_not_sought_for_ever() -> None:
    time, ledger, fob = _timeline(), Ledger(), Fob()
    before = time.now()
    with pytest.raises(SetupFailed, match=str(MOST_STEPS)):
        right_code(fob, time, ledger, offset=0, fresh=True, suits=lambda *_: False)
    assert time.now() == before
    assert ledger.newest(fob) is None


@pytest.mark.parametrize(
    ("phrase", "code", "entered"),
    [
        ("正しい値より1大きい", "012345", "012346"),
        ("正しい値より1大きい", "999999", "000000"),
        ("正しい値より1小さい", "012345", "012344"),
        ("正しい値より1小さい", "000000", "999999"),
        ("先頭の0を省いた", "012345", "12345"),
    ],
)
def test_neighbours_of_a_code(phrase: str, code: str, entered: str) -> None:
    spoil = CODE_PHRASES[phrase].spoil
    assert spoil is not None
    assert spoil(code) == entered


def test_what_is_shown_around_a_step_reaches_to_the_guard_and_no_further() -> None:
    time, fob = _timeline(), Fob()
    around = shown_around([fob], time, time.step())
    edge = fob.code_at(time.moment_in(time.step() + GUARD_STEPS))
    beyond = fob.code_at(time.moment_in(time.step() + GUARD_STEPS + 1))
    assert edge in around
    assert beyond not in around


class Display(Fob):
    """A token whose secret nobody knows: it shows the present code."""

    foresees = False

    def __init__(self, time: Timeline) -> None:
        super().__init__()
        self.time = time
        self.read: list[int] = []

    def code_at(self, moment: datetime) -> str:
        if self.time.step(moment) != self.time.step():
            raise NotRun(expected="", observed="")
        self.read.append(self.time.step())
        return super().code_at(moment)


def test_a_display_is_read_when_its_code_is_fresh() -> None:
    time, ledger = _timeline(), Ledger()
    fob = Display(time)
    codes = [right_code(fob, time, ledger, offset=0, fresh=True) for _ in range(3)]
    first = time.step() - 2
    assert fob.read == [first, first + 1, first + 2]
    assert codes == [Fob().code_at(time.moment_in(first + k)) for k in range(3)]


def test_an_old_code_of_a_display_is_noted_and_time_goes_on() -> None:
    time, ledger = _timeline(), Ledger()
    fob, begun = Display(time), time.step()
    code = right_code(fob, time, ledger, offset=-3, fresh=True)
    assert code == Fob().code_at(time.moment_in(begun))
    assert time.step() == begun + 3
    assert ledger.newest(fob) == begun


def test_what_a_display_cannot_tell() -> None:
    time, ledger = _timeline(), Ledger()
    fob = Display(time)
    with pytest.raises(NotRun):
        right_code(fob, time, ledger, offset=1, fresh=True)
    with pytest.raises(NotRun, match="前もって知れません"):
        right_code(fob, time, ledger, offset=0, fresh=True, suits=lambda *_: False)
    assert ledger.newest(fob) is None
    assert wrong_code([fob], time, digits=6, nth=0) == "271828"
