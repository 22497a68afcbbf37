"""Many runs in a row: the trend, what wavers, what is slow, where something first broke.

One journal is held at a time; what stays of it is its digest.
"""

from __future__ import annotations

import os
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from otp_conformance.journal.journal import JOURNAL_FILE, JournalError, read
from otp_conformance.language import Text
from otp_conformance.report.across import render
from otp_conformance.report.compare import Difference, compare
from otp_conformance.report.digest import Ended, RunDigest, digest
from otp_conformance.report.results import count
from otp_conformance.specification.catalogue.model import Catalogue
from otp_conformance.verdict.verdict import Verdict

_CARRIED_OUT = frozenset({Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE})
_MOST_SIGNS = 30
_MOST_OPEN = 6  # failures, or products of the table of contents: the rest is folded
_TURNS_TO_AND_FRO = 2
_MOST = 15


@dataclass(frozen=True)
class Skipped:
    """A folder that is no run or cannot be read, and why."""

    folder: Path
    why: Text


@dataclass(frozen=True)
class Broken:
    """A scenario that fails in the last run that judged it.

    ``first``: the first run of the unbroken row of failures; ``good``: the run before it
    that passed, None where none is known; ``unjudged``: runs between the two that did not
    judge it; ``changed``: what differs between the two runs.
    """

    ended: Ended
    first: RunDigest
    good: RunDigest | None
    unjudged: int
    changed: tuple[Difference, ...]


@dataclass(frozen=True)
class Wavering:
    """A scenario that ended differently although nothing that the journals tell of changed.

    ``verdicts``: run and verdict, in order. ``certain``: it happened within one run, or
    the product's commit is on record. Otherwise the product itself may have changed: then
    only what turned to and fro is told, for one turn is rather a change than a whim.
    """

    ended: Ended
    verdicts: tuple[tuple[RunDigest, Verdict], ...]
    certain: bool

    @property
    def turns(self) -> int:
        """How often the verdict turned from one run to the next."""
        told = [verdict for _, verdict in self.verdicts]
        return sum(a is not b for a, b in pairwise(told))


@dataclass(frozen=True)
class Slow:
    """How long a scenario takes, in seconds, over ``runs`` runs."""

    ended: Ended
    median_s: float
    longest_s: float
    runs: int


@dataclass(frozen=True)
class Series:
    """All runs of one product by one set of requirements, the oldest first."""

    product: str
    set: str
    runs: tuple[RunDigest, ...]

    @property
    def last(self) -> RunDigest:
        """The most recent run."""
        return self.runs[-1]

    @property
    def lead(self) -> RunDigest:
        """The most recent run that was whole; without any the most recent."""
        return next((run for run in reversed(self.runs) if run.whole), self.last)

    def counts(self, run: RunDigest) -> dict[Verdict, int]:
        """Return how many of a run's scenarios have each verdict; lost ones were not run."""
        found = count(ended.verdict for ended in run.scenarios.values())
        found[Verdict.NOT_RUN] += run.unplanned
        return found

    def told(self, scenario_id: str) -> list[tuple[RunDigest, Ended]]:
        """Return every run that planned a scenario, with its end there."""
        return [
            (run, run.scenarios[scenario_id]) for run in self.runs if scenario_id in run.scenarios
        ]

    @cached_property
    def _by_scenario(self) -> dict[str, list[tuple[RunDigest, Ended]]]:
        found: dict[str, list[tuple[RunDigest, Ended]]] = defaultdict(list)
        for run in self.runs:
            for ended in run.scenarios.values():
                found[ended.scenario_id].append((run, ended))
        return found

    @cached_property
    def broken(self) -> tuple[Broken, ...]:
        """What fails in the last run that judged it, what broke last first."""
        found = [b for told in self._by_scenario.values() if (b := self._broken(told))]
        return tuple(sorted(found, key=lambda b: b.first.header.at, reverse=True))

    def _broken(self, told: Sequence[tuple[RunDigest, Ended]]) -> Broken | None:
        judged = [(run, ended) for run, ended in told if ended.judged]
        if not judged or judged[-1][1].verdict is not Verdict.FAIL:
            return None
        first, good = judged[-1][0], None
        for run, ended in reversed(judged):
            if ended.verdict is Verdict.PASS:
                good = run
                break
            first = run
        between = 0
        if good is not None:
            start, end = self.runs.index(good), self.runs.index(first)
            between = end - start - 1
        return Broken(judged[-1][1], first, good, between, _changed(good, first))

    @cached_property
    def wavering(self) -> tuple[Wavering, ...]:
        """What ended differently on the same basis, what turned most often first."""
        found: list[Wavering] = []
        for told in self._by_scenario.values():
            bases: dict[tuple[str, ...], list[tuple[RunDigest, Ended]]] = defaultdict(list)
            for run, ended in told:
                if ended.verdict in _CARRIED_OUT:
                    bases[_basis(run, ended)].append((run, ended))
            found += [w for same in bases.values() if (w := _wavering(same))]
        return tuple(sorted(found, key=lambda w: (not w.certain, -w.turns)))

    @cached_property
    def slowest(self) -> tuple[Slow, ...]:
        """The scenarios that take longest, by the means of the last run."""
        found = []
        for told in self._by_scenario.values():
            times = [e.duration_s for r, e in told if e.judged and r.agent == self.last.agent]
            if times:
                median = statistics.median(times)
                found.append(Slow(told[-1][1], median, max(times), len(times)))
        return tuple(sorted(found, key=lambda s: s.median_s, reverse=True)[:_MOST])


