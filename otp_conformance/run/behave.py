"""behave, in process and silent: it matches and executes steps, nothing else.

No environment file, no formatter, no reporter, no configuration file: what a
run does is told by the code here and by its arguments alone. Everything that
happens is handed to a `ScenarioHandler`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from behave.configuration import Configuration
from behave.cucumber_expression import (
    StepMatcher4CucumberExpressions,
    define_parameter_type_with,
    use_step_matcher_for_cucumber_expressions,
)
from behave.model import Scenario, Step
from behave.model_core import Status
from behave.parser import ParserError, parse_file
from behave.runner import Context, Runner
from behave.runner_util import load_step_modules
from behave.step_registry import registry

from otp_conformance.errors import SuiteFaultError
from otp_conformance.journal.events import PlannedStep, StepStatus
from otp_conformance.people.words import WORD_TYPES
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.plan import Turn, parts_of_files
from otp_conformance.run.scenario import ScenarioHandler, StepEnd, UndefinedStepError
from otp_conformance.specification.scenarios import ScenarioPlan

_loaded: list[Path] = []


def load_steps(folder: Path) -> None:
    """Load all step modules of a folder, as cucumber expressions.

    behave's registries belong to the process, so a folder is loaded once and
    another folder replaces it. Raises `SuiteFaultError` naming the module's error.
    """
    if _loaded == [folder.resolve()]:
        return
    _loaded.clear()
    registry.clear()
    StepMatcher4CucumberExpressions.TYPE_REGISTRY.clear()
    use_step_matcher_for_cucumber_expressions()
    for word in WORD_TYPES:
        define_parameter_type_with(word.name, word.pattern, word.python_type, word.transform)
    try:
        load_step_modules([str(folder)])
    except Exception as error:  # any exception at all may come out of a module
        raise step_fault(
            f"手順の定義（{folder.name}/）を読み込めません",
            f"The step definitions ({folder.name}/) cannot be loaded",
            error,
        ) from error
    _loaded.append(folder.resolve())


class InterruptibleSteps:
    """behave's step registry; a step's own code, and only that, can be interrupted."""

    def __init__(self, interrupt: Interrupt) -> None:
        self._interrupt = interrupt

    def find_match(self, step: Step) -> Any:  # noqa: ANN401 - behave is untyped
        """Return the matching step definition, or None."""
        match = registry.find_match(step)
        return None if match is None else _InterruptibleMatch(match, self._interrupt)


@dataclass(frozen=True)
class _InterruptibleMatch:
    match: Any
    interrupt: Interrupt

    def run(self, context: Context) -> None:
        """Execute the step."""
        with self.interrupt.allowed():
            self.match.run(context)


def step_fault(ja: str, en: str, error: Exception) -> SuiteFaultError:
    """Return a fault of the suite that names, in one line, what was raised."""
    detail = " ".join(f"{type(error).__name__}: {error}".split())
    return SuiteFaultError(f"{ja}: {detail}", f"{en}: {detail}")


class SuiteRunner(Runner):  # type: ignore[misc] # behave is untyped
    """Runs exactly the given turns, in their order."""

    def __init__(
        self,
        turns: Sequence[Turn],
        *,
        files: Mapping[str, Path],
        steps: Path,
        handler: ScenarioHandler,
        interrupt: Interrupt,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(
            Configuration(
                [],
                load_config=False,
                color="off",
                capture=False,
                capture_hooks=False,
                summary=False,
                show_snippets=False,
                tag_expression_protocol="v2",
                default_format="null",
                lang="ja",
            )
        )
        self._turns = tuple(turns)
        self._files = files
        self._steps_folder = steps
        self._handler = handler
        self._interrupt = interrupt
        self._timer = timer
        self._turn_of: dict[int, Turn] = {}
        self._plan: ScenarioPlan | None = None
        self._prepare_error: Exception | None = None
        self._indices: dict[int, int] = {}
        self._cleanup_error: Exception | None = None
        self._begun_at = 0.0
        self._ends: dict[int, StepEnd] = {}

    # -- what behave would find out by itself -----------------------------

    def load_hooks(self, filename: str | None = None) -> None:
        """Set our own methods as hooks; no environment file is looked for."""
        del filename
        self.hooks = {
            "before_scenario": self._before_scenario,
            "before_step": self._before_step,
            "after_step": self._after_step,
            "after_scenario": self._after_scenario,
        }

    def run(self) -> bool:
        """Run the plan. Return True when anything was not a pass.

        Raises `SuiteFaultError` when behave does not see a planned scenario as planned.
        """
        with self.path_manager:
            self.path_manager.add(str(self._steps_folder))
            self.context = Context(self)
            self.context.on_cleanup_error = self._note_cleanup_error
            self.step_registry = InterruptibleSteps(self._interrupt)
            self.load_hooks()
            load_steps(self._steps_folder)
            failed = self.run_model()
        if self._cleanup_error is not None:
            raise step_fault(
                "シナリオの後片付けに失敗しました", "Clean-up failed", self._cleanup_error
            )
        return failed

    def run_model(self, features: Sequence[Any] | None = None) -> bool:
        """Run the features without behave's own messages."""
        failed = False
        for feature in self._parsed() if features is None else features:
            if self.aborted:
                break
            self.feature = feature
            failed = bool(feature.run(self)) or failed
        return failed

    def abort(self, reason: str | None = None) -> None:
        """Run no further step or scenario (without behave's line on stderr)."""
        del reason
        self.aborted = True

    def run_hook(self, hook_name: str, *args: Any) -> bool:  # noqa: ANN401 - behave's signature
        """Run one of our hooks; unlike behave let its exceptions end the run."""
        hook = self.hooks.get(hook_name)
        if hook is not None:
            hook(*args)
        return True

    def _note_cleanup_error(self, context: Context, cleanup: object, error: Exception) -> None:
        del context, cleanup
        self._cleanup_error = error

    def _parsed(self) -> Iterator[Any]:
        """Yield features when their turn has come: with many turns there are many of them."""
        for part in parts_of_files(self._turns):
            self._turn_of.clear()
            yield self._parse_part(part)

    def _parse_part(self, part: Sequence[Turn]) -> Any:  # noqa: ANN401 - behave is untyped
        """Return a feature of which just these scenarios run."""
        uri = part[0].plan.uri
        missing = {turn.plan.line: turn for turn in part}
        try:
            feature = parse_file(str(self._files[uri]))
        except ParserError as error:
            raise _disagreement(uri, error.line or 0) from error
        for scenario in feature.walk_scenarios() if feature else ():
            turn = missing.pop(scenario.line, None)
            if turn is None:
                scenario.mark_skipped()
            elif [s.name for s in scenario.all_steps] != [s.text for s in turn.plan.steps]:
                raise _disagreement(uri, turn.plan.line)
            else:
                self._turn_of[id(scenario)] = turn
        for line in missing:
            raise _disagreement(uri, line)
        return feature

    # -- hooks ------------------------------------------------------------

    def _before_scenario(self, scenario: Scenario) -> None:
        self._plan = None
        if self.aborted:  # behave calls the hooks of what it no longer runs
            scenario.mark_skipped()
            return
        turn = self._turn_of[id(scenario)]
        self._plan = turn.plan
        self._indices = {id(step): index for index, step in enumerate(scenario.all_steps)}
        self._ends = {}
        self._prepare_error = None
        try:
            names = self._handler.begin(turn)
        except Exception as error:  # noqa: BLE001 - judged by the handler's `end`
            self._prepare_error = error
            scenario.mark_skipped()
            return
        for name, value in names.items():
            setattr(self.context, name, value)

    def _before_step(self, step: Step) -> None:
        index = self._indices.get(id(step))
        if index is None:
            return  # a step executed by another step: part of that one
        self._handler.enter_step(index, self._planned(index), setup=_is_setup(step))
        self._begun_at = self._timer()

    def _after_step(self, step: Step) -> None:
        duration = self._timer() - self._begun_at
        index = self._indices.get(id(step))
        if index is not None:
            self._leave(index, step, duration, step.exception)

    def _after_scenario(self, scenario: Scenario) -> None:
        if self._plan is None:
            return
        unentered = [(i, s) for i, s in enumerate(scenario.all_steps) if i not in self._ends]
        for index, step in unentered:
            self._leave_unentered(index, step)
        failing = next((end for end in self._ends.values() if end.error is not None), None)
        error: BaseException | None = self._prepare_error or (failing.error if failing else None)
        if error is None and self._interrupt.requested and unentered:
            error = KeyboardInterrupt()  # it came between two steps: the rest never began
        if not self._handler.end(error, failing) or self._interrupt.requested:
            self.abort()

    def _leave_unentered(self, index: int, step: Step) -> None:
        """Book a step that behave passed over: undefined, or after a failure."""
        error = None
        before = any(end.error is not None for end in self._ends.values())
        if step.status is Status.undefined and not before:
            error = UndefinedStepError(f"手順の定義がありません: {step.keyword} {step.name}")
            self._handler.enter_step(index, self._planned(index), setup=_is_setup(step))
        self._leave(index, step, 0.0, error)

    def _leave(
        self, index: int, step: Step, duration_s: float, error: BaseException | None
    ) -> StepEnd:
        end = StepEnd(
            index, self._planned(index), _is_setup(step), _status(step.status), duration_s, error
        )
        self._ends[index] = end
        self._handler.leave_step(end)
        return end

    def _planned(self, index: int) -> PlannedStep:
        assert self._plan is not None  # noqa: S101 - set by the hook before any step
        return self._plan.steps[index]


def _is_setup(step: Step) -> bool:
    return bool(step.step_type == "given")


def _status(status: Status) -> StepStatus:
    match status:
        case Status.passed:
            return "passed"
        case Status.undefined:
            return "undefined"
        case Status.pending | Status.pending_warn:
            return "pending"
        case Status.skipped | Status.untested:
            return "skipped"
        case _:
            return "failed"


def _disagreement(uri: str, line: int) -> SuiteFaultError:
    return SuiteFaultError(
        f"{uri}:{line} の読み取り結果が二つの構文解析器で一致しません。"
        "この行の前後の書き方を直してください。",
        f"{uri}:{line}: the two Gherkin parsers disagree. Please rewrite the lines around it.",
    )
