"""Questions at a terminal: countdown, hidden input, nobody there."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import TextIO

import pytest

from otp_conformance.cli.terminal import StdinLines, TerminalPrompter

termios = pytest.importorskip("termios")
pty = pytest.importorskip("pty")


class Slow:
    """Lines that come after so many seconds of a time of its own."""

    def __init__(self, after: float, line: str) -> None:
        self.now, self.after, self.line = 0.0, after, line

    def monotonic(self) -> float:
        return self.now

    def within(self, seconds: float) -> str | None:
        self.now += seconds
        return self.line if self.now >= self.after else None

    def drop(self) -> None:
        self.now += 0


def asked(lines: Slow, *, hidden: bool, terminal: TextIO) -> tuple[str | None, str]:
    screen = io.StringIO()
    prompter = TerminalPrompter(terminal, screen, lines=lines, monotonic=lines.monotonic)
    answer = prompter.ask(lambda left: f"残り {left} 秒", seconds=4, hidden=hidden)
    return answer, screen.getvalue()


@pytest.fixture
def terminal() -> Iterator[tuple[int, TextIO]]:
    master, slave = pty.openpty()
    with os.fdopen(slave, "r", encoding="utf-8", newline="") as stream:
        yield master, stream
    os.close(master)


def test_the_seconds_are_counted_down(terminal: tuple[int, TextIO]) -> None:
    answer, screen = asked(Slow(2.5, " 123456\n"), hidden=True, terminal=terminal[1])
    assert answer == "123456"
    assert [part.strip() for part in screen.split("\r\x1b[2K")] == [
        "残り 4 秒",
        "残り 3 秒",
        "残り 2 秒",
    ]


def test_visible_typing_is_not_wiped_out(terminal: tuple[int, TextIO]) -> None:
    answer, screen = asked(Slow(2.5, "\n"), hidden=False, terminal=terminal[1])
    assert answer == ""
    assert screen == "残り 4 秒 "


@pytest.mark.parametrize("lines", [Slow(99, "late\n"), Slow(1, "")], ids=["late", "closed"])
def test_no_answer(lines: Slow, terminal: tuple[int, TextIO]) -> None:
    assert asked(lines, hidden=False, terminal=terminal[1])[0] is None


def test_hidden_input_is_not_echoed(terminal: tuple[int, TextIO]) -> None:
    master, stream = terminal

    class Typing(StdinLines):
        """Types once the question is there."""

        def within(self, seconds: float) -> str | None:
            assert not termios.tcgetattr(stream)[3] & termios.ECHO
            os.write(master, b"123456\n")
            return super().within(seconds)

    screen = io.StringIO()
    prompter = TerminalPrompter(stream, screen, lines=Typing(stream))
    os.write(master, b"typed ahead\n")
    assert prompter.ask(lambda _: "?", seconds=30, hidden=True) == "123456"
    assert termios.tcgetattr(stream)[3] & termios.ECHO, "the terminal is as before"
    assert "123456" not in screen.getvalue()


def test_who_is_there(terminal: tuple[int, TextIO]) -> None:
    stream = terminal[1]
    assert TerminalPrompter(stream, stream).interactive
    assert not TerminalPrompter(io.StringIO(), stream).interactive
    assert not TerminalPrompter(stream, io.StringIO()).interactive
