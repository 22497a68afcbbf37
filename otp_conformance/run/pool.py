"""Who carries turns out: this process alone, or several workers with one journal for all."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

from otp_conformance.clock.real import Waiting
from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.errors import RunError, SuiteFaultError, UsageError
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
from otp_conformance.run.process import WorkerLostError, WorkerProcess
from otp_conformance.run.request import Parts, Request
from otp_conformance.run.scenario import ScenarioHandler, Setting
from otp_conformance.run.traces import stem_of
from otp_conformance.specification.words import AgentKind
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


_WAITING_WORKERS = 8
"""For a deployment in real time: most of the time they wait."""
_MOST_WORKERS = 32
_MEMORY_BYTES = {AgentKind.BROWSER: 600_000_000, AgentKind.HTTP: 200_000_000}
"""What a worker, its browser and its system may need."""
_WORTH_SECONDS = 15.0
"""A worker takes seconds to start: for less work than that it does not pay."""
_CPU_LIMIT = Path("/sys/fs/cgroup/cpu.max")


def starts_its_own(declaration: Declaration) -> bool:
    """Tell whether every worker can have a system of its own, started by it."""
    return declaration.sut.start is not None and declaration.sut.base_url == "auto"


def needs_a_person(declaration: Declaration) -> bool:
    """Tell whether somebody is asked at the terminal, who can answer one worker only."""
    adapters = declaration.adapters
    staff = adapters.staff
    return adapters.tokens.kind == "person" or (staff is not None and staff.kind == "person")


@dataclass(frozen=True)
class Workers:
    """How many workers a run has when nobody says, and what sets the bound."""

    number: int
    why: Text


def usual_workers(request: Request, *, cores: int, memory: int) -> Workers:
    """Return how many workers the machine and the deployment allow.

    ``cores`` and ``memory`` (bytes) are what is free for it (`free_cores`).
    """
    declaration = request.loaded.declaration
    clock = declaration.adapters.clock
    if needs_a_person(declaration):
        return Workers(1, Text("人が操作する宣言のため", "a person takes part"))
    if shares_clock(declaration) and not clock.shareable:
        return Workers(1, Text("一つの時計を進める宣言のため", "the system's one clock is moved"))
    if starts_its_own(declaration) and (request.port or request.agent.headed):
        return Workers(1, Text("--port か --headed のため", "because of --port or --headed"))
    if clock.kind == "real" and not starts_its_own(declaration):
        return Workers(_WAITING_WORKERS, Text("実時間を待つあいだに", "while others wait"))
    fitting = max(1, memory // _MEMORY_BYTES[request.agent.kind])
    if fitting < min(cores, _MOST_WORKERS):
        return Workers(fitting, Text("空きメモリーによる", "as memory allows"))
    return Workers(
        min(cores, _MOST_WORKERS), Text(f"CPU {cores} 個による", f"as {cores} CPUs allow")
    )


def worth_it(workers: Workers, seconds: float) -> int:
    """Return how many of them pay for work that takes so long."""
    return max(1, min(workers.number, int(seconds / _WORTH_SECONDS)))


def free_cores() -> int:
    """Return on how many CPUs this process may run, a container's limit considered."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        quota, period = _CPU_LIMIT.read_text(encoding="ascii").split()
        limit = int(quota) // int(period)
    except (OSError, ValueError):
        return cores or 1  # none, or "max"
    return max(1, min(cores or 1, limit))


def shares_clock(declaration: Declaration) -> bool:
    """Tell whether several workers would move one clock that is everybody's."""
    return declaration.adapters.clock.movable and not starts_its_own(declaration)


def side_by_side_allowed(declaration: Declaration) -> bool:
    """Tell whether a declaration lets several workers work at the same time."""
    clock = declaration.adapters.clock
    return not needs_a_person(declaration) and (not shares_clock(declaration) or clock.shareable)


def check_workers(request: Request, parts: Parts) -> None:
    """Raise `UsageError` where several workers would disturb each other."""
    if (request.workers or 1) <= 1:
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
    if not side_by_side_allowed(declaration):
        raise UsageError(
            "検査対象の時刻を進める宣言で --workers を 2 以上にできるのは、時刻を戻せて"
            "（adapters.clock.goes_back）、合わせた時刻で止まる（adapters.clock.stands_still）"
            "ときだけです: 一人が進めた時刻は、ほかの全員の時刻でもあります。",
            "--workers must be 1 unless the moved clock goes back (adapters.clock.goes_back) and "
            "stands still (adapters.clock.stands_still): whoever moves it moves it for all.",
        )


@dataclass
class Flight:
    """A turn that somebody is carrying out. ``begun``, ``ended``: the line of it has been heard."""

    turn: Turn
    begun: bool = False
    ended: bool = False
    waiting: Waiting | None = None


Ticket = int
Heard = tuple[Ticket, wire.Message | Future[wire.Done]]


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


_LISTEN_SECONDS = 0.2

