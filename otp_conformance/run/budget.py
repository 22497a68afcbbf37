"""What a selection uses up, whether what is prepared suffices, and whether a run may begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from otp_conformance.assets.consumption import Amounts, Consumption, Table, load_table
from otp_conformance.assets.pool.file import Entry, Pool, PoolToken
from otp_conformance.assets.pool.ledger import Assets, Ledger, LedgerError
from otp_conformance.assets.pool.provisioner import list_of, open_pool
from otp_conformance.assets.pool.shelf import (
    Rows,
    beyond,
    choose_customer,
    choose_token,
    free_customers,
    free_tokens,
    kind_of_customer,
    kind_of_token,
    name_of,
)
from otp_conformance.assets.port import Need
from otp_conformance.clock.port import TOKYO
from otp_conformance.clock.start import scenario_start
from otp_conformance.declaration.adapters.provisioning import ProvisioningAdapter
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.needs import Unmet
from otp_conformance.errors import UsageError
from otp_conformance.language import Text, say, speaking
from otp_conformance.people.timeline import before_the_list, first_date
from otp_conformance.run.plan import unmet_of
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.words import AgentKind, Kind, Status
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


# A token that expires is looked at on the day after (`people.procedures.let_expire`).
_BEYOND_EXPIRY = timedelta(days=2)


class Shelf:
    """What is left while scenarios are served one after the other.

    ``begin``: moment at which each begins; None where nobody looks at when tokens expire.
    """

    def __init__(
        self,
        pool: Pool,
        customers: Iterable[Entry],
        tokens: Iterable[PoolToken],
        begin: datetime | None,
    ) -> None:
        self.pool = pool
        self.begin = begin
        self.customers = Rows(customers, kind_of_customer)
        self.tokens = Rows(tokens, self._kind_of_token)

    def _kind_of_token(self, token: PoolToken) -> Hashable:
        return kind_of_token(token), None if self.begin is None else self.pool.expiry(token)

    def serve(self, consumption: Consumption, *, in_part: bool = False) -> list[Need | None]:
        """Take what a scenario needs; return what is not there, and take nothing then.

        ``in_part``: take what there is all the same.
        """
        customers: list[tuple[int, Entry]] = []
        tokens: list[tuple[int, PoolToken]] = []
        lacking: list[Need | None] = []
        reserved = 0
        until = self.begin and consumption.until(self.begin)
        for need in consumption.needs:
            if need.status is None:
                token = choose_token(self.pool, self.tokens.firsts(), need, until=until)
                if token is None:
                    lacking.append(need)
                    continue
                tokens.append(self.tokens.take(token))
                if until is not None and consumption.expires:
                    until = self.pool.expiry(token) + _BEYOND_EXPIRY
                continue
            software = consumption.software_tokens - reserved
            entry = self._customer(need, software) or self._customer(need, 0)
            if entry is None:
                lacking.append(need)
            else:
                reserved += min(software, len(entry.reserved) - need.reserved)
                customers.append(self.customers.take(entry))
        customers_lacking = any(n is not None and n.status is not None for n in lacking)
        if not customers_lacking:
            lacking += [None] * (consumption.software_tokens - reserved)
        if lacking and not in_part:
            for taken in reversed(customers):
                self.customers.put_back(taken)
            for other in reversed(tokens):
                self.tokens.put_back(other)
        return lacking

    def _customer(self, need: Need, software: int) -> Entry | None:
        firsts, number_of = self.customers.firsts(), self.customers.number_of
        return choose_customer(firsts, need, software=software, number_of=number_of)


def match(
    plans: Sequence[ScenarioPlan],
    *,
    table: Table,
    declaration: Declaration,
    pool: Pool,
    spent: Assets,
    repeat: int = 1,
    begin: datetime | None = None,
) -> Match:
    """Serve scenarios from what is left of a pool, in their order, as a run would.

    ``begin``: see `Shelf`. A scenario that was never measured asks for nothing here; the
    run itself finds out. ``repeat``: how often each is carried out.
    """
    shelf = Shelf(pool, free_customers(pool, spent), free_tokens(pool, spent), begin)
    # How many are lacking for all of them: what one scenario leaves for want of something
    # else would hide that a later one lacks it.
    all_of_it = Shelf(pool, list(shelf.customers), list(shelf.tokens), begin)
    needed: dict[Need | None, int] = {}
    failed: dict[Need | None, int] = {}
    unserved: dict[str, list[Need | None]] = {}
    for _ in range(repeat):
        for plan in plans:
            consumption = table.of(plan.scenario_id, declaration)
            for need in (*consumption.needs, *[None] * consumption.software_tokens):
                needed[need] = needed.get(need, 0) + 1
            for need in all_of_it.serve(consumption, in_part=True):
                failed[need] = failed.get(need, 0) + 1
            missing = shelf.serve(consumption)
            if missing:
                unserved.setdefault(plan.scenario_id, missing)
    shortages = tuple(Shortage(need, needed[need], needed[need] - n) for need, n in failed.items())
    by_need = {shortage.need: shortage for shortage in shortages}
    with speaking("ja"):  # reasons go into the journal, which is Japanese
        lacking = {
            scenario_id: _unmet(
                [by_need.get(n) or Shortage(n, needed[n], 0) for n in dict.fromkeys(missing)]
            )
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


@dataclass(frozen=True, kw_only=True)
class Totals(Amounts):
    """Sums over the scenarios that will be carried out. Times in seconds."""

    needs: Mapping[Need, int]
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
    repeat: int = 1

    @property
    def able(self) -> frozenset[str]:
        """The scenarios that would be carried out with enough assets."""
        left_out = self.unmet.keys() - self.match.lacking.keys()
        return frozenset(p.scenario_id for p in self.chosen if p.scenario_id not in left_out)

    @property
    def runnable(self) -> tuple[ScenarioPlan, ...]:
        """The scenarios that will be carried out."""
        return tuple(p for p in self.chosen if p.scenario_id not in self.unmet)


@dataclass(frozen=True)
class Expiries:
    """Until when tokens in stock must be valid.

    ``last``: dates in Japan, each with how many tokens must not expire up to it;
    ``expiring``: the scenarios that let one token expire and go on with another.
    """

    last: tuple[tuple[date, int], ...] = ()
    expiring: tuple[str, ...] = ()


def pool_of(loaded: LoadedDeclaration) -> tuple[Pool, Ledger] | None:
    """Return the declared pool and its ledger, or None where customers are made anew.

    Raises `DeclarationError` with every problem of the pool's file.
    """
    adapters = loaded.declaration.adapters
    if not adapters.provisioning.listed:
        return None
    seeds = adapters.tokens.kind == "simulated"
    return open_pool(
        adapters.provisioning,
        Path(loaded.path).parent,
        needs_seeds=seeds,
        shortest_serial=loaded.declaration.serial.min_length,
    )


def missing_list(loaded: LoadedDeclaration) -> Path | None:
    """Return where the declared list is to be, if it has not been written yet."""
    adapter = loaded.declaration.adapters.provisioning
    path = list_of(adapter, Path(loaded.path).parent)
    return path if adapter.listed and not path.exists() else None


def forecast(
    chosen: Sequence[ScenarioPlan],
    loaded: LoadedDeclaration,
    table: Table,
    *,
    agent: AgentKind = AgentKind.BROWSER,
    repeat: int = 1,
    listed: bool = True,
    share: Assets | None = None,
) -> Forecast:
    """Return the plan of a run. Contacts nobody.

    ``listed`` False: look at no list of customers and tokens, there may be none. ``share``:
    what of the list the run keeps to, None for all. Raises
    `DeclarationError` for a bad pool file, `UsageError` for a bad ledger.
    """
    declaration = loaded.declaration
    unmet = unmet_of(chosen, declaration, agent)
    runnable = [p for p in chosen if p.scenario_id not in unmet]
    adapter = declaration.adapters.provisioning
    if adapter.described:
        for plan in runnable:
            why = _not_offered(table.of(plan.scenario_id, declaration), adapter)
            if why is not None:
                unmet[plan.scenario_id] = why
        runnable = [p for p in runnable if p.scenario_id not in unmet]
    prepared = pool_of(loaded) if listed else None
    if prepared is not None and declaration.adapters.clock.reversible:
        unmet |= _too_early(runnable, prepared[0])
        runnable = [p for p in runnable if p.scenario_id not in unmet]
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
            spent=spent | beyond(pool, share),
            repeat=repeat,
            begin=beginning(declaration, pool),
        )
        unmet |= matched.lacking
    left = [p for p in runnable if p.scenario_id not in unmet]
    return Forecast(
        tuple(chosen),
        unmet,
        matched,
        totals([table.of(p.scenario_id, declaration) for p in left], repeat=repeat),
        totals([table.of(p.scenario_id, declaration) for p in runnable], repeat=repeat),
        pool=None if prepared is None else prepared[0],
        ledger=None if prepared is None else prepared[1],
        repeat=repeat,
    )


def beginning(declaration: Declaration, pool: Pool | None) -> datetime | None:
    """Return when a scenario begins; None where prepared tokens are taken to last."""
    if declaration.adapters.provisioning.kind != "procedures":
        return None
    if declaration.adapters.clock.reversible:
        return scenario_start(pool.made_at if pool else None)
    return datetime.now(UTC)


def _too_early(plans: Iterable[ScenarioPlan], pool: Pool) -> dict[str, Unmet]:
    """Return the scenarios of a date at which the list's customers are not there yet, and why."""
    made, found = pool.made_at, dict[str, Unmet]()
    for plan in plans:
        date = first_date(step.text for step in plan.steps)
        if made is not None and date is not None and date < scenario_start(made):
            why = before_the_list(date, made)
            found[plan.scenario_id] = Unmet(Verdict.NOT_RUN, Cause.DECLARATION, **why)
    return found


