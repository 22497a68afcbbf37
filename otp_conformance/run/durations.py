"""How long scenarios take: as measured with the reference bank, and at the pace of a system.

`Durations` estimates before and during a run; the tables (requirements/durations.json of the
manual and of each set) are rebuilt from finished runs with ``otp-conformance plan --measure``.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from statistics import median

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from otp_conformance.assets import consumption
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.errors import SuiteFaultError
from otp_conformance.journal.events import EVENT, RunStarted
from otp_conformance.journal.journal import JOURNAL_FILE, Journal, JournalError, read
from otp_conformance.resources import features_dir
from otp_conformance.specification.ids import order
from otp_conformance.specification.manual import SETS
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.verdict import Verdict

SecondsOf = Callable[[str], float]
"""Tells seconds of a scenario by its id."""

TABLE_FILE = "requirements/durations.json"
TRUSTED_SECONDS = 30.0
"""So much work has to be seen until its own pace counts as much as the expected one."""
_UNMEASURED_SECONDS = {AgentKind.BROWSER: 4.0, AgentKind.HTTP: 0.4}
_DIGITS = 1


class Seconds(BaseModel):
    """A scenario's seconds with each agent; None: never measured with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    browser: float | None = None
    http: float | None = None

    def by(self, agent: AgentKind) -> float | None:
        """Return the seconds with an agent."""
        return self.browser if agent is AgentKind.BROWSER else self.http


Table = dict[str, Seconds]
"""Scenario ID to what was measured."""
_TABLE = TypeAdapter(Table)


@dataclass(frozen=True)
class Durations:
    """How long scenarios take with one agent, without waits for real time.

    ``measured``: seconds by scenario ID; ``pace``: how much longer (or shorter) they take with
    the system at hand; ``run_id``: the earlier run that the pace is taken from, empty for none.
    """

    measured: Mapping[str, float]
    usual: float
    pace: float = 1.0
    run_id: str = ""

    def of(self, scenario_id: str) -> float:
        """Return the seconds that a scenario is expected to take; the usual ones if unmeasured."""
        return self.measured.get(scenario_id, self.usual) * self.pace

    def total(self, scenario_ids: Iterable[str], workers: int = 1) -> float:
        """Return the seconds for several scenarios, ``workers`` of them at the same time."""
        return side_by_side(map(self.of, scenario_ids), workers)

    def at_the_pace_of(self, journal: Journal, waited: SecondsOf) -> Durations:
        """Return the same at the pace of an earlier run; ``waited``: seconds for real time.

        The less that run carried out, the less its pace counts.
        """
        took = expected = TRUSTED_SECONDS
        for scenario_id in journal.planned:
            finished = journal.last(scenario_id).finished
            if finished is not None and finished.duration_s and not finished.cut_short:
                took += max(finished.duration_s - waited(scenario_id), 0.0)
                expected += self.measured.get(scenario_id, self.usual)
        if expected == TRUSTED_SECONDS:
            return self
        return Durations(self.measured, self.usual, took / expected, journal.header.run_id)


def durations_with(agent: AgentKind, table: Table | None = None) -> Durations:
    """Return what was measured with an agent, by default of all that the suite carries."""
    known = load_table() if table is None else table
    found = {i: s for i, each in known.items() if (s := each.by(agent)) is not None}
    return Durations(found, median(found.values()) if found else _UNMEASURED_SECONDS[agent])


def real_waits(loaded: LoadedDeclaration) -> SecondsOf:
    """Return how long scenarios wait for real time: not at all where the clock is moved."""
    if loaded.declaration.adapters.clock.movable:
        return lambda _: 0.0
    known = consumption.load_table()
    return lambda scenario_id: known.of(scenario_id, loaded.declaration).waited


def takes(agent: AgentKind, loaded: LoadedDeclaration) -> SecondsOf:
    """Return how long scenarios take in all, at the reference bank's pace and with real waits.

    What work is divided and weighed by before it begins: the same on every machine.
    """
    measured, waits = durations_with(agent), real_waits(loaded)
    return lambda scenario_id: measured.of(scenario_id) + waits(scenario_id)


def side_by_side(each: Iterable[float], workers: int) -> float:
    """Return how long scenarios last together when each worker takes the next as it is free.

    ``each``: their seconds, in the order of the run.
    """
    free = [0.0] * workers
    for seconds in each:
        heapq.heapreplace(free, free[0] + seconds)
    return max(free)


def useful_workers(each: Collection[float]) -> int:
    """Return how many workers bring the whole down to about its longest scenario."""
    return ceil(sum(each) / max(each))


def expected(agent: AgentKind, loaded: LoadedDeclaration, reports: Path) -> Durations:
    """Return how long scenarios take with a declared system, without waits for real time.

    At the pace of the latest run of the same declaration with the same agent in ``reports``;
    without one at that of the reference bank.
    """
    known = durations_with(agent)
    journal = _latest(reports, loaded.sha256, agent)
    return known if journal is None else known.at_the_pace_of(journal, real_waits(loaded))


def _latest(reports: Path, sha256: str, agent: AgentKind) -> Journal | None:
    """Return the journal of the latest such run that can be read, None if there is none."""
    for path in sorted(reports.glob(f"*/{JOURNAL_FILE}"), reverse=True):
        header = _header(path)
        if path.parent.is_symlink() or header is None or header.declaration_sha256 != sha256:
            continue
        if header.environment.get("agent") != agent.value:
            continue
        try:
            return read(path)
        except JournalError:
            continue  # an estimate does without what cannot be read
    return None


def _header(path: Path) -> RunStarted | None:
    try:
        with path.open("rb") as file:
            event = EVENT.validate_json(file.readline())
    except (OSError, ValidationError):
        return None
    return event if isinstance(event, RunStarted) else None


@cache
def load_table(path: Path | None = None) -> Table:
    """Return a table, by default all that the suite carries: the manual's with the sets'.

    Raises `SuiteFaultError`.
    """
    if path is not None:
        return _read(path)
    found: Table = {}
    for each in (features_dir(), *sorted(features_dir().glob(f"{SETS}/*"))):
        if (each / TABLE_FILE).is_file():
            found |= _read(each / TABLE_FILE)
    return found


def _read(path: Path) -> Table:
    try:
        return _TABLE.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SuiteFaultError(
            f"所要時間の表 {path} を読めません。インストールし直してください。",
            f"The table of durations {path} cannot be read. Please reinstall.",
        ) from error


def measure(journal: Journal, former: Table, known: Collection[str]) -> Table:
    """Return the table that a run gives; what it does not tell is kept from the former one.

    ``known``: ids of all scenarios that there are; others are dropped.
    """
    agent = journal.header.environment.get("agent", AgentKind.BROWSER.value)
    found = dict(former)
    for scenario_id in journal.planned:
        finished = journal.last(scenario_id).finished
        if finished is not None and finished.verdict is Verdict.PASS:
            seconds = {agent: max(round(finished.duration_s, _DIGITS), 0.1)}
            found[scenario_id] = found.get(scenario_id, Seconds()).model_copy(update=seconds)
    return {key: found[key] for key in sorted(found, key=order) if key in known}


def write_table(table: Table, path: Path) -> None:
    """Write a table, one scenario a line, so that changes can be read."""
    lines = ",\n".join(
        f"  {json.dumps(key)}: {each.model_dump_json(exclude_none=True)}"
        for key, each in table.items()
    )
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
