"""A whole run: plan, start, execute, judge, report. Presentation is somebody else's."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psutil

from otp_conformance.agent.port import server_of
from otp_conformance.assets.consumption import load_table
from otp_conformance.declaration.needs import Unmet
from otp_conformance.declaration.secrets import SecretError
from otp_conformance.errors import (
    RunError,
    UnreadyError,
    UnrecordableError,
    UsageError,
    is_full,
)
from otp_conformance.journal.events import Resumed
from otp_conformance.journal.journal import JOURNAL_FILE, Journal, read
from otp_conformance.journal.masking import Masker
from otp_conformance.language import Text
from otp_conformance.run.behave import load_steps
from otp_conformance.run.cluster import There, check_cluster
from otp_conformance.run.context import RunContext
from otp_conformance.run.division import divide, keep_to_share, share_of
from otp_conformance.run.durations import takes
from otp_conformance.run.folder import place, point_latest, remove_run_folder
from otp_conformance.run.header import environment, write_header, write_plan
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.launch import cause_of, check_start, told
from otp_conformance.run.plan import Division, Turn, Work, in_order, turns, unmet_of
from otp_conformance.run.pool import (
    Here,
    InProcess,
    TurnRunner,
    WorkerPool,
    check_workers,
    free_cores,
    usual_workers,
    worth_it,
)
from otp_conformance.run.request import Observer, Parts, Request, RunResult
from otp_conformance.run.resume import (
    announce_resumption,
    announce_retries,
    as_it_was,
    close_cut_off,
    ended,
    left_turns,
    require_same,
    same_scenarios,
    spent_seconds,
    spoilt,
)
from otp_conformance.run.scenario import not_run, note_fault
from otp_conformance.specification.scenarios import FeaturePlan, ScenarioPlan, plan_features
from otp_conformance.specification.selection import select
from otp_conformance.verdict.exit_codes import ExitCode, exit_code_for
from otp_conformance.verdict.outcome import Outcome
from otp_conformance.verdict.verdict import Cause

_NO_SPACE = (
    "検査対象やブラウザーを起動できません: 空き容量がありません。空きを作ってください。",
    "The system or the browser cannot be started: no space is left. Make room.",
)


def plan(request: Request) -> tuple[tuple[FeaturePlan, ...], tuple[ScenarioPlan, ...]]:
    """Return all features and the selected scenarios.

    Raises `UsageError` for a bad selection and `SuiteFaultError` for bad features.
    """
    features = plan_features(request.root, request.loaded.declaration.manual)
    if request.resume is not None:
        require_same(request.resume, request, features)
        chosen = same_scenarios(request.resume, features, failed=False)
    elif request.rerun is not None:
        chosen = same_scenarios(request.rerun, features, failed=request.failed)
    else:
        chosen = select(
            features,
            request.selection,
            known_requirements=request.known_requirements,
            root=request.root,
            cwd=request.cwd,
        )
    declaration = request.loaded.declaration
    if declaration.adapters.clock.reversible:
        return features, chosen
    chosen = in_order(chosen, load_table(), declaration)
    usually = declaration.adapters.clock.kind == "real"
    if (
        usually if request.workers is None else request.workers > 1
    ):  # side by side, what waits longest begins first
        chosen = tuple(reversed(chosen))
    return features, chosen


def left_of(
    request: Request, chosen: Sequence[ScenarioPlan], unmet: Mapping[str, Unmet]
) -> tuple[Turn, ...]:
    """Return the turns that the run carries out, which may be none."""
    if request.resume is None:
        runnable = [p for p in chosen if p.scenario_id not in unmet]
        return turns(runnable, repeat=request.repeat, seed=request.seed)
    order = turns(chosen, repeat=request.repeat, seed=request.seed)
    return left_turns(request.resume.journal, order, unmet, datetime.now(UTC))


def run(request: Request, parts: Parts, observer: Observer) -> RunResult:
    """Carry a run out and return how it ended.

    Raises `RunError` when it cannot begin: nothing has then been judged, and
    no folder stays behind.
    """
    features, chosen = plan(request)
    part, share = None, None
    if request.resume is not None:
        share = share_of(request)
    elif request.shard is not None:
        part = divide(request, chosen)
        _announce_part(observer, part, len(chosen))
        chosen, share = part.plans, part.share
    unmet = unmet_of(chosen, request.loaded.declaration, request.agent.kind)
    unmet |= request.admit([turn.plan for turn in left_of(request, chosen, unmet)], share)
    work = Work(features, chosen, unmet, left_of(request, chosen, unmet), part)
    if request.resume is not None and not work.left and ended(request.resume.journal):
        return as_it_was(request, observer)
    request = replace(request, workers=_workers(request, parts, work, observer))
    check_start(request)
    check_workers(request, parts)
    load_steps(request.steps)
    if request.agent.at:
        _announce_browser(observer, server_of(request.agent.at))
    interrupt = Interrupt(
        lambda: observer.notice(
            Text(
                "中断します。ここまでの結果をまとめています（もう一度 Ctrl-C で打ち切ります）。",
                "Stopping; collecting the results so far (press Ctrl-C again to give up).",
            )
        )
    )
    with interrupt, ExitStack() as stack:
        return _Run(request, parts, observer, interrupt, stack).carry_out(work)


def _workers(request: Request, parts: Parts, work: Work, observer: Observer) -> int:
    """Return how many workers carry the work out; where nobody said, tell why so many."""
    most = max(1, len(work.left))
    if request.cluster:
        check_cluster(request)
        return 1
    if request.workers is not None or not parts.for_worker:
        return min(request.workers or 1, most)
    memory = psutil.virtual_memory().available
    usual = usual_workers(request, cores=free_cores(), memory=memory)
    seconds_of = takes(request.agent.kind, request.loaded)
    whole = sum(seconds_of(turn.plan.scenario_id) for turn in work.left)
    number = min(worth_it(usual, whole), most)
    if number == usual.number:  # else there is too little to do: nobody wonders
        observer.notice(
            Text(
                f"ワーカー {number} つで実施します（{usual.why.ja}。変えるときは --workers）。",
                f"Workers: {number} ({usual.why.en}; --workers for another number).",
            )
        )
    return number


def _turn_runner(context: RunContext) -> TurnRunner:
    """Return who carries the turns out: a cluster, processes of this machine, or this one."""
    if context.request.cluster:
        return WorkerPool(context, There(context, context.request.cluster))
    if (context.request.workers or 1) > 1:
        return WorkerPool(context, Here(context))
    return InProcess(context)


def _announce_browser(observer: Observer, server: str) -> None:
    observer.notice(
        Text(
            f"ブラウザーは {server} にあります。止まったブラウザーは、こちらからは接続を切れる"
            "だけです（その処理は、接続が切れたときにサーバーが片付けます）。",
            f"The browser is at {server}. One that hangs can only be cut off from here: "
            "its processes are the server's to end when the connection is gone.",
        )
    )


def _announce_part(observer: Observer, part: Division, total: int) -> None:
    number = len(part.plans)
    observer.notice(
        Text(
            f"{total} 件を {part.shard.of} 台に分けた {part.shard.number} 番目の {number} 件を"
            "実施します。全部そろったら otp-conformance merge で一つにします。",
            f"Part {part.shard} of {total} scenarios: {number}. "
            "Put all parts together with otp-conformance merge.",
        )
    )


class _Run:
    """The state of one run, from its folder to its reports."""

    def __init__(
        self,
        request: Request,
        parts: Parts,
        observer: Observer,
        interrupt: Interrupt,
        stack: ExitStack,
    ) -> None:
        self.request = request
        self.parts = parts
        self.observer = observer
        self.interrupt = interrupt
        self.stack = stack
        self.masker = Masker()
        self.begun = time.perf_counter()
        self.problems: list[Text] = []
        self.faulty = False
        self.unrecorded = False
        self.ready = False
        self.why = (Cause.SUITE, "シナリオを実施できませんでした")
        self.run_dir, journal = place(request.resume, request.reports, self.masker)
        self.journal = stack.enter_context(journal)
        context = RunContext(request, parts, observer, interrupt, stack, self.run_dir, self.masker)
        self.turn_runner = _turn_runner(context)

    def carry_out(self, work: Work) -> RunResult:
        """Start what is needed, run, judge and report."""
        fault: Exception | None = None
        try:
            with self.interrupt.allowed():
                self._start(work)
        except UsageError:
            if self.request.resume is None:
                self._not_begun()
            raise
        except KeyboardInterrupt:
            self.interrupt.requested = True
        except (Outcome, UnreadyError, SecretError) as trouble:
            self._trouble(trouble)
        except Exception as error:  # noqa: BLE001 - judged below, once there is a journal
            if is_full(error):
                self._trouble(UnreadyError(*_NO_SPACE))
            else:
                fault = error
        try:
            self._begin(work)
        except UnrecordableError as error:
            self._not_begun()
            raise UnreadyError(
                f"{error.text.ja}実行は始まっていません。空きを作るか、--reports で別の場所を"
                "指定してください。",
                f"{error.text.en} The run has not begun. Make room, or give another place with "
                "--reports.",
            ) from error
        if fault is not None:
            self._fault(fault)
        self._execute(work)
        return self._finish()

    def _start(self, work: Work) -> None:
        if work.part is not None:
            keep_to_share(self.request, self.run_dir.name, work.part)
        if work.left:
            self.turn_runner.start()
            self.ready = True

    def _not_begun(self) -> None:
        self.stack.close()
        if self.request.resume is None:
            remove_run_folder(self.run_dir)

    # -- before -----------------------------------------------------------

    def _trouble(self, trouble: Exception) -> None:
        browser, headed = self.turn_runner.browser_name, self.request.agent.headed
        text = told(trouble, self.masker, browser=browser, headed=headed)
        self.why = (cause_of(trouble), text.ja)
        self.problems.append(text)
        self.observer.notice(text)

    def _begin(self, work: Work) -> None:
        """Journal what is planned, or that the run goes on."""
        if self.request.resume is not None:
            self._go_on(self.request.resume.journal, work)
            return
        header = write_header(
            self.journal,
            self.request,
            run_id=self.run_dir.name,
            base_url=self.turn_runner.base_url,
            browser=self.turn_runner.browser_name,
            planned=len(work.chosen),
            shard=work.part.shard if work.part else None,
        )
        write_plan(self.journal, work.features, work.chosen)
        self.journal.appear_as(self.run_dir / JOURNAL_FILE)
        if not point_latest(self.run_dir):
            self.observer.notice(
                Text(
                    "reports/latest を更新できませんでした（同じ名前のフォルダーがあります）。",
                    "reports/latest was not updated: a folder of that name is in the way.",
                )
            )
        self.observer.begun(header, self.run_dir, [turn.plan for turn in work.left])

    def _go_on(self, before: Journal, work: Work) -> None:
        self.journal.write(
            Resumed(
                at=self.journal.stamp(),
                spent_s=spent_seconds(before),
                torn_bytes=before.torn_bytes,
                environment=environment(self.request, self.turn_runner.browser_name),
            )
        )
        cut = close_cut_off(before, self.journal)
        announce_resumption(self.observer, self.run_dir.name, before, work, len(cut))
        planned = before.header.model_copy(update={"planned": len(work.left), "repeat": 1})
        self.observer.begun(planned, self.run_dir, [turn.plan for turn in work.left])

    # -- during -----------------------------------------------------------

    def _execute(self, work: Work) -> None:
        try:
            self._execute_what_is_left(work)
        except UnrecordableError as error:
            self._unrecorded(error)

    def _unrecorded(self, error: UnrecordableError) -> None:
        """Stop: nothing that could not be written down may count, or be spent."""
        self.unrecorded = True
        attempts = read(self.journal.path, details=False).attempts.values()
        done = sum(one.finished is not None for several in attempts for one in several.values())
        text = Text(
            f"{error.text.ja}終わった {done} 件の記録は {self.run_dir} に残っています。"
            "空きを作ってから、--resume で続けてください。",
            f"{error.text.en} What has ended ({done}) is kept in {self.run_dir}. "
            "Make room, then go on with --resume.",
        )
        self.problems.append(text)
        self.observer.notice(text)

    def _execute_what_is_left(self, work: Work) -> None:
        told_before = self._finished_before()
        for p in work.chosen:
            if p.scenario_id in work.unmet and p.scenario_id not in told_before:
                self._skip(Turn(p), vars(work.unmet[p.scenario_id]))
        if self.ready:
            self._carry_out_turns(work.left)
        if self.interrupt.requested or self.faulty:
            return  # what is left reads as not run: the journal says the run was cut off
        so_far = read(self.journal.path, details=False)
        for turn in work.left:
            attempt = so_far.attempt(turn.plan.scenario_id, turn.attempt)
            # One in the place of another never began: the other's end still stands.
            if attempt.finished is None and turn.instead_of is None:
                self._skip(turn, not_reached(*self.why))

    def _finished_before(self) -> set[str]:
        earlier = self.request.resume
        if earlier is None:
            return set()
        found = earlier.journal.attempts.items()
        return {i for i, attempts in found if any(a.finished for a in attempts.values())}

    def _carry_out_turns(self, left: Sequence[Turn]) -> None:
        """Carry the turns out, and anew those that the environment spoilt."""
        for round_ in range(self.request.retries + 1):
            if not left or self.interrupt.requested or self.faulty:
                return
            if round_:
                announce_retries(self.observer, len(left))
            try:
                dead = self.turn_runner.run(left, self.journal)
            except KeyboardInterrupt:
                self.interrupt.requested = True
                return
            except UnrecordableError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the suite's
                self._fault(error)
                return
            if dead:
                self.why = (Cause.ENVIRONMENT, dead)
                return
            left = spoilt(read(self.journal.path, details=False), left)

    def _no_room_for_reports(self) -> None:
        text = Text(
            f"報告書を書けません（空き容量がありません）。実行の記録は {self.run_dir} に"
            "全部残っています。空きを作ってから otp-conformance report で作れます。",
            f"No space is left for the reports. The whole journal is kept in {self.run_dir}: "
            "make room, then build them with otp-conformance report.",
        )
        self.problems.append(text)
        self.observer.notice(text)

    def _fault(self, error: Exception) -> None:
        self.faulty = True
        path = note_fault(self.run_dir, self.journal, "run", error)
        what = error.text if isinstance(error, RunError) else None
        name = self.masker.mask(f"{type(error).__name__}: {error}")
        text = Text(
            f"試験装置異常: {what.ja if what else name}（詳細: {path}）",
            f"Suite fault: {what.en if what else name} (details: {path})",
        )
        self.problems.append(text)
        self.observer.notice(text)

    def _skip(self, turn: Turn, why: Mapping[str, Any]) -> None:
        self.observer.scenario(turn.plan, not_run(self.journal, turn, why))

    # -- after ------------------------------------------------------------

    def _finish(self) -> RunResult:
        so_far = read(self.journal.path, details=False)
        code = concluded(so_far, faulty=self.faulty, interrupted=self.interrupt.requested)
        spent = so_far.resumed[-1].spent_s if so_far.resumed else 0.0
        took = time.perf_counter() - self.begun
        try:
            if not self.unrecorded:
                self.journal.finish(so_far.verdict(), int(code), spent + took)
        except UnrecordableError as error:
            self._unrecorded(error)
        if self.unrecorded:
            self.stack.close()
            journal = read(self.journal.path)
            return RunResult(code, self.run_dir, journal, tuple(self.problems), reported=False)
        # Stop the system before reporting: reports need nothing but the journal.
        self.stack.close()
        reported = True
        try:
            self.parts.build_reports(self.run_dir)
        except Exception as error:  # noqa: BLE001 - the journal stands; say that reports do not
            reported = False
            if is_full(error):
                self._no_room_for_reports()
                return RunResult(
                    code, self.run_dir, read(self.journal.path), tuple(self.problems), reported
                )
            self._fault(error)
            code = ExitCode.INTERRUPTED if self.interrupt.requested else ExitCode.SUITE_FAULT
        journal = read(self.journal.path)
        return RunResult(code, self.run_dir, journal, tuple(self.problems), reported)


def concluded(journal: Journal, *, faulty: bool, interrupted: bool) -> ExitCode:
    """Return the exit code of what a journal holds; ``faulty``: the suite broke besides."""
    outcomes = [journal.outcome(scenario_id) for scenario_id in journal.planned]
    code = exit_code_for(
        [outcome.verdict for outcome in outcomes],
        suite_fault=faulty or any(outcome.suite_fault for outcome in outcomes),
        interrupted=interrupted,
    )
    if code is ExitCode.PASS and journal.header.absent_functions:
        return ExitCode.INCONCLUSIVE  # nothing failed, but the manual asks for more
    return code


def not_reached(cause: Cause, reason: str) -> dict[str, Any]:
    """Return how a scenario ends that the run did not come to (template of `not_run`)."""
    return {
        "cause": cause,
        "expected": "シナリオを実施できること",
        "observed": reason,
        "hint": "原因を取り除いて、もう一度実行してください",
    }
