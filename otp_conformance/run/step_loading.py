"""The step definitions: loaded once, matched by behave, interruptible while they run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from behave.cucumber_expression import (
    StepMatcher4CucumberExpressions,
    define_parameter_type_with,
    use_step_matcher_for_cucumber_expressions,
)
from behave.model import Step
from behave.runner import Context
from behave.runner_util import load_step_modules
from behave.step_registry import registry

from otp_conformance.errors import SuiteFaultError
from otp_conformance.people.words import WORD_TYPES
from otp_conformance.run.interrupt import Interrupt

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
