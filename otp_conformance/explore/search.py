"""The search: Hypothesis invents paths, the product walks them, and what differs is made small."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from otp_conformance.declaration.model import Declaration
from otp_conformance.explore.deeds import CODES, PEOPLE, VERBS, Deed, Line, Story, tell
from otp_conformance.journal.events import PlannedStep
from otp_conformance.journal.masking import Masker
from otp_conformance.journal.relay import RelayWriter
from otp_conformance.people.customer import MAIN, OTHER
from otp_conformance.run.behave import load_steps
from otp_conformance.run.context import RunContext
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.launch import check_start
from otp_conformance.run.plan import Turn
from otp_conformance.run.pool import InProcess
from otp_conformance.run.request import Observer, Parts, Request
from otp_conformance.specification.scenarios import ScenarioPlan
from otp_conformance.specification.words import Status
from otp_conformance.verdict.verdict import Verdict

URI = "explore/story.feature"
_MOST_MOVES = 20
_PATHS_A_ROUND = 200
# What is tried often, since much hangs on it.
_USUAL = (
    *("log_in", "log_in", "log_in", "log_in", "activate", "deactivate", "deactivate"),
    *("apply", "dispatch", "dispatch", "almost", "unlock"),
)
_USUAL_CODES = (*["新しい"] * 6, *["誤った"] * 5, *["同じ"] * 4)


@dataclass(frozen=True)
class Difference:
    """Where product and model part: the shortest scenario that shows it.

    ``seed``: of the round that found it; ``observed``: what the product did there.
    """

    seed: int
    story: Story
    line: Line
    observed: str
    expected: str

    @property
    def kind(self) -> str:
        """What makes two differences the same: what was tried, and what did not hold after it."""
        before = self.story.lines[: self.story.lines.index(self.line)]
        tried = next((line.text for line in reversed(before) if line.keyword == "もし"), "")
        return f"{tried} → {self.line.text}"


@dataclass
class Explored:
    """What came of it. ``troubles``: paths of which nothing can be said, by their cause."""

    paths: int = 0
    deeds: int = 0
    differences: list[Difference] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    seeds: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Limits:
    """How long to go on: seconds in all, or so many rounds; one round has one seed."""

    seed: int
    seconds: float
    rounds: int | None = None
    shrink_seconds: float = 60.0


class _TimeIsUp(KeyboardInterrupt):
    """No error of a path: Hypothesis hands it on at once."""


class _DiffersError(Exception):
    """A path on which product and model part."""


def stories(declaration: Declaration) -> st.SearchStrategy[Story]:
    """Return what invents stories: who is in them, and what they try."""
    status = st.sampled_from([Status.IN_SERVICE, Status.ISSUED, Status.NOT_REGISTERED])
    alone = status.map(lambda one: ((MAIN, one),))
    both = status.map(lambda one: ((MAIN, one), (OTHER, Status.IN_SERVICE)))
    names = [name for name in VERBS if not name.startswith("last_")]  # "nothing" is the first
    deed = st.builds(
        Deed,
        verb=st.sampled_from([*names, *_USUAL]),
        person=st.sampled_from([MAIN, MAIN, *PEOPLE]),
        code=st.sampled_from([*CODES, *_USUAL_CODES]),
        right=st.sampled_from([True, True, False]),
    )
    moves = st.one_of(deed.map(_alone), deed.map(_alone), deed.map(_again), deed.map(_later))
    return st.builds(
        lambda cast, moves: tell(declaration, cast, [deed for move in moves for deed in move]),
        st.one_of(alone, both),
        st.lists(moves, min_size=_MOST_MOVES, max_size=_MOST_MOVES),
    )


def _alone(deed: Deed) -> list[Deed]:
    return [deed]


def _again(deed: Deed) -> list[Deed]:
    """Try the very code once more, with what is typed beside it put right."""
    return [deed, replace(deed, code="同じ", right=True)]


def _later(deed: Deed) -> list[Deed]:
    return [deed, Deed("next_step"), replace(deed, code="同じ", right=True)]


@dataclass(frozen=True)
class Walked:
    """How a product took a story. ``line``: the one that did not hold."""

    verdict: Verdict
    line: Line | None = None
    expected: str = ""
    observed: str = ""


Walker = Callable[[Story], Walked]


def explore(
    declaration: Declaration,
    walk: Walker,
    limits: Limits,
    tell_found: Callable[[Difference], None],
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Explored:
    """Walk stories until the time is up; ``tell_found`` hears of each difference at once.

    One difference is looked for in each round; a later round passes over the kinds
    that are known already.
    """
    found = Explored()
    end = clock() + limits.seconds
    number = limits.seed
    while clock() < end and (limits.rounds is None or len(found.seeds) < limits.rounds):
        found.seeds.append(number)
        difference = _Round(declaration, walk, found, number, end, clock, limits).search()
        if difference is not None:
            found.differences.append(difference)
            tell_found(difference)
        number += 1
    return found


class _Round:
    def __init__(
        self,
        declaration: Declaration,
        walk: Walker,
        found: Explored,
        number: int,
        end: float,
        clock: Callable[[], float],
        limits: Limits,
    ) -> None:
        self._declaration = declaration
        self._walk = walk
        self._found = found
        self._number = number
        self._end = end
        self._clock = clock
        self._limits = limits
        self._known = {difference.kind for difference in found.differences}
        self._best: Difference | None = None
        self._seen: dict[tuple[Line, ...], str] = {}

    def search(self) -> Difference | None:
        @seed(self._number)
        @settings(
            max_examples=_PATHS_A_ROUND,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            verbosity=Verbosity.quiet,
            print_blob=False,
        )
        @given(stories(self._declaration))
        def path(story: Story) -> None:
            self._try(story)

        try:
            path()
        except (_DiffersError, _TimeIsUp):
            return self._best
        return None

    def _try(self, story: Story) -> None:
        if not story.deeds:
            return
        kind = self._seen.get(story.lines)
        if kind is None:
            kind = self._seen[story.lines] = self._walk_once(story)
        if kind:
            raise _DiffersError(kind)

    def _walk_once(self, story: Story) -> str:
        """Return the kind of the difference that a story shows, empty for none."""
        if self._clock() >= self._end:
            raise _TimeIsUp
        self._found.paths += 1
        self._found.deeds += len(story.deeds)
        walked = self._walk(story)
        if walked.verdict in {Verdict.INCONCLUSIVE, Verdict.NOT_RUN}:
            self._found.troubles[walked.observed] += 1
        if walked.verdict is not Verdict.FAIL or walked.line is None:
            return ""
        difference = Difference(self._number, story, walked.line, walked.observed, walked.expected)
        if difference.kind in self._known:
            return ""
        if self._best is None:
            self._end = min(self._end, self._clock() + self._limits.shrink_seconds)
        if self._best is None or len(story.lines) <= len(self._best.story.lines):
            self._best = difference
        return difference.kind


# -- the product ---------------------------------------------------------------------------


class Product:
    """Walks stories at a real system, as a run walks its scenarios."""

    def __init__(
        self, request: Request, parts: Parts, observer: Observer, stack: ExitStack, folder: Path
    ) -> None:
        check_start(request)
        load_steps(request.steps)
        self._events: list[dict[str, Any]] = []
        masker = Masker()
        self._journal = RelayWriter(self._events.append, masker)
        self._folder = folder
        self.interrupt = stack.enter_context(Interrupt())
        context = RunContext(request, parts, observer, self.interrupt, stack, folder, masker)
        self._runner = InProcess(context)
        self._runner.start()
        self._manual = request.loaded.declaration.manual
        self._number = 0

    def walk(self, story: Story) -> Walked:
        """Carry one story out with new customers."""
        self._number += 1
        self._events.clear()
        path = self._folder / "story.feature"
        path.write_text(feature(story), encoding="utf-8")
        dead = self._runner.run([Turn(self._plan(story))], self._journal, files={URI: path})
        if self.interrupt.requested:
            raise KeyboardInterrupt
        if dead:
            return Walked(Verdict.NOT_RUN, observed=dead)
        return self._judged(story)

    def _judged(self, story: Story) -> Walked:
        ended = next(e for e in reversed(self._events) if e["event"] == "scenario_finished")
        verdict = Verdict(ended["verdict"])
        failed = [e for e in self._events if e["event"] == "check" and e["verdict"] == "fail"]
        line = story.lines[failed[0]["step_index"]] if failed else None
        told = failed[0] if failed else ended
        return Walked(verdict, line, told.get("expected", ""), told.get("observed", ""))

    def _plan(self, story: Story) -> ScenarioPlan:
        text = feature(story).splitlines()
        first = next(i for i, line in enumerate(text, 1) if line.strip().startswith(_SCENARIO))
        return ScenarioPlan(
            scenario_id=f"explore/{self._number}",
            uri=URI,
            line=first,
            scenario_line=first,
            name=_NAME,
            feature=_NAME,
            rule="",
            rule_line=0,
            chapter=_NAME,
            tags=(),
            requirements=self._manual.kept(story.requirements),
            steps=tuple(
                PlannedStep(keyword=line.keyword, text=line.text, line=first + i)
                for i, line in enumerate(story.lines, 1)
            ),
        )


_NAME = "探索が見つけた道筋"
_SCENARIO = "シナリオ:"


def feature(story: Story, name: str = _NAME) -> str:
    """Return a story as a feature file."""
    tags = " ".join(f"@{each}" for each in story.requirements)
    lines = ["# language: ja", f"機能: {_NAME}", "", f"  {tags}", f"  {_SCENARIO} {name}"]
    return "\n".join([*lines, *_steps(story.lines)]) + "\n"


def _steps(lines: Sequence[Line]) -> list[str]:
    """Write the steps; a keyword that comes again right after itself is かつ."""
    return [f"    {line.keyword} {line.text}" for line in lines]
