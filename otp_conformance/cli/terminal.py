"""Asking the person at the terminal: a yes, or (port `Prompter`) with a countdown, hidden.

Questions go to standard error, so that redirected output stays clean.
"""

from __future__ import annotations

import math
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol, TextIO

import click

from otp_conformance.calls.person import Ask
from otp_conformance.cli.console import is_terminal
from otp_conformance.language import Text, say
from otp_conformance.text import visible

_CLEAR_LINE = "\r\x1b[2K"


class Lines(Protocol):
    """Where typed lines come from."""

    def within(self, seconds: float) -> str | None:
        """Return the next line (empty at the end of input), or None when none has come."""

    def drop(self) -> None:
        """Forget what was typed before a question was asked."""


class StdinLines:
    """Lines of a terminal (POSIX: waits for a line without reading it byte by byte)."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def within(self, seconds: float) -> str | None:
        """Return the next line, or None after so many seconds."""
        ready, _, _ = select.select([self._stream], [], [], max(seconds, 0.0))
        return self._stream.readline() if ready else None

    def drop(self) -> None:
        """Throw away type-ahead, which would answer a question unread."""
        import termios

        termios.tcflush(self._stream, termios.TCIFLUSH)


@contextmanager
def _echo_off(stream: TextIO) -> Iterator[None]:
    """Switch the terminal's echo off for the length of a ``with`` block."""
    import termios

    before = termios.tcgetattr(stream)
    silent = list(before)
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(stream, termios.TCSADRAIN, silent)
    try:
        yield
    finally:
        termios.tcsetattr(stream, termios.TCSADRAIN, before)


@contextmanager
def _as_before(_stream: TextIO) -> Iterator[None]:
    yield


class TerminalPrompter:
    """Asks on a terminal (port `Prompter`).

    ``asking`` makes room on the screen while a question stands; ``monotonic`` in seconds.
    """

    def __init__(
        self,
        source: TextIO | None = None,
        screen: TextIO | None = None,
        *,
        lines: Lines | None = None,
        asking: Callable[[], AbstractContextManager[None]] = nullcontext,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source if source is not None else sys.stdin
        self._screen = screen if screen is not None else sys.stderr
        self._lines = lines if lines is not None else StdinLines(self._source)
        self._asking = asking
        self._monotonic = monotonic

    @property
    def interactive(self) -> bool:
        """Whether both ends are a terminal that can hide input."""
        return is_terminal(self._source) and is_terminal(self._screen) and hides_input()

    def tell(self, text: str) -> None:
        """Show a line."""
        with self._asking():
            self._write(visible(text) + "\n")

    def ask(self, text: Ask, *, seconds: float, hidden: bool = False) -> str | None:
        """Ask, counting down, until a line has come or time has run out."""
        quiet = _echo_off if hidden else _as_before
        end = self._monotonic() + seconds
        with self._asking(), quiet(self._source):
            self._lines.drop()
            answer = self._wait(text, end, redraw=hidden)
            self._write("\n" if hidden or not answer else "")
        return answer.strip() if answer else None

    def _wait(self, text: Ask, end: float, *, redraw: bool) -> str | None:
        """Return the typed line, empty at the end of input; None when time is up.

        Drawing a line anew would wipe out what is being typed: only where
        that is hidden anyway is the countdown kept moving.
        """
        shown = False
        while (remaining := end - self._monotonic()) > 0:
            if redraw or not shown:
                self._write(
                    (_CLEAR_LINE if shown else "") + visible(text(math.ceil(remaining))) + " "
                )
                shown = True
            line = self._lines.within(min(1.0, remaining))
            if line is not None:
                return line
        return None

    def _write(self, text: str) -> None:
        self._screen.write(text)
        self._screen.flush()


def hides_input() -> bool:
    """Tell whether this system's terminals can hide what is typed, and forget it."""
    try:
        import termios  # noqa: F401 - not on Windows, where a person cannot be asked in time
    except ImportError:
        return False
    return True


def agreed(said: Text) -> bool | None:
    """Say something and return whether the person agrees; None without a terminal."""
    if not sys.stdin.isatty():
        return None
    click.echo(visible(str(said)), err=True)
    return click.confirm(say("実行しますか", "Go on"), default=False, err=True)
