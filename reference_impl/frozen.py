"""A whole process whose time stands still until it is told to move.

Used only by a bank started with ``--frozen-at``. Everything that asks for the
time in this process gets the frozen one, libraries included, except the web
server, whose keep-alive and shutdown timers need real seconds.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import freezegun
from freezegun import config

from reference_impl.clock import require_aware, system_clock

# freezegun gives real time to callers within five frames of these. A request is
# handled in a worker thread that was taken from a queue, so both must go.
_MUST_FREEZE = frozenset({"threading", "queue"})
_MUST_RUN = ("cheroot",)


class FrozenProcess:
    """The steerable clock of a frozen process. Make it after the imports, once."""

    def __init__(self, start: datetime) -> None:
        kept = [name for name in config.DEFAULT_IGNORE_LIST if name not in _MUST_FREEZE]
        config.configure(default_ignore_list=[*kept, *_MUST_RUN])
        self._lock = threading.Lock()
        self._frozen = freezegun.freeze_time(_plain(start)).start()

    def __call__(self) -> datetime:
        """Return where the process stands, in UTC."""
        return system_clock()

    def move_to(self, moment: datetime) -> None:
        """Stand at an aware moment. ValueError if naive."""
        target = _plain(moment)
        with self._lock:
            self._frozen.move_to(target)


def _plain(moment: datetime) -> datetime:
    """Return the moment in UTC without offset, as freezegun counts."""
    return require_aware(moment).astimezone(UTC).replace(tzinfo=None)
