"""What a scenario asks of a system, and what a system bears."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from math import inf

from otp_conformance.assets.consumption import load_table
from otp_conformance.declaration.model import Declaration
from otp_conformance.run.durations import durations_with
from otp_conformance.run.plan import LONG_SECONDS
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.words import AgentKind

REQUESTS_A_SECOND = 5.0
"""Pages that a scenario loads in a measured second with the browser (docs/benchmarks.md:
76 in 15.9 s; the reference bank answers in 1 to 2 ms, so that the seconds are the suite's)."""


class ClockKind(Enum):
    """Whose time it is: each worker's own, one that is moved for all, or real time."""

    OWN = "own"
    SHARED = "shared"
    REAL = "real"


@dataclass(frozen=True)
class System:
    """A system under test.

    ``latency``: seconds from a request to its answer; ``at_once``: how many requests it
    works on at a time, others queue; ``wrong_a_minute``: how many wrong one-time passwords
    it takes in a minute, over all customers, before it makes callers wait.
    """

    latency: float
    at_once: float = inf
    wrong_a_minute: float = inf
    clock: ClockKind = ClockKind.OWN


@dataclass(frozen=True)
class Load:
    """What one scenario does: seconds of its own, requests, wrong codes, and time that passes.

    ``waited``: seconds by which the system's time has to go on, in ``moves`` steps.
    """

    own: float
    requests: int
    wrong: int = 0
    moves: int = 0
    waited: float = 0.0

    def alone(self, system: System) -> float:
        """Return its seconds when nobody else is there."""
        moved = 0 if system.clock is ClockKind.REAL else self.moves
        real = self.waited if system.clock is ClockKind.REAL else 0.0
        limit = max(self.wrong - 1, 0) * 60 / system.wrong_a_minute
        return self.own + (self.requests + moved) * system.latency + real + limit


def load_of(plan: ScenarioPlan, declaration: Declaration) -> Load:
    """Return what a scenario was measured to do, in the browser."""
    own = durations_with(AgentKind.BROWSER).of(plan.scenario_id)
    used = load_table().of(plan.scenario_id, declaration)
    steps = used.waited // declaration.otp.step_seconds
    moves = min(used.codes, steps) + (used.waited >= LONG_SECONDS)
    return Load(
        own,
        max(1, round(own * REQUESTS_A_SECOND), used.wrong_attempts),
        used.wrong_attempts,
        max(moves, 1) if used.waited else 0,
        float(used.waited),
    )


class Kind(Enum):
    """What an act is."""

    OWN = "own"
    REQUEST = "request"
    WRONG = "wrong"
    TIME = "time"


Act = tuple[Kind, float]
"""An act, and its seconds: of own work, or by which the time has to go on."""


def acts(load: Load) -> Iterator[Act]:
    """Yield a scenario's acts: its work between requests, the wrong codes last in each stretch."""
    stretches = load.moves + 1
    for stretch in range(stretches):
        requests = _share(load.requests, stretches, stretch)
        wrong = min(_share(load.wrong, stretches, stretch), requests)
        for number in range(requests):
            yield Kind.OWN, load.own / load.requests
            yield (Kind.WRONG if number >= requests - wrong else Kind.REQUEST), 0.0
        if stretch < load.moves:
            yield Kind.TIME, load.waited / load.moves


def _share(whole: int, parts: int, number: int) -> int:
    """Return the part of a number that falls to one of several, the parts adding up to it."""
    return whole * (number + 1) // parts - whole * number // parts


Relief = tuple[str, str, System]
"""What bounds, in Japanese and English, and the system without it."""


def reliefs(system: System) -> list[Relief]:
    """Return the system without each of its bounds, the more special ones first."""
    found: list[Relief] = []
    if system.clock is ClockKind.SHARED:
        own = replace(system, clock=ClockKind.OWN)
        found.append(("全員で共有する一つの時計", "the one clock that all share", own))
    if system.clock is ClockKind.REAL:
        own = replace(system, clock=ClockKind.OWN)
        found.append(("実時間の待ち", "waits for real time", own))
    if system.wrong_a_minute < inf:
        free = replace(system, wrong_a_minute=inf)
        ja, en = "誤ったワンタイムパスワードの受付制限", "its limit on wrong one-time passwords"
        found.append((ja, en, free))
    if system.at_once < inf:
        free = replace(system, at_once=inf)
        ja = f"同時に処理する要求の数（{system.at_once:g}）"
        found.append((ja, f"the requests it works on at a time ({system.at_once:g})", free))
    found.append(("応答の遅さ", "its latency", replace(system, latency=0.0)))
    return found
