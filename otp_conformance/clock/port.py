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
