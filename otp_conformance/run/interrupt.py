"""Ctrl-C and SIGTERM: end the run soon, but never in the middle of a written line."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self


class Interrupt:
    """Remembers the wish to stop; raises it only while a step is running.

    Within `allowed` the first signal raises KeyboardInterrupt at
    once. Elsewhere (journal, clean-up) it is only remembered. A second signal
    raises wherever it arrives: somebody means it.
    """

    def __init__(self, on_request: Callable[[], None] = lambda: None) -> None:
        self.requested = False
        self._depth = 0
        self._on_request = on_request
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Let a signal interrupt the ``with`` block at once.

        Raises KeyboardInterrupt straight away when one has come already.
        """
        self._depth += 1
        try:
            if self.requested:
                raise KeyboardInterrupt
            yield
        finally:
            self._depth -= 1

    def request(self) -> None:
        """Handle one signal (also called by tests)."""
        again = self.requested
        self.requested = True
        if not again:
            self._on_request()
        if again or self._depth:
            raise KeyboardInterrupt

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.request()