@dataclass(frozen=True)
class History:
    """Everything that a folder tells. ``series``: the one with the most recent run first."""

    folder: Path
    series: tuple[Series, ...]
    skipped: tuple[Skipped, ...]


def history(folder: Path, catalogue: Catalogue | None = None) -> History:
    """Return the history of all runs in a folder and in the folders below it.

    Links are not followed, so that ``latest`` is no second run. What cannot be read is
    named among the skipped. A ``catalogue`` has the verdicts of requirements told as well.
    """
    runs: dict[str, RunDigest] = {}
    skipped: list[Skipped] = []
    for found in _folders(folder):
        if isinstance(found, Skipped):
            skipped.append(found)
            continue
        try:
            run = digest(found, read(found / JOURNAL_FILE), catalogue)
        except JournalError as error:
            problem = f"{error.line}: {error.problem}" if error.line else error.problem
            skipped.append(Skipped(found, Text(problem, f"journal cannot be used ({problem})")))
            continue
        before = runs.setdefault(run.run_id, run)
        if before is not run:
            skipped.append(
                Skipped(
                    found,
                    Text(f"{before.folder} と同じ実行です", f"the same run as {before.folder}"),
                )
            )
    for run, whole in _parts(list(runs.values())):
        del runs[run.run_id]
        skipped.append(
            Skipped(run.folder, Text(f"{whole} にまとめられています", f"merged into {whole}"))
        )
    return History(folder, tuple(series(runs.values())), tuple(skipped))


def _parts(runs: Sequence[RunDigest]) -> list[tuple[RunDigest, str]]:
    """Return the runs that were merged into another one that is here, and its name."""
    into = {part: whole.run_id for whole in runs for part in whole.merged_from}
    return [(run, into[run.run_id]) for run in runs if run.run_id in into]


def series(runs: Iterable[RunDigest]) -> list[Series]:
    """Return runs by product and set, the series with the most recent run first."""
    groups: dict[tuple[str, str], list[RunDigest]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: (run.header.at, run.run_id)):
        groups[run.product, run.header.set].append(run)
    found = [Series(product, judged, tuple(each)) for (product, judged), each in groups.items()]
    return sorted(found, key=lambda each: each.last.header.at, reverse=True)


def _folders(folder: Path) -> Iterator[Path | Skipped]:
    """Yield the folders with a journal; and those right below in which there is none."""
    if (folder / JOURNAL_FILE).is_file():
        yield folder
        return
    for child in sorted(folder.iterdir()):
        if child.is_symlink() or not child.is_dir():
            continue
        inside = list(_with_journal(child))
        yield from inside
        if not inside:
            why = Text("実行記録（journal.ndjson）がありません", "holds no journal.ndjson")
            yield Skipped(child, why)


def _with_journal(folder: Path) -> Iterator[Path]:
    for place, below, files in os.walk(folder):
        below.sort()
        if JOURNAL_FILE in files:
            yield Path(place)
            below.clear()


def _basis(run: RunDigest, ended: Ended) -> tuple[str, ...]:
    """Return on what a verdict stands, as far as the journal tells."""
    h = run.header
    digests = (h.declaration_sha256, h.settings_sha256, run.suite_sha256, ended.wording)
    versions = (h.sut_version, run.commit, h.suite_version, h.requirement_set)
    return (*versions, *digests, run.agent)


