"""One scenario carried out: its case, its world, its verdict, and what to do when the SUT dies."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.journal.case import Case
from otp_conformance.journal.events import (
    Consumed,
    PlannedStep,
    ScenarioFinished,
    StepStatus,
)
from otp_conformance.journal.evidence import EvidenceStore, Look
from otp_conformance.journal.journal import JournalWriter
from otp_conformance.journal.record import Sent
from otp_conformance.language import Text
from otp_conformance.run.folder import FAULTS_NAME
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.launch import Outage
from otp_conformance.run.plan import Turn
from otp_conformance.run.request import AtEnd, MakeWorld, Observer, Story, World, look_on
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.text import visible
from otp_conformance.verdict.outcome import EnvironmentTrouble, Outcome
from otp_conformance.verdict.verdict import Verdict


class UndefinedStepError(Exception):
    """A sentence of a feature that no step definition matches."""


@dataclass(frozen=True)
class StepEnd:
    """How one step ended. ``duration_s`` in seconds; 0 for one that never began."""

    index: int
    step: PlannedStep
    setup: bool
    status: StepStatus
    duration_s: float
    error: BaseException | None = None


class EmptyScenarioError(Exception):
    """A scenario without steps: behave would pass it."""


@dataclass(frozen=True)
class Setting:
    """What all scenarios of a run share. ``outage`` tells whether the SUT is or was gone.

    Its argument tells that there is reason to suspect it and to wait a moment.
    ``at_end``: what else is done when a scenario has ended, its browsers still open.
    """

    sut: Sut
    declaration: Declaration
    journal: JournalWriter
    evidence: EvidenceStore
    make_world: MakeWorld
    observer: Observer
    interrupt: Interrupt
    outage: Callable[[bool], Outage | None]
    run_dir: Path
    at_end: AtEnd = look_on


class ScenarioHandler:
    """Told by behave what happens; gives each scenario a fresh case and world, and judges it.

    Outside `begin`, an exception raised here ends the run. ``dead``: why the
    system under test is gone for good, once it is.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._plan: ScenarioPlan | None = None
        self._case: Case | None = None
        self._world: World | None = None
        self._blind = False
        self._sent_before: tuple[int, tuple[Sent, ...]] = (-1, ())
        self.dead: str | None = None

    def begin(self, turn: Turn) -> Mapping[str, Any]:
        """Start case and world; return the names that the steps find on ``context``.

        When this raises, no step runs and `end` receives the exception.
        """
        plan = turn.plan
        setting = self._setting
        self._world = None
        self._blind = False
        self._sent_before = (-1, ())
        self._plan = plan
        self._case = case = Case(
            plan.scenario_id,
            requirements=plan.requirements,
            journal=setting.journal,
            evidence=setting.evidence,
            sut_time=setting.sut.clock.now,
            look=self._look,
            attempt=turn.attempt,
            instead_of=turn.instead_of,
            timer=time.perf_counter,
        )
        setting.sut.spending.begin(setting.run_dir.name, plan.scenario_id)
        case.start()
        setting.observer.started(plan)
        self.enter_step(-1, None, setup=True)
        if not plan.steps:
            raise EmptyScenarioError("シナリオに手順がありません")
        self._world = setting.make_world(
            setting.sut,
            setting.declaration,
            case,
            keep_secret=setting.journal.masker.add,
        )
        return {"case": case, "world": self._world}

    def enter_step(self, index: int, step: PlannedStep | None, *, setup: bool) -> None:
        """Tell the case which step its checks belong to; None: before the first."""
        case = self._current
        case.enter_step(index, _sentence(step) if step else "シナリオの準備", setup=setup)
        self._setting.sut.reconnecting.begin_step(
            lambda told: case.reconnected(number=told.number, paused_s=told.paused_s, why=told.why)
        )

    def leave_step(self, end: StepEnd) -> None:
        """Journal that a step ended, or will never begin."""
        case = self._current
        if case.step_index != end.index:
            case.enter_step(end.index, _sentence(end.step), setup=end.setup)
        story = self._world.story() if self._world is not None else Story()
        for customer in story.customers:
            case.customer(*customer)
        if _is_to_explain(end.error):
            # A step that judges sends little: what it judges was sent in one before it.
            for index, requests in (self._sent_before, (end.index, story.requests)):
                case.exchanged(requests, index)
        if story.requests:
            self._sent_before = (end.index, story.requests)
        case.leave_step(
            keyword=end.step.keyword,
            text=end.step.text,
            line=end.step.line,
            status=end.status,
            duration_s=end.duration_s,
            message=_message(end.error),
            screen=story.screen if end.status in ("passed", "failed") else "",
        )

    def end(self, error: BaseException | None, failing: StepEnd | None) -> bool:
        """Judge the scenario; return False to end the run after it: the SUT is gone.

        ``failing`` is the step that ``error`` came from; None for an error of `begin`.
        """
        case, plan = self._current, self._plan
        assert plan is not None  # noqa: S101 - set together with the case
        error = self._whose_matter(error)
        if failing is not None:
            # What is kept now belongs to the step that failed, not to the last one.
            case.enter_step(failing.index, _sentence(failing.step), setup=failing.setup)
        self._journal_consumption()
        finished = case.finish(
            error,
            error is not None and (failing is None or failing.setup),
            failing_step=_sentence(failing.step) if failing else "",
        )
        if error is not None and finished.suite_fault:
            note_fault(self._setting.run_dir, self._setting.journal, plan.scenario_id, error)
        self._setting.observer.scenario(plan, finished)
        self._setting.at_end(finished)
        self._close_world()
        return self.dead is None

    def _journal_consumption(self) -> None:
        amounts = self._setting.sut.spending.sums()
        if amounts:
            journal, case = self._setting.journal, self._current
            journal.write(
                Consumed(
                    at=journal.stamp(),
                    scenario_id=case.scenario_id,
                    attempt=case.attempt,
                    amounts=amounts,
                )
            )

    @property
    def _current(self) -> Case:
        assert self._case is not None  # noqa: S101 - `begin` comes first
        return self._case

    def _whose_matter(self, error: BaseException | None) -> BaseException | None:
        """Blame neither product nor suite for what an interrupt or a dead SUT causes."""
        if error is None:
            return None
        if self._setting.interrupt.requested:
            self._blind = True
            return error if isinstance(error, KeyboardInterrupt) else KeyboardInterrupt()
        outage = self._setting.outage(isinstance(error, EnvironmentTrouble))
        if outage is None:
            return error
        self.dead = outage.reason if outage.for_good else None
        self._blind = True
        trouble = EnvironmentTrouble(
            expected="検査対象が応答し続けること",
            observed=outage.reason,
            hint="検査対象の記録を確かめ、起動し直してからもう一度実行してください",
        )
        trouble.__cause__ = error
        return trouble

    def _look(self) -> Look | None:
        """Look at the page, unless there is no sense in asking a browser any more."""
        if self._world is None or self._blind:
            return None
        return self._world.look(self._setting.journal.masker.finds)

    def _close_world(self) -> None:
        world, self._world = self._world, None
        if world is None:
            return
        try:
            world.close()
        except Outcome as trouble:
            self._setting.observer.notice(
                Text(
                    f"シナリオの後片付けができませんでした: {trouble.observed}",
                    f"Clean-up after the scenario failed: {trouble.observed}",
                )
            )