_MOST_LOST = 3
"""So many workers may vanish in a run before it gives up."""


class Inbox(Protocol):
    """Where what is heard of turns arrives (a queue of the standard library is one)."""

    def get(self, *, timeout: float) -> Heard:
        """Return what has come first. Raises `queue.Empty` after so many seconds."""


class Place(Protocol):
    """Where turns are carried out: processes of this machine, or a cluster.

    What is told while a turn is under way, and its future when it is over, goes to
    ``inbox`` under the turn's ticket.
    """

    @property
    def inbox(self) -> Inbox:
        """What has been told, in order."""

    @property
    def size(self) -> int:
        """How many turns may be under way."""

    def start(self) -> wire.Ready:
        """Make ready. Raises `UsageError`, `UnreadyError` or `SuiteFaultError`."""

    def submit(self, ticket: Ticket, order: wire.Do) -> None:
        """Have a turn carried out."""

    def order(self, ticket: Ticket, message: wire.Message) -> None:
        """Tell whoever carries a turn out."""

    def stop(self) -> None:
        """Tell everybody to end soon what they do."""

    def gone(self) -> str:
        """Return why nobody can be reached any more, empty while they can."""

    def close(self) -> None:
        """End everything. Idempotent."""


def setup_of(context: RunContext, number: int) -> wire.Setup:
    """Return what a worker of a run is told first."""
    request = context.request
    return wire.Setup(
        number=number,
        language=current(),
        parts=context.parts.for_worker,
        declaration=request.loaded.path.resolve(),
        declaration_sha256=request.loaded.sha256,
        manual=request.loaded.declaration.manual.judged.folder,
        set=request.loaded.declaration.manual.set,
        root=request.root.resolve(),
        steps=request.steps.resolve(),
        run_dir=context.run_dir.resolve(),
        cwd=request.cwd.resolve(),
        agent=request.agent,
        keep_work=request.keep_work,
        shared_clock=shares_clock(request.loaded.declaration),
        sut_arguments=list(request.sut_arguments),
        patience_seconds=request.patience_seconds,
    )


class Here:
    """Worker processes of this machine, one thread of an executor for each (`Place`).

    A process that dies costs the turn that it was busy with and nothing else; the next turn
    has a new one.
    """

    def __init__(self, context: RunContext) -> None:
        self.inbox: SimpleQueue[Heard] = SimpleQueue()
        self.size = context.request.workers or 1
        self._context = context
        self._threads = ThreadPoolExecutor(self.size, thread_name_prefix="worker")
        self._lock = threading.Lock()
        self._number = 0
        self._all: list[WorkerProcess] = []
        self._idle: list[WorkerProcess] = []
        self._busy: dict[Ticket, WorkerProcess] = {}

    def start(self) -> wire.Ready:
        """Start all workers and wait until each is ready."""
        futures = [self._threads.submit(self._one_more) for _ in range(self.size)]
        ready = [future.result() for future in futures]
        self._idle += (process for process, _ in ready)
        return ready[-1][1]

    def _one_more(self) -> tuple[WorkerProcess, wire.Ready]:
        with self._lock:
            self._number += 1
            process = WorkerProcess(
                setup_of(self._context, self._number), self._context.request.env
            )
            self._all.append(process)
        return process, process.start(self._notice)

    def _notice(self, message: wire.Message) -> None:
        if isinstance(message, wire.Noticed):
            self._context.observer.notice(Text(message.ja, message.en))

    def submit(self, ticket: Ticket, order: wire.Do) -> None:
        """Have a turn carried out by whoever is idle."""
        future = self._threads.submit(self._carry_out, ticket, order)
        future.add_done_callback(lambda over: self.inbox.put((ticket, over)))

    def _carry_out(self, ticket: Ticket, order: wire.Do) -> wire.Done:
        with self._lock:
            process = self._idle.pop() if self._idle else None
        if process is None:
            process, _ = self._one_more()
        self._busy[ticket] = process
        try:
            done = process.do(order, lambda message: self.inbox.put((ticket, message)))
        except WorkerLostError:
            self._all.remove(process)
            raise
        finally:
            del self._busy[ticket]
        self._idle.append(process)
        return done

    def order(self, ticket: Ticket, message: wire.Message) -> None:
        """Tell the process that carries a turn out."""
        process = self._busy.get(ticket)
        if process is not None:
            process.order(message)

    def stop(self) -> None:
        """Tell every process to end soon what it does."""
        for process in list(self._all):
            process.stop()

    def gone(self) -> str:
        """Return nothing: this machine is always there."""
        return ""

    def close(self) -> None:
        """End every process. Idempotent."""
        for process in self._all:
            process.let_go()
        for process in self._all:
            process.close()
        self._all.clear()
        self._threads.shutdown(wait=True, cancel_futures=True)


