"""Which scenarios a fault is to be met with."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from otp_conformance.errors import UsageError
from otp_conformance.language import Text
from otp_conformance.specification.scenarios import FeaturePlan, ScenarioPlan
from otp_conformance.specification.selection import with_ids
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
        chosen = _named(fault, features)
        met = {requirement for scenario in chosen for requirement in scenario.requirements}
        lacking = tuple(r for r in fault.caught_by if r not in met)
    if lacking or not chosen:
        names = " ".join(lacking or fault.violates)
        raise UsageError(
            f"欠陥 {fault.id}: 要件 {names} を確かめるシナリオがありません"
            f"（scenarios: {' '.join(fault.scenarios) or '—'}）。"
            "目録の caught_by と scenarios を直してください。",
            f"Fault {fault.id}: no scenario verifies {names} (scenarios: "
            f"{' '.join(fault.scenarios) or '-'}). Correct caught_by and scenarios "
            "in the catalogue.",
        )
    return chosen


def _named(fault: Fault, features: Sequence[FeaturePlan]) -> tuple[ScenarioPlan, ...]:
    """Return the scenarios that the catalogue names, else those of the expected requirements."""
    scenarios = [scenario for feature in features for scenario in feature.scenarios]
    if not fault.scenarios:
        wanted = set(fault.caught_by or fault.violates)
        return tuple(s for s in scenarios if not wanted.isdisjoint(s.requirements))
    try:
        ids = with_ids(scenarios, fault.scenarios)
    except UsageError as error:
        raise UsageError(
            f"欠陥 {fault.id}: scenarios: {error.text.ja}",
            f"Fault {fault.id}: scenarios: {error.text.en}",
        ) from None
    return tuple(s for s in scenarios if s.scenario_id in ids)
