"""What scenarios use up: customers, tokens, codes, attempts, staff's work, time.

One `Spending` belongs to the ports of one deployment. Whoever hands something
out, or sees it used, notes it here; the run journals each scenario's notes, a
pool of prepared assets keeps them for good, and `Table` holds what each scenario
used up when it was measured (requirements/consumption.json of the manual and of each set).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from otp_conformance.assets.port import LIFETIME, Need, stock_for, unregistered_for
from otp_conformance.declaration.model import Declaration
from otp_conformance.errors import SuiteFaultError
from otp_conformance.journal.journal import Journal
from otp_conformance.resources import features_dir
from otp_conformance.specification.ids import order
from otp_conformance.specification.manual import SETS
from otp_conformance.specification.words import Kind, Status
from otp_conformance.verdict.verdict import Verdict

TABLE_FILE = "requirements/consumption.json"
_LENGTH = "confirmation_length="


class What(StrEnum):
    """What can be used up. The values stand in journals and ledgers."""

    CUSTOMER = "customer"
    TOKEN = "token"  # noqa: S105 - a kind of asset, no secret
    SOFTWARE_TOKEN = "software_token"  # noqa: S105
    CODE = "code"
    WRONG = "wrong_attempt"
    SUSPENDED = "suspended"
    BURNT = "burnt"
    DISPATCHED = "dispatched"
    UNLOCKED = "unlocked"
    REVOKED = "revoked"
    WAITED = "waited_seconds"


@dataclass(frozen=True)
class Spent:
    """One thing used up.

    ``who``: login ID or serial number; ``detail``: for a customer or token
    what was asked for, see `Need`; for a code its time step. Never a secret.
    """

    what: What
    who: str = ""
    detail: str = ""
    amount: int = 1

    @property
    def key(self) -> str:
        """Name of the sum that it adds to: customers and tokens are told apart."""
        told_apart = self.what in (What.CUSTOMER, What.TOKEN, What.SOFTWARE_TOKEN)
        return f"{self.what}:{self.detail}" if told_apart and self.detail else str(self.what)


class Spending:
    """The notes of the scenario at hand."""

    def __init__(self) -> None:
        self.run_id = ""
        self.scenario = ""
        self.listeners: list[Callable[[Spent], None]] = []
        self._notes: list[Spent] = []

    def begin(self, run_id: str, scenario: str) -> None:
        """Begin a scenario's notes. ``scenario``: its key in the table of consumption."""
        self.run_id, self.scenario = run_id, scenario
        self._notes.clear()

    def note(self, what: What, who: str = "", detail: str = "", amount: int = 1) -> None:
        """Take note of something used up, and tell whoever listens."""
        spent = Spent(what, who, detail, amount)
        if what in (What.SUSPENDED, What.BURNT) and spent in self._notes:
            return  # seen once more: no second account or token
        self._notes.append(spent)
        for listener in self.listeners:
            listener(spent)

    def sums(self) -> dict[str, int]:
        """Return the sums of the scenario's notes by key, in order of appearance."""
        found: dict[str, int] = {}
        for spent in self._notes:
            found[spent.key] = found.get(spent.key, 0) + spent.amount
        return found


class TableFile(BaseModel):
    """The file: what the measured system declared, and the sums by scenario id."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int = 1
    threshold: int
    confirmation_min_length: int
    confirmation_max_length: int
    scenarios: dict[str, dict[str, int]]


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """How much is used up. ``waited``: seconds that the time at the system has to go on."""

    software_tokens: int = 0
    codes: int = 0
    wrong_attempts: int = 0
    suspended: int = 0
    burnt: int = 0
    dispatched: int = 0
    unlocked: int = 0
    revoked: int = 0
    waited: int = 0


@dataclass(frozen=True, kw_only=True)
class Consumption(Amounts):
    """What one scenario uses up under a declaration. ``known``: it has been measured.

    ``needs``: customers and tokens in the order in which they are asked for.
    """

    needs: tuple[Need, ...] = ()
    known: bool = True

    @property
    def expires(self) -> bool:
        """Whether the scenario lets a token expire: another one must then last longer."""
        return self.waited >= LIFETIME.total_seconds()  # as it was measured

    def until(self, begin: datetime) -> datetime:
        """Return until when its tokens must not expire, the scenario beginning at a moment."""
        return begin if self.expires else begin + timedelta(seconds=self.waited)


@dataclass(frozen=True)
class Table:
    """The measured sums, and how to read them for another declaration."""

    file: TableFile

    def applies_for_software(self, scenario_id: str) -> int:
        """Return how often the scenario asks for a customer's reserved software token."""
        return self.file.scenarios.get(scenario_id, {}).get(What.SOFTWARE_TOKEN, 0)

    def lasting(self, scenario_id: str, moment: datetime) -> datetime:
        """Return until when a token that is handed out at a moment must not expire."""
        waited = self.file.scenarios.get(scenario_id, {}).get(What.WAITED, 0)
        return Consumption(waited=waited).until(moment)

    def sums(self, scenario_id: str) -> dict[str, int] | None:
        """Return a scenario's sums as measured, or None for one never measured."""
        return self.file.scenarios.get(scenario_id)

    def of(self, scenario_id: str, declaration: Declaration) -> Consumption:
        """Return what a scenario uses up under a declaration.

        Wrong attempts were counted at the measured threshold (IX-21) and grow with
        the declared one; shortest and longest passwords are the declared ones.
        """
        sums = self.file.scenarios.get(scenario_id)
        if sums is None:
            return Consumption(known=False)
        amount = {what: sums.get(what, 0) for what in What}
        wrong, measured = amount[What.WRONG], self.file.threshold
        if wrong >= measured - 1:
            wrong = math.ceil(wrong * declaration.lockout.threshold / measured)
        needs = tuple(self._needs(sums, declaration))
        looked_at, mistakes = _looks(needs, declaration)
        made = _made(needs, declaration)
        prepared = declaration.adapters.tokens.software.source == "prepared"
        return Consumption(
            needs=made.needs,
            software_tokens=amount[What.SOFTWARE_TOKEN] if prepared else 0,
            codes=amount[What.CODE] + made.codes,
            wrong_attempts=wrong + mistakes,
            suspended=max(amount[What.SUSPENDED], looked_at),
            burnt=amount[What.BURNT] + amount[What.REVOKED] + made.burnt,
            dispatched=amount[What.DISPATCHED] + made.dispatched,
            unlocked=amount[What.UNLOCKED],
            revoked=amount[What.REVOKED],
            waited=amount[What.WAITED] + looked_at * declaration.otp.step_seconds + made.waited,
        )

    def _needs(self, sums: Mapping[str, int], declaration: Declaration) -> Iterator[Need]:
        rules = declaration.confirmation_password
        for key, count in sums.items():
            what, _, text = key.partition(":")
            if what not in (What.CUSTOMER, What.TOKEN) or not text:
                continue
            text = text.replace(f"{_LENGTH}shortest", f"{_LENGTH}{rules.min_length}")
            text = text.replace(f"{_LENGTH}longest", f"{_LENGTH}{rules.max_length}")
            yield from [Need.parse(text)] * count


