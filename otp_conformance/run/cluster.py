"""Turns carried out on a Dask cluster (``--cluster``, extra ``[cluster]``).

The cluster only carries turns to machines and their outcome back: each of its processes keeps
a worker of ours (`WorkerProcess`) with an agent, and where the declaration starts it, a system
of its own. The run is the only writer of the journal. A turn is handed out once: the cluster
is told not to repeat what a dying process was busy with, which is the run's to decide.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import CancelledError, Executor, Future
from pathlib import Path, PurePosixPath
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from otp_conformance.assets.pool.ledger import Assets, Ledger
from otp_conformance.assets.pool.provisioner import LEDGER_NAME
from otp_conformance.errors import RunError, SuiteFaultError, UnreadyError, UsageError
from otp_conformance.journal.evidence import FOLDER
from otp_conformance.run import wire
from otp_conformance.run.booking import Booking
from otp_conformance.run.context import RunContext
from otp_conformance.run.folder import FAULTS_NAME
from otp_conformance.run.header import suite_digest
from otp_conformance.run.pool import Heard as Inbox
from otp_conformance.run.pool import Ticket, needs_a_person, setup_of, shares_clock
from otp_conformance.run.process import Heard, WorkerLostError, WorkerProcess
from otp_conformance.run.request import Request
from otp_conformance.verdict.exit_codes import ExitCode

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_SECONDS, _GONE_SECONDS = 10.0, 10.0
_IDLE_SECONDS = 120.0
"""So long a worker without a turn is kept: its run may have been killed."""


def check_cluster(request: Request) -> None:
    """Raise `UsageError` for what a cluster cannot do for this declaration."""
    declaration = request.loaded.declaration
    for wrong, ja, en in (
        (needs_a_person(declaration), "人が操作する宣言", "where a person takes part"),
        (
            shares_clock(declaration),
            "一つの検査対象の時刻を進める宣言",
            "where one system's clock is moved",
        ),
        (bool(request.port) or request.agent.headed, "--port・--headed", "with --port, --headed"),
    ):
        if wrong:
            raise UsageError(f"--cluster は、{ja}では使えません。", f"--cluster: not {en}.")


def connect(address: str) -> Client:
    """Return a client of the cluster.

    Raises `UsageError` where the extra is not installed, `UnreadyError` where nobody answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--cluster には追加の部品が要ります。スイートを取得した場所で: "
            "pip install '.[cluster]'",
            "--cluster needs an extra. Where the suite was checked out: pip install '.[cluster]'",
        ) from None
    try:
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise UnreadyError(
            f"クラスターの scheduler {address} につながりません。起動しているか確かめてください。",
            f"The cluster's scheduler {address} does not answer. Is it running?",
        ) from error


