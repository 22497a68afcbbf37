"""Scenarios that probably fail for one reason, and those left out for one reason.

A pure function of the evaluated run. Scenarios with the same verdict and cause are taken
together when they point at the same key of the declaration, say the same of what was
expected and observed (numbers, identifiers and quoted words apart), or speak of the same
declared parameter on the same screen; where that would be possible in several ways, in
the largest group. It is a guess for readers in a hurry, worded
as one: every scenario keeps its own verdict and its own page.
"""

from __future__ import annotations

import heapq
import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from otp_conformance.report.results import RunResults, ScenarioResult
from otp_conformance.verdict.verdict import Cause, Verdict

_KEY = re.compile(
    r"\[labels\] の (?P<label>[a-z_]+(?:\.[a-z_]+)+)|\b(?P<key>[a-z_]+(?:\.[a-z_]+)+)\b(?!\()"
)
_QUOTED = re.compile("「[^」]*」")
_SCREEN = re.compile("画面「([^」]*)」")
# What differs from customer to customer: names of accounts, serial numbers, times, counts.
_NAMED = re.compile(r"[A-Za-z]*[0-9][0-9A-Za-z:.\-]*")


@dataclass(frozen=True)
class Group:
    """Scenarios of one verdict and cause, in the plan's order, and what most of them share.

    ``keys``: keys of the declaration that the hints of at least half of them name;
    ``parameters``: ids of the declared parameters (IX) behind their requirements;
    ``requirements``: those that they failed; ``screen``: title of the one screen that all
    saw; ``alike``: expected and observed are the same but for numbers, identifiers and
    quoted words.
    """

    scenarios: tuple[ScenarioResult, ...]
    keys: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    screen: str = ""
    alike: bool = False

    @property
    def first(self) -> ScenarioResult:
        """The scenario that stands for all of them."""
        return self.scenarios[0]

    @property
    def verdict(self) -> Verdict:
        """Their common verdict."""
        return self.first.verdict


@dataclass(frozen=True)
class Reason:
    """Scenarios that were not judged, for one reason, in the plan's order."""

    scenarios: tuple[ScenarioResult, ...]

    @property
    def first(self) -> ScenarioResult:
        """The scenario whose words stand for all of them."""
        return self.scenarios[0]


@dataclass(frozen=True)
class _Trace:
    """What is compared of one scenario."""

    kind: tuple[Verdict, Cause | None, bool]
    chapter: str
    keys: frozenset[str]
    parameters: frozenset[str]
    requirements: frozenset[str]
    said: tuple[str, str]
    screen: str
    page: str


def failures(run: RunResults) -> tuple[Group, ...]:
    """Return the failed and the undecided scenarios by likely common cause, the worst first."""
    known = {r.requirement.id: frozenset(r.requirement.ixit) for r in run.requirements}
    order = (Verdict.FAIL, Verdict.INCONCLUSIVE)
    troubled = [s for s in run.scenarios if s.verdict in order]
    traces = [_trace(s, known) for s in troubled]
    found = [
        _group([troubled[n] for n in members], [traces[n] for n in members])
        for members in _clusters(traces)
    ]
    return tuple(sorted(found, key=lambda g: (order.index(g.verdict), -len(g.scenarios))))


def left_out(run: RunResults) -> tuple[Reason, ...]:
    """Return the scenarios that were not carried out, and those that do not apply, by reason."""
    found: dict[Hashable, list[ScenarioResult]] = {}
    for scenario in run.scenarios:
        if scenario.verdict in {Verdict.NOT_RUN, Verdict.NOT_APPLICABLE}:
            end = scenario.outcome
            reason = (scenario.verdict, end.cause, plain(end.observed), plain(end.hint))
            found.setdefault(reason, []).append(scenario)
    groups = sorted(found.values(), key=lambda each: (-each[0].verdict.severity, -len(each)))
    return tuple(Reason(tuple(each)) for each in groups)


def plain(text: str) -> str:
    """Return a finding without numbers and identifiers, so that like ones are equal."""
    return _NAMED.sub("#", unicodedata.normalize("NFKC", text)).strip()


def _trace(scenario: ScenarioResult, known: Mapping[str, frozenset[str]]) -> _Trace:
    end = scenario.outcome
    failed = {
        requirement
        for check in scenario.attempt.checks
        if check.verdict is Verdict.FAIL
        for requirement in check.requirements
    }
    seen = _SCREEN.search(end.observed)
    addresses = [e.address for e in scenario.attempt.evidence if e.address]
    return _Trace(
        kind=(scenario.verdict, end.cause, end.suite_fault),
        chapter=scenario.planned.chapter,
        keys=frozenset(m["label"] or m["key"] for m in _KEY.finditer(end.hint)),
        parameters=frozenset(p for requirement in failed for p in known.get(requirement, ())),
        requirements=frozenset(failed),
        said=(
            _QUOTED.sub("「」", plain(end.expected)),
            _unquoted(plain(end.observed)),
        ),
        screen=seen[1] if seen else "",
        page=plain(urlsplit(addresses[-1]).path) if addresses else "",
    )


def _unquoted(text: str) -> str:
    """Return a finding without what it quotes, but for the titles of screens."""
    return _QUOTED.sub("「」", _SCREEN.sub(r"画面<\1>", text))


def _links(trace: _Trace) -> Iterator[Hashable]:
    """Yield what ties scenarios together: two that have one of these probably have one cause."""
    for key in trace.keys:
        yield trace.kind, "key", key
    if any(trace.said):
        if trace.kind[0] is not Verdict.FAIL:
            yield trace.kind, trace.said
        else:  # a refusal that is missing is told in the same words everywhere
            yield trace.kind, trace.said, trace.chapter
            for requirement in trace.requirements:
                yield trace.kind, trace.said, requirement
    for parameter in trace.parameters if trace.page else ():
        yield trace.kind, trace.chapter, trace.page, parameter


def _clusters(traces: Sequence[_Trace]) -> Iterator[list[int]]:
    """Yield the numbers of traces that belong together: what ties most of them first.

    Nobody is tied by way of others: a chain of likenesses would end in one heap.
    """
    tied: dict[Hashable, list[int]] = {}
    for number, trace in enumerate(traces):
        for link in _links(trace):
            tied.setdefault(link, []).append(number)
    order = {link: place for place, link in enumerate(tied)}
    heap = [(-len(members), order[link], link) for link, members in tied.items()]
    heapq.heapify(heap)
    done: set[int] = set()
    while heap:
        size, place, link = heapq.heappop(heap)
        members = [number for number in tied[link] if number not in done]
        if len(members) < -size:  # some have found a larger group meanwhile
            if members:
                heapq.heappush(heap, (-len(members), place, link))
            continue
        done.update(members)
        yield members
    yield from ([number] for number in range(len(traces)) if number not in done)


def _group(scenarios: Sequence[ScenarioResult], traces: Sequence[_Trace]) -> Group:
    screens = {trace.screen for trace in traces}
    return Group(
        scenarios=tuple(scenarios),
        keys=_most(trace.keys for trace in traces),
        parameters=_most(trace.parameters for trace in traces),
        requirements=_most(trace.requirements for trace in traces),
        screen=next(iter(screens)) if len(screens) == 1 else "",
        alike=len({trace.said for trace in traces}) == 1,
    )


def _most(parts: Iterable[frozenset[str]]) -> tuple[str, ...]:
    """Return what at least half of them have, what most have first."""
    every = list(parts)
    counted = Counter(sorted(each for part in every for each in part))
    return tuple(each for each, times in counted.most_common() if times * 2 >= len(every))
