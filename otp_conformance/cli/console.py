"""What commands print with: lines, tables and captions (rich), harmless whatever a product says."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text as Line

from otp_conformance.language import say
from otp_conformance.text import visible
from otp_conformance.verdict.verdict import Cause, Verdict

MARKS = {
    Verdict.PASS: ("○", "green"),
    Verdict.NOT_APPLICABLE: ("－", "bright_black"),
    Verdict.NOT_RUN: ("・", "yellow"),
    Verdict.INCONCLUSIVE: ("△", "yellow"),
    Verdict.FAIL: ("×", "red"),
}
"""How a verdict looks: its sign and its colour."""

_NARROWEST = 24
_UNBOUNDED = 100_000
_live: list[Console] = []


def _shown(text: str) -> str:
    """Return a text as it may be printed; a tab would move what stands behind it."""
    return visible(text).replace("\t", " ")


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether somebody sees a stream as it is written."""
    return stream is not None and not stream.closed and stream.isatty()


def console_on(stream: TextIO) -> Console:
    """Return what prints on a stream: in colours on a terminal, unless NO_COLOR is set.

    Off a terminal nothing is wrapped: a log is searched line by line.
    """
    terminal = is_terminal(stream)
    colours = terminal and not os.environ.get("NO_COLOR")
    return Console(
        file=stream,
        force_terminal=terminal,
        color_system="auto" if colours else None,
        width=None if terminal else _UNBOUNDED,
        highlight=False,
        markup=False,
        emoji=False,
    )


def take_over(console: Console) -> None:
    """Print everything through this console, below which something is on display."""
    _live.append(console)


def give_back() -> None:
    """End `take_over`. Idempotent."""
    _live.clear()


def _console() -> Console:
    return _live[-1] if _live else console_on(sys.stdout)


def echo(text: str, colour: str | None = None, *, bold: bool = False) -> None:
    """Print a line, as long as it is."""
    line = Line(_shown(text), style=Style(color=colour, bold=bold or None))
    _console().print(line, soft_wrap=True)


def complain(text: str) -> None:
    """Print a line to the error stream, in the program's name."""
    line = Line(f"otp-conformance: {_shown(text)}")
    if _live and is_terminal(sys.stderr):  # the same screen: not into what is on display
        _live[-1].print(line, soft_wrap=True)
    else:
        console_on(sys.stderr).print(line, soft_wrap=True)


def hang(head: str, text: str, colour: str | None = None) -> None:
    """Print a text behind its caption; on a terminal its further lines stand below the first."""
    console = _console()
    head = _shown(head)
    indent = cell_len(head)
    room = console.width - indent
    lines: list[str] = []
    for part in _shown(text).split("\n"):
        if room < _NARROWEST or not console.is_terminal:
            lines.append(part)
        else:
            lines += [line.plain.rstrip() for line in Line(part).wrap(console, room)] or [""]
    style = Style(color=colour)
    for number, line in enumerate(lines):
        console.print(Line((" " * indent if number else head) + line, style=style), soft_wrap=True)


def captions(
    rows: Sequence[tuple[str, str]], *, indent: int = 0, cells: int = 12, gap: str = " "
) -> None:
    """Print names, each so many cells wide, and values; what has no value is left out."""
    for name, value in rows:
        if value:
            hang(" " * indent + pad(name, cells) + gap, value)


def table(
    rows: Sequence[Sequence[str]],
    head: Sequence[str] = (),
    *,
    indent: int = 0,
    numbers: bool = False,
) -> None:
    """Print rows in columns; ``numbers``: all columns but the first are numbers."""
    console = _console()
    grid = Table(box=None, show_header=bool(head), pad_edge=False, padding=(0, 2, 0, 0))
    columns = len(head or (rows[0] if rows else ()))
    for i in range(columns):
        grid.add_column(
            Line(_shown(head[i])) if head else "",
            justify="right" if numbers and i else "left",
            no_wrap=i < columns - 1,
            overflow="fold",
            header_style="bold" if console.is_terminal else "",
        )
    for row in rows:
        grid.add_row(*(Line(_shown(cell)) for cell in row))
    padded = Padding(grid, (0, 0, 0, indent), expand=False)
    if console.is_terminal:
        console.print(padded)
        return
    with console.capture() as captured:
        console.print(padded)
    for line in captured.get().splitlines():
        console.print(Line(line.rstrip()), soft_wrap=True)


def pad(text: str, cells: int) -> str:
    """Fill a text up with blanks to a number of cells, where a kanji takes two."""
    return text + " " * max(0, cells - cell_len(text))


def verdict_word(verdict: Verdict) -> str:
    """Return the verdict's word in the current language."""
    return say(verdict.ja, verdict.en)


def cause_word(cause: Cause) -> str:
    """Return the cause's word in the current language."""
    return say(cause.ja, cause.en)


def duration(seconds: float) -> str:
    """Return a length of time in words, coarser the longer it is."""
    whole = max(round(seconds), 1)
    if whole < 90:
        return say(f"{whole} 秒", f"{whole} s")
    minutes = -(-whole // 60)
    if minutes < 60:
        return say(f"{minutes} 分", f"{minutes} min")
    hours, rest = divmod(minutes, 60)
    return say(f"{hours} 時間 {rest} 分", f"{hours} h {rest} min")