class There:
    """The processes of a cluster (`otp_conformance.run.pool.Place`)."""

    def __init__(self, context: RunContext, address: str) -> None:
        self.inbox: SimpleQueue[Inbox] = SimpleQueue()
        self.size = 0
        self._context = context
        self._address = address
        setup = setup_of(context, 1)
        self._booking = Booking.of(context.request, context.run_dir.name)
        self._lent: dict[Ticket, wire.Lent] = {}
        if self._booking is not None:
            setup = setup.model_copy(update={"ledger": Path(LEDGER_NAME)})  # of each worker's own
        self._setup = setup.model_dump_json()
        self._suite = suite_digest()
        self._client: Client | None = None
        self._executor: Executor | None = None
        self._lost_since: float | None = None
        self._cancelled = False

    def start(self) -> wire.Ready:
        """Make a worker ready in every process of the cluster."""
        self._client = client = connect(self._address)
        workers = client.scheduler_info(n_workers=-1)["workers"]
        self.size = len(workers)
        if not workers:
            raise UnreadyError(
                f"クラスター {self._address} に働くプロセスがありません（dask worker を起動して"
                "ください）。",
                f"The cluster {self._address} has no workers. Start some (dask worker).",
            )
        client.run_on_scheduler(hand_out_once)
        ready = client.run(make_ready, self._setup, self._suite, on_error="return")
        for where, answer in ready.items():
            if isinstance(answer, BaseException):
                raise SuiteFaultError(f"{where}: {answer}", f"{where}: {answer}") from answer
            if "exit_code" in answer:
                raise _told(where, answer)
        self._executor = client.get_executor(pure=False, retries=0)
        return wire.Ready.model_validate(next(iter(ready.values())))

    def submit(self, ticket: Ticket, order: wire.Do) -> None:
        """Have a turn carried out by whoever is free."""
        assert self._executor is not None  # noqa: S101 - `start` comes first
        lent = None
        if self._booking is not None:
            lent = self._lent[ticket] = self._booking.lend(order.scenario_id)
        future = self._executor.submit(
            carry_out,
            self._setup,
            self._suite,
            order.model_dump_json(),
            lent.model_dump() if lent else None,
        )
        future.add_done_callback(lambda over: self._arrived(ticket, over))

    def _arrived(self, ticket: Ticket, over: Future[dict[str, Any]]) -> None:
        """Pass a turn's outcome on as if it had been told while it was under way."""
        found: Future[wire.Done] = Future()
        try:
            found.set_result(self._unpacked(ticket, over.result()))
        except (WorkerLostError, RunError) as error:
            found.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - the cluster's own, in many classes
            self._cancelled = self._cancelled or isinstance(error, CancelledError)
            name = type(error).__name__
            why = f"シナリオを実施していたクラスターのプロセスが失われました（{name}）"
            found.set_exception(WorkerLostError(why))
        self.inbox.put((ticket, found))

    def _unpacked(self, ticket: Ticket, result: Mapping[str, Any]) -> wire.Done:
        """Keep a turn's files and pass its lines on; return its end, or raise what it met."""
        if lost := result.get("lost"):
            raise WorkerLostError(lost)
        if told := result.get("unready"):
            raise _told(result["where"], told)
        if self._booking is not None and ticket in self._lent:
            self._booking.settle(self._lent.pop(ticket), result["ledger"])
        for name, data in result["files"].items():
            _keep(self._context.run_dir, name, base64.b85decode(data))
        messages = [wire.MESSAGE.validate_python(line) for line in result["messages"]]
        for message in messages[:-1]:
            self.inbox.put((ticket, message))
        done = messages[-1]
        assert isinstance(done, wire.Done)  # noqa: S101 - `carry_out` puts it there
        return done

    def order(self, ticket: Ticket, message: wire.Message) -> None:
        """Nothing: who shares no clock waits for nobody."""

    def stop(self) -> None:
        """Let what is under way end: a few scenarios at most."""

    def gone(self) -> str:
        """Return that the scheduler has forgotten our turns, or been away for too long."""
        if not self._cancelled:
            if self._client is None or self._client.status == "running":
                self._lost_since = None
                return ""
            self._lost_since = self._lost_since or time.monotonic()
            if time.monotonic() - self._lost_since < _GONE_SECONDS:
                return ""
        return f"クラスターの scheduler {self._address} につながらなくなりました"

    def close(self) -> None:
        """End the workers of this run and leave the cluster. Idempotent."""
        client, self._client = self._client, None
        if client is None:
            return
        if client.status == "running":
            client.run(end, self._setup, on_error="ignore")
        client.close(timeout=_CONNECT_SECONDS)


def _told(where: str, answer: Mapping[str, Any]) -> RunError:
    kinds = {ExitCode.USAGE: UsageError, ExitCode.SUITE_FAULT: SuiteFaultError}
    kind = kinds.get(ExitCode(answer["exit_code"]), UnreadyError)
    return kind(f"{where}: {answer['ja']}", f"{where}: {answer['en']}")


def _keep(run_dir: Path, name: str, data: bytes) -> None:
    place = PurePosixPath(name)
    if place.parts[:1] not in {(FOLDER,), (FAULTS_NAME,)} or ".." in place.parts:
        return
    target = run_dir / place
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("ab" if name == FAULTS_NAME else "wb") as file:
        file.write(data)


# -- in the cluster's processes ---------------------------------------------


def hand_out_once(dask_scheduler: Any) -> None:  # noqa: ANN401 - Dask's own
    """Tell the scheduler to report a task whose process died, instead of repeating it."""
    dask_scheduler.allowed_failures = 0


def hand_out_twice(dask_scheduler: Any) -> None:  # noqa: ANN401 - Dask's own
    """Tell the scheduler to repeat such a task once: for work that uses nothing up.

    A process takes the next task in before it has ended its own, so that two may be lost with it.
    """
    dask_scheduler.allowed_failures = 1


