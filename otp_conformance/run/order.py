"""In which order the scenarios run, and how often."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from otp_conformance.specification.scenarios import ScenarioPlan

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
