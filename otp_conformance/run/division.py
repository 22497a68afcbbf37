"""A run divided beforehand into parts, each for a machine of its own.

Every machine computes the same division by itself: scenarios by how long they were measured
to take, prepared customers and tokens by what those scenarios use up. So that nothing is used
twice, all begin with the same list and the same ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from otp_conformance.assets.consumption import Table, load_table
from otp_conformance.assets.pool.file import Pool
from otp_conformance.assets.pool.ledger import Assets, LedgerError
from otp_conformance.assets.pool.shelf import (
    free_customers,
    free_tokens,
    kind_of_customer,
    kind_of_token,
)
from otp_conformance.errors import UsageError
from otp_conformance.journal.events import Shard
from otp_conformance.run.budget import Shelf, beginning, pool_of
from otp_conformance.run.durations import SecondsOf, takes
from otp_conformance.run.plan import Division
from otp_conformance.run.pool import shares_clock
from otp_conformance.run.request import Request
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.words import AgentKind


def divide(request: Request, chosen: Sequence[ScenarioPlan]) -> Division:
    """Return the part that was asked for (``request.shard``).

    Raises `UsageError` where there are more parts than scenarios, and where machines would
    move one clock for each other.
    """
    part, declaration = request.shard, request.loaded.declaration
    assert part is not None  # noqa: S101 - asked for a part
    if part.of > len(chosen):
        raise UsageError(
            f"--shard {part}: シナリオは {len(chosen)} 件しかありません。分ける数を"
            f" {len(chosen)} 以下にしてください。",
            f"--shard {part}: there are only {len(chosen)} scenarios. Divide by at most that.",
        )
    if shares_clock(declaration):
        raise UsageError(
            "--shard は、一つの検査対象の時刻を進める宣言では使えません: 一台が進めた時刻は、ほかの"
            "台の時刻でもあります。台ごとに検査対象を起動する（sut.start）か、--shard を外して"
            "ください。",
            "--shard cannot be used where one system's clock is moved: whoever moves it moves it "
            "for all machines. Let each start a system of its own (sut.start), or leave it out.",
        )
    table = load_table()
    parts = by_duration(chosen, takes(AgentKind.BROWSER, request.loaded), part.of)
    shares = _shares(request, chosen, parts, table)
    plain = [
        [[p.scenario_id for p in plans] for plans in parts],
        None if shares is None else [[sorted(s.customers), sorted(s.tokens)] for s in shares],
    ]
    digest = hashlib.sha256(json.dumps(plain).encode()).hexdigest()
    own = {plan.scenario_id for plan in parts[part.number - 1]}
    return Division(
        Shard(number=part.number, of=part.of, division=digest),
        tuple(plan for plan in chosen if plan.scenario_id in own),
        None if shares is None else shares[part.number - 1],
    )


def by_duration(
    plans: Sequence[ScenarioPlan], seconds_of: SecondsOf, number: int
) -> list[list[ScenarioPlan]]:
    """Divide scenarios so that all parts take about as long: the longest first, to the emptiest.

    The same for the same scenarios, in whichever order they come.
    """
    weighed = [(seconds_of(plan.scenario_id), plan) for plan in plans]
    weighed.sort(key=lambda each: (-each[0], each[1].scenario_id))
    parts: list[list[ScenarioPlan]] = [[] for _ in range(number)]
    loads = [0.0] * number
    for seconds, plan in weighed:
        emptiest = loads.index(min(loads))
        parts[emptiest].append(plan)
        loads[emptiest] += seconds
    return parts


def _shares(
    request: Request,
    chosen: Sequence[ScenarioPlan],
    parts: Sequence[Sequence[ScenarioPlan]],
    table: Table,
) -> list[Assets] | None:
    prepared = pool_of(request.loaded)
    if prepared is None:
        return None
    pool, ledger = prepared
    try:
        spent = ledger.spent()
    except LedgerError as error:
        raise UsageError(str(error), str(error)) from error
    declaration = request.loaded.declaration
    shelf = Shelf(
        pool, free_customers(pool, spent), free_tokens(pool, spent), beginning(declaration, pool)
    )
    part_of = {plan.scenario_id: n for n, plans in enumerate(parts) for plan in plans}
    shares = [Assets()] * len(parts)
    for plan in sorted(chosen, key=lambda plan: plan.scenario_id) * request.repeat:
        before = on_shelf(shelf)
        shelf.serve(table.of(plan.scenario_id, declaration), in_part=True)
        shares[part_of[plan.scenario_id]] |= before - on_shelf(shelf)
    for number, left in enumerate(_dealt(shelf, len(parts))):
        shares[number] |= left  # for further attempts, and for what was never measured
    return [with_what_they_hold(pool, share) for share in shares]


def on_shelf(shelf: Shelf) -> Assets:
    """Return what stands on a shelf, without what customers hold."""
    return Assets(
        frozenset(e.login_id for e in shelf.customers), frozenset(t.serial for t in shelf.tokens)
    )


def _dealt(shelf: Shelf, number: int) -> list[Assets]:
    """Deal what is left out, kind by kind, one to each in turn."""
    customers = [(e.login_id, kind_of_customer(e)) for e in shelf.customers]
    tokens = [(t.serial, kind_of_token(t)) for t in shelf.tokens]
    return [
        Assets(each, other)
        for each, other in zip(_deal(customers, number), _deal(tokens, number), strict=True)
    ]


def _deal(named: Iterable[tuple[str, Hashable]], number: int) -> list[frozenset[str]]:
    hands: list[set[str]] = [set() for _ in range(number)]
    dealt = Counter[Hashable]()
    for name, kind in named:
        hands[dealt[kind] % number].add(name)
        dealt[kind] += 1
    return [frozenset(hand) for hand in hands]


def with_what_they_hold(pool: Pool, share: Assets) -> Assets:
    """Add to customers their tokens: in hand, and reserved for them."""
    held = {
        token.serial
        for entry in pool.entries
        if entry.login_id in share.customers
        for token in (entry.token, *entry.reserved)
        if token is not None
    }
    return share | Assets(tokens=frozenset(held))


def keep_to_share(request: Request, run_id: str, part: Division) -> None:
    """Let a run use its own share of a prepared list alone, whoever works for it."""
    prepared = pool_of(request.loaded)
    if prepared is not None and part.share is not None:
        try:
            prepared[1].keep_to(run_id, part.share)
        except LedgerError as error:
            raise UsageError(str(error), str(error)) from error


def share_of(request: Request) -> Assets | None:
    """Return the share that a run to go on with keeps to, None for everything."""
    prepared = pool_of(request.loaded)
    if prepared is None or request.resume is None:
        return None
    try:
        return prepared[1].share(request.resume.run_id)
    except LedgerError as error:
        raise UsageError(str(error), str(error)) from error
