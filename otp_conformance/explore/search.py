"""The search: paths are invented, a product walks them, and what differs is made short."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from otp_conformance.declaration.model import Declaration
from otp_conformance.explore.deeds import (
    CODES,
    INTRODUCED,
    PEOPLE,
    SLIPS,
    VERBS,
    Cast,
    Deed,
    Line,
    Role,
    Story,
    tell,
)
from otp_conformance.people.customer import MAIN, OTHER
from otp_conformance.specification.words import Kind, Status
from otp_conformance.verdict.verdict import Verdict

_MOST_MOVES = 20
# Telling a story takes the model no time, walking it the product a lot: of so many the newest.
_CHOICE = 8
# Paths that could not be walked, one after the other: there is no use in going on.
_MOST_IDLE = 10
# What is tried often, since much hangs on it.
_USUAL = (
    *("log_in", "log_in", "log_in", "log_in", "activate", "activate", "deactivate", "deactivate"),
    *("apply", "apply", "dispatch", "dispatch", "almost", "suspend", "go_on", "unlock"),
)
_VERBS = (*VERBS, *_USUAL)
_CODES = (*CODES, *["新しい"] * 8, *["誤った"] * 5, *["同じ"] * 4)
_SLIPS = (*[0] * (2 * SLIPS), *range(1, SLIPS + 1))
_WHO = (MAIN, MAIN, *PEOPLE)


@dataclass(frozen=True)
class Difference:
    """Where product and model part: the shortest scenario that shows it.

    ``seed``: of the round that found it; ``observed``: what the product did there.
    """

    seed: int
    story: Story
    place: int
    requirements: tuple[str, ...]
    observed: str
    expected: str

    @property
    def line(self) -> Line:
        """The line that does not hold."""
        return self.story.lines[self.place]

    @property
    def kind(self) -> str:
        """What makes two differences the same: what was tried, and what did not hold after it.

        By whom is all one.
        """
        before = self.story.lines[: self.place]
        tried = next((line.text for line in reversed(before) if line.keyword == "もし"), "")
        return f"{tried} → {self.line.text}".replace(OTHER, MAIN)


@dataclass
class Explored:
    """What came of it. ``troubles``: paths of which nothing can be said, by their cause.

    ``idle``: how many paths at last could not be walked, for want of customers, say;
    ``over``: nothing more can be tried, though time is left.
    """

    paths: int = 0
    deeds: int = 0
    customers: int = 0
    tokens: int = 0
    idle: int = 0
    over: bool = False
    differences: list[Difference] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    seeds: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Limits:
    """How long to go on: seconds in all, or so many rounds; one round has one seed.

    ``customers``, ``tokens``: how many may be used up; None for as many as it takes.
    ``paths``: how many are tried in a round.
    """

    seed: int
    seconds: float
    rounds: int | None = None
    customers: int | None = None
    tokens: int | None = None
    paths: int = 200
    shrink_seconds: float = 120.0

    def allow(self, customers: int, tokens: int) -> bool:
        """Tell whether so many in all are within the limits."""
        allowed = (self.customers, customers), (self.tokens, tokens)
        return all(limit is None or wanted <= limit for limit, wanted in allowed)


class _Enough(Exception):  # noqa: N818 - no error
    """Time or customers are used up."""


def invented(declaration: Declaration, chance: random.Random) -> Story:
    """Return a story: who is in it, and what they try."""
    software = declaration.ics.software_tokens
    roles = [role for role in INTRODUCED if software or role.kind is Kind.HARDWARE]
    people = PEOPLE[: chance.choice((1, len(PEOPLE)))]
    cast = tuple((name, chance.choice(roles)) for name in people)
    deeds = [deed for _ in range(_MOST_MOVES) for deed in _move(chance)]
    return tell(declaration, cast, deeds, look=chance.choice((False, True, True)), bend=True)


def _alone(deed: Deed) -> list[Deed]:
    return [deed]


def _again(deed: Deed) -> list[Deed]:
    """Try the very code once more, with what is typed beside it put right."""
    return [deed, replace(deed, code="同じ", slip=0)]


def _later(deed: Deed) -> list[Deed]:
    return [deed, Deed("next_step"), replace(deed, code="同じ", slip=0)]


def _elsewhere(deed: Deed) -> list[Deed]:
    """Try the very code at another function."""
    verb = "deactivate" if deed.verb == "log_in" else "log_in"
    return [deed, Deed(verb, deed.person, "同じ")]


_MOVES = (_alone, _again, _later, _elsewhere)


def _move(chance: random.Random) -> list[Deed]:
    deed = Deed(*(chance.choice(each) for each in (_VERBS, _WHO, _CODES, _SLIPS)))
    return chance.choice(_MOVES)(deed)


@dataclass(frozen=True)
class Walked:
    """How a product took a story. ``place``: the line that did not hold, counted from 0.

    ``requirements``: what it was about.

    ``over``: no other story can be walked, since the system or what is prepared is gone.
    """

    verdict: Verdict
    place: int | None = None
    requirements: tuple[str, ...] = ()
    expected: str = ""
    observed: str = ""
    over: bool = False


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
    while (
        not found.over
        and clock() < end
        and (limits.rounds is None or len(found.seeds) < limits.rounds)
    ):
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
        self._met: set[tuple[str, ...]] = set()
        self._seen: dict[tuple[Line, ...], Difference | None] = {}

    def search(self) -> Difference | None:
        chance = random.Random(self._number)  # noqa: S311 - the same paths for the same seed
        with suppress(_Enough):
            for _ in range(self._limits.paths):
                choice = [invented(self._declaration, chance) for _ in range(_CHOICE)]
                story = max(choice, key=lambda each: len(each.moments - self._met))
                self._met |= story.moments
                self._best = self._walked(story)
                if self._best is not None:
                    break
        if self._best is not None:
            self._end = min(self._end, self._clock() + self._limits.shrink_seconds)
            self._shorten()
        return self._best

    def _shorten(self) -> None:
        """Leave out, as long as it shows the same difference, whatever can be left out.

        A story's deeds are few, each walk is dear, and the model tells any part of them anew.
        """
        assert self._best is not None  # noqa: S101 - called once there is one
        with suppress(_Enough):
            self._same(self._best.story.up_to(self._best.place), look=self._best.story.look)
            self._same(self._best.story.deeds, look=False)
            size = len(self._best.story.deeds)
            while size:
                # What could not be left out before may be, now that others are gone.
                size = size if self._leave_out(size) and size == 1 else size // 2
            self._simplify_cast()

    def _leave_out(self, size: int) -> bool:
        """Leave out so many deeds at a time; tell whether any could be."""
        assert self._best is not None  # noqa: S101 - called once there is one
        start, any_gone = 0, False
        while start < len(deeds := self._best.story.deeds):
            gone = self._same(deeds[:start] + deeds[start + size :], look=self._best.story.look)
            start += 0 if gone else size
            any_gone = any_gone or gone
        return any_gone

    def _simplify_cast(self) -> None:
        """Leave out who is not needed; who is left is the one of whom features speak first.

        Who is in service has the fewest things to do before a difference shows, as a rule.
        """
        assert self._best is not None  # noqa: S101 - called once there is one
        story = self._best.story
        for one in story.cast if len(story.cast) > 1 else ():
            rest = [each for each in story.cast if each != one]
            self._same(story.deeds, look=story.look, cast=rest)
        story = self._best.story
        if len(story.cast) > 1:
            return
        plain = [replace(deed, person=MAIN) for deed in story.deeds]
        role = story.cast[0][1]
        for likely in (Role(Status.IN_SERVICE), Role(role.status), role):
            if self._same(plain, look=story.look, cast=[(MAIN, likely)]):
                self._leave_out(1)
                break

    def _same(self, deeds: Sequence[Deed], *, look: bool, cast: Cast = ()) -> bool:
        """Tell whether so much of the best story shows the same; it is the best one then."""
        assert self._best is not None  # noqa: S101 - called once there is one
        story = tell(self._declaration, cast or self._best.story.cast, deeds, look=look)
        if story == self._best.story:
            return False
        found = self._walked(story)
        if found is None or found.kind != self._best.kind:
            return False
        self._best = found
        return True

    def _walked(self, story: Story) -> Difference | None:
        """Return the difference that a story shows, if it is a new one."""
        if not any(line.keyword == "ならば" for line in story.lines):
            return None
        if story.lines not in self._seen:
            self._seen[story.lines] = self._walk_once(story)
        return self._seen[story.lines]

    def _walk_once(self, story: Story) -> Difference | None:
        found = self._found
        customers, tokens = found.customers + story.customers, found.tokens + story.tokens
        found.over = found.over or not self._limits.allow(customers, tokens)
        if found.over or self._clock() >= self._end:
            raise _Enough
        found.paths += 1
        found.deeds += len(story.deeds)
        found.customers, found.tokens = customers, tokens
        walked = self._walk(story)
        found.idle = found.idle + 1 if walked.verdict is Verdict.NOT_RUN else 0
        found.over = walked.over or found.idle >= _MOST_IDLE
        if walked.verdict in {Verdict.INCONCLUSIVE, Verdict.NOT_RUN}:
            found.troubles[walked.observed] += 1
        if walked.verdict is not Verdict.FAIL or walked.place is None:
            return None
        about = self._declaration.manual.kept(walked.requirements)
        if not about:
            return None  # this manual has withdrawn it
        difference = Difference(
            self._number, story, walked.place, about, walked.observed, walked.expected
        )
        return None if difference.kind in self._known else difference
