"""Where 戻る and 申込を中止する lead, as declared: no bank."""

from __future__ import annotations

from types import SimpleNamespace as Some

import pytest
from pretend_world import judge, screen, site

from otp_conformance.judging.screen import ScreenJudge

PORTAL, TOP, ELSEWHERE = "portal", "top", "elsewhere"


def at(place: str, **exits: str):
    """Return a world whose customer has ended at a place."""
    shown = site(top=screen(shown=place == TOP), portal=screen(shown=place == PORTAL))
    return judge(acting=lambda: Some(site=shown), declaration=Some(exits=Some(**exits)))


@pytest.mark.parametrize("place", [PORTAL, TOP, ELSEWHERE])
@pytest.mark.parametrize(
    ("declared", "right"), [("previous", {PORTAL}), ("portal", {PORTAL}), ("top", {TOP})]
)
def test_back_leads_where_it_is_declared_to(declared: str, right: set[str], place: str) -> None:
    made = at(place, back=declared)
    ScreenJudge(made).back_leads()
    assert made.case.ends == [("fact", place in right)]


@pytest.mark.parametrize("place", [PORTAL, TOP, ELSEWHERE])
@pytest.mark.parametrize(
    ("declared", "right"), [("portal_or_top", {PORTAL, TOP}), ("portal", {PORTAL}), ("top", {TOP})]
)
def test_cancelling_leads_where_it_is_declared_to(
    declared: str, right: set[str], place: str
) -> None:
    made = at(place, cancel=declared)
    ScreenJudge(made).cancel_leads()
    assert made.case.ends == [("fact", place in right)]