def note_fault(run_dir: Path, journal: JournalWriter, where: str, error: BaseException) -> Path:
    """Append a traceback, without secrets, to the run's faults file; return its path.

    On a full disk it is lost: the caller still tells the fault.
    """
    lines = traceback.format_exception(error)
    path = run_dir / FAULTS_NAME
    with suppress(OSError), path.open("a", encoding="utf-8") as file:
        file.write(visible(journal.masker.mask(f"== {where}\n{''.join(lines)}\n")))
    return path


def not_run(journal: JournalWriter, turn: Turn, template: Mapping[str, Any]) -> ScenarioFinished:
    """Journal the end of a scenario that never began; ``template`` has its reason."""
    return journal.write(
        ScenarioFinished.model_validate(
            {
                "at": journal.stamp(),
                "scenario_id": turn.plan.scenario_id,
                "attempt": turn.attempt,
                "verdict": Verdict.NOT_RUN,
                "duration_s": 0.0,
                **template,
            }
        )
    )


def _sentence(step: PlannedStep) -> str:
    return f"{step.keyword} {step.text}"


def _is_to_explain(error: BaseException | None) -> bool:
    """Tell whether somebody will ask what was sent: nothing stopped the run, and it failed."""
    if error is None or isinstance(error, KeyboardInterrupt):
        return False
    verdict = error.verdict if isinstance(error, Outcome) else Verdict.INCONCLUSIVE
    return verdict in {Verdict.FAIL, Verdict.INCONCLUSIVE}


def _message(error: BaseException | None) -> str:
    match error:
        case None:
            return ""
        case Outcome():
            return str(error)
        case KeyboardInterrupt():
            return "実行が中断されました"
        case _:
            return f"{type(error).__name__}: {error}"
