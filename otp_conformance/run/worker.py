"""One worker of a run: ``python -m otp_conformance.run.worker``, told what to do on stdin.

It has agents of its own and, where the declaration starts the system, a system
of its own. It ends with its stdin: whoever started it is gone then.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from typing import IO

from otp_conformance.clock.real import Announce, Waiting
from otp_conformance.clock.shared import SharedClock
from otp_conformance.declaration.load import load
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.secrets import SecretError
from otp_conformance.deployment.sut import Sut
from otp_conformance.errors import RunError, SuiteFaultError, UnreadyError, UsageError
from otp_conformance.journal.events import RunStarted, ScenarioFinished
from otp_conformance.journal.masking import Masker
from otp_conformance.journal.relay import RelayWriter
from otp_conformance.language import Text, choose, set_language
from otp_conformance.run import wire
from otp_conformance.run.behave import load_steps
from otp_conformance.run.context import RunContext
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.launch import cause_of, told
from otp_conformance.run.plan import Turn
from otp_conformance.run.pool import InProcess
from otp_conformance.run.request import Parts, Request
from otp_conformance.run.scenario import note_fault
from otp_conformance.specification.manual import at
from otp_conformance.specification.scenarios import ScenarioPlan, plan_features
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.outcome import Outcome
from otp_conformance.verdict.verdict import Cause

MakeParts = Callable[[Announce], Parts]
"""Makes a worker's parts; it is given what to tell of waits."""


class Speaker:
    """Says things to the run that this worker belongs to (also an `Observer`)."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def say(self, message: wire.Message) -> None:
        """Send a message; whole lines, whichever thread they come from."""
        with self._lock:
            wire.send(self._stream, message)

    def begun(self, header: RunStarted, run_dir: Path, left: Sequence[ScenarioPlan]) -> None:
        """Nothing: a worker begins no run."""

    def started(self, plan: ScenarioPlan) -> None:
        """Nothing: the run hears it from the journal's lines."""

    def scenario(self, plan: ScenarioPlan, finished: ScenarioFinished) -> None:
        """Nothing: the run hears it from the journal's lines."""

    def notice(self, text: Text) -> None:
        """Pass something worth knowing on."""
        self.say(wire.Noticed(ja=text.ja, en=text.en))

    def waiting(self, waiting: Waiting) -> None:
        """Pass a wait on."""
        due, left = waiting.due.isoformat(), waiting.left_seconds
        self.say(wire.Waits(due=due, left_seconds=left))


def main() -> int:
    """Work until stdin ends. Return an exit code, which nobody but a log reads."""
    orders, answers = _streams()
    inbox: SimpleQueue[wire.Message | None] = SimpleQueue()
    interrupt = Interrupt()
    with interrupt:
        threading.Thread(target=_listen, args=(orders, inbox), daemon=True).start()
        setup = inbox.get()
        if not isinstance(setup, wire.Setup):
            return ExitCode.USAGE
        set_language(choose(setup.language, {}))
        speaker = Speaker(answers)
        try:
            with ExitStack() as stack:
                return _Worker(setup, speaker, interrupt, stack, inbox).work()
        except (BrokenPipeError, KeyboardInterrupt):
            return ExitCode.INTERRUPTED  # the run is gone, or wants the end at once
        except Exception as error:  # noqa: BLE001 - before there is a scenario to blame
            name = type(error).__name__
            code, cause = int(ExitCode.SUITE_FAULT), Cause.SUITE.value
            speaker.say(wire.Unready(ja=name, en=name, cause=cause, exit_code=code))
            return code


def _streams() -> tuple[IO[bytes], IO[bytes]]:
    """Keep stdin and stdout for the run alone: whatever is printed goes to stderr."""
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    os.dup2(2, 1)
    return orders, answers


def _listen(orders: IO[bytes], inbox: SimpleQueue[wire.Message | None]) -> None:
    for message in wire.receive(orders):
        inbox.put(message)
    inbox.put(None)
    # The run closes stdin when all is done, and when it was killed: stop what is going on.
    os.kill(os.getpid(), signal.SIGTERM)


