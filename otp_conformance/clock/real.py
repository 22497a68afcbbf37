"""Real time: nothing is moved, everything is waited for, visibly."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from otp_conformance.clock.port import TOKYO, require_aware
from otp_conformance.clock.reading import Offset, local_now
from otp_conformance.verdict.outcome import EnvironmentTrouble, NotRun, NotYet

OVERNIGHT = timedelta(hours=48)
_SLICE_SECONDS = 1.0
_PRESENT_SECONDS = 1.0
_REMEASURE_SECONDS = 600.0
_LOCAL_JUMP_SECONDS = 1.0


@dataclass(frozen=True)
class Waiting:
    """A wait that goes on. ``left_seconds`` is 0 when it is over, however it ended."""

    due: datetime
    left_seconds: float


Announce = Callable[[Waiting], None]


def tell_nobody(waiting: Waiting) -> None:
    """Announce a wait to nobody."""
    del waiting


@dataclass(frozen=True)
class WaitRules:
    """What is declared about waiting (IX-12)."""

    guard_seconds: int
    tolerance_seconds: int
    max_wait: timedelta
    overnight: bool

    @property
    def longest(self) -> timedelta:
        """The longest single wait."""
        return max(self.max_wait, OVERNIGHT) if self.overnight else self.max_wait


@dataclass(frozen=True)
class _Measurement:
    offset: Offset
    wall: datetime
    monotonic: float


class RealClock:
    """Waits until the system's time is what is asked for (``kind = "real"``).

    The system's time is this machine's plus an offset, which ``measure``
    returns; it is measured at the first use, every ten minutes, and when this
    machine's own time has jumped. Waits are cut into seconds, each announced,
    and end at once with Ctrl-C. Nothing is shared between processes.
    """

    def __init__(
        self,
        rules: WaitRules,
        measure: Callable[[], Offset],
        *,
        now: Callable[[], datetime] = local_now,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        announce: Announce = tell_nobody,
    ) -> None:
        self._rules = rules
        self._measure = measure
        self._local = now
        self._monotonic = monotonic
        self._sleep = sleep
        self._announce = announce
        self._last: _Measurement | None = None

    @property
    def steerable(self) -> bool:
        """It is not."""
        return False

    @property
    def reversible(self) -> bool:
        """Time does not go back."""
        return False

    @property
    def guard_seconds(self) -> int:
        """As declared."""
        return self._rules.guard_seconds

    def now(self) -> datetime:
        """Return the system's time in Asia/Tokyo.

        Raises `EnvironmentTrouble` when it is further from this machine's time
        than declared, and what reading it raises.
        """
        offset = self._trusted().offset.seconds
        return (self._local() + timedelta(seconds=offset)).astimezone(TOKYO)

    def move_to(self, moment: datetime) -> None:
        """Wait until an aware moment.

        Raises `NotRun` for a moment that is past, `NotYet` for one further
        ahead than may be waited for.
        """
        due = require_aware(moment).astimezone(TOKYO)
        ahead = (due - self.now()).total_seconds()
        if ahead < -_PRESENT_SECONDS:
            raise NotRun(
                expected=f"検査対象の時刻が {due:%Y-%m-%d %H:%M:%S} であること",
                observed="実時間で待つ宣言なので、過ぎた時刻には戻れません",
                hint="時刻を進める手段（adapters.clock.kind）があれば宣言してください。",
            )
        if ahead > self._rules.longest.total_seconds():
            raise self._too_long(due, ahead)
        self._wait(due)

    def recheck(self) -> None:
        """Measure anew; `EnvironmentTrouble` when the time used so far was not the system's."""
        before = self._last
        after = self._measured()
        if before is None:
            return
        shift = abs(after.offset.seconds - before.offset.seconds)
        sure = before.offset.uncertainty_seconds + after.offset.uncertainty_seconds
        if shift - sure > self._rules.guard_seconds:
            raise EnvironmentTrouble(
                expected="試験の間、検査対象の時刻が飛ばないこと",
                observed=f"この機械の時刻との差が {before.offset.seconds:+.1f} 秒から "
                f"{after.offset.seconds:+.1f} 秒に変わりました",
                hint="検査対象とこの機械の時刻合わせを確かめて、もう一度実行してください。",
            )

    def _wait(self, due: datetime) -> None:
        waited = False
        try:
            while (left := (due - self.now()).total_seconds()) > 0:
                waited = True
                self._announce(Waiting(due, left))
                self._sleep(min(left, _SLICE_SECONDS))
        finally:
            if waited:
                self._announce(Waiting(due, 0.0))

    def _too_long(self, due: datetime, ahead: float) -> NotYet:
        limit = self._rules.longest.total_seconds() / 60
        within = ahead <= OVERNIGHT.total_seconds()
        return NotYet(
            due=due,
            expected=f"{due:%Y-%m-%d %H:%M:%S} まで待つこと（あと {_span(ahead)}）",
            observed=f"実時間で一度に待つのは {limit:.0f} 分までと宣言されています",
            hint="宣言の adapters.clock.wait_overnight を true にすると待ちます。"
            if within
            else "時刻を進める手段（adapters.clock.kind）があれば宣言してください。",
        )

    # -- the offset -------------------------------------------------------

    def _trusted(self) -> _Measurement:
        last = self._last
        if last is None:
            return self._measured()
        passed = self._monotonic() - last.monotonic
        jumped = abs((self._local() - last.wall).total_seconds() - passed) > _LOCAL_JUMP_SECONDS
        if jumped or passed > _REMEASURE_SECONDS:
            return self._measured()
        return last

    def _measured(self) -> _Measurement:
        offset = self._measure()
        if abs(offset.seconds) - offset.uncertainty_seconds > self._rules.tolerance_seconds:
            self._last = None
            raise EnvironmentTrouble(
                expected="検査対象とこの機械の時刻の差が、宣言の "
                f"{self._rules.tolerance_seconds} 秒以内であること",
                observed=f"検査対象の時刻が {offset.seconds:+.1f} 秒ずれています"
                f"（測定の誤差は {offset.uncertainty_seconds:.1f} 秒以内）",
                hint="両方の時刻合わせを確かめるか、宣言の adapters.clock.tolerance_seconds を"
                "直してください。",
            )
        self._last = _Measurement(offset, self._local(), self._monotonic())
        return self._last


def _span(seconds: float) -> str:
    minutes = int(seconds // 60)
    days, hours = divmod(minutes // 60, 24)
    parts = [(days, "日"), (hours, "時間"), (minutes % 60, "分")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "1 分未満"
