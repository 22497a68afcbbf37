"""Who carries turns out: this process alone, or several workers with one journal for all."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Protocol

from otp_conformance.clock.real import Waiting
from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.process import end_with_parent
from otp_conformance.deployment.sut import Sut
from otp_conformance.errors import SuiteFaultError, UnreadyError, UsageError
from otp_conformance.journal.events import EVENT, ScenarioFinished, ScenarioStarted
from otp_conformance.journal.evidence import EvidenceStore
from otp_conformance.journal.journal import JournalWriter
from otp_conformance.language import Text, current
from otp_conformance.run import wire
from otp_conformance.run.behave import SuiteRunner
from otp_conformance.run.context import RunContext
from otp_conformance.run.launch import NO_NAME, Launch
from otp_conformance.run.lockstep import Lockstep
from otp_conformance.run.plan import Turn
from otp_conformance.run.request import Parts, Request
from otp_conformance.run.scenario import ScenarioHandler, Setting
from otp_conformance.run.traces import stem_of
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Cause, Verdict


class TurnRunner(Protocol):
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


class InProcess:
    """Everything in this process, one scenario after the other (`TurnRunner`).

    ``around`` puts what is wished around the system's ports once it has been started.
    """

    def __init__(self, context: RunContext, around: Callable[[Sut], Sut] = lambda sut: sut) -> None:
        self._context = context
        self._around = around
        self._launch = Launch(context)
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
        self._sut = self._around(self._launch.start())

    def run(
        self,
        turns: Sequence[Turn],
        journal: JournalWriter,
        *,
        files: Mapping[str, Path] | None = None,
    ) -> str | None:
        """Carry the turns out in their order; stop where the system is gone.

        ``files``: the feature files by their uri, None for those of the manual.
        """
        assert self._sut is not None  # noqa: S101 - `start` comes first
        self._evidence = self._evidence or EvidenceStore(self._context.run_dir, journal)
        handler = ScenarioHandler(
            Setting(
                sut=self._sut,
                declaration=self._context.request.loaded.declaration,
                journal=journal,
                evidence=self._evidence,
                make_world=self._context.parts.make_world,
                observer=self._context.observer,
                interrupt=self._context.interrupt,
                outage=self._launch.outage,
                run_dir=self._context.run_dir,
                at_end=self._at_end,
            )
        )
        SuiteRunner(
            turns,
            files=self._context.request.loaded.declaration.manual.feature_files(
                self._context.request.root
            )
            if files is None
            else files,
            steps=self._context.request.steps,
            handler=handler,
            interrupt=self._context.interrupt,
        ).run()
        return handler.dead

    def _at_end(self, finished: ScenarioFinished) -> None:
        """Keep traces of what did not pass where they were asked for, then let others look."""
        if self._context.request.agent.trace and self._launch.agents is not None:
            stem = stem_of(self._context.run_dir, finished)
            self._launch.agents.keep_traces(stem)
        try:
            with self._context.interrupt.allowed():
                self._context.parts.at_end(finished)
        except KeyboardInterrupt:
            return  # the run sees by itself that somebody wants its end


USUAL_WORKERS = 8
"""For a deployment in real time: most of the time they wait."""


def starts_its_own(declaration: Declaration) -> bool:
    """Tell whether every worker can have a system of its own, started by it."""
    return declaration.sut.start is not None and declaration.sut.base_url == "auto"


def needs_a_person(declaration: Declaration) -> bool:
    """Tell whether somebody is asked at the terminal, who can answer one worker only."""
    adapters = declaration.adapters
    staff = adapters.staff
    return adapters.tokens.kind == "person" or (staff is not None and staff.kind == "person")


def usual_workers(declaration: Declaration) -> int:
    """Return how many workers a run has when nobody says; never more than scenarios."""
    waits = declaration.adapters.clock.kind == "real" and not starts_its_own(declaration)
    return USUAL_WORKERS if waits and not needs_a_person(declaration) else 1


def shares_clock(declaration: Declaration) -> bool:
    """Tell whether several workers would move one clock that is everybody's."""
    return declaration.adapters.clock.movable and not starts_its_own(declaration)


def check_workers(request: Request, parts: Parts) -> None:
    """Raise `UsageError` where several workers would disturb each other."""
    if request.workers <= 1:
        return
    declaration = request.loaded.declaration
    if needs_a_person(declaration):
        raise UsageError(
            "人がトークンの表示を読む、または職員の操作をする宣言では、--workers は 1 に"
            "してください。",
            "--workers must be 1 where a person reads codes or does the staff's work.",
        )
    if not parts.for_worker:
        raise UsageError(
            "この実行は --workers に対応していません。", "This run does not know --workers."
        )
    if starts_its_own(declaration):
        if request.port or request.agent.headed:
            raise UsageError(
                "--workers が 2 以上のとき、--port と --headed は使えません"
                "（ワーカーごとに空きポートで起動します）。",
                "--port and --headed need --workers 1: each worker starts its own system.",
            )
        return
    clock = declaration.adapters.clock
    if clock.movable and not clock.shareable:
        raise UsageError(
            "検査対象の時刻を進める宣言で --workers を 2 以上にできるのは、時刻を戻せて"
            "（adapters.clock.goes_back）、合わせた時刻で止まる（adapters.clock.stands_still）"
            "ときだけです: 一人が進めた時刻は、ほかの全員の時刻でもあります。",
            "--workers must be 1 unless the moved clock goes back (adapters.clock.goes_back) and "
            "stands still (adapters.clock.stands_still): whoever moves it moves it for all.",
        )


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


