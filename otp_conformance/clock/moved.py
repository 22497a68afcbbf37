"""Clocks that are moved at once: test control, a vendor's own calls, libfaketime's file."""

from __future__ import annotations

import os
import re
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from otp_conformance.calls.described import HttpCaller
from otp_conformance.calls.test_control import TestControl
from otp_conformance.clock.port import TOKYO, require_aware
from otp_conformance.clock.reading import Read, local_now
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, NotRun

# libfaketime's file of a clock that stands still.
_SECONDS = re.compile(r"[0-9]{1,11}")
# Moving to the present is no moving back, though some time passes on the way.
_PRESENT_SECONDS = 1.0


@dataclass(frozen=True)
class MoveRules:
    """What is declared about moving (IX-12).

    ``guard_seconds``: 0 for a clock that stands still once moved;
    ``tolerance_seconds``: how far from the asked moment it may be after a move.
    """

    reversible: bool = True
    guard_seconds: int = 0
    tolerance_seconds: int = 0

    @property
    def still(self) -> bool:
        """Whether time stands still once it was moved."""
        return self.guard_seconds == 0

    def right(self, off: float) -> bool:
        """Tell whether a time that is ``off`` by so many seconds is the one asked for.

        Where time stands still, codes are computed for that very second.
        """
        return off < 1 if self.still else off <= self.tolerance_seconds


class MovedClock(ABC):
    """What all of them have in common (port `Clock`).

    ``read``: what reads the system's time, None where that cannot be read.
    """

    def __init__(
        self, rules: MoveRules, *, read: Read | None, now: Callable[[], datetime] = local_now
    ) -> None:
        self._rules = rules
        self._read = read
        self._local = now
        self._asked: datetime | None = None

    @property
    def steerable(self) -> bool:
        """It is."""
        return True

    @property
    def reversible(self) -> bool:
        """As declared."""
        return self._rules.reversible

    @property
    def guard_seconds(self) -> int:
        """As declared; 0 where the moved clock stands still."""
        return self._rules.guard_seconds

    def now(self) -> datetime:
        """Return the system's time, in Asia/Tokyo."""
        moment = self._reckoned() if self._read is None else self._read().moment
        return moment.astimezone(TOKYO)

    def move_to(self, moment: datetime) -> None:
        """Bring the system's time to an aware moment.

        Raises `NotRun` for a way back that is not declared, `DeclarationMismatch`
        when the system's time reads otherwise afterwards.
        """
        asked = require_aware(moment)
        back = (self.now() - asked).total_seconds()
        if back > 0 and not self._rules.reversible:
            if back <= _PRESENT_SECONDS:
                return
            raise NotRun(
                expected=f"検査対象の時刻を {asked.astimezone(TOKYO):%Y-%m-%d %H:%M:%S} にすること",
                observed="検査対象の時刻はもう過ぎていて、戻せないと宣言されています",
                hint="戻せる場合は、宣言の adapters.clock.goes_back を true にしてください。",
            )
        self._go(asked)
        self._require_moved(asked)

    def recheck(self) -> None:
        """Make sure that a clock declared to stand still did so since it was moved last.

        Raises `DeclarationMismatch`. Any other is what it was moved to, plus what has passed.
        """
        if self._asked is None or not self._rules.still:
            return
        off = (self.now() - self._asked).total_seconds()
        if not self._rules.right(abs(off)):
            raise DeclarationMismatch(
                expected="宣言（adapters.clock.stands_still）のとおり、合わせた時刻で止まっている"
                "こと",
                observed=f"検査対象の時刻が、合わせた時刻から {off:+.1f} 秒動いていました",
                hint="止められない検査対象なら、宣言の adapters.clock.stands_still を false に"
                "してください。",
            )

    def _go(self, moment: datetime) -> None:
        """Move, and remember where to."""
        self._move(moment)
        self._asked = moment

    def _require_moved(self, asked: datetime) -> None:
        if self._read is None:
            return
        off = abs((self._read().moment - asked).total_seconds())
        if not self._rules.right(off):
            allowed = "1 秒未満" if self._rules.still else f"{self._rules.tolerance_seconds} 秒"
            raise DeclarationMismatch(
                expected=f"時刻を進めた後、検査対象の時刻が {asked.astimezone(TOKYO).isoformat()} "
                f"になること（許容 {allowed}）",
                observed=f"{off:.1f} 秒違います",
                hint="宣言の [adapters.clock] の進め方と読み方を確かめてください。",
            )

    @abstractmethod
    def _reckoned(self) -> datetime:
        """Return the system's time where it cannot be read."""

    @abstractmethod
    def _move(self, moment: datetime) -> None:
        """Have the system's time be an aware moment."""


