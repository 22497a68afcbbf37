"""A whole run: plan, start, execute, judge, report. Presentation is somebody else's."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from otp_conformance.declaration.secrets import SecretError
from otp_conformance.run.behave_runner import SuiteRunner
from otp_conformance.run.errors import RunError, UnreadyError, UsageError
from otp_conformance.run.executor import (
    Executor,
    Observer,
    Setting,
    not_run,
    note_fault,
)
from otp_conformance.run.exit_codes import ExitCode, exit_code_for
from otp_conformance.run.folder import make_run_folder, point_latest
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.launch import Launch, check_start
from otp_conformance.run.needs import Unmet, unmet_need
from otp_conformance.run.order import Turn, turns
from otp_conformance.run.planning import FeaturePlan, ScenarioPlan, plan_features
from otp_conformance.run.record import write_header, write_plan
from otp_conformance.run.request import Parts, Request, RunResult
from otp_conformance.run.selection import select
from otp_conformance.run.step_loading import load_steps
from otp_conformance.run.text import Text
from otp_conformance.sut.ports import Sut
from otp_conformance.sut.trouble import BrowserMissing
from otp_conformance.verdict.evidence import EvidenceStore
from otp_conformance.verdict.journal import JOURNAL_FILE, JournalWriter, read
from otp_conformance.verdict.outcome import Outcome
from otp_conformance.verdict.secrets import Masker
from otp_conformance.verdict.verdict import Cause

NO_NAME = "—"
"""What `Launch` calls a browser that has not told its name (yet)."""


def plan(request: Request) -> tuple[tuple[FeaturePlan, ...], tuple[ScenarioPlan, ...]]:
    """Return all features and the selected scenarios.

    Raises `UsageError` for a bad selection and `SuiteFaultError` for bad features.
    """
    features = plan_features(request.root)
    chosen = select(
        features,
        request.selection,
        known_requirements=request.known_requirements,
        root=request.root,
        cwd=request.cwd,
    )
    return features, chosen


def run(request: Request, parts: Parts, observer: Observer) -> RunResult:
    """Carry a run out and return how it ended.

    Raises `RunError` when it cannot begin: nothing has then been judged, and
    no folder stays behind.
    """
    features, chosen = plan(request)
    unmet = _unmet(request, chosen)
    check_start(request)
    load_steps(request.steps)
    interrupt = Interrupt(
        lambda: observer.notice(
            Text(
                "中断します。ここまでの結果をまとめています（もう一度 Ctrl-C で打ち切ります）。",
                "Stopping; collecting the results so far (press Ctrl-C again to give up).",
            )
        )
    )
    with interrupt, ExitStack() as stack:
        return _Run(request, parts, observer, interrupt, stack).carry_out(features, chosen, unmet)


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
        self.why = (Cause.SUITE, "シナリオが実行されませんでした")
        self.run_dir = make_run_folder(request.reports, datetime.now(UTC).astimezone())
        self.launch = Launch(request, parts, observer, stack, self.run_dir, self.masker)

    def carry_out(
        self,
        features: Sequence[FeaturePlan],
        chosen: Sequence[ScenarioPlan],
        unmet: Mapping[str, Unmet],
    ) -> RunResult:
        """Start what is needed, run, judge and report."""
        runnable = [p for p in chosen if p.scenario_id not in unmet]
        sut: Sut | None = None
        fault: Exception | None = None
        try:
            with self.interrupt.allowed():
                sut = self.launch.start() if runnable else None
        except UsageError:
            self._remove_folder()
            raise
        except KeyboardInterrupt:
            self.interrupt.requested = True
        except (Outcome, UnreadyError, SecretError) as trouble:
            self._trouble(trouble)
        except Exception as error:  # noqa: BLE001 - judged below, once there is a journal
            fault = error
        journal = self.stack.enter_context(JournalWriter(self.run_dir / JOURNAL_FILE, self.masker))
        self._write_plan(journal, features, chosen)
        if fault is not None:
            self._fault(journal, fault)
        self._execute(journal, chosen, unmet, sut)
        return self._finish(journal)

    # -- before -----------------------------------------------------------

    def _trouble(self, trouble: Exception) -> None:
        match trouble:
            case RunError():
                text = trouble.text
            case Outcome():
                text = self._outcome_text(trouble)
            case _:
                text = Text(str(trouble), str(trouble))
        text = Text(self.masker.mask(text.ja), self.masker.mask(text.en))
        declared = isinstance(trouble, SecretError) or (
            isinstance(trouble, Outcome) and trouble.cause is Cause.DECLARATION
        )
        self.why = (Cause.DECLARATION if declared else Cause.ENVIRONMENT, text.ja)
        self.problems.append(text)
        self.observer.notice(text)

    def _outcome_text(self, trouble: Outcome) -> Text:
        """Return an outcome for both readers: its own sentences are Japanese."""
        ja = f"{trouble.observed}。{trouble.hint}" if trouble.hint else trouble.observed
        details = re.search(r"[（(]([ -~]+)[）)]", trouble.observed)
        why = f" ({details[1].strip()})" if details else ""
        if isinstance(trouble, BrowserMissing):
            package = "chromium" if self.request.headed else "chromium-headless-shell"
            en = (
                f"No browser was found{why}. On Debian: apt install {package}; "
                f"elsewhere: playwright install {package}."
            )
        elif self.launch.browser_name == NO_NAME:
            en = f"The browser or its driver does not start{why}. Is there enough memory and disk?"
        elif trouble.cause is Cause.DECLARATION:
            en = f"The declaration does not describe the system under test: {ja}"
        else:
            en = f"The system under test could not be made ready: {ja}"
        return Text(ja, en)

    def _remove_folder(self) -> None:
        self.stack.close()
        for file in self.run_dir.iterdir():
            if file.is_file():
                file.unlink()
        if not any(self.run_dir.iterdir()):
            self.run_dir.rmdir()

    def _write_plan(
        self,
        journal: JournalWriter,
        features: Sequence[FeaturePlan],
        chosen: Sequence[ScenarioPlan],
    ) -> None:
        header = write_header(
            journal,
            self.request,
            run_id=self.run_dir.name,
            base_url=self.launch.base_url,
            browser=self.launch.browser_name,
            planned=len(chosen),
        )
        write_plan(journal, features, chosen)
        if not point_latest(self.run_dir):
            self.observer.notice(
                Text(
                    "reports/latest を更新できませんでした（同じ名前のフォルダーがあります）。",
                    "reports/latest was not updated: a folder of that name is in the way.",
                )
            )
        self.observer.begun(header, self.run_dir)

    # -- during -----------------------------------------------------------

    def _execute(
        self,
        journal: JournalWriter,
        chosen: Sequence[ScenarioPlan],
        unmet: Mapping[str, Unmet],
        sut: Sut | None,
    ) -> None:
        for p in chosen:
            if p.scenario_id in unmet:
                self._skip(journal, Turn(p), vars(unmet[p.scenario_id]))
        left = turns(
            [p for p in chosen if p.scenario_id not in unmet],
            repeat=self.request.repeat,
            seed=self.request.seed,
        )
        if sut is not None and left:
            dead = self._run_scenarios(journal, left, sut)
            self.why = (Cause.ENVIRONMENT, dead) if dead else self.why
        if self.interrupt.requested or self.faulty:
            return  # what is left reads as not run: the journal says the run was cut off
        so_far = read(journal.path)
        for turn in left:
            if so_far.attempt(turn.plan.scenario_id, turn.attempt).finished is None:
                self._skip(journal, turn, _not_reached(*self.why))

    def _run_scenarios(self, journal: JournalWriter, left: Sequence[Turn], sut: Sut) -> str:
        """Run; return why the rest was not reached, if so."""
        setting = Setting(
            sut=sut,
            declaration=self.request.loaded.declaration,
            journal=journal,
            evidence=EvidenceStore(self.run_dir, journal),
            make_world=self.parts.make_world,
            observer=self.observer,
            interrupt=self.interrupt,
            death=self.launch.death,
            run_dir=self.run_dir,
        )
        executor = Executor(setting)
        try:
            SuiteRunner(
                left,
                root=self.request.root,
                steps=self.request.steps,
                handler=executor,
                interrupt=self.interrupt,
            ).run()
        except KeyboardInterrupt:
            self.interrupt.requested = True
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the suite's
            self._fault(journal, error)
        return executor.dead or ""

    def _fault(self, journal: JournalWriter, error: Exception) -> None:
        self.faulty = True
        path = note_fault(self.run_dir, journal, "run", error)
        what = error.text if isinstance(error, RunError) else None
        name = journal.masker.mask(f"{type(error).__name__}: {error}")
        text = Text(
            f"試験装置異常: {what.ja if what else name}（詳細: {path}）",
            f"Suite fault: {what.en if what else name} (details: {path})",
        )
        self.problems.append(text)
        self.observer.notice(text)

    def _skip(self, journal: JournalWriter, turn: Turn, why: Mapping[str, Any]) -> None:
        self.observer.scenario(turn.plan, not_run(journal, turn, why))

    # -- after ------------------------------------------------------------

    def _finish(self, journal: JournalWriter) -> RunResult:
        so_far = read(journal.path)
        outcomes = [so_far.outcome(scenario_id) for scenario_id in so_far.planned]
        code = exit_code_for(
            [outcome.verdict for outcome in outcomes],
            suite_fault=self.faulty or any(outcome.suite_fault for outcome in outcomes),
            interrupted=self.interrupt.requested,
        )
        journal.finish(so_far.verdict(), int(code), time.perf_counter() - self.begun)
        # Stop the system before reporting: reports need nothing but the journal.
        self.stack.close()
        reported = True
        try:
            self.parts.build_reports(self.run_dir)
        except Exception as error:  # noqa: BLE001 - the journal stands; say that reports do not
            self._fault(journal, error)
            reported = False
            code = ExitCode.INTERRUPTED if self.interrupt.requested else ExitCode.SUITE_FAULT
        return RunResult(code, self.run_dir, read(journal.path), tuple(self.problems), reported)


def _unmet(request: Request, chosen: Sequence[ScenarioPlan]) -> dict[str, Unmet]:
    declaration = request.loaded.declaration
    found = {p.scenario_id: unmet_need(p.tags, declaration, request.agent) for p in chosen}
    return {scenario_id: unmet for scenario_id, unmet in found.items() if unmet is not None}


def _not_reached(cause: Cause, reason: str) -> dict[str, Any]:
    return {
        "cause": cause,
        "expected": "シナリオを実施できること",
        "observed": reason,
        "hint": "原因を取り除いて、もう一度実行してください",
    }
