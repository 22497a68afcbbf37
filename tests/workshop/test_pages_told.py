"""Pages told anew say what the bank says: nothing is lost on the way, whatever the skin."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from bs4 import Tag
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop.pages.markup import Page, parse, words
from workshop.skins.screens import screens
from workshop.skins.skin import NEWER, PLAIN, WAYS, Skin, retold


class Told(dict[str, str]):
    """The bank's screens, told shortly where a test fails."""

    def __repr__(self) -> str:
        return f"<{len(self)} screens>"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    return Told(screens(tmp_path_factory.mktemp("bank")))


def _said(page: Page) -> str:
    """Everything that a page shows or has in store: texts, and texts in attributes and scripts."""
    shown = [str(text) for text in page.find_all(string=True)]
    kept = [
        str(value)
        for tag in page.find_all(True)
        for name, value in tag.attrs.items()
        if name in {"alt", "value", "placeholder", "title", "aria-label"}
    ]
    return "".join("".join([*shown, *kept]).split()).replace("　", "")


def _sent(page: Page) -> set[str]:
    """The names under which the forms of a page send something."""
    return {str(i["name"]) for i in page.find_all("input", attrs={"name": True})}


def _come(html: str) -> Page:
    """A page when all has come: a script may bring the content later."""
    page = parse(html)
    for script in page.find_all("script"):
        _, brings, content = (script.string or "").partition("outerHTML=")
        if brings:
            page.find("main").replace_with(parse(json.JSONDecoder().raw_decode(content)[0]))
    return page


def _wanted(page: Page) -> list[str]:
    parts: list[Tag] = [*page.select("h1, button:not([hidden]), nav a, dt, dd, .alert p")]
    for part in page.select(".required, .optional, .alert-mark"):
        part.extract()
    parts += page.select("label")
    return ["".join(words(part).split()) for part in parts]


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6))
def test_no_control_title_fact_or_message_is_lost(told: Mapping[str, str], seed: int) -> None:
    skin = Skin(seed)
    lost = []
    for screen, html in told.items():
        page, bank = _come(retold(skin.way, html)), parse(html)
        said = _said(page)
        lost += [f"{screen}: {name}" for name in _sent(bank) - _sent(page)]
        for wanted in _wanted(bank):
            first, second = wanted[: len(wanted) // 2], wanted[len(wanted) // 2 :]
            if first not in said or second not in said:  # a title may be broken in the middle
                lost.append(f"{screen}: {wanted}")
    assert lost == []


def test_a_skin_is_the_same_for_the_same_seed(told: Mapping[str, str]) -> None:
    for seed in range(3):
        for html in told.values():
            assert retold(Skin(seed).way, html) == retold(Skin.named(str(seed)).way, html)


def test_skins_differ(told: Mapping[str, str]) -> None:
    login = told["ログイン"]
    assert len({retold(Skin(seed).way, login) for seed in range(20)}) > 15


def test_a_skin_without_choices_is_the_bank(told: Mapping[str, str]) -> None:
    for html in told.values():
        assert retold(Skin(7, frozenset()).way, html) == str(parse(html))


def test_every_way_is_drawn(told: Mapping[str, str]) -> None:
    drawn = {
        (aspect, Skin(seed).way(aspect, f"画面/{part}"))
        for seed in (*range(300), *range(1000, 1300))
        for part in range(3)
        for aspect in (*WAYS, *NEWER)
    }
    known = (*WAYS.items(), *NEWER.items())
    assert drawn == {(aspect, way) for aspect, ways in known for way in ways}


def test_older_skins_stay_as_they_were(told: Mapping[str, str]) -> None:
    for seed in range(50):
        for aspect, ways in NEWER.items():
            assert Skin(seed).way(aspect, "画面/部品") not in {*ways} - {PLAIN}


def test_one_choice_alone_changes_its_place_alone() -> None:
    seed = next(s for s in range(99) if Skin(s).way("caption", "ログイン/login_id") != PLAIN)
    skin = Skin(seed, frozenset({"caption/ログイン/login_id"}))
    assert skin.way("caption", "ログイン/login_id") == Skin(seed).way(
        "caption", "ログイン/login_id"
    )
    assert skin.way("caption", "ログイン/password") == PLAIN
    assert Skin.named(skin.name) == skin