def _looks(needs: Sequence[Need], declaration: Declaration) -> tuple[int, int]:
    """Return how many customers are looked at beforehand, and the wrong attempts for it.

    The table was measured where customers are made on request; suspended ones out of a
    prepared list are tried with one OTP (`people.introduction`), and perhaps suspended first.
    """
    adapter = declaration.adapters.provisioning
    if not adapter.listed:
        return 0, 0
    found = sum(need.status is Status.SUSPENDED for need in needs)
    here = declaration.lockout.threshold if adapter.suspends_here else 0
    return found, found * (1 + here)


def _made(needs: Sequence[Need], declaration: Declaration) -> Consumption:
    """Return what is needed where the procedures make the customers, and used up by making them.

    Elsewhere just the needs. The same rules as `people.making` follows.
    """
    if declaration.adapters.provisioning.kind != "procedures":
        return Consumption(needs=tuple(needs))
    reserved = int(declaration.adapters.tokens.software.source == "prepared")
    raw: list[Need] = []
    dispatched = codes = ended = 0
    for need in needs:
        if need.status in (None, Status.NOT_REGISTERED):
            raw.append(need if need.status is None else unregistered_for(need))
            continue
        raw.append(unregistered_for(need, reserved=reserved))
        if need.kind is Kind.HARDWARE:
            raw.append(stock_for(need))
            dispatched += 1
        codes += need.status is not Status.ISSUED
        ended += need.status is Status.DEACTIVATED
    return Consumption(
        needs=tuple(raw),
        codes=codes + ended * declaration.ics.otp_on_deactivation,
        burnt=ended,
        dispatched=dispatched,
        waited=ended * declaration.otp.step_seconds,
    )


@cache
def load_table(path: Path | None = None) -> Table:
    """Return a table, by default all that the suite carries: the manual's with the sets'.

    Raises `SuiteFaultError`.
    """
    if path is not None:
        return Table(_read(path))
    found = _read(features_dir() / TABLE_FILE)
    tables = [_read(path) for path in sorted(features_dir().glob(f"{SETS}/*/{TABLE_FILE}"))]
    scenarios = dict(found.scenarios)
    for table in tables:
        scenarios |= table.scenarios
    return Table(found.model_copy(update={"scenarios": scenarios}))


def _read(path: Path) -> TableFile:
    try:
        return TableFile.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SuiteFaultError(
            f"消費量の表 {path} を読めません。インストールし直してください。",
            f"The table of consumption {path} cannot be read. Please reinstall.",
        ) from error


def measure(
    journal: Journal,
    declaration: Declaration,
    former: TableFile | None,
    known: Collection[str],
) -> TableFile:
    """Return the table that a run gives; what it left out is kept from the ``former`` one.

    ``known``: ids of all scenarios that there are; others are dropped.
    """
    rules = declaration.confirmation_password
    found = dict(former.scenarios) if former else {}
    for scenario_id in journal.planned:
        attempt = journal.last(scenario_id)
        if attempt.finished is None or attempt.finished.verdict is not Verdict.PASS:
            continue
        sums = attempt.consumed.amounts if attempt.consumed else {}
        found[scenario_id] = {
            key.replace(f"{_LENGTH}{rules.min_length}", f"{_LENGTH}shortest").replace(
                f"{_LENGTH}{rules.max_length}", f"{_LENGTH}longest"
            ): amount
            for key, amount in sums.items()
        }
    return TableFile(
        threshold=declaration.lockout.threshold,
        confirmation_min_length=rules.min_length,
        confirmation_max_length=rules.max_length,
        scenarios={key: found[key] for key in sorted(found, key=order) if key in known},
    )


def write_table(table: TableFile, path: Path) -> None:
    """Write a table, one scenario a line, so that changes can be read."""
    head = json.dumps(table.model_dump(exclude={"scenarios"}), ensure_ascii=False)[:-1]
    lines = ",\n".join(
        f"  {json.dumps(key, ensure_ascii=False)}: {json.dumps(row, ensure_ascii=False)}"
        for key, row in table.scenarios.items()
    )
    text = f'{head}, "scenarios": {{\n{lines}\n}}'
    path.write_text(f"{text}}}\n", encoding="utf-8")
