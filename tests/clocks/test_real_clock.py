"""Real time: waits in the open, never blindly, never for ever, and knows when it is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from otp_conformance.clock.reading import Offset
from otp_conformance.clock.real import RealClock, Waiting, WaitRules
from otp_conformance.verdict.outcome import EnvironmentTrouble, NotRun, NotYet

NOON = datetime(2026, 11, 24, 3, 0, 20, tzinfo=UTC)
RULES = WaitRules(
    guard_seconds=5, tolerance_seconds=10, max_wait=timedelta(minutes=15), overnight=False
)
OVERNIGHT = WaitRules(
    guard_seconds=5, tolerance_seconds=10, max_wait=timedelta(minutes=15), overnight=True
)


class Machine:
    """A machine whose time passes only while it sleeps."""

    def __init__(self) -> None:
        self.wall = NOON
        self.monotonic = 1000.0
        self.slept: list[float] = []
        self.told: list[Waiting] = []
        self.offset = Offset(0.0, 0.5)
        self.measured = 0

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.wall += timedelta(seconds=seconds)
        self.monotonic += seconds

    def measure(self) -> Offset:
        self.measured += 1
        return self.offset

    def clock(self, rules: WaitRules = RULES) -> RealClock:
        return RealClock(
            rules,
            self.measure,
            now=lambda: self.wall,
            monotonic=lambda: self.monotonic,
            sleep=self.sleep,
            announce=self.told.append,
        )


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_it_waits_to_the_moment_in_slices_and_counts_down(machine: Machine) -> None:
    clock = machine.clock()
    due = NOON + timedelta(seconds=40.5)
    clock.move_to(due)
    assert clock.now() == due
    assert max(machine.slept) <= 1.0
    left = [waiting.left_seconds for waiting in machine.told]
    assert left == sorted(left, reverse=True)
    assert (left[0], left[-1]) == (40.5, 0.0)
    assert {waiting.due for waiting in machine.told} == {due}


def test_a_moment_that_is_now_is_not_waited_for(machine: Machine) -> None:
    machine.clock().move_to(NOON - timedelta(seconds=0.9))
    assert (machine.slept, machine.told) == ([], [])


def test_the_past_is_not_run(machine: Machine) -> None:
    with pytest.raises(NotRun, match="過ぎた時刻") as caught:
        machine.clock().move_to(NOON - timedelta(seconds=2))
    assert not isinstance(caught.value, NotYet)
    assert machine.slept == []


def test_too_long_a_wait_is_not_run_and_tells_when_it_would_be_due(machine: Machine) -> None:
    due = NOON + timedelta(minutes=15, seconds=1)
    with pytest.raises(NotYet, match="15 分まで") as caught:
        machine.clock().move_to(due)
    assert caught.value.due == due
    assert "wait_overnight" in caught.value.hint
    assert machine.slept == []


def test_the_night_is_waited_for_where_declared_and_a_month_never(machine: Machine) -> None:
    clock = machine.clock(OVERNIGHT)
    due = NOON + timedelta(hours=22)
    clock.move_to(due)
    assert clock.now() == due
    with pytest.raises(NotYet) as caught:
        clock.move_to(due + timedelta(days=30))
    assert "wait_overnight" not in caught.value.hint


def test_the_wait_ends_at_once_when_interrupted_and_takes_its_line_away(machine: Machine) -> None:
    def interrupted(seconds: float) -> None:
        if len(machine.slept) == 3:
            raise KeyboardInterrupt
        Machine.sleep(machine, seconds)

    machine.sleep = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        machine.clock().move_to(NOON + timedelta(minutes=5))
    assert len(machine.slept) == 3
    assert machine.told[-1].left_seconds == 0.0


def test_the_systems_time_is_ours_plus_the_measured_offset(machine: Machine) -> None:
    machine.offset = Offset(-7.25, 0.5)
    assert machine.clock().now() == NOON - timedelta(seconds=7.25)


@pytest.mark.parametrize("seconds", [10.6, -10.6, 86_400.0])
def test_an_offset_beyond_the_tolerance_is_no_verdict_on_the_product(
    machine: Machine, seconds: float
) -> None:
    machine.offset = Offset(seconds, 0.5)
    clock = machine.clock()
    with pytest.raises(EnvironmentTrouble, match=rf"\{seconds:+.1f} 秒ずれて") as caught:
        clock.now()
    assert "10 秒以内" in caught.value.expected
    with pytest.raises(EnvironmentTrouble):
        clock.move_to(NOON + timedelta(seconds=1))


def test_what_the_measurement_leaves_open_is_not_held_against_the_system(machine: Machine) -> None:
    machine.offset = Offset(10.4, 0.5)
    assert machine.clock().now() == NOON + timedelta(seconds=10.4)


def test_the_offset_is_measured_now_and_then(machine: Machine) -> None:
    clock = machine.clock()
    clock.now()
    clock.move_to(NOON + timedelta(minutes=9))
    assert machine.measured == 1
    clock.move_to(NOON + timedelta(minutes=11))
    assert machine.measured == 2


def test_a_jump_of_our_own_clock_is_noticed(machine: Machine) -> None:
    clock = machine.clock()
    clock.now()
    machine.wall += timedelta(hours=1)
    machine.offset = Offset(-3600.0, 0.5)
    with pytest.raises(EnvironmentTrouble):
        clock.now()
    machine.wall -= timedelta(hours=1)
    machine.offset = Offset(0.0, 0.5)
    assert clock.now() == NOON


@pytest.mark.parametrize(("shift", "trusted"), [(5.9, True), (6.1, False), (-6.1, False)])
def test_a_system_whose_time_jumped_meanwhile_is_not_judged(
    machine: Machine, shift: float, *, trusted: bool
) -> None:
    clock = machine.clock()
    clock.now()
    machine.offset = Offset(shift, 0.5)
    if trusted:
        clock.recheck()
    else:
        with pytest.raises(EnvironmentTrouble, match="変わりました"):
            clock.recheck()


def test_its_traits(machine: Machine) -> None:
    clock = machine.clock()
    assert (clock.steerable, clock.reversible, clock.guard_seconds) == (False, False, 5)
    with pytest.raises(ValueError, match="time zone"):
        clock.move_to(datetime(2026, 11, 24))  # noqa: DTZ001
