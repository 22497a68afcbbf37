"""A moved clock that several workers share: it is moved only once nobody acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from otp_conformance.clock.port import Clock, ForwardingClock, require_aware

Await = Callable[[datetime], None]
"""Returns once the clock may be moved to an aware moment: nobody else acts at another one.

Raises `KeyboardInterrupt` when the run is to end."""


class SharedClock(ForwardingClock):
    """A clock whose moves wait for the others (`run.lockstep`)."""

    def __init__(self, inner: Clock, wait: Await) -> None:
        super().__init__(inner)
        self._wait = wait

    def move_to(self, moment: datetime) -> None:
        """Wait for the others, then bring the SUT's time to an aware moment.

        Raises what the inner clock raises; a way back that it does not have at once.
        """
        asked = require_aware(moment)
        if self._inner.reversible or asked > self._inner.now():
            self._wait(asked)
        self._inner.move_to(asked)
