"""What a selection asks for, matched with what a pool still has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from otp_conformance.assets.consumption import Consumption, Table
from otp_conformance.assets.pool.file import Entry, Pool, PoolToken
from otp_conformance.assets.pool.ledger import Assets
from otp_conformance.assets.pool.shelf import (
    choose_customer,
    choose_token,
    free_customers,
    free_tokens,
    name_of,
)
from otp_conformance.assets.port import Need
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.needs import Unmet
from otp_conformance.language import say, speaking
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.verdict.verdict import Cause, Verdict


@dataclass(frozen=True)
class Shortage:
    """Too few of one thing: how many scenarios' needs, over all, and how many can be met.

    ``need`` None: software tokens reserved for the customers who apply for them.
    """

    need: Need | None
    needed: int
    left: int

    @property
    def name(self) -> str:
        """What is lacking, in the reader's words."""
        if self.need is None:
            return say("予約されたソフトウェアトークン", "reserved software tokens")
        return name_of(self.need)

    def __str__(self) -> str:
        """Return the sentence that names it."""
        number = self.needed - self.left
        person = self.need is not None and self.need.status is not None
        return say(
            f"{self.name}が {number} {'名' if person else '個'}足りません"
            f"（必要 {self.needed}、残り {self.left}）",
            f"{self.name}: {number} too few (needed {self.needed}, left {self.left})",
        )


@dataclass(frozen=True)
class Match:
    """Whether a pool suffices. ``lacking``: scenario ID to why it cannot be carried out."""

    shortages: tuple[Shortage, ...] = ()
    lacking: dict[str, Unmet] = field(default_factory=dict)


class _Shelf:
    """What is left while scenarios are served one after the other."""

    def __init__(self, customers: Iterable[Entry], tokens: Iterable[PoolToken]) -> None:
        self.customers = list(customers)
        self.tokens = list(tokens)

    def serve(self, consumption: Consumption) -> list[Need | None]:
        """Take what a scenario needs; return what is not there, and take nothing then."""
        before = (list(self.customers), list(self.tokens))
        lacking: list[Need | None] = []
        reserved = 0
        for need in consumption.needs:
            if need.status is None:
                token = choose_token(self.tokens, need)
                if token is None:
                    lacking.append(need)
                else:
                    self.tokens.remove(token)
                continue
            software = reserved < consumption.software_tokens
            entry = choose_customer(self.customers, need, software=software)
            entry = entry or choose_customer(self.customers, need)
            if entry is None:
                lacking.append(need)
            else:
                reserved += entry.reserved is not None
                self.customers.remove(entry)
        customers_lacking = any(n is not None and n.status is not None for n in lacking)
        if not customers_lacking:
            lacking += [None] * (consumption.software_tokens - reserved)
        if lacking:
            self.customers, self.tokens = before
        return lacking


def match(
    plans: Sequence[ScenarioPlan],
    *,
    table: Table,
    declaration: Declaration,
    pool: Pool,
    spent: Assets,
    repeat: int = 1,
) -> Match:
    """Serve scenarios from what is left of a pool, in their order, as a run would.

    A scenario that was never measured asks for nothing here; the run itself
    finds out. ``repeat``: how often each is carried out.
    """
    shelf = _Shelf(free_customers(pool, spent), free_tokens(pool, spent))
    needed: dict[Need | None, int] = {}
    failed: dict[Need | None, int] = {}
    unserved: dict[str, list[Need | None]] = {}
    for _ in range(repeat):
        for plan in plans:
            consumption = table.of(plan.key, declaration)
            for need in (*consumption.needs, *[None] * consumption.software_tokens):
                needed[need] = needed.get(need, 0) + 1
            missing = shelf.serve(consumption)
            for need in missing:
                failed[need] = failed.get(need, 0) + 1
            if missing:
                unserved.setdefault(plan.scenario_id, missing)
    shortages = tuple(Shortage(need, needed[need], needed[need] - n) for need, n in failed.items())
    by_need = {shortage.need: shortage for shortage in shortages}
    with speaking("ja"):  # reasons go into the journal, which is Japanese
        lacking = {
            scenario_id: _unmet([by_need[need] for need in dict.fromkeys(missing)])
            for scenario_id, missing in unserved.items()
        }
    return Match(shortages, lacking)


def _unmet(shortages: Sequence[Shortage]) -> Unmet:
    return Unmet(
        Verdict.NOT_RUN,
        Cause.DECLARATION,
        expected="用意した一覧に、" + "、".join(s.name for s in shortages) + "が残っていること",
        observed="。".join(map(str, shortages)),
        hint="一覧に足すか、元の状態に戻してから otp-conformance assets --release で"
        "解放してください。",
    )
