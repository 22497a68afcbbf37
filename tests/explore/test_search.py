"""The search: what differs is found, made short, and found again by its seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from gherkin.parser import Parser
from test_model import REFERENCE, changed

from otp_conformance.declaration.model import Declaration
from otp_conformance.explore.deeds import Line, Story, tell
from otp_conformance.explore.search import Difference, Explored, Limits, Walked, explore, feature
from otp_conformance.people.customer import MAIN, OTHER
from otp_conformance.resources import steps_dir
from otp_conformance.run.behave import load_steps, registry
from otp_conformance.specification.words import Status
from otp_conformance.verdict.verdict import Verdict

ALIKE = Walked(Verdict.PASS)
LENIENT = changed(
    lockout__classes=tuple(each for each in REFERENCE.lockout.classes if each != "reused")
)


def behaving(product: Declaration) -> Callable[[Story], Walked]:
    """Return a product that behaves as another declaration says."""

    def walk(story: Story) -> Walked:
        there = tell(product, cast_of(story), story.deeds)
        pairs = zip(story.lines, there.lines, strict=False)
        ours, theirs = next(((a, b) for a, b in pairs if a.text != b.text), (None, None))
        if ours is None or theirs is None or {ours.keyword, theirs.keyword} != {"ならば"}:
            return ALIKE  # what is tried differs: one of the two leaves something open
        return Walked(Verdict.FAIL, ours, ours.text, theirs.text)

    return walk


def cast_of(story: Story) -> list[tuple[str, Status]]:
    given = [line.text for line in story.lines if line.keyword == "前提"]
    states = {"申し込んでいない": Status.NOT_REGISTERED, "届いた": Status.ISSUED}
    status = [
        next((s for word, s in states.items() if word in g), Status.IN_SERVICE) for g in given
    ]
    return list(zip((MAIN, OTHER), status, strict=False))


def searched(walk: Callable[[Story], Walked], *, seed: int = 3, rounds: int = 3) -> Explored:
    return explore(REFERENCE, walk, Limits(seed, 3600, rounds), lambda _: None)


def test_a_product_that_does_not_count_used_codes_is_told_from_the_model() -> None:
    found = searched(behaving(LENIENT))
    assert found.differences
    first = found.differences[0]
    assert first.line.text == "ログインは拒否される"
    assert first.line.requirements == ("LCK-05",)
    assert len(first.story.deeds) <= 4  # log in, almost, the same code, a right one


def test_the_same_seed_finds_the_same() -> None:
    product = behaving(changed(otp__consumption="on_submission"))
    first, again = searched(product), searched(product)
    assert [d.story for d in first.differences] == [d.story for d in again.differences] != []
    alone = searched(product, seed=first.differences[0].seed, rounds=1)
    assert [d.story for d in alone.differences] == [first.differences[0].story]


def test_a_known_difference_is_passed_over_in_later_rounds() -> None:
    found = searched(behaving(LENIENT), rounds=6)
    kinds = [difference.kind for difference in found.differences]
    assert len(kinds) == len(set(kinds))


def test_a_product_like_the_model_differs_nowhere() -> None:
    found = searched(behaving(REFERENCE))
    assert found.differences == []
    assert found.paths > 50
    assert found.seeds == [3, 4, 5]


def test_what_cannot_be_judged_is_counted_and_is_no_difference() -> None:
    found = searched(lambda story: Walked(Verdict.INCONCLUSIVE, observed="画面が変"), rounds=1)
    assert found.differences == []
    assert found.troubles == {"画面が変": found.paths}


def test_it_ends_in_time_even_while_it_shortens() -> None:
    ticking: Iterator[int] = count()
    told: list[Difference] = []
    found = explore(
        REFERENCE,
        behaving(LENIENT),
        Limits(3, seconds=150, shrink_seconds=1),
        told.append,
        clock=lambda: float(next(ticking)),
    )
    assert found.paths < 150
    assert told == found.differences


@pytest.mark.parametrize("seed", range(3))
def test_stories_are_written_in_the_suites_own_sentences(seed: int) -> None:
    load_steps(steps_dir())
    texts: set[Line] = set()

    def walk(story: Story) -> Walked:
        assert Parser().parse(feature(story))["feature"]
        texts.update(story.lines)
        return ALIKE

    searched(walk, seed=seed, rounds=1)
    assert len(texts) > 50
    unknown = [line.text for line in texts if not _known(line)]
    assert unknown == []


def _known(line: Line) -> bool:
    return any(
        definition.match(line.text) for kind in registry.steps.values() for definition in kind
    )