class SteeredClock(MovedClock):
    """Moves the system's clock over the test-control API, which also tells it."""

    def __init__(self, control: TestControl, rules: MoveRules | None = None) -> None:
        super().__init__(rules or MoveRules(), read=None)
        self._control = control

    def move_to(self, moment: datetime) -> None:
        """Bring the system's time to an aware moment."""
        self._go(require_aware(moment))

    def _reckoned(self) -> datetime:
        return self._control.now()

    def _move(self, moment: datetime) -> None:
        self._control.move_clock(moment)


class CalledClock(MovedClock):
    """Moved by a call that the vendor describes (``kind = "http"``).

    Without ``read`` the time is reckoned from the last move; such a clock is
    for one process alone.
    """

    def __init__(
        self,
        caller: HttpCaller,
        move: HttpCall,
        rules: MoveRules,
        *,
        read: Read | None,
        now: Callable[[], datetime] = local_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(rules, read=read, now=now)
        self._caller = caller
        self._call = move
        self._monotonic = monotonic
        self._moved: tuple[datetime, float] | None = None

    def _reckoned(self) -> datetime:
        if self._moved is None:
            return self._local()
        moment, at = self._moved
        passed = 0.0 if self._rules.still else self._monotonic() - at
        return moment + timedelta(seconds=passed)

    def _move(self, moment: datetime) -> None:
        ahead = round((moment - self._local()).total_seconds())
        self._caller.send(
            self._call,
            {
                "iso": moment.astimezone(TOKYO).isoformat(timespec="seconds"),
                "unix": str(int(moment.timestamp())),
                "offset_seconds": str(ahead),
            },
        )
        self._moved = (moment, self._monotonic())


class FaketimeClock(MovedClock):
    """Moved by the file that libfaketime reads (``FAKETIME_TIMESTAMP_FILE``).

    The file holds one relative offset, such as ``+86400.000``, or, where time is to
    stand still, one moment in seconds since 1970, such as ``1795482020`` (which
    libfaketime reads with ``FAKETIME_FMT=%s``, in whatever time zone the server is). It
    is replaced as a whole: the server never reads half of one. Several processes may
    share it. The server needs ``FAKETIME_NO_CACHE=1`` to see a change at once.
    """

    def __init__(
        self,
        file: Path,
        rules: MoveRules,
        *,
        read: Read | None,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        super().__init__(rules, read=read, now=now)
        self._file = file

    def _reckoned(self) -> datetime:
        text = self._content()
        if self._rules.still and _SECONDS.fullmatch(text):
            return datetime.fromtimestamp(int(text), tz=UTC)
        if not text:
            return self._local()
        if text[0] not in "+-":
            raise self._unreadable("符号のある秒数ではありません")
        try:
            return self._local() + timedelta(seconds=float(text))
        except (ValueError, OverflowError) as error:
            raise self._unreadable("符号のある秒数ではありません") from error

    def _move(self, moment: datetime) -> None:
        ahead = (moment - self._local()).total_seconds()
        text = f"{int(moment.timestamp())}" if self._rules.still else f"{ahead:+.3f}"
        try:
            _replace(self._file, f"{text}\n")
        except OSError as error:
            raise EnvironmentTrouble(
                expected=f"libfaketime のファイル {self._file.name} に書けること",
                observed=f"書けません（{error.strerror}）",
                hint="宣言の adapters.clock.file の場所と権限を確かめてください。",
            ) from error

    def _content(self) -> str:
        try:
            return self._file.read_text("ascii").strip()
        except FileNotFoundError:
            return ""
        except (OSError, ValueError) as error:
            raise self._unreadable(type(error).__name__) from error

    def _unreadable(self, why: str) -> DeclarationMismatch:
        form = "+秒数 か 1970 年からの秒数" if self._rules.still else "+秒数"
        return DeclarationMismatch(
            expected=f"libfaketime のファイル {self._file.name} が {form} の形であること",
            observed=f"読めません（{why}）",
            hint="宣言の adapters.clock.file の場所と中身を確かめてください。",
        )


def _replace(file: Path, text: str) -> None:
    """Write a file so that a reader finds the old content or the new, readable as before."""
    number, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    draft = Path(name)
    try:
        with os.fdopen(number, "w", encoding="ascii") as out:
            out.write(text)
        # The server may run as another user; there is nothing secret in it.
        draft.chmod(0o644)
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
