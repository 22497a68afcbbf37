"""Several workers: who gets which scenario, and one journal for all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue

from otp_conformance.clock.real import Waiting
from otp_conformance.deployment.process import end_with_parent
from otp_conformance.errors import SuiteFaultError
from otp_conformance.journal.events import EVENT, ScenarioFinished, ScenarioStarted
from otp_conformance.journal.journal import JournalWriter
from otp_conformance.journal.masking import Masker
from otp_conformance.language import Text, current
from otp_conformance.run import wire
from otp_conformance.run.crew import Heard, Round, Worker, started, unready, vanished
from otp_conformance.run.executor import Observer
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.order import Turn
from otp_conformance.run.request import Parts, Request
from otp_conformance.run.start_trouble import NO_NAME
from otp_conformance.verdict.verdict import Cause, Verdict

_LISTEN_SECONDS = 0.2
_GRACE_SECONDS = 15.0
_MOST_LOST = 3
"""So many workers may vanish in a run before it gives up."""


class Pool:
    """Hands out one scenario at a time to each worker (`Conductor`).

    The workers' lines go into the journal here, so that it has one writer and
    one order. The parent's end is theirs: their stdin closes with it.
    """

    def __init__(
        self,
        request: Request,
        parts: Parts,
        observer: Observer,
        interrupt: Interrupt,
        stack: ExitStack,
        run_dir: Path,
        masker: Masker,
    ) -> None:
        self.base_url = request.loaded.declaration.sut.base_url
        self.browser_name = NO_NAME
        self._request = request
        self._parts = parts
        self._observer = observer
        self._interrupt = interrupt
        self._run_dir = run_dir
        self._masker = masker
        self._inbox: SimpleQueue[Heard] = SimpleQueue()
        self._workers: list[Worker] = []
        self._number = 0
        self._told_to_stop = False
        stack.callback(self.close)

    # -- start and end ------------------------------------------------------

    def start(self) -> None:
        """Start all workers and wait until each is ready.

        Raises `UsageError`, `UnreadyError` or `SuiteFaultError` in the words of
        the first that is not.
        """
        for _ in range(self._request.workers):
            self._hire()
        waiting = set(self._workers)
        while waiting:
            worker, message = self._inbox.get()
            match message:
                case wire.Ready():
                    self.base_url, self.browser_name = message.base_url, message.browser
                    worker.ready = True
                    waiting.discard(worker)
                case wire.Unready():
                    raise unready(message)
                case wire.Noticed():
                    self._observer.notice(Text(message.ja, message.en))
                case None:
                    raise vanished(worker)

    def close(self) -> None:
        """End every worker: by its stdin, after a while by force. Idempotent."""
        for worker in self._workers:
            try:
                worker.orders.close()
            except OSError:
                worker.over = True  # it has ended before us
        for worker in self._workers:
            try:
                worker.process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
            if worker.reader is not None:
                worker.reader.join(timeout=1.0)
        self._workers.clear()

    def _hire(self) -> Worker:
        self._number += 1
        process = subprocess.Popen(
            [sys.executable, "-m", "otp_conformance.run.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # nobody masks it; a worker tells its faults itself
            env={**self._request.env, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            # Ctrl-C at the terminal is the run's to handle.
            start_new_session=True,
            preexec_fn=end_with_parent(),
        )
        worker = Worker(self._number, process)
        self._workers.append(worker)
        worker.reader = threading.Thread(target=self._hear, args=(worker,), daemon=True)
        worker.reader.start()
        request = self._request
        setup = wire.Setup(
            number=worker.number,
            language=current(),
            parts=self._parts.for_worker,
            declaration=request.loaded.path.resolve(),
            declaration_sha256=request.loaded.sha256,
            manual=request.loaded.declaration.manual.folder,
            root=request.root.resolve(),
            steps=request.steps.resolve(),
            run_dir=self._run_dir.resolve(),
            cwd=request.cwd.resolve(),
            agent=request.agent.value,
            headed=request.headed,
            keep_work=request.keep_work,
            sut_arguments=list(request.sut_arguments),
            patience_seconds=request.patience_seconds,
        )
        self._order(worker, setup)
        return worker

    def _order(self, worker: Worker, message: wire.Message) -> None:
        try:
            wire.send(worker.orders, message)
        except OSError:
            return  # it has ended, which is heard of in the inbox

    def _hear(self, worker: Worker) -> None:
        assert worker.process.stdout is not None  # noqa: S101 - opened as a pipe
        for message in wire.receive(worker.process.stdout):
            self._inbox.put((worker, message))
        self._inbox.put((worker, None))

    # -- a round --------------------------------------------------------------

    def run(self, turns: Sequence[Turn], journal: JournalWriter) -> str | None:
        """Hand the turns out in their order, and wait until all are done."""
        work = Round(deque(turns), journal)
        for worker in list(self._workers):
            self._next(worker, work)
        while any(worker.busy for worker in self._workers):
            self._pass_interrupt_on()
            try:
                worker, message = self._inbox.get(timeout=_LISTEN_SECONDS)
            except Empty:
                continue
            self._heard(worker, message, work)
        if work.fault is not None:
            raise SuiteFaultError(work.fault.ja, work.fault.en)
        if work.dead is None and work.turns and not self._interrupt.requested:
            return "ワーカーがすべて終了したため、続けられません"
        return work.dead

    def _next(self, worker: Worker, work: Round) -> None:
        worker.turn, worker.begun, worker.waiting = None, False, None
        if not work.turns or not work.going_on or self._interrupt.requested or worker.over:
            return
        turn = worker.turn = work.turns.popleft()
        self._order(
            worker,
            wire.Do(
                scenario_id=turn.plan.scenario_id,
                attempt=turn.attempt,
                instead_of=turn.instead_of,
            ),
        )

    def _heard(self, worker: Worker, message: wire.Message | None, work: Round) -> None:
        match message:
            case wire.Happened():
                self._journal(worker, message, work)
            case wire.Done():
                work.dead = work.dead or message.dead
                if message.fault_ja and work.fault is None:
                    work.fault = Text(message.fault_ja, message.fault_en)
                self._next(worker, work)
            case wire.Noticed():
                self._observer.notice(Text(message.ja, message.en))
            case wire.Waits():
                self._waits(worker, message)
            case wire.Ready():
                worker.ready = True
                self._next(worker, work)
            case wire.Unready():
                worker.over, work.dead = True, message.ja
            case None:
                self._lost(worker, work)

    def _journal(self, worker: Worker, message: wire.Happened, work: Round) -> None:
        event = work.journal.write(EVENT.validate_python(message.event))
        if isinstance(event, ScenarioStarted):
            worker.begun = True
        if isinstance(event, ScenarioFinished) and worker.turn is not None:
            self._observer.scenario(worker.turn.plan, event)

    def _waits(self, worker: Worker, message: wire.Waits) -> None:
        over = message.left_seconds <= 0
        due = datetime.fromisoformat(message.due)
        worker.waiting = None if over else Waiting(due, message.left_seconds)
        self._parts.on_waits([w.waiting for w in self._workers if w.waiting is not None])

    def _pass_interrupt_on(self) -> None:
        if self._interrupt.requested and not self._told_to_stop:
            self._told_to_stop = True
            for worker in self._workers:
                worker.process.terminate()

    def _lost(self, worker: Worker, work: Round) -> None:
        """Book what a worker that has ended was busy with, and hire another."""
        turn, worker.turn, worker.over = worker.turn, None, True
        self._workers.remove(worker)
        code = worker.process.wait()
        if turn is None or self._interrupt.requested:
            return
        reason = f"シナリオを実施していたワーカーが終了しました（終了コード {code}）"
        if not worker.begun:
            work.journal.write(started(turn, work.journal))
        finished = work.journal.write(
            ScenarioFinished(
                at=work.journal.stamp(),
                scenario_id=turn.plan.scenario_id,
                attempt=turn.attempt,
                verdict=Verdict.INCONCLUSIVE,
                cause=Cause.ENVIRONMENT,
                expected="シナリオが最後まで実施されること",
                observed=reason,
                hint="メモリー不足などでワーカーが終了していないか確かめてください。",
                duration_s=0.0,
            )
        )
        self._observer.scenario(turn.plan, finished)
        work.lost += 1
        if work.lost > _MOST_LOST:
            work.dead = reason
        elif work.turns and work.going_on:
            self._hire()
