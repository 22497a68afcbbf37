"""No scenario begins before its prepared customers were there, by the system's time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_conformance.clock.port import TOKYO
from otp_conformance.clock.start import SCENARIO_START, scenario_start
from otp_conformance.people.timeline import Timeline, first_date
from otp_conformance.verdict.outcome import NotRun

SECOND = timedelta(seconds=1)


class Clock:
    steerable = True
    guard_seconds = 0

    def __init__(self, moment: datetime, *, reversible: bool) -> None:
        self.moment, self.reversible = moment, reversible

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        assert self.reversible or moment >= self.moment
        self.moment = moment

    def recheck(self) -> None:
        """Always right."""


@pytest.mark.parametrize(
    ("made", "start"),
    [
        (None, "2026-11-24T10:00:20"),
        (datetime(2020, 1, 1, tzinfo=UTC), "2026-11-24T10:00:20"),
        (SCENARIO_START - SECOND, "2026-11-24T10:00:20"),
        (SCENARIO_START, "2026-12-08T10:00:20"),  # not on the first day of December
        (datetime(2026, 12, 8, 1, 0, 19, tzinfo=UTC), "2026-12-08T10:00:20"),
        (datetime(2026, 12, 8, 1, 0, 20, tzinfo=UTC), "2027-01-12T10:00:20"),
        (datetime(2027, 3, 16, 12, tzinfo=TOKYO), "2027-03-23T10:00:20"),
    ],
)
def test_where_scenarios_begin(made: datetime | None, start: str) -> None:
    assert scenario_start(made).isoformat() == f"{start}+09:00"


@given(st.integers(-400 * 24, 13 * 365 * 24))
def test_always_later_and_alike(hours: int) -> None:
    made = SCENARIO_START + timedelta(hours=hours)
    start = scenario_start(made)
    assert start > made
    assert (start.weekday(), start.time()) == (1, SCENARIO_START.time())
    assert {(start + timedelta(days=d)).month for d in (-3, 4)} == {start.month}
    assert start - max(made, SCENARIO_START) <= timedelta(days=42)


@pytest.mark.parametrize("reversible", [True, False])
def test_a_scenario_begins_after_its_list(*, reversible: bool) -> None:
    made = SCENARIO_START + timedelta(days=200)
    clock = Clock(SCENARIO_START + timedelta(hours=1), reversible=reversible)
    Timeline(clock, 60).begin(made)
    assert clock.moment == scenario_start(made) > made


def test_a_clock_that_only_goes_forward_and_is_past_the_list_stays_there() -> None:
    clock = Clock(SCENARIO_START + timedelta(hours=1), reversible=False)
    Timeline(clock, 60).begin(SCENARIO_START)
    assert clock.moment == SCENARIO_START + timedelta(hours=1)


def test_nor_does_it_go_back_there_later() -> None:
    clock = Clock(SCENARIO_START, reversible=True)
    time = Timeline(clock, 60)
    time.begin(SCENARIO_START)
    begun = clock.moment
    with pytest.raises(NotRun, match="2026年11月24日10時00分20秒に用意") as caught:
        time.move_to(begun - SECOND)
    assert clock.moment == begun
    assert "made_at" in caught.value.hint
    time.move_to(begun)  # the beginning itself is late enough


def test_the_dates_of_a_scenario() -> None:
    texts = [
        "検査対象の時刻は 2028年2月29日10時00分00秒",
        "2028年2月28日09時59分59秒 まで",
        "1分後",
    ]
    assert first_date(texts) == datetime(2028, 2, 28, 9, 59, 59, tzinfo=TOKYO)
    assert first_date(texts[2:]) is None
