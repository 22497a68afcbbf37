"""Where in a step codes are used, and how a scenario begins, by each sort of clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest

from otp_conformance.clock.port import TOKYO
from otp_conformance.clock.start import SCENARIO_START
from otp_conformance.people.codes import Ledger, right_code
from otp_conformance.people.timeline import Timeline
from otp_conformance.specification.words import Kind
from otp_conformance.tokens.port import TokenAsset

MINUTE = SCENARIO_START.replace(second=0)
STEP = int(MINUTE.timestamp()) // 60


class Clock:
    def __init__(
        self,
        moment: datetime,
        *,
        steerable: bool = False,
        reversible: bool = False,
        guard: int = 5,
        late: float = 0.0,
    ) -> None:
        self.moment = moment
        self.steerable = steerable
        self.reversible = reversible
        self.guard_seconds = guard
        self.moves: list[datetime] = []
        self.late = late

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        assert self.reversible or moment >= self.moment
        self.moves.append(moment)
        self.moment, self.late = moment + timedelta(seconds=self.late), 0.0

    def recheck(self) -> None:
        """Always right."""


class Fob:
    foresees = True
    asset = TokenAsset("101109980021", Kind.HARDWARE, SCENARIO_START + timedelta(days=1000))

    def code_at(self, moment: datetime) -> str:
        return pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", interval=60).at(moment)


@pytest.mark.parametrize(
    ("second", "guard", "moves", "step"),
    [
        (20.0, 5, [], STEP),
        (5.0, 5, [], STEP),
        (4.9, 5, [6], STEP),
        (54.9, 5, [], STEP),
        (55.0, 5, [66], STEP + 1),
        (59.0, 5, [66], STEP + 1),
        (59.0, 0, [], STEP),  # a clock that stands still
        (0.0, 0, [], STEP),
    ],
)
def test_codes_keep_off_the_edges(second: float, guard: int, moves: list[int], step: int) -> None:
    clock = Clock(MINUTE + timedelta(seconds=second), guard=guard)
    code = right_code(Fob(), Timeline(clock, 60), Ledger(), offset=0, fresh=False)
    assert clock.moves == [MINUTE + timedelta(seconds=s) for s in moves]
    assert code == Fob().code_at(MINUTE + timedelta(minutes=step - STEP))


def test_a_fresh_code_waits_for_the_next_step_and_uses_it_early() -> None:
    clock = Clock(MINUTE + timedelta(seconds=30))
    time, ledger = Timeline(clock, 60), Ledger()
    first, second = (right_code(Fob(), time, ledger, offset=0, fresh=True) for _ in range(2))
    assert first != second
    assert clock.moves == [MINUTE + timedelta(seconds=66)]


def test_a_code_is_chosen_anew_when_the_wait_overshot_its_step() -> None:
    clock = Clock(MINUTE + timedelta(seconds=30), late=600.0)
    ledger = Ledger()
    ledger.book(Fob(), STEP)
    code = right_code(Fob(), Timeline(clock, 60), ledger, offset=0, fresh=True)
    assert code == Fob().code_at(clock.moment)
    assert ledger.newest(Fob()) == STEP + 11


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2027, 3, day, hour, minute, second, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("now", "steerable", "reversible", "begins"),
    [
        (at(1, 3), True, True, SCENARIO_START),
        (at(1, 12), True, False, at(1, 12)),
        (at(1, 5, 59), True, False, at(1, 10, 0, 20)),
        (at(1, 22), True, False, at(2, 10, 0, 20)),
        (at(31, 23, 59), True, False, datetime(2027, 4, 1, 10, 0, 20, tzinfo=TOKYO)),
        (at(1, 3), False, False, at(1, 3)),
        (at(1, 23, 55), False, False, at(1, 23, 55)),
        (at(1, 23, 57), False, False, at(2, 0)),
    ],
)
def test_how_a_scenario_begins(
    now: datetime, begins: datetime, *, steerable: bool, reversible: bool
) -> None:
    clock = Clock(now, steerable=steerable, reversible=reversible)
    Timeline(clock, 60).begin()
    assert clock.moment == begins
