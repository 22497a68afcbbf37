"""The SUT's time, steered over the test-control API (port `Clock`)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from otp_conformance.calls.test_control import TestControl

TOKYO = ZoneInfo("Asia/Tokyo")


def require_aware(moment: datetime) -> datetime:
    """Return the moment; `ValueError` for a naive one, which could mean any zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without time zone")
    return moment


class AtOnce:
    """What all clocks have in common that are moved rather than waited for.

    ``guard_seconds``: 0 for a clock that stands still once moved.
    """

    def __init__(self, *, reversible: bool, guard_seconds: int) -> None:
        self._reversible = reversible
        self._guard_seconds = guard_seconds

    @property
    def steerable(self) -> bool:
        """It is."""
        return True

    @property
    def reversible(self) -> bool:
        """As declared."""
        return self._reversible

    @property
    def guard_seconds(self) -> int:
        """As declared; 0 where the moved clock stands still."""
        return self._guard_seconds


class SteeredClock(AtOnce):
    """Moves the SUT's clock at once, forward or backward, over the test-control API."""

    def __init__(
        self, control: TestControl, *, reversible: bool = True, guard_seconds: int = 0
    ) -> None:
        super().__init__(reversible=reversible, guard_seconds=guard_seconds)
        self._control = control

    def now(self) -> datetime:
        """Return the SUT's time in Asia/Tokyo."""
        return self._control.now().astimezone(TOKYO)

    def move_to(self, moment: datetime) -> None:
        """Bring the SUT's time to an aware moment."""
        self._control.move_clock(require_aware(moment))

    def recheck(self) -> None:
        """Nothing to do: every reading is the system's own."""
