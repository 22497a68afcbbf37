"""Where the bank's time comes from.

The bank asks one injected clock and nothing else. Test control can move a
clock that is `Steerable`; the system clock is not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

Clock = Callable[[], datetime]
"""Returns the present moment, always aware."""


@runtime_checkable
class Steerable(Protocol):
    """A clock that test control may move (IX-12)."""

    def __call__(self) -> datetime:
        """Return the present moment, aware."""

    def move_to(self, moment: datetime) -> None:
        """Stand at an aware moment from now on, forward or backward. ValueError if naive."""


def require_aware(moment: datetime) -> datetime:
    """Return the moment unchanged; ValueError if it carries no offset."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        msg = "a moment without an offset says nothing about when it is"
        raise ValueError(msg)
    return moment


def system_clock() -> datetime:
    """Return the computer's present moment in UTC."""
    return datetime.now(tz=UTC)


class StandingClock:
    """A clock that stands until it is moved; for tests and in-process banks."""

    def __init__(self, start: datetime) -> None:
        self._moment = require_aware(start)
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """Return where the clock stands."""
        with self._lock:
            return self._moment

    def move_to(self, moment: datetime) -> None:
        """Stand at an aware moment. ValueError if naive."""
        with self._lock:
            self._moment = require_aware(moment)
