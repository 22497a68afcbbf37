"""The search: what differs is found, made short, and found again by its seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from gherkin.parser import Parser
from test_model import REFERENCE, changed

from otp_conformance.cli import bundle
from otp_conformance.declaration.model import Declaration
from otp_conformance.explore import search
from otp_conformance.explore.deeds import Line, Story, tell
from otp_conformance.explore.scenario import feature
from otp_conformance.explore.search import Difference, Explored, Limits, Walked, explore
from otp_conformance.resources import steps_dir
from otp_conformance.run.behave import load_steps, registry
from otp_conformance.verdict.verdict import Verdict

ALIKE = Walked(Verdict.PASS)
STRICT = changed(otp__consumption="on_submission")
"""Of a product that uses a code up beside a wrong confirmation password, against its word."""
PATHS = 30
"""In so many it is met in more than every other round."""


def behaving(product: Declaration) -> Callable[[Story], Walked]:
    """Return a product that behaves as another declaration says."""

    def walk(story: Story) -> Walked:
        there = tell(product, story.cast, story.deeds, look=story.look)
        for place, (ours, theirs) in enumerate(zip(story.lines, there.lines, strict=False)):
            if ours.text != theirs.text:
                if {ours.keyword, theirs.keyword} != {"ならば"}:
                    return ALIKE  # what is tried differs: one of the two leaves something open
                return Walked(Verdict.FAIL, place, ours.requirements, ours.text, theirs.text)
        return ALIKE

    return walk


def searched(
    walk: Callable[[Story], Walked], *, seed: int = 2, rounds: int = 1, **limits: int
) -> Explored:
    return explore(
        REFERENCE, walk, Limits(seed, 3600, rounds, paths=PATHS, **limits), lambda _: None
    )


@pytest.fixture(scope="module")
def first() -> Difference:
    """Return the first difference that some round finds."""
    rounds = (searched(behaving(STRICT), seed=seed) for seed in range(2, 12))
    return next(found.differences[0] for found in rounds if found.differences)


def test_a_difference_is_found_and_made_short(first: Difference) -> None:
    beside_a_mistake, again = first.story.deeds
    assert (beside_a_mistake.verb, beside_a_mistake.code) == ("deactivate", "新しい")
    assert beside_a_mistake.slip
    assert (again.verb in {"deactivate", "log_in"}, again.code, again.slip) == (True, "同じ", 0)
    assert first.line.text in {"利用解除が完了する", "ログインできる"}
    assert set(first.requirements) & {"DEA-14", "LGN-04"}
    assert not first.story.look


def test_the_same_seed_finds_the_same(first: Difference) -> None:
    again = searched(behaving(STRICT), seed=first.seed)
    assert again.differences == [first]


def test_a_known_difference_is_passed_over_in_later_rounds(first: Difference) -> None:
    found = searched(behaving(STRICT), seed=first.seed, rounds=3)
    kinds = [difference.kind for difference in found.differences]
    assert kinds[0] == first.kind
    assert len(kinds) == len(set(kinds))


def test_a_product_like_the_model_differs_nowhere() -> None:
    found = searched(behaving(REFERENCE), rounds=2)
    assert found.differences == []
    assert found.paths > PATHS / 2
    assert found.seeds == [2, 3]


def test_what_was_not_met_yet_is_preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    def met() -> int:
        walked: list[Story] = []

        def walk(story: Story) -> Walked:
            walked.append(story)
            return ALIKE

        searched(walk)
        return len({moment for story in walked for moment in story.moments})

    chosen = met()
    monkeypatch.setattr(search, "_CHOICE", 1)
    assert chosen > 1.3 * met()


def test_what_cannot_be_judged_is_counted_and_is_no_difference() -> None:
    found = searched(lambda story: Walked(Verdict.INCONCLUSIVE, observed="画面が変"))
    assert found.differences == []
    assert found.troubles == {"画面が変": found.paths}


def test_nothing_is_tried_at_a_system_that_is_gone() -> None:
    gone = Walked(Verdict.NOT_RUN, observed="応答がない", over=True)
    found = searched(lambda story: gone, rounds=3)
    assert (found.paths, found.over, found.seeds) == (1, True, [2])
    lacking = searched(lambda story: Walked(Verdict.NOT_RUN, observed="お客さまがいない"))
    assert (lacking.paths, lacking.over) == (10, True)


def test_no_more_customers_and_tokens_are_used_than_were_granted() -> None:
    taken: list[Story] = []

    def walk(story: Story) -> Walked:
        taken.append(story)
        return ALIKE

    for limits in ({"customers": 20}, {"tokens": 20}):
        taken.clear()
        found = searched(walk, rounds=3, **limits)
        assert found.over
        assert found.customers == sum(story.customers for story in taken)
        assert found.tokens == sum(story.tokens for story in taken)
        assert (found.customers if "customers" in limits else found.tokens) in range(10, 21)


def test_it_ends_in_time_even_while_it_shortens() -> None:
    ticking: Iterator[int] = count()
    told: list[Difference] = []
    found = explore(
        REFERENCE,
        behaving(STRICT),
        Limits(3, seconds=40, shrink_seconds=1),
        told.append,
        clock=lambda: float(next(ticking)),
    )
    assert found.paths < 40
    assert told == found.differences


@pytest.mark.parametrize("seed", range(3))
def test_stories_are_written_in_the_suites_own_sentences(seed: int) -> None:
    load_steps(steps_dir())
    lines: set[Line] = set()

    def walk(story: Story) -> Walked:
        assert Parser().parse(feature(story))["feature"]
        lines.update(story.lines)
        return ALIKE

    searched(walk, seed=seed)
    assert len(lines) > 50
    assert [line.text for line in lines if not _known(line)] == []
    known = bundle.catalogue().requirements
    assert {each for line in lines for each in line.requirements} <= set(known)


def _known(line: Line) -> bool:
    return any(
        definition.match(line.text) for kind in registry.steps.values() for definition in kind
    )
