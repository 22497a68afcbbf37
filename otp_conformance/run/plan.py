"""Which scenarios come in which order, how often, and which cannot be carried out."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from otp_conformance.assets.consumption import Table
from otp_conformance.assets.pool.ledger import Assets
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.needs import Unmet, unmet_need
from otp_conformance.journal.events import Shard
from otp_conformance.specification.scenarios import FeaturePlan, ScenarioPlan
from otp_conformance.specification.words import AgentKind

_SEEDS = 1_000_000


@dataclass(frozen=True)
class Turn:
    """One scenario's turn; ``attempt`` counts from 0.

    ``instead_of``: the attempt whose place this one takes, if any.
    """

    plan: ScenarioPlan
    attempt: int = 0
    instead_of: int | None = None


def new_seed() -> int:
    """Return a seed for a random order, short enough to be typed again."""
    return secrets.randbelow(_SEEDS)


def turns(
    plans: Sequence[ScenarioPlan], *, repeat: int = 1, seed: int | None = None
) -> tuple[Turn, ...]:
    """Return every scenario ``repeat`` times: round by round, all in each round.

    Without ``seed`` in the plan's order, else each round in a random order of
    its own, across features; the same seed gives the same order again.
    """
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    found: list[Turn] = []
    for attempt in range(repeat):
        order = list(plans)
        if seed is not None:
            chance.shuffle(order)
        found += (Turn(plan, attempt) for plan in order)
    return tuple(found)


def parts_of_files(order: Sequence[Turn]) -> list[list[Turn]]:
    """Cut an order into parts that each run down one feature file once."""
    parts: list[list[Turn]] = []
    for turn in order:
        last = parts[-1][-1].plan if parts else None
        if last is not None and last.uri == turn.plan.uri and last.line < turn.plan.line:
            parts[-1].append(turn)
        else:
            parts.append([turn])
    return parts


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


@dataclass(frozen=True)
class Division:
    """What belongs to one part of a divided run: its scenarios, and its share of a prepared list.

    ``share`` None: there is no list.
    """

    shard: Shard
    plans: tuple[ScenarioPlan, ...]
    share: Assets | None


@dataclass(frozen=True)
class Work:
    """What is asked for: ``left`` of it is to be carried out, which is all of a new run.

    ``part``: the part of a divided run that it is.
    """

    features: Sequence[FeaturePlan]
    chosen: Sequence[ScenarioPlan]
    unmet: Mapping[str, Unmet]
    left: tuple[Turn, ...]
    part: Division | None = None


def unmet_of(
    plans: Iterable[ScenarioPlan], declaration: Declaration, agent: AgentKind
) -> dict[str, Unmet]:
    """Return the scenarios that need what there is not, and why."""
    found = {p.scenario_id: unmet_need(p.tags, declaration, agent) for p in plans}
    return {scenario_id: unmet for scenario_id, unmet in found.items() if unmet is not None}
