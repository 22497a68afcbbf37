"""A user's way with a new bank: ``check``, its advice followed to the letter, then scenarios.

All in this process with one browser; the bank is a process of its own, started by
the declaration. Advice is what a fix proposes as lines of TOML; nothing is guessed
that it does not say.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from otp_conformance.cli import bundle
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.errors import RunError
from otp_conformance.journal.events import ScenarioFinished
from otp_conformance.preflight.finding import Finding
from otp_conformance.preflight.inspect import inspect
from otp_conformance.run.engine import run
from otp_conformance.run.request import Agents, Parts, Request
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind
from otp_conformance.text import contains
from otp_conformance.verdict.verdict import Cause, Verdict
from workshop.faults.runs import Watcher, put, request_for, to_toml

#: A customer's longest way has six screens, and each may need a word before the next is seen.
MOST_ROUNDS = 8
#: Words that stand in advice where nothing fitting was seen: nothing to paste.
_STANDS_FOR_NOTHING = re.compile("実際の|…")
#: Adds to what is there; in one line, since it is a table within a list.
_INTERSTITIAL = re.compile(r"interstitials = \[\{.*?\] \}\]")
_TABLE = re.compile(r"\[([a-z_]+(?:\.[a-z_]+)*)\]")
_ENTRY = re.compile(
    r"""(?P<key>"[\w.]+"|[a-z_]+(?:\.[a-z_]+)*)\s*=\s*"""
    r"""(?P<value>\[(?:\s*"(?:[^"\\]|\\.)*"\s*,?)+\s*\]|"(?:[^"\\]|\\.)*"|true|false|\d+)"""
)


@dataclass(frozen=True)
class Entry:
    """A line of a declaration: ``way`` to its table and key, and the value."""

    way: tuple[str, ...]
    value: object

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{'.'.join(self.way)} = {self.value}"


@dataclass(frozen=True)
class Trial:
    """What came of it.

    ``findings``: those of the last ``check``; ``followed``: the advice taken, in order;
    ``circles``: advice to declare what was declared already; ``ends``: how the scenarios
    ended, by id; ``trouble``: why there was no run.
    """

    findings: tuple[Finding, ...]
    followed: tuple[Entry, ...]
    circles: tuple[Entry, ...]
    rounds: int
    ends: Mapping[str, ScenarioFinished]
    trouble: str = ""

    @property
    def differing(self) -> list[str]:
        """The points at which the last ``check`` did not agree, with its advice."""
        return [
            f"{f.area}: {f.what}: {f.observed} → {f.fix}" for f in self.findings if not f.agrees
        ]

    @property
    def not_passed(self) -> list[str]:
        """The scenarios that did not pass, each with what was seen."""
        return [
            f"{scenario_id}: {end.verdict.value}（{end.cause.value if end.cause else '—'}）"
            f" {end.expected} / {end.observed} / {end.hint}"
            for scenario_id, end in self.ends.items()
            if end.verdict is not Verdict.PASS
        ]

    @property
    def accusations(self) -> list[str]:
        """The scenarios that blame the product, which keeps to the manual."""
        return [
            f"{scenario_id}: {end.expected} / {end.observed}"
            for scenario_id, end in self.ends.items()
            if end.verdict is Verdict.FAIL and end.cause is Cause.PRODUCT
        ]

    @property
    def misleading(self) -> list[str]:
        """The advice that took another text of a page for the one meant.

        These banks use the manual's own words, with signs around them at most.
        """
        labels = bundled().labels
        return [
            f"misleading advice: {entry}"
            for entry in self.followed
            if isinstance(entry.value, list)
            and (wanted := labels.get(".".join(entry.way[1:])))
            and not any(contains(text, wanted) for text in entry.value)
        ]

    @property
    def complaints(self) -> list[str]:
        """Everything that a bank that keeps to the manual should not have met."""
        circles = [f"advice in a circle: {entry}" for entry in self.circles]
        trouble = [self.trouble] if self.trouble else []
        return [*trouble, *circles, *self.misleading, *self.differing, *self.not_passed]


def advised(fix: str) -> Iterator[Entry]:
    """Yield the lines of TOML that a fix proposes, with the table named before each."""
    for found in _INTERSTITIAL.finditer(fix):
        yield Entry(("login", "interstitials"), tomllib.loads(found[0])["interstitials"])
    fix = _INTERSTITIAL.sub("", fix)
    tables = [(found.start(), found[1]) for found in _TABLE.finditer(fix)]
    for found in _ENTRY.finditer(fix):
        if _STANDS_FOR_NOTHING.search(found["value"]):
            continue
        before = [name for start, name in tables if start < found.start()]
        value = tomllib.loads(f"value = {found['value']}")["value"]
        quoted = found["key"].startswith('"')
        key = found["key"].strip('"').split(".")
        within = (before or ["labels"])[-1].split(".") if quoted or "." not in found["key"] else ()
        yield Entry((*within, *key), value)


def carry_out(declaration: Path, ids: Sequence[str], *, hasty: bool = False) -> Trial:
    """Let ``check`` judge a declaration, follow its advice, then run the scenarios.

    The declaration's file is changed as advised. Reports go beside it. ``hasty``: no
    scenarios where ``check`` has not come to agree.
    """
    followed: list[Entry] = []
    circles: list[Entry] = []
    findings: tuple[Finding, ...] = ()
    ends: Mapping[str, ScenarioFinished] = {}
    rounds, trouble = 0, ""
    with _one_browser() as parts:
        try:
            while rounds < MOST_ROUNDS:
                rounds += 1
                findings = _check(declaration, parts)
                known = _entries(tomllib.loads(declaration.read_text(encoding="utf-8")))
                given = [first for finding in findings for first in _first(finding, known)]
                circles = [entry for entry in given if known.get(entry.way) == entry.value]
                if not given or circles:
                    break
                _declare(declaration, given)
                followed += given
            agreed = all(finding.agrees for finding in findings)
            if agreed or not hasty:
                ends = _run(declaration, ids, parts)
        except RunError as error:
            trouble = f"{type(error).__name__}: {error.text}"
        except DeclarationError as error:
            trouble = f"advice that the declaration does not take: {error}"
    return Trial(findings, tuple(followed), tuple(circles), rounds, ends, trouble)


def _first(finding: Finding, known: Mapping[tuple[str, ...], object]) -> list[Entry]:
    """Return what a user does about one finding: the first proposal not yet declared."""
    entries = list(advised(finding.fix)) if not finding.agrees else []
    fresh = [entry for entry in entries if known.get(entry.way) != entry.value]
    return (fresh or entries)[:1]


def _entries(table: Mapping[str, Any], way: tuple[str, ...] = ()) -> dict[tuple[str, ...], object]:
    found: dict[tuple[str, ...], object] = {}
    for key, value in table.items():
        inner = isinstance(value, Mapping)
        here = (*way, *key.split("."))
        found |= _entries(value, here) if inner else {here: value}
    return found


def _declare(declaration: Path, entries: Sequence[Entry]) -> None:
    data = tomllib.loads(declaration.read_text(encoding="utf-8"))
    for entry in entries:
        value = entry.value
        if entry.way == ("login", "interstitials"):
            value = [*data.get("login", {}).get("interstitials", []), *entry.value]
        put(data, ".".join(entry.way), value)
    declaration.write_text(f"{to_toml(data)}\n", encoding="utf-8")


def _check(declaration: Path, parts: Parts) -> tuple[Finding, ...]:
    request = _request(declaration, Selection())
    return inspect(request, parts, Watcher(), lambda _: None, None)


def _run(declaration: Path, ids: Sequence[str], parts: Parts) -> dict[str, ScenarioFinished]:
    journal = run(_request(declaration, Selection(ids=tuple(ids))), parts, Watcher()).journal
    return {scenario_id: journal.outcome(scenario_id) for scenario_id in journal.planned}


def _request(declaration: Path, selection: Selection) -> Request:
    reports, known = declaration.parent / "reports", bundle.catalogue()
    return request_for(declaration, reports, known, selection, AgentKind.BROWSER)


@contextmanager
def _one_browser() -> Iterator[Parts]:
    """Give parts of a run whose browser lives on from one command to the next."""
    made: dict[str, Agents] = {}
    own = bundle.parts(bundle.catalogue(), reporting=False)

    class Kept:
        """The browser, which nobody but this trial ends."""

        def __init__(self, agents: Agents) -> None:
            self.new, self.product = agents.new, agents.product

        def close(self) -> None:
            """Leave it open."""

    def make_agents(*asked: Any, **wishes: Any) -> Agents:
        wished = repr((asked, sorted(wishes.items())))
        if wished not in made:
            for others in made.values():  # one browser at a time
                others.close()
            made.clear()
            made[wished] = own.make_agents(*asked, **wishes)
        return Kept(made[wished])

    try:
        yield replace(own, make_agents=make_agents)
    finally:
        for agents in made.values():
            agents.close()
