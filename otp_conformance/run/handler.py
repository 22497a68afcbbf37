"""What a runner tells whoever conducts the scenarios: the seam between behave and us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from otp_conformance.journal.events import PlannedStep, StepStatus
from otp_conformance.run.order import Turn


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


class ScenarioHandler(Protocol):
    """Receives what happens. Outside `begin`, an exception it raises ends the run."""

    def begin(self, turn: Turn) -> Mapping[str, Any]:
        """Prepare a scenario and return the names that its steps find on ``context``.

        When this raises, no step runs and `end` receives the exception.
        """

    def enter_step(self, index: int, step: PlannedStep, *, setup: bool) -> None:
        """Take note that a step begins; ``setup`` tells a 前提 step."""

    def leave_step(self, end: StepEnd) -> None:
        """Take note that a step ended, or will never begin."""

    def end(self, error: BaseException | None, failing: StepEnd | None) -> bool:
        """End the scenario; return False to end the run after it.

        ``failing`` is the step that ``error`` came from; None for an error of
        `begin`.
        """
