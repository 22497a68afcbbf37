"""The preflight moves a clock by one step and back, and tells when it does not move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from otp_conformance.declaration.load import load
from otp_conformance.deployment.sut import Sut
from otp_conformance.preflight.finding import Finding, Findings, State
from otp_conformance.preflight.walk import Walk
from otp_conformance.resources import fixtures_dir

BEFORE = datetime(2026, 11, 24, 1, 0, 20, tzinfo=UTC)


class Clock:
    """Moves as it is told to, or not at all, or forward only."""

    steerable = True
    guard_seconds = 0

    def __init__(self, *, reversible: bool = True, moves: str = "both") -> None:
        self.reversible = reversible
        self.moves = moves
        self.time = BEFORE
        self.asked: list[datetime] = []

    def now(self) -> datetime:
        return self.time

    def move_to(self, moment: datetime) -> None:
        self.asked.append(moment)
        if self.moves == "both" or (self.moves == "forward" and moment > self.time):
            self.time = moment

    def recheck(self) -> None:
        """Nothing."""


def found(clock: Clock) -> Finding:
    told: list[Finding] = []
    declaration = load(fixtures_dir() / "declarations" / "reference.toml").declaration
    sut = cast("Sut", SimpleNamespace(clock=clock))
    findings = Findings(told.append, lambda text: text)
    Walk(sut, declaration, findings, None).clock()
    (finding,) = told
    return finding


def test_a_clock_that_moves_is_back_where_it_was() -> None:
    clock = Clock()
    assert found(clock).state is State.OK
    assert clock.asked == [BEFORE + timedelta(seconds=60), BEFORE]
    assert clock.time == BEFORE


@pytest.mark.parametrize("moves", ["", "forward"])
def test_a_clock_that_does_not_move_is_wrong(moves: str) -> None:
    finding = found(Clock(moves=moves))
    assert finding.state is State.WRONG
    assert "60.0 秒" in finding.observed
    assert "[adapters.clock]" in finding.fix


def test_a_clock_that_cannot_be_put_back_is_left_alone() -> None:
    clock = Clock(reversible=False)
    assert found(clock).state is State.NOTE
    assert clock.asked == []


def test_trouble_on_the_way_still_puts_the_clock_back() -> None:
    clock: Any = Clock()
    real = clock.now
    calls = iter([BEFORE])

    def now() -> datetime:
        try:
            return next(calls)
        except StopIteration:
            clock.now = real
            raise ValueError("unreadable") from None

    clock.now = now
    with pytest.raises(ValueError, match="unreadable"):
        found(clock)
    assert clock.time == BEFORE
