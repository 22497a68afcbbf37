"""What a person sees while the run waits for real time to pass."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TextIO

from otp_conformance.clock.real import Waiting
from otp_conformance.language import say

_ERASE = "\r\x1b[K"
# Without a terminal: shorter waits are not worth a line, longer ones one from time to time.
_WORTH_A_LINE_SECONDS = 90
_BETWEEN_LINES_SECONDS = 600
_MINUTE, _HOUR = 60, 3600


class WaitLine:
    """A countdown: one line that changes on a terminal, else a line now and then."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._due: datetime | None = None
        self._told_at = 0.0
        self._side_by_side = 1

    def show(self, waiting: Waiting) -> None:
        """Show how long a wait still lasts; take the line away when it is over."""
        if self._stream.isatty():
            over = waiting.left_seconds <= 0
            self._stream.write(_ERASE if over else f"{_ERASE}{self._told(waiting)}")
            self._stream.flush()
        elif self._worth_a_line(waiting):
            self._stream.write(f"otp-conformance: {self._told(waiting)}\n")
            self._stream.flush()

    def show_all(self, waits: Sequence[Waiting]) -> None:
        """Show the next end of several waits that go on side by side, and how many they are."""
        if waits:
            self._side_by_side = len(waits)
            self.show(min(waits, key=lambda waiting: waiting.left_seconds))
        elif self._stream.isatty():
            self._stream.write(_ERASE)
            self._stream.flush()

    def _told(self, waiting: Waiting) -> str:
        count = self._side_by_side
        if count <= 1:
            return _sentence(waiting)
        return say(f"{count} 件が待機中。早いものは、", f"{count} waiting; first: ") + _sentence(
            waiting
        )

    def _worth_a_line(self, waiting: Waiting) -> bool:
        left = waiting.left_seconds
        if waiting.due != self._due:
            self._due, self._told_at = waiting.due, float("inf")
        if left <= 0 or (self._told_at == float("inf") and left < _WORTH_A_LINE_SECONDS):
            return False
        if self._told_at - left < _BETWEEN_LINES_SECONDS:
            return False
        self._told_at = left
        return True


def _sentence(waiting: Waiting) -> str:
    left = _left(waiting.left_seconds)
    if waiting.left_seconds <= _WORTH_A_LINE_SECONDS:
        return say(f"次のワンタイムパスワードまで {left}", f"Next one-time password in {left}")
    return say(
        f"検査対象の時刻が {waiting.due:%m月%d日 %H:%M} になるまで待っています（あと {left}）",
        f"Waiting until {waiting.due:%Y-%m-%d %H:%M} at the system ({left} left)",
    )


def _left(seconds: float) -> str:
    whole = max(round(seconds), 1)
    if whole < _WORTH_A_LINE_SECONDS:
        return say(f"{whole} 秒", f"{whole} s")
    if whole < _HOUR:
        return say(f"{round(whole / _MINUTE)} 分", f"{round(whole / _MINUTE)} min")
    hours, rest = divmod(whole, _HOUR)
    minutes = rest // _MINUTE
    return say(f"{hours} 時間 {minutes} 分", f"{hours} h {minutes} min")
