"""Who carries scenarios out: this process alone, or several workers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from otp_conformance.deployment.process import LOG_NAME
from otp_conformance.deployment.sut import Sut
from otp_conformance.journal.evidence import EvidenceStore
from otp_conformance.journal.journal import JournalWriter
from otp_conformance.journal.masking import Masker
from otp_conformance.run.behave_runner import SuiteRunner
from otp_conformance.run.executor import Executor, Observer, Setting
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.launch import Launch
from otp_conformance.run.order import Turn
from otp_conformance.run.request import Parts, Request


class Conductor(Protocol):
    """Starts what is needed and carries turns out."""

    @property
    def base_url(self) -> str:
        """The system's address; ``auto`` until it has been started."""

    @property
    def browser_name(self) -> str:
        """The agents' product, a dash while it is not known."""

    def start(self) -> None:
        """Start agents and system. Raises what `Launch.start` raises."""

    def run(self, turns: Sequence[Turn], journal: JournalWriter) -> str | None:
        """Carry turns out; return why some were not reached, None if all were.

        Raises KeyboardInterrupt when somebody insists on the end.
        """


class Alone:
    """Everything in this process, one scenario after the other (`Conductor`)."""

    def __init__(
        self,
        request: Request,
        parts: Parts,
        observer: Observer,
        interrupt: Interrupt,
        stack: ExitStack,
        run_dir: Path,
        masker: Masker,
        *,
        log_name: str = LOG_NAME,
    ) -> None:
        self._request = request
        self._parts = parts
        self._observer = observer
        self._interrupt = interrupt
        self._run_dir = run_dir
        self._launch = Launch(
            *(request, parts, observer, stack, run_dir, masker),
            stop=lambda: interrupt.requested,
            log_name=log_name,
        )
        self._sut: Sut | None = None
        self._evidence: EvidenceStore | None = None

    @property
    def base_url(self) -> str:
        """The system's address; ``auto`` until it has been started."""
        return self._launch.base_url

    @property
    def browser_name(self) -> str:
        """The agents' product, a dash while it is not known."""
        return self._launch.browser_name

    def start(self) -> None:
        """Start agents and system."""
        self._sut = self._launch.start()

    def run(self, turns: Sequence[Turn], journal: JournalWriter) -> str | None:
        """Carry the turns out in their order; stop where the system is gone."""
        assert self._sut is not None  # noqa: S101 - `start` comes first
        self._evidence = self._evidence or EvidenceStore(self._run_dir, journal)
        executor = Executor(
            Setting(
                sut=self._sut,
                declaration=self._request.loaded.declaration,
                journal=journal,
                evidence=self._evidence,
                make_world=self._parts.make_world,
                observer=self._observer,
                interrupt=self._interrupt,
                outage=self._launch.outage,
                run_dir=self._run_dir,
            )
        )
        SuiteRunner(
            turns,
            files=self._request.loaded.declaration.manual.feature_files(self._request.root),
            steps=self._request.steps,
            handler=executor,
            interrupt=self._interrupt,
        ).run()
        return executor.dead