def expiries(found: Forecast, table: Table, declaration: Declaration) -> Expiries:
    """Return until when the tokens in stock that a plan needs must be valid."""
    begin, last, expiring = beginning(declaration, found.pool), Counter[date](), []
    if begin is None:
        return Expiries()
    for plan in (p for p in found.chosen if p.scenario_id in found.able):
        consumption = table.of(plan.scenario_id, declaration)
        stock = sum(n.status is None and n.kind is Kind.HARDWARE for n in consumption.needs)
        if consumption.expires and stock:
            expiring.append(plan.scenario_id)
        elif stock:
            day = consumption.until(begin).astimezone(TOKYO).date()
            last[day] += stock * found.repeat
    return Expiries(tuple(sorted(last.items())), tuple(expiring))


def calls_needed(sums: Totals, adapter: ProvisioningAdapter) -> dict[str, Counter[str]]:
    """Return how often each described call is made: by verb, then by what it makes."""
    if not adapter.described:
        return {}
    found = {verb: Counter[str]() for verb in ("customer", "token", "software_token")}
    for need, number in sums.needs.items():
        if need.status is None:
            found["token"][str(need.kind)] += number
            continue
        found["customer"][f"{need.status}・{need.kind}"] += number
        if adapter.sends_serial and need.status is not Status.NOT_REGISTERED:
            found["token"][str(need.kind)] += number
    found["software_token"][str(Kind.SOFTWARE)] += sums.software_tokens
    return {verb: +states for verb, states in found.items() if sum(states.values())}