class WorkerPool:
    """Hands out one scenario at a time to each worker (`TurnRunner`).

    The workers' lines go into the journal here, so that it has one writer and
    one order.
    """

    def __init__(self, context: RunContext, place: Place) -> None:
        self.base_url = context.request.loaded.declaration.sut.base_url
        self.browser_name = NO_NAME
        self._context = context
        self._place = place
        self._flying: dict[Ticket, Flight] = {}
        self._tickets = count(1)
        self._told_to_stop = False
        # Where every worker's system has a clock of its own, nobody asks.
        self._lockstep = Lockstep[Ticket]()
        context.stack.callback(place.close)

    def start(self) -> None:
        """Make the place ready. Raises what `Place.start` raises."""
        ready = self._place.start()
        self.base_url, self.browser_name = ready.base_url, ready.browser

    def run(self, turns: Sequence[Turn], journal: JournalWriter) -> str | None:
        """Hand the turns out in their order, and wait until all are done."""
        work = Round(deque(turns), journal)
        for _ in range(self._place.size):
            self._next(work)
        while self._flying:
            self._pass_interrupt_on()
            try:
                ticket, message = self._place.inbox.get(timeout=_LISTEN_SECONDS)
            except Empty:
                if why := self._place.gone():
                    self._give_up(why, work)
                continue
            if ticket in self._flying:  # else nobody waits for it any more
                self._heard(ticket, message, work)
        if work.fault is not None:
            raise SuiteFaultError(work.fault.ja, work.fault.en)
        return work.dead

    def _next(self, work: Round) -> None:
        if not work.turns or not work.going_on or self._context.interrupt.requested:
            return
        turn, ticket = work.turns.popleft(), next(self._tickets)
        self._flying[ticket] = Flight(turn)
        self._lockstep.begins(ticket)
        self._place.submit(
            ticket,
            wire.Do(
                scenario_id=turn.plan.scenario_id,
                attempt=turn.attempt,
                instead_of=turn.instead_of,
            ),
        )

    def _let_go(self, granted: Iterable[Ticket]) -> None:
        for ticket in granted:
            self._place.order(ticket, wire.Go())

    def _heard(
        self, ticket: Ticket, message: wire.Message | Future[wire.Done], work: Round
    ) -> None:
        match message:
            case Future():
                self._over(ticket, message, work)
            case wire.Happened():
                self._journal(self._flying[ticket], message, work)
            case wire.Noticed():
                self._context.observer.notice(Text(message.ja, message.en))
            case wire.Asks():
                moment = datetime.fromisoformat(message.moment)
                self._let_go(self._lockstep.asks(ticket, moment))
            case wire.Waits():
                self._waits(self._flying[ticket], message)

    def _over(self, ticket: Ticket, future: Future[wire.Done], work: Round) -> None:
        error = future.exception()
        if error is None:
            done = future.result()
            work.dead = work.dead or done.dead
            if done.fault_ja and work.fault is None:
                work.fault = Text(done.fault_ja, done.fault_en)
        flight = self._flying.pop(ticket)
        if isinstance(error, WorkerLostError):
            self._lost(flight, work, error.reason)
            work.dead = work.dead or self._place.gone() or None
        elif isinstance(error, RunError):  # one that came in another's place is not ready
            self._lost(flight, work, error.text.ja)
            work.dead = error.text.ja
        elif error is not None:
            raise error
        self._next(work)  # first, so that the clock is not moved without the new one
        self._let_go(self._lockstep.ends(ticket))

    def _journal(self, flight: Flight, message: wire.Happened, work: Round) -> None:
        event = work.journal.write(EVENT.validate_python(message.event))
        if isinstance(event, ScenarioStarted):
            flight.begun = True
            self._context.observer.started(flight.turn.plan)
        if isinstance(event, ScenarioFinished):
            flight.ended = True
            self._context.observer.scenario(flight.turn.plan, event)

    def _waits(self, flight: Flight, message: wire.Waits) -> None:
        over = message.left_seconds <= 0
        due = datetime.fromisoformat(message.due)
        flight.waiting = None if over else Waiting(due, message.left_seconds)
        waits = [f.waiting for f in self._flying.values() if f.waiting is not None]
        self._context.parts.on_waits(waits)

    def _pass_interrupt_on(self) -> None:
        if self._context.interrupt.requested and not self._told_to_stop:
            self._told_to_stop = True
            self._place.stop()

    def _give_up(self, why: str, work: Round) -> None:
        """Book everything that is under way where nobody can be reached."""
        work.dead = why
        for ticket in list(self._flying):
            self._lost(self._flying.pop(ticket), work, why)
            self._lockstep.ends(ticket)

    def _lost(self, flight: Flight, work: Round, reason: str) -> None:
        """Book what a worker that has ended was busy with."""
        if self._context.interrupt.requested:
            return
        work.lost += 1
        if work.lost > _MOST_LOST:
            work.dead = work.dead or reason
        if flight.ended:
            return  # it died after the last line, before it had said that this was all
        turn = flight.turn
        if not flight.begun:
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