def _exit_code(worker: Worker) -> int:
    """Return how a worker ended that says nothing any more; one that lives on is ended."""
    try:
        return worker.process.wait(_LAST_WORDS_SECONDS)
    except subprocess.TimeoutExpired:
        worker.process.kill()
        return worker.process.wait()


def vanished(worker: Worker) -> SuiteFaultError:
    """Return the fault of a worker that ended while starting."""
    code = _exit_code(worker)
    return SuiteFaultError(
        f"ワーカーが起動できずに終了しました（終了コード {code}）。",
        f"A worker ended while starting (exit code {code}).",
    )


_LISTEN_SECONDS, _LAST_WORDS_SECONDS = 0.2, 5.0

_GRACE_SECONDS = 15.0

_MOST_LOST = 3
"""So many workers may vanish in a run before it gives up."""


class WorkerPool:
    """Hands out one scenario at a time to each worker (`TurnRunner`).

    The workers' lines go into the journal here, so that it has one writer and
    one order. The parent's end is theirs: their stdin closes with it.
    """

    def __init__(self, context: RunContext) -> None:
        self.base_url = context.request.loaded.declaration.sut.base_url
        self.browser_name = NO_NAME
        self._context = context
        self._inbox: SimpleQueue[Heard] = SimpleQueue()
        self._workers: list[Worker] = []
        self._number = 0
        self._told_to_stop = False
        # Where every worker's system has a clock of its own, nobody asks.
        self._lockstep = Lockstep[Worker]()
        context.stack.callback(self.close)

    # -- start and end ------------------------------------------------------

    def start(self) -> None:
        """Start all workers and wait until each is ready.

        Raises `UsageError`, `UnreadyError` or `SuiteFaultError` in the words of
        the first that is not.
        """
        for _ in range(self._context.request.workers):
            self._start_worker()
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
                    self._context.observer.notice(Text(message.ja, message.en))
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

    def _start_worker(self) -> Worker:
        self._number += 1
        process = subprocess.Popen(
            [sys.executable, "-m", "otp_conformance.run.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # nobody masks it; a worker tells its faults itself
            env={
                **self._context.request.env,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            },
            # Ctrl-C at the terminal is the run's to handle.
            start_new_session=True,
            preexec_fn=end_with_parent(),
        )
        worker = Worker(self._number, process)
        self._workers.append(worker)
        worker.reader = threading.Thread(target=self._hear, args=(worker,), daemon=True)
        worker.reader.start()
        request = self._context.request
        setup = wire.Setup(
            number=worker.number,
            language=current(),
            parts=self._context.parts.for_worker,
            declaration=request.loaded.path.resolve(),
            declaration_sha256=request.loaded.sha256,
            manual=request.loaded.declaration.manual.judged.folder,
            set=request.loaded.declaration.manual.set,
            root=request.root.resolve(),
            steps=request.steps.resolve(),
            run_dir=self._context.run_dir.resolve(),
            cwd=request.cwd.resolve(),
            agent=request.agent,
            keep_work=request.keep_work,
            shared_clock=shares_clock(request.loaded.declaration),
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
        if work.dead is None and work.turns and not self._context.interrupt.requested:
            return "ワーカーがすべて終了したため、続けられません"
        return work.dead

    def _next(self, worker: Worker, work: Round) -> None:
        worker.turn, worker.begun, worker.waiting = None, False, None
        if not work.turns or not work.going_on or self._context.interrupt.requested or worker.over:
            self._let_go(self._lockstep.ends(worker))
            return
        turn = worker.turn = work.turns.popleft()
        self._lockstep.begins(worker)
        self._order(
            worker,
            wire.Do(
                scenario_id=turn.plan.scenario_id,
                attempt=turn.attempt,
                instead_of=turn.instead_of,
            ),
        )

    def _let_go(self, granted: Iterable[Worker]) -> None:
        for worker in granted:
            self._order(worker, wire.Go())

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
                self._context.observer.notice(Text(message.ja, message.en))
            case wire.Asks():
                moment = datetime.fromisoformat(message.moment)
                self._let_go(self._lockstep.asks(worker, moment))
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
        if isinstance(event, ScenarioStarted) and worker.turn is not None:
            worker.begun = True
            self._context.observer.started(worker.turn.plan)
        if isinstance(event, ScenarioFinished) and worker.turn is not None:
            self._context.observer.scenario(worker.turn.plan, event)

    def _waits(self, worker: Worker, message: wire.Waits) -> None:
        over = message.left_seconds <= 0
        due = datetime.fromisoformat(message.due)
        worker.waiting = None if over else Waiting(due, message.left_seconds)
        self._context.parts.on_waits([w.waiting for w in self._workers if w.waiting is not None])

    def _pass_interrupt_on(self) -> None:
        if self._context.interrupt.requested and not self._told_to_stop:
            self._told_to_stop = True
            for worker in self._workers:
                worker.process.terminate()

    def _lost(self, worker: Worker, work: Round) -> None:
        """Book what a worker that has ended was busy with, and start another."""
        turn, worker.turn, worker.over = worker.turn, None, True
        self._workers.remove(worker)
        self._let_go(self._lockstep.ends(worker))
        code = _exit_code(worker)
        if turn is None or self._context.interrupt.requested:
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
        self._context.observer.scenario(turn.plan, finished)
        work.lost += 1
        if work.lost > _MOST_LOST:
            work.dead = reason
        elif work.turns and work.going_on:
            self._start_worker()