def _not_offered(consumption: Consumption, adapter: ProvisioningAdapter) -> Unmet | None:
    """Return why the described calls cannot make what a scenario needs, or None."""
    sums = totals([consumption])
    table = "calls" if adapter.kind == "http" else "commands"
    lacking = [
        f"adapters.provisioning.{table}.{verb}"
        for verb in calls_needed(sums, adapter)
        if not getattr(getattr(adapter, table), verb)
    ]
    words = {word for need in sums.needs for word in (need.status, need.kind) if word is not None}
    lacking += [
        f"adapters.provisioning.words.{word}"
        for word in sorted(words)
        if not getattr(adapter.words, word)
    ]
    if not lacking:
        return None
    keys = "、".join(lacking)
    return Unmet(
        Verdict.NOT_RUN,
        Cause.DECLARATION,
        expected="シナリオに要るお客さまとトークンを作れること",
        observed=f"作る手段が宣言されていません（{keys}）",
        hint=f"宣言の {keys} を用意すると実施できます。",
    )


def totals(consumptions: Sequence[Consumption], *, repeat: int = 1) -> Totals:
    """Return the sums of what scenarios use up, each carried out ``repeat`` times."""
    needs: dict[Need, int] = {}
    for consumption in consumptions:
        for need in consumption.needs:
            needs[need] = needs.get(need, 0) + repeat
    several = list(consumptions) * repeat
    amounts = {f.name: sum(getattr(c, f.name) for c in several) for f in fields(Amounts)}
    amounts["software_tokens"] += sum(need.reserved for c in several for need in c.needs)
    return Totals(
        **amounts,
        needs=needs,
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


Ask = Callable[[Text], bool | None]
"""Asks somebody for a yes; None where nobody is there to be asked."""

Admit = Callable[[Sequence[ScenarioPlan], Assets | None], Mapping[str, Unmet]]
"""Lets scenarios begin, each as often as it is given; returns those that cannot, and
why. The assets: what of a prepared list the run keeps to, None for all. Raises
`UsageError` when the run must not begin at all."""


def admit_all(plans: Sequence[ScenarioPlan], share: Assets | None = None) -> Mapping[str, Unmet]:
    """Let everything begin."""
    del plans, share
    return {}


@dataclass(frozen=True)
class Admission:
    """Admits the scenarios of a run against a declared system (an `Admit`).

    ``partial``: carry out what prepared assets suffice for, instead of refusing.
    ``yes``: what cannot be undone has been agreed to; else ``ask`` asks. A system
    that the run starts itself (sut.start) is its own and needs no yes.
    """

    loaded: LoadedDeclaration
    agent: AgentKind
    partial: bool
    yes: bool
    ask: Ask

    def __call__(
        self, plans: Sequence[ScenarioPlan], share: Assets | None = None
    ) -> Mapping[str, Unmet]:
        """Return the scenarios that cannot be carried out, and why."""
        ours = self.loaded.declaration.sut.start is not None
        if ours and not self.loaded.declaration.adapters.provisioning.listed:
            return {}
        found = forecast(plans, self.loaded, load_table(), agent=self.agent, share=share)
        if found.match.shortages and not self.partial:
            with_all = "".join(f"\n  {shortage}" for shortage in found.match.shortages)
            raise UsageError(
                f"用意した一覧では足りません。{with_all}\n"
                "一覧に足すか、使い終えたものを元に戻して otp-conformance assets --release で"
                "解放するか、--partial を付けて実施できる分だけ実施してください。",
                f"The prepared assets do not suffice.{with_all}\n"
                "Add some, or restore used ones and free them with otp-conformance assets "
                "--release, or carry out what is possible with --partial.",
            )
        if found.totals.irreversible and not ours and not self.yes:
            _agree(found.totals, self.ask)
        return found.unmet


def warning(sums: Totals) -> Text:
    """Return what a run will do that nobody can undo on the screens, without zeros."""
    ja, en = [], []
    if sums.suspended:
        ja.append(f"検査対象のお客さま {sums.suspended} 名の認証を停止させ")
        en.append(f"suspend {sums.suspended} customers")
    if sums.burnt:
        ja.append(f"トークン {sums.burnt} 個を使えなくし")
        en.append(f"retire {sums.burnt} tokens")
    wrong_ja = wrong_en = ""
    if sums.wrong_attempts:
        wrong_ja = f"（誤ったワンタイムパスワードの入力は約 {sums.wrong_attempts} 回）"
        wrong_en = f" (about {sums.wrong_attempts} wrong OTPs)"
    return Text(
        f"この実行は、{'、'.join(ja)}ます{wrong_ja}。",
        f"This run will {' and '.join(en)}{wrong_en}.",
    )


def _agree(sums: Totals, ask: Ask) -> None:
    said = warning(sums)
    answer = ask(said)
    if answer is None:
        raise UsageError(
            f"{said.ja}よければ --yes を付けてください。",
            f"{said.en} Give --yes if that is all right.",
        )
    if not answer:
        raise UsageError("実行しませんでした。", "Nothing was carried out.")