def _wavering(same: Sequence[tuple[RunDigest, Ended]]) -> Wavering | None:
    within = any(ended.wavers for _, ended in same)
    if len({ended.verdict for _, ended in same}) < 2 and not within:
        return None
    certain = within or bool(same[0][0].commit)
    found = Wavering(same[-1][1], tuple((run, ended.verdict) for run, ended in same), certain)
    return found if certain or found.turns >= _TURNS_TO_AND_FRO else None


def _changed(good: RunDigest | None, first: RunDigest) -> tuple[Difference, ...]:
    if good is None:
        return ()
    c = compare(good, first)
    return (*c.product, *c.declaration, *c.suite, *(d for d in c.means if d.name.en != "Selection"))


@dataclass(frozen=True)
class Bar:
    """One run in the picture of the trend: its place and its parts (verdict, start, height)."""

    run: RunDigest
    x: float
    width: float
    parts: tuple[tuple[Verdict, float, float], ...]


_TROUBLE = frozenset({Verdict.FAIL, Verdict.INCONCLUSIVE})
_THINNEST = 5.0
WIDTH, HEIGHT = 960, 220
"""The picture of the trend, in its own units."""


def bars(one: Series) -> list[Bar]:
    """Return a bar for each run, what failed at the bottom, and never too thin to be seen."""
    most = max(sum(one.counts(run).values()) for run in one.runs) or 1
    room = WIDTH / len(one.runs)
    width = min(room * 0.8, 60.0)
    found = []
    for number, run in enumerate(one.runs):
        parts, top = [], float(HEIGHT)
        for verdict, scenarios in one.counts(run).items():
            if scenarios:
                height = max(HEIGHT * scenarios / most, _THINNEST if verdict in _TROUBLE else 0.0)
                height = min(height, top)
                top -= height
                parts.append((verdict, round(top, 2), round(height, 2)))
        x = round(number * room + (room - width) / 2, 2)
        found.append(Bar(run, x, round(width, 2), tuple(parts)))
    return found


def page(found: History, here: Path) -> str:
    """Return the history as a page that is to lie in the folder ``here``."""
    return render(
        "history.html.j2",
        found=found,
        here=here,
        verdicts=list(reversed(Verdict)),
        bars=bars,
        size=(WIDTH, HEIGHT),
        most_signs=_MOST_SIGNS,
        most_open=_MOST_OPEN,
        changed_declaration=changed_declaration,
        Verdict=Verdict,
    )


def changed_declaration(one: Series, run: RunDigest) -> bool:
    """Tell whether a run's declaration is not that of the run before it."""
    place = one.runs.index(run)
    before = one.runs[place - 1].header if place else run.header
    return before.declaration_sha256 != run.header.declaration_sha256


def as_data(found: History) -> dict[str, Any]:
    """Return the history for programs; keys are English whatever is spoken."""
    return {
        "format_version": 1,
        "series": [_series_data(each) for each in found.series],
        "skipped": [{"folder": str(s.folder), "why": s.why.en} for s in found.skipped],
    }


def _series_data(one: Series) -> dict[str, Any]:
    return {
        "product": one.product,
        "set": one.set,
        "runs": [
            {
                "run_id": run.run_id,
                "at": run.header.at,
                "product_version": run.header.sut_version,
                "commit": run.commit,
                "suite_sha256": run.suite_sha256,
                "suite_version": run.header.suite_version,
                "declaration_sha256": run.header.declaration_sha256,
                "agent": run.agent,
                "partial": run.header.partial,
                "cut_off": run.cut_off,
                "duration_s": run.duration_s,
                "counts": {verdict.value: n for verdict, n in one.counts(run).items()},
            }
            for run in one.runs
        ],
        "broken": [
            {
                "scenario": b.ended.scenario_id,
                "name": b.ended.name,
                "first_broken": b.first.run_id,
                "last_good": b.good.run_id if b.good else None,
                "runs_between_that_did_not_judge": b.unjudged,
                "changed": [
                    {"what": d.name.en, "before": d.before, "after": d.after} for d in b.changed
                ],
            }
            for b in one.broken
        ],
        "wavering": [
            {
                "scenario": w.ended.scenario_id,
                "name": w.ended.name,
                "certain": w.certain,
                "turns": w.turns,
                "verdicts": [{"run_id": r.run_id, "verdict": v.value} for r, v in w.verdicts],
                "counts": {v.value: n for v, n in Counter(v for _, v in w.verdicts).items()},
            }
            for w in one.wavering
        ],
        "slowest": [
            {
                "scenario": s.ended.scenario_id,
                "name": s.ended.name,
                "median_s": s.median_s,
                "longest_s": s.longest_s,
                "runs": s.runs,
            }
            for s in one.slowest
        ],
    }