class _Kept:
    """A worker of a run in this process, with the folder that it works in."""

    def __init__(self, setup: wire.Setup) -> None:
        self.parent = Path(tempfile.mkdtemp(prefix="otp-conformance-"))
        self.run_dir = self.parent / setup.run_dir.name
        self.run_dir.mkdir()
        self.ledger = Ledger(self.parent / LEDGER_NAME) if setup.ledger else None
        own = {"run_dir": self.run_dir, "ledger": self.ledger and self.ledger.path}
        self.process = WorkerProcess(setup.model_copy(update=own), dict(os.environ))
        self.ready = self.process.start(lambda _: None)
        self.used = time.monotonic()

    def do(self, order: wire.Do, lent: wire.Lent | None, heard: Heard) -> list[dict[str, Any]]:
        """Carry a turn out with what is lent to it; return what its ledger says of that."""
        if self.ledger is None or lent is None:
            heard(self.process.do(order, heard))
            return []
        self.ledger.take_over(lent.earlier)
        share = Assets(frozenset(lent.customers), frozenset(lent.tokens))
        self.ledger.keep_to(self.run_dir.name, share)
        size = self.ledger.path.stat().st_size
        heard(self.process.do(order, heard))
        return self.ledger.lines_after(size)

    def close(self) -> None:
        self.process.close()
        shutil.rmtree(self.parent, ignore_errors=True)


_LOCK = threading.Lock()  # a process has one worker, whatever number of threads it offers
_KEPT: dict[str, _Kept] = {}


def make_ready(setup: str, suite: str) -> dict[str, Any]:
    """Start this process's worker; return what it says (`wire.Ready`), or why it is not ready."""
    with _LOCK:
        try:
            return _kept(setup, suite).ready.model_dump()
        except RunError as error:
            return _unready(error)


def _unready(error: RunError) -> dict[str, Any]:
    return {"exit_code": int(error.exit_code), "ja": error.text.ja, "en": error.text.en}


def _kept(setup: str, suite: str) -> _Kept:
    if setup not in _KEPT:
        if suite != suite_digest():
            raise UsageError(
                "スイートが、実行を始めた側と同じコミットではありません。合わせてください。",
                "The suite is another commit than where the run was begun. Bring it in line.",
            )
        for other in list(_KEPT):
            _KEPT.pop(other).close()  # of a run that was killed
        _KEPT[setup] = _Kept(wire.Setup.model_validate_json(setup))
        threading.Thread(target=_end_when_idle, args=(setup,), daemon=True).start()
    return _KEPT[setup]


def _end_when_idle(setup: str) -> None:
    while True:
        time.sleep(_IDLE_SECONDS / 4)
        with _LOCK:
            kept = _KEPT.get(setup)
            if kept is None:
                return
            if time.monotonic() - kept.used > _IDLE_SECONDS:
                _KEPT.pop(setup).close()
                return


def end(setup: str) -> None:
    """End this process's worker of a run."""
    with _LOCK:
        kept = _KEPT.pop(setup, None)
        if kept is not None:
            kept.close()


def carry_out(
    setup: str, suite: str, order: str, lent: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Carry a turn out; return everything that was told, and the files that were written.

    ``lent``: prepared customers and tokens for it (`wire.Lent`).
    """
    messages: list[dict[str, Any]] = []

    def heard(message: wire.Message) -> None:
        messages.append(message.model_dump(mode="json"))

    with _LOCK:
        try:
            kept = _kept(setup, suite)
        except RunError as error:
            return {"where": os.uname().nodename, "unready": _unready(error)}
        try:
            given = None if lent is None else wire.Lent.model_validate(lent)
            ledger = kept.do(wire.Do.model_validate_json(order), given, heard)
        except WorkerLostError as error:
            _KEPT.pop(setup).close()
            return {"lost": error.reason}
        kept.used = time.monotonic()
        return {"messages": messages, "files": _taken(kept.run_dir), "ledger": ledger}


def _taken(run_dir: Path) -> dict[str, str]:
    """Return the pictures and the faults of a turn, and remove them."""
    found = {}
    for path in [*run_dir.glob(f"{FOLDER}/**/*"), run_dir / FAULTS_NAME]:
        if path.is_file():
            name = path.relative_to(run_dir).as_posix()
            found[name] = base64.b85encode(path.read_bytes()).decode("ascii")
            path.unlink()
    return found
