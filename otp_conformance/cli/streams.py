"""Standard streams that never end a run: closed, full, or with nobody reading any more.

Kept free of other imports: the entry point needs it before anything else is loaded.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from otp_conformance.language import say


class _Steady:
    """A text stream that goes silent instead of raising when it cannot be written.

    Verdict and reports do not depend on who reads the screen. A reader that
    went away (``| head -1``) is no trouble at all; any other reason is told
    once on ``tell``.
    """

    def __init__(self, stream: TextIO, tell: TextIO | None) -> None:
        self._stream = stream
        self._tell = tell

    def write(self, text: str) -> int:
        """Write, or do nothing."""
        try:
            return self._stream.write(text)
        except OSError as error:
            self._silence(error)
            return len(text)

    def flush(self) -> None:
        """Flush, or do nothing."""
        try:
            self._stream.flush()
        except OSError as error:
            self._silence(error)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)

    def _silence(self, error: OSError) -> None:
        # What is still buffered must find an open end, or the interpreter complains when it exits.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._stream.fileno())
        os.close(null)
        if error.errno == errno.EPIPE or self._tell is None:
            return
        full = error.errno == errno.ENOSPC
        ja = "空き容量がありません" if full else error.strerror
        self._tell.write(
            "otp-conformance: "
            + say(
                f"標準出力に書き込めません（{ja}）。以後は表示せずに続けます。",
                f"Standard output cannot be written ({error.strerror}); going on without it.",
            )
            + "\n"
        )
        self._tell.flush()


@contextmanager
def steady_streams() -> Iterator[None]:
    """Make both output streams steady for the length of a ``with`` block."""
    _open_closed()
    before = sys.stdout, sys.stderr
    for stream in before:
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show Japanese shows question marks.
            stream.reconfigure(errors="replace")
    errors = cast("TextIO", _Steady(sys.stderr, None))
    sys.stderr = errors
    sys.stdout = cast("TextIO", _Steady(sys.stdout, errors))
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def _open_closed() -> None:
    """Point closed standard streams (``>&-``) nowhere.

    Otherwise the next file that is opened, a journal say, would take their number.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
