"""The crew of a run with several workers: each worker, and what a round is about."""

from __future__ import annotations

import subprocess
import threading
from collections import deque
from dataclasses import dataclass
from typing import IO

from otp_conformance.clock.real import Waiting
from otp_conformance.errors import SuiteFaultError, UnreadyError, UsageError
from otp_conformance.journal.events import ScenarioStarted
from otp_conformance.journal.journal import JournalWriter
from otp_conformance.language import Text
from otp_conformance.run import wire
from otp_conformance.run.order import Turn
from otp_conformance.verdict.exit_codes import ExitCode


@dataclass(eq=False)
class Worker:
    """One worker as the run sees it. ``turn``: what it is busy with, begun or not."""

    number: int
    process: subprocess.Popen[bytes]
    turn: Turn | None = None
    ready: bool = False
    begun: bool = False
    waiting: Waiting | None = None
    reader: threading.Thread | None = None
    over: bool = False

    @property
    def busy(self) -> bool:
        """Whether something is still to be heard of it."""
        return not self.over and (self.turn is not None or not self.ready)

    @property
    def orders(self) -> IO[bytes]:
        """Where it hears what to do."""
        assert self.process.stdin is not None  # noqa: S101 - opened as a pipe
        return self.process.stdin


Heard = tuple[Worker, wire.Message | None]


@dataclass
class Round:
    """What is to be done, and what has come of it."""

    turns: deque[Turn]
    journal: JournalWriter
    dead: str | None = None
    fault: Text | None = None
    lost: int = 0

    @property
    def going_on(self) -> bool:
        """Whether further scenarios are handed out."""
        return self.dead is None and self.fault is None


def started(turn: Turn, journal: JournalWriter) -> ScenarioStarted:
    """Return the event that a turn begins."""
    return ScenarioStarted(
        at=journal.stamp(),
        scenario_id=turn.plan.scenario_id,
        attempt=turn.attempt,
        instead_of=turn.instead_of,
    )


def unready(message: wire.Unready) -> Exception:
    """Return the error behind a worker that could not begin."""
    if message.exit_code == ExitCode.USAGE:
        return UsageError(message.ja, message.en)
    if message.exit_code == ExitCode.SUITE_FAULT:
        return SuiteFaultError(message.ja, message.en)
    return UnreadyError(message.ja, message.en)


def vanished(worker: Worker) -> SuiteFaultError:
    """Return the fault of a worker that ended while starting."""
    code = worker.process.wait()
    return SuiteFaultError(
        f"ワーカーが起動できずに終了しました（終了コード {code}）。",
        f"A worker ended while starting (exit code {code}).",
    )
