"""What a selection will do and use up: everything that can be said before a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from otp_conformance.assets.consumption import Consumption, Table
from otp_conformance.assets.pool.file import Pool
from otp_conformance.assets.pool.ledger import Ledger, LedgerError
from otp_conformance.assets.pool.provisioner import open_pool
from otp_conformance.assets.port import Need
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.needs import Unmet, unmet_need
from otp_conformance.errors import UsageError
from otp_conformance.run.budget.match import Match, match
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.words import AgentKind


@dataclass(frozen=True)
class Totals:
    """Sums over the scenarios that will be carried out. Times in seconds."""

    needs: Mapping[Need, int]
    software_tokens: int
    codes: int
    wrong_attempts: int
    suspended: int
    burnt: int
    dispatched: int
    unlocked: int
    revoked: int
    waited: int
    longest_wait: int
    unknown: int

    @property
    def irreversible(self) -> bool:
        """Whether accounts will be suspended or tokens retired for good."""
        return bool(self.suspended or self.burnt)

    def seconds(self, workers: int = 1) -> int:
        """Estimate how long the waits last, when so many wait at the same time."""
        return max(self.longest_wait, -(-self.waited // workers))


@dataclass(frozen=True)
class Forecast:
    """The plan of a run.

    ``chosen``: all selected scenarios in their order; ``unmet``: those that will
    not be carried out, and why (``match.lacking`` among them). ``totals`` are of
    those that will; ``wanted`` of those that would with enough assets, too.
    """

    chosen: tuple[ScenarioPlan, ...]
    unmet: Mapping[str, Unmet]
    match: Match
    totals: Totals
    wanted: Totals
    pool: Pool | None
    ledger: Ledger | None

    @property
    def runnable(self) -> tuple[ScenarioPlan, ...]:
        """The scenarios that will be carried out."""
        return tuple(p for p in self.chosen if p.scenario_id not in self.unmet)


def pool_of(loaded: LoadedDeclaration) -> tuple[Pool, Ledger] | None:
    """Return the declared pool and its ledger, or None where customers are made anew.

    Raises `DeclarationError` with every problem of the pool's file.
    """
    adapters = loaded.declaration.adapters
    if adapters.provisioning.kind != "pool":
        return None
    seeds = adapters.tokens.kind == "simulated"
    return open_pool(adapters.provisioning, Path(loaded.path).parent, needs_seeds=seeds)


def forecast(
    chosen: Sequence[ScenarioPlan],
    loaded: LoadedDeclaration,
    table: Table,
    *,
    agent: AgentKind = AgentKind.BROWSER,
    repeat: int = 1,
) -> Forecast:
    """Return the plan of a run. Contacts nobody.

    Raises `DeclarationError` for a bad pool file, `UsageError` for a bad ledger.
    """
    declaration = loaded.declaration
    found = {p.scenario_id: unmet_need(p.tags, declaration, agent) for p in chosen}
    unmet = {scenario_id: why for scenario_id, why in found.items() if why is not None}
    runnable = [p for p in chosen if p.scenario_id not in unmet]
    prepared = pool_of(loaded)
    matched = Match()
    if prepared is not None:
        pool, ledger = prepared
        try:
            spent = ledger.spent()
        except LedgerError as error:
            raise UsageError(str(error), str(error)) from error
        matched = match(
            runnable,
            table=table,
            declaration=declaration,
            pool=pool,
            spent=spent,
            repeat=repeat,
        )
        unmet |= matched.lacking
    left = [p for p in runnable if p.scenario_id not in unmet]
    return Forecast(
        tuple(chosen),
        unmet,
        matched,
        totals([table.of(p.key, declaration) for p in left], repeat=repeat),
        totals([table.of(p.key, declaration) for p in runnable], repeat=repeat),
        *(prepared or (None, None)),
    )


def totals(consumptions: Sequence[Consumption], *, repeat: int = 1) -> Totals:
    """Return the sums of what scenarios use up, each carried out ``repeat`` times."""
    needs: dict[Need, int] = {}
    for consumption in consumptions:
        for need in consumption.needs:
            needs[need] = needs.get(need, 0) + repeat
    several = list(consumptions) * repeat
    return Totals(
        needs=needs,
        software_tokens=sum(c.software_tokens for c in several),
        codes=sum(c.codes for c in several),
        wrong_attempts=sum(c.wrong_attempts for c in several),
        suspended=sum(c.suspended for c in several),
        burnt=sum(c.burnt for c in several),
        dispatched=sum(c.dispatched for c in several),
        unlocked=sum(c.unlocked for c in several),
        revoked=sum(c.revoked for c in several),
        waited=sum(c.waited for c in several),
        longest_wait=max((c.waited for c in several), default=0),
        unknown=sum(not c.known for c in consumptions),
    )


def steps_of_a_person(declaration: Declaration, sums: Totals) -> dict[str, int]:
    """Return how often a person has to act, by what: "codes" to read, work of "staff"."""
    adapters = declaration.adapters
    found: dict[str, int] = {}
    if adapters.tokens.kind == "person":
        found["codes"] = sums.codes
    if adapters.staff is not None and adapters.staff.kind == "person":
        found["staff"] = sums.dispatched + sums.unlocked + sums.revoked
    return {what: number for what, number in found.items() if number}
