"""Where the clock is brought when a step speaks of time (the edges: tests/clocks)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from otp_conformance.clock.port import TOKYO
from otp_conformance.clock.start import SCENARIO_START
from otp_conformance.people.timeline import Timeline, parse_span
from otp_conformance.verdict.outcome import NotRun

MINUTE = SCENARIO_START.replace(second=0)


class Clock:
    """A clock that is brought anywhere, and counts how often it was checked."""

    steerable = reversible = True

    def __init__(self, moment: datetime, guard: int = 0) -> None:
        self.moment, self.guard_seconds, self.checked = moment, guard, 0

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        self.moment = moment

    def recheck(self) -> None:
        self.checked += 1


@pytest.mark.parametrize(
    ("span", "seconds"), [("3秒", 3), ("2分", 120), ("24時間", 86_400), ("7日", 604_800)]
)
def test_spans(span: str, seconds: int) -> None:
    assert parse_span(span) == timedelta(seconds=seconds)


def test_advance_goes_forward_by_the_span() -> None:
    clock = Clock(SCENARIO_START)
    Timeline(clock, 60).advance(timedelta(minutes=3))
    assert clock.moment == SCENARIO_START + timedelta(minutes=3)


def test_a_moment_is_gone_to_as_it_is() -> None:
    clock = Clock(SCENARIO_START)
    Timeline(clock, 60).move_to(SCENARIO_START - timedelta(days=2))
    assert clock.moment == SCENARIO_START - timedelta(days=2)


@pytest.mark.parametrize(
    ("now", "zone", "reached"),
    [
        (datetime(2027, 2, 28, 23, 59, 58, 7, tzinfo=TOKYO), TOKYO, "2027-03-01T09:30:00+09:00"),
        (datetime(2027, 3, 1, 0, 0, 1, tzinfo=TOKYO), TOKYO, "2027-03-02T09:30:00+09:00"),
        # Still the evening before at a bank whose days are those of London.
        (
            datetime(2027, 3, 1, 8, 0, 0, tzinfo=TOKYO),
            ZoneInfo("Europe/London"),
            "2027-03-01T09:30:00+00:00",
        ),
    ],
)
def test_the_next_day_is_the_calendars(now: datetime, zone: ZoneInfo, reached: str) -> None:
    clock = Clock(now)
    Timeline(clock, 60).to_next_day(9, 30, zone)
    assert clock.moment == datetime.fromisoformat(reached)


def test_the_next_day_is_japans_unless_told() -> None:
    clock = Clock(MINUTE)
    Timeline(clock, 60).to_next_day(0, 0)
    assert clock.moment == datetime(2026, 11, 25, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("guard", "second", "wanted"), [(5, None, 6), (1, None, 2), (5, 30, 30), (0, 0, 0), (0, 59, 59)]
)
def test_the_place_within_a_step(guard: int, second: int | None, wanted: int) -> None:
    clock = Clock(MINUTE, guard)
    time = Timeline(clock, 60)
    time.to_step(time.step() + 2, second)
    assert clock.moment == MINUTE + timedelta(minutes=2, seconds=wanted)


def test_where_time_stands_still_a_person_acts_well_within_the_step() -> None:
    clock = Clock(MINUTE)
    time = Timeline(clock, 30)
    time.to_step(time.step() + 1)
    assert time.since_start(clock.moment) >= 5
    assert time.until_end(clock.moment) >= 5


def test_a_step_and_its_two_parts() -> None:
    time = Timeline(Clock(MINUTE), 30)
    moment = MINUTE + timedelta(seconds=37)
    assert (time.since_start(moment), time.until_end(moment)) == (7, 23)


def test_the_clock_itself_is_checked_again() -> None:
    clock = Clock(MINUTE)
    Timeline(clock, 60).recheck()
    assert clock.checked == 1


def test_a_clock_is_set_back_only_where_it_can_be() -> None:
    clock = Clock(SCENARIO_START)
    Timeline(clock, 60).set_back(timedelta(minutes=1))
    assert clock.moment == SCENARIO_START - timedelta(minutes=1)
    clock.reversible = False
    with pytest.raises(NotRun, match="戻せません"):
        Timeline(clock, 60).set_back(timedelta(minutes=1))
