"""Patience with a browser, and what comes after it: its processes are ended by force.

Most of Playwright's calls have time-outs of their own; some have none (a script in a page
that is busy for ever, closing), and a driver that has stopped keeps none of them. So a
second thread looks at the clock: it ends the browser, and where that does not help the
driver. Whatever was waited for then ends with an error.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import psutil

_DRIVER = "run-driver"  # an argument of the process that Playwright starts
_THEN_DRIVER_SECONDS = 3.0
_T = TypeVar("_T")


class Processes:
    """The driver's process and the browser's, the browser's children included."""

    def __init__(self) -> None:
        self._driver: psutil.Process | None = None
        self._browser: dict[int, psutil.Process] = {}

    def starting_driver(self, start: Callable[[], _T]) -> _T:
        """Start the driver and take note of its process."""
        before = {each.pid for each in _children(os.getpid())}
        result = start()
        new = [each for each in _children(os.getpid()) if each.pid not in before]
        self._driver = next(filter(_is_driver, new), None)
        return result

    @property
    def driver_lives(self) -> bool:
        """Whether the driver is there; a process that nobody has buried yet is not."""
        if self._driver is None:
            return True  # nobody knows it: it is taken at its word
        try:
            return bool(self._driver.status() != psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return False

    def note_browser(self) -> None:
        """Take note of what the driver has started, to find it when the driver is gone."""
        if self._driver is not None:
            self._browser |= {each.pid: each for each in _children(self._driver.pid, deep=True)}

    def end_browser(self) -> bool:
        """End the browser and all its processes; False where none is ours. Any thread may."""
        self.note_browser()
        found, self._browser = self._browser, {}
        _kill(found.values())
        return bool(found)

    def end_driver(self) -> None:
        """End the driver as well. Safe from any thread."""
        self.end_browser()
        if self._driver is not None:
            _kill([self._driver])


def _children(pid: int, *, deep: bool = False) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return psutil.Process(pid).children(recursive=deep)
    return []


def _is_driver(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return _DRIVER in process.cmdline()
    return False


def _kill(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.kill()


class Patience:
    """How long anything may take: what takes longer is ended by force.

    ``more_seconds``: added to every patience, where pauses are made on purpose. ``over``: that
    has happened. One for each browser; the thread that uses the browser is the only one to
    call it.
    """

    def __init__(self, processes: Processes, more_seconds: float = 0.0) -> None:
        self._processes = processes
        self._more_seconds = more_seconds
        self._watching = False
        self.over = False

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give what the ``with`` block does so many seconds; within another, the outer counts."""
        if self._watching:
            yield
            return
        done = threading.Event()
        watch = threading.Thread(
            target=self._watch,
            args=(done, seconds + self._more_seconds),
            name="browser-patience",
            daemon=True,
        )
        self._watching, self.over = True, False
        watch.start()
        try:
            yield
        finally:
            self._watching = False
            done.set()

    def _watch(self, done: threading.Event, seconds: float) -> None:
        if done.wait(seconds):
            return
        self.over = True
        # One on another machine cannot be ended: with the driver, the connection to it is.
        if not self._processes.end_browser() or not done.wait(_THEN_DRIVER_SECONDS):
            self._processes.end_driver()
