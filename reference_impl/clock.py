"""Where the bank's time comes from.

The bank asks one injected clock and nothing else. Test control can move a
`SteeredClock`; the system clock stays the computer's.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")
Clock = Callable[[], datetime]
"""Returns the present moment, always aware."""


def require_aware(moment: datetime) -> datetime:
    """Return the moment unchanged; ValueError if it carries no offset."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        msg = "a moment without an offset says nothing about when it is"
        raise ValueError(msg)
    return moment


def system_clock() -> datetime:
    """Return the computer's present moment in UTC."""
    return datetime.now(tz=UTC)


class SteeredClock:
    """A clock that stands until it is moved, forward or backward (IX-12)."""

    def __init__(self, start: datetime) -> None:
        self._moment = require_aware(start)

    def __call__(self) -> datetime:
        """Return where the clock stands."""
        return self._moment

    def move_to(self, moment: datetime) -> None:
        """Stand at an aware moment. ValueError if naive."""
        self._moment = require_aware(moment)


class FrozenProcess(SteeredClock):
    """A whole process whose time stands still. Make it after the imports, once.

    Everything that asks for the time in this process gets the frozen one, libraries
    included, except the web server, whose keep-alive and shutdown timers need real
    seconds. freezegun is loaded here and nowhere else.
    """

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        import freezegun
        from freezegun import config

        # freezegun gives real time to callers within five frames of these. A request is
        # handled in a worker thread that was taken from a queue, so both must go.
        kept = [n for n in config.DEFAULT_IGNORE_LIST if n not in {"threading", "queue"}]
        config.configure(default_ignore_list=[*kept, "waitress"])
        self._lock = threading.Lock()
        self._frozen = freezegun.freeze_time(_plain(start)).start()

    def move_to(self, moment: datetime) -> None:
        """Stand at an aware moment, with the whole process. ValueError if naive."""
        with self._lock:
            super().move_to(moment)
            self._frozen.move_to(_plain(moment))


def _plain(moment: datetime) -> datetime:
    """Return the moment in UTC without offset, as freezegun counts."""
    return require_aware(moment).astimezone(UTC).replace(tzinfo=None)
