"""When several workers share one clock that is moved: who goes on, and at which moment."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import Generic, TypeVar

W = TypeVar("W", bound=Hashable)


class Lockstep(Generic[W]):
    """Lets a clock that is everybody's be moved only while nobody acts.

    A scenario that wants another time waits until every scenario that goes on wants one,
    too. Then the time becomes the earliest moment asked for, and whoever asked for it goes
    on, all others waiting. So each scenario acts only at the moments that it asked for, in
    its own order, as if the clock were its own. A moment before the present one comes when
    nobody wants a later one any more, so that the time is not put back under a scenario
    that goes forward.

    A scenario that begins waits for those under way: they have logins that must not grow
    old in real time, while one short scenario after the other begins elsewhere.

    Every method returns who goes on and where to; ``W``: a worker.
    """

    def __init__(self) -> None:
        self._acting: set[W] = set()
        self._beginning: set[W] = set()
        self._asked: dict[W, datetime] = {}
        self._present: datetime | None = None

    def begins(self, worker: W) -> None:
        """Note that a worker has been given a scenario."""
        self._acting.add(worker)
        self._beginning.add(worker)

    def asks(self, worker: W, moment: datetime) -> dict[W, datetime]:
        """Note that a worker waits for an aware moment."""
        self._acting.discard(worker)
        self._asked[worker] = moment
        return self._granted()

    def ends(self, worker: W) -> dict[W, datetime]:
        """Note that a worker's scenario is over, or the worker is gone. Idempotent."""
        self._acting.discard(worker)
        self._beginning.discard(worker)
        self._asked.pop(worker, None)
        return self._granted()

    def _granted(self) -> dict[W, datetime]:
        if self._acting or not self._asked:
            return {}
        under_way = self._asked.keys() - self._beginning
        moments = [self._asked[w] for w in under_way or self._asked]
        ahead = [m for m in moments if self._present is None or m >= self._present]
        self._present = min(ahead or moments)
        granted = {w: m for w, m in self._asked.items() if m == self._present}
        for worker in granted:
            del self._asked[worker]
        self._acting |= granted.keys()
        self._beginning -= granted.keys()
        return granted
