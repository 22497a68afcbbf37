"""What everything that carries scenarios out is given: the run, or one worker of it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from otp_conformance.deployment.process import LOG_NAME
from otp_conformance.journal.masking import Masker
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.request import Observer, Parts, Request


@dataclass(frozen=True)
class RunContext:
    """``stack`` ends what is started; ``interrupt`` tells that somebody wants the run to end.

    ``log_name``: the file of the system's own output, one for each system that a run starts.
    """

    request: Request
    parts: Parts
    observer: Observer
    interrupt: Interrupt
    stack: ExitStack
    run_dir: Path
    masker: Masker
    log_name: str = LOG_NAME