class _Worker:
    def __init__(
        self,
        setup: wire.Setup,
        speaker: Speaker,
        interrupt: Interrupt,
        stack: ExitStack,
        inbox: SimpleQueue[wire.Message | None],
    ) -> None:
        self.inbox = inbox
        self.setup = setup
        self.speaker = speaker
        self.interrupt = interrupt
        self.masker = Masker()
        self.journal = RelayWriter(
            lambda event: speaker.say(wire.Happened(event=event)), self.masker
        )
        self.request = _request(setup)
        module, _, name = setup.parts.partition(":")
        make_parts: MakeParts = getattr(import_module(module), name)
        given = (self.request, make_parts(speaker.waiting), speaker, interrupt, stack)
        log_name = f"sut-{setup.number}.log"
        context = RunContext(*given, setup.run_dir, self.masker, log_name)
        self.in_process = InProcess(context, self._sharing)

    def _sharing(self, sut: Sut) -> Sut:
        """Return the system's ports as one of several workers may use them.

        A system that others use as well is not restarted, and its clock is moved with them.
        """
        if self.request.loaded.declaration.sut.start is None:
            sut = replace(sut, restart=None)
        if not self.setup.shared_clock:
            return sut
        return replace(sut, clock=SharedClock(sut.clock, self._ask_for))

    def _ask_for(self, moment: datetime) -> None:
        """Wait until the clock may be moved to a moment. `KeyboardInterrupt`: it never may."""
        self.speaker.say(wire.Asks(moment=moment.isoformat()))
        with self.interrupt.allowed():
            if not isinstance(self.inbox.get(), wire.Go):
                raise KeyboardInterrupt  # the run is gone

    def work(self) -> int:
        try:
            load_steps(self.setup.steps)
            with self.interrupt.allowed():
                self.in_process.start()
        except (Outcome, UnreadyError, UsageError, SuiteFaultError, SecretError) as trouble:
            self._unready(trouble)
            return ExitCode.INCONCLUSIVE
        except Exception as error:  # noqa: BLE001 - a fault of the suite, told as such
            path = note_fault(self.setup.run_dir, self.journal, "worker", error)
            name = self.masker.mask(f"{type(error).__name__}: {error}")
            self._unready(SuiteFaultError(f"{name}（詳細: {path}）", f"{name} (details: {path})"))
            return ExitCode.SUITE_FAULT
        self.speaker.say(
            wire.Ready(base_url=self.in_process.base_url, browser=self.in_process.browser_name)
        )
        plans = {
            plan.scenario_id: plan
            for feature in plan_features(self.setup.root, self.request.loaded.declaration.manual)
            for plan in feature.scenarios
        }
        while not self.interrupt.requested and isinstance(order := self.inbox.get(), wire.Do):
            self._do(order, plans)
        return ExitCode.PASS

    def _unready(self, trouble: Exception) -> None:
        browser, headed = self.in_process.browser_name, self.setup.agent.headed
        text = told(trouble, self.masker, browser=browser, headed=headed)
        code = trouble.exit_code if isinstance(trouble, RunError) else ExitCode.INCONCLUSIVE
        cause = cause_of(trouble).value
        self.speaker.say(wire.Unready(ja=text.ja, en=text.en, cause=cause, exit_code=int(code)))

    def _do(self, order: wire.Do, plans: Mapping[str, ScenarioPlan]) -> None:
        turn = Turn(plans[order.scenario_id], order.attempt, order.instead_of)
        dead, ja, en = None, "", ""
        try:
            dead = self.in_process.run([turn], self.journal)
        except KeyboardInterrupt:
            self.interrupt.requested = True
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the suite's
            path = note_fault(self.setup.run_dir, self.journal, "worker", error)
            what = error.text if isinstance(error, RunError) else None
            name = self.masker.mask(f"{type(error).__name__}: {error}")
            ja = f"{what.ja if what else name}（詳細: {path}）"
            en = f"{what.en if what else name} (details: {path})"
        self.speaker.say(
            wire.Done(
                scenario_id=order.scenario_id,
                attempt=order.attempt,
                dead=dead,
                fault_ja=ja,
                fault_en=en,
            )
        )


def _request(setup: wire.Setup) -> Request:
    loaded = load(setup.declaration, at(setup.manual), setup.set)
    if loaded.sha256 != setup.declaration_sha256:
        raise UsageError(
            f"{setup.declaration}: 実行の間に宣言が書き換えられました。",
            f"{setup.declaration}: the declaration changed during the run.",
        )
    if setup.ledger is not None:
        loaded = replace(loaded, declaration=_with_ledger(loaded.declaration, setup.ledger))
    return Request(
        loaded=loaded,
        selection=Selection(),
        root=setup.root,
        steps=setup.steps,
        known_requirements={},
        requirement_set="",
        reports=setup.run_dir.parent,
        agent=setup.agent,
        keep_work=setup.keep_work,
        sut_arguments=tuple(setup.sut_arguments),
        patience_seconds=setup.patience_seconds,
        cwd=setup.cwd,
    )


def _with_ledger(declaration: Declaration, ledger: Path) -> Declaration:
    """Return a declaration whose list has another ledger."""
    adapters = declaration.adapters
    listed = adapters.provisioning.model_copy(update={"ledger": str(ledger)})
    return declaration.model_copy(
        update={"adapters": adapters.model_copy(update={"provisioning": listed})}
    )


if __name__ == "__main__":
    sys.exit(main())
