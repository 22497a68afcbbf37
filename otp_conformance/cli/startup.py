"""What must be in order before anything else is loaded: streams that never end a run, and Ctrl-C.

Kept free of other imports: the entry point needs it first.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import BinaryIO, NoReturn, TextIO, cast

from otp_conformance.language import say

INTERRUPTED = 130
"""The same as ``ExitCode.INTERRUPTED``, which would have to be loaded first."""


class _Steady:
    """A text stream that goes silent instead of raising when it cannot be written.

    Verdict and reports do not depend on who reads the screen. A reader that
    went away (``| head -1``) is no trouble at all; any other reason is told
    once on ``tell``.
    """

    def __init__(self, stream: TextIO, tell: TextIO | None) -> None:
        self._stream = stream
        self._tell = tell

    @property
    def encoding(self) -> str:
        """How letters become bytes."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:
        """What becomes of letters that have no bytes."""
        return self._stream.errors

    @property
    def closed(self) -> bool:
        """Whether nothing can be written any more."""
        return self._stream.closed

    @property
    def buffer(self) -> BinaryIO:
        """Where bytes go."""
        return self._stream.buffer

    def isatty(self) -> bool:
        """Tell whether somebody sees it as it is written."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the number of the file behind it."""
        return self._stream.fileno()

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


@contextmanager
def loading() -> Iterator[None]:
    """End the process at once when Ctrl-C is pressed within the ``with`` block.

    An exception would not do: raised in the middle of an import it can be
    swallowed or printed by whatever is being loaded. Nothing has begun yet
    that would have to be cleaned up.
    """
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if not ours:
        yield
        return
    signal.signal(signal.SIGINT, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    line = f"otp-conformance: {say('中断しました。', 'Interrupted.')}\n"
    try:
        os.write(2, line.encode())
    finally:
        os._exit(INTERRUPTED)
