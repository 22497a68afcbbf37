"""An order in which no scenario stands in the next one's way."""

from __future__ import annotations

from collections.abc import Sequence

from otp_conformance.assets.consumption import Table
from otp_conformance.declaration.model import Declaration
from otp_conformance.specification.scenarios import ScenarioPlan

LONG_SECONDS = 3600


def waits_long(plan: ScenarioPlan, table: Table, declaration: Declaration) -> bool:
    """Tell whether a scenario needs the time at the system to go on by an hour or more."""
    return table.of(plan.scenario_id, declaration).waited >= LONG_SECONDS


def in_order(
    plans: Sequence[ScenarioPlan], table: Table, declaration: Declaration
) -> tuple[ScenarioPlan, ...]:
    """Return scenarios in the order to carry them out.

    Customers and tokens are never shared, so that only the time can stand in the
    way: where the clock cannot be put back, scenarios that leave it far ahead (or
    that wait until the next day) come last. Else the order of the files.
    """
    if declaration.adapters.clock.reversible:
        return tuple(plans)
    return tuple(sorted(plans, key=lambda plan: waits_long(plan, table, declaration)))
