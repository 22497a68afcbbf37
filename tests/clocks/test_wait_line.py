"""The countdown: one line on a terminal, few lines in a log."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest

from otp_conformance.cli.waiting import WaitLine
from otp_conformance.clock.real import Waiting
from otp_conformance.language import speaking
from otp_conformance.people.timeline import JST

DUE = datetime(2026, 11, 25, 10, 0, tzinfo=JST)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def count_down(stream: io.StringIO, seconds: int, due: datetime = DUE) -> str:
    line = WaitLine(stream)
    for left in range(seconds, -1, -1):
        line.show(Waiting(due, float(left)))
    return stream.getvalue()


def test_on_a_terminal_one_line_changes_and_goes_away() -> None:
    shown = count_down(Terminal(), 41)
    assert "\n" not in shown
    assert "\r\x1b[K次のワンタイムパスワードまで 41 秒" in shown
    assert "まで 3 秒" in shown
    assert shown.endswith("\r\x1b[K")


def test_in_a_log_short_waits_are_silent() -> None:
    assert count_down(io.StringIO(), 60) == ""


def test_in_a_log_long_waits_say_so_now_and_then() -> None:
    lines = count_down(io.StringIO(), 25 * 60).splitlines()
    assert lines == [
        f"otp-conformance: 検査対象の時刻が 11月25日 10:00 になるまで待っています（あと {left} 分）"
        for left in (25, 15, 5)
    ]


def test_each_wait_is_announced_anew() -> None:
    stream = io.StringIO()
    line = WaitLine(stream)
    for due in (DUE, DUE + timedelta(hours=1)):
        for left in (300.0, 299.0, 0.0):
            line.show(Waiting(due, left))
    assert len(stream.getvalue().splitlines()) == 2


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "Next one-time password in 1 s"),
        (41.2, "Next one-time password in 41 s"),
        (600.0, "Waiting until 2026-11-25 10:00 at the system (10 min left)"),
        (3600 * 13 + 120, "Waiting until 2026-11-25 10:00 at the system (13 h 2 min left)"),
    ],
)
def test_in_english(seconds: float, text: str) -> None:
    stream = Terminal()
    with speaking("en"):
        WaitLine(stream).show(Waiting(DUE, seconds))
    assert stream.getvalue() == f"\r\x1b[K{text}"
