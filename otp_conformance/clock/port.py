"""Port `Clock`: the time at the system under test."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def require_aware(moment: datetime) -> datetime:
    """Return the moment; `ValueError` for a naive one, which could mean any zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without time zone")
    return moment


class Clock(Protocol):
    """The time at the system under test."""

    @property
    def steerable(self) -> bool:
        """Whether `move_to` works at once; otherwise it waits in real time."""

    @property
    def reversible(self) -> bool:
        """Whether `move_to` goes back, too."""

    @property
    def guard_seconds(self) -> int:
        """How near to a step's edge no code is used; 0: time stands still meanwhile."""

    def now(self) -> datetime:
        """Return the SUT's time, aware, in Asia/Tokyo."""

    def move_to(self, moment: datetime) -> None:
        """Bring the SUT's time to an aware moment.

        Raises `NotRun` for one that this clock cannot go to, `NotYet` for one
        too far ahead to be waited for.
        """

    def recheck(self) -> None:
        """Make sure that `now` was right so far; raises `EnvironmentTrouble` if not."""


class ForwardingClock:
    """A clock (port `Clock`) that does everything as the inner one does."""

    def __init__(self, inner: Clock) -> None:
        self._inner = inner

    @property
    def steerable(self) -> bool:
        """Whether the inner clock is."""
        return self._inner.steerable

    @property
    def reversible(self) -> bool:
        """Whether the inner clock is."""
        return self._inner.reversible

    @property
    def guard_seconds(self) -> int:
        """The inner clock's."""
        return self._inner.guard_seconds

    def now(self) -> datetime:
        """Return the SUT's time."""
        return self._inner.now()

    def move_to(self, moment: datetime) -> None:
        """Have the SUT's time moved."""
        self._inner.move_to(moment)

    def recheck(self) -> None:
        """Have the inner clock looked at."""
        self._inner.recheck()
