"""Ctrl-C while modules are still being loaded: one line and 130, no traceback."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from otp_conformance.language import say

INTERRUPTED = 130
"""The same as ``ExitCode.INTERRUPTED``, which would have to be loaded first."""


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
