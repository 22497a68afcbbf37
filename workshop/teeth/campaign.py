"""All faults meet the suite: one after the other, or in several processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from types import FrameType

from otp_conformance.deployment.process import end_with_parent
from otp_conformance.language import Language, current, set_language
from otp_conformance.run.interrupt import Interrupt
from workshop.executor import executor
from workshop.teeth.matrix import FaultRow, Status
from workshop.teeth.meeting import Bench, Meeting, broken, hold, not_run

MakeBench = Callable[[], Bench]
"""Makes the bench within the process that uses it; must be picklable (a module's function)."""

_PATIENCE_S = 0.5  # how soon an interrupt is passed on


def carry_out(
    meetings: Sequence[Meeting],
    make_bench: MakeBench,
    *,
    jobs: int,
    interrupt: Interrupt,
    heard: Callable[[FaultRow], None],
    cluster: str = "",
) -> tuple[FaultRow, ...]:
    """Hold every meeting and return all rows, in the meetings' order.

    ``jobs`` processes of this machine, or a ``cluster`` at an address.

    ``interrupt`` must be in force (its ``with`` block entered) and leaves the
    rest as not run. ``heard`` is told each row as it is decided.
    """
    if not cluster and (jobs == 1 or len(meetings) == 1):
        rows = _here(meetings, make_bench(), interrupt, heard)
    else:
        with executor(
            min(jobs, len(meetings)), cluster, begin=_begin, given=(make_bench, current())
        ) as pool:  # spawned, not forked: behave's registries and our handlers start afresh
            rows = _apart(meetings, pool, interrupt, heard)
    return tuple(rows.get(m.fault.id) or not_run(m) for m in meetings)


def _here(
    meetings: Sequence[Meeting],
    bench: Bench,
    interrupt: Interrupt,
    heard: Callable[[FaultRow], None],
) -> dict[str, FaultRow]:
    rows: dict[str, FaultRow] = {}
    for meeting in meetings:
        if interrupt.requested:
            break
        row = hold(meeting, bench)
        if row.status is Status.NOT_RUN:  # the engine heard the signal in our place
            interrupt.requested = True
            break
        rows[meeting.fault.id] = row
        heard(row)
    return rows


def _apart(
    meetings: Sequence[Meeting],
    pool: Executor,
    interrupt: Interrupt,
    heard: Callable[[FaultRow], None],
) -> dict[str, FaultRow]:
    rows: dict[str, FaultRow] = {}
    told: set[int] = set()
    # The long ones first, so that no process is left alone with one at the end.
    order = sorted(meetings, key=lambda m: -len(m.scenarios))
    waiting = {pool.submit(_hold, meeting): meeting for meeting in order}
    while waiting:
        if interrupt.requested:
            _stop(pool, waiting, told)
        done, _ = wait(waiting, _PATIENCE_S, FIRST_COMPLETED)
        for future in done:
            meeting = waiting.pop(future)
            row = _row(future, meeting, interrupted=interrupt.requested)
            rows[meeting.fault.id] = row
            if row.status is not Status.NOT_RUN:
                heard(row)
    return rows


def _row(future: Future[FaultRow], meeting: Meeting, *, interrupted: bool) -> FaultRow:
    if future.cancelled():
        return not_run(meeting)
    error = future.exception()
    if error is None:
        return future.result()
    if interrupted and isinstance(error, KeyboardInterrupt | BrokenProcessPool):
        return not_run(meeting)
    return broken(meeting, error)


def _stop(pool: Executor, waiting: Iterable[Future[FaultRow]], told: set[int]) -> None:
    """Let nothing new begin, and tell each process of this machine once to end its run soon."""
    for future in list(waiting):
        future.cancel()
    processes = pool._processes if isinstance(pool, ProcessPoolExecutor) else None
    for pid in set(processes or ()) - told:
        told.add(pid)
        os.kill(pid, signal.SIGINT)


# -- in the other processes ------------------------------------------------


class _Apart:
    """What one of the other processes knows."""

    make_bench: MakeBench
    bench: Bench | None = None
    stopped = False


def _begin(make_bench: MakeBench, language: Language) -> None:
    """Prepare a process: Ctrl-C at the terminal is the first process's to hear and pass on."""
    set_language(language)
    os.setpgrp()
    if (ask := end_with_parent()) is not None:
        ask()
    signal.signal(signal.SIGINT, _note)  # between two runs; during one the engine listens
    _Apart.make_bench = staticmethod(make_bench)


def _note(number: int, frame: FrameType | None) -> None:
    del number, frame
    _Apart.stopped = True


def _hold(meeting: Meeting) -> FaultRow:
    if _Apart.stopped:
        return not_run(meeting)
    if _Apart.bench is None:  # not when the process begins: what it raises is to be heard of
        _Apart.bench = _Apart.make_bench()
    row = hold(meeting, _Apart.bench)
    _Apart.stopped = _Apart.stopped or row.status is Status.NOT_RUN
    first = multiprocessing.parent_process()
    if _Apart.stopped and first is not None and not first.is_alive():
        sys.exit(1)  # nobody is left to hear of it
    return row
