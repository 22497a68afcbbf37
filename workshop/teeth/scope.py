"""Which scenarios a fault is to be met with."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from otp_conformance.errors import UsageError
from otp_conformance.language import Text
from otp_conformance.specification.scenarios import FeaturePlan, ScenarioPlan
from workshop.teeth.catalogue import Fault


class Scope(StrEnum):
    """How much of the suite runs against each faulty product."""

    QUICK = "quick"
    FULL = "full"

    @property
    def text(self) -> Text:
        """What it covers, for readers."""
        if self is Scope.QUICK:
            return Text(
                "見つけるはずのシナリオだけ", "only the scenarios that are expected to catch it"
            )
        return Text(
            "破られる要件のシナリオがある feature ファイルのシナリオすべて",
            "every scenario of each feature file that verifies a violated requirement",
        )


def scenarios_for(
    fault: Fault, features: Sequence[FeaturePlan], scope: Scope
) -> tuple[ScenarioPlan, ...]:
    """Return the scenarios to run, in the suite's order.

    Raises `UsageError` when there is none, or when ``quick`` has none for an
    expected requirement: a fault that nothing meets must not pass for a fault
    that nothing finds.
    """
    if scope is Scope.FULL:
        violated = set(fault.violates)
        chosen = tuple(
            scenario
            for feature in features
            if any(not violated.isdisjoint(s.requirements) for s in feature.scenarios)
            for scenario in feature.scenarios
        )
        lacking = () if chosen else fault.violates
    else:
        wanted = set(fault.caught_by or fault.violates)
        part = _folded(fault.scenarios)
        chosen = tuple(
            scenario
            for feature in features
            for scenario in feature.scenarios
            if not wanted.isdisjoint(scenario.requirements) and part in _folded(scenario.name)
        )
        met = {requirement for scenario in chosen for requirement in scenario.requirements}
        lacking = tuple(r for r in fault.caught_by if r not in met)
    if lacking or not chosen:
        names = " ".join(lacking or fault.violates)
        raise UsageError(
            f"欠陥 {fault.id}: 要件 {names} を確かめるシナリオがありません"
            f"（scenarios = 「{fault.scenarios}」）。"
            "目録の caught_by と scenarios を直してください。",
            f"Fault {fault.id}: no scenario verifies {names} (scenarios = "
            f'"{fault.scenarios}"). Correct caught_by and scenarios in the catalogue.',
        )
    return chosen


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
