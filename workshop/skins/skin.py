"""A skin: for every part of every screen the way in which it is told, drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from workshop.pages import buttons, captions, fields, habits, texts, told, whole
from workshop.pages.markup import captioned, parse, submits, title_of, words
from workshop.relatives.markup import crowded
from workshop.variants.wsgi import Application

PLAIN = "as-it-is"
WayOf = Callable[[str, str], str]
"""Tells the way of an aspect at a place (``screen/part``, or ``bank`` for all of it)."""


def _ways(known: Mapping[str, object] | Sequence[str], besides: str = "") -> tuple[str, ...]:
    """Return the ways without those that leave a person guessing."""
    return tuple(way for way in known if way not in besides.split())


WAYS: Mapping[str, tuple[str, ...]] = {
    "client": (PLAIN, PLAIN, "fetch", "hash"),
    "window": (PLAIN, PLAIN, "own", "frames"),
    "encoding": (PLAIN, PLAIN, "cp932", "euc_jp"),
    "waiting": (PLAIN, PLAIN, "refresh"),
    "windows": _ways(texts.WINDOW_TITLES),
    "field": _ways(fields.FIELDS),
    "caption": _ways(captions.CAPTIONS, "title"),
    "button": _ways(buttons.BUTTONS),
    "link": _ways(buttons.LINKS),
    "title": _ways(texts.TITLES),
    "facts": _ways(texts.FACTS),
    "steps": _ways(texts.STEPS),
    "refusal": _ways(texts.REFUSALS),
    "mood": _ways(whole.MOODS, "hidden-twin"),
}
#: Ways that no skin below `_NEWER_FROM` has: what older seeds found must stay as it was.
NEWER: Mapping[str, tuple[str, ...]] = {
    "field": ("in-parts", "masked"),
    "caption": ("grid", "lying-over", "with-example"),
    "button": ("a-role-button", "div-tabindex", "broken"),
    "title": ("wbr", "after-a-logo"),
    "facts": ("grid",),
    "refusal": ("codes",),
    "around": (PLAIN, PLAIN, "crowded"),
    "names": (PLAIN, "passing"),
    "services": habits.SERVICES,
    **{layer: (PLAIN, *ways) for layer, ways in habits.LAYERS.items()},
}
_NEWER_FROM = 1000
#: What would go on for ever in a page that is never left.
_MULTI_PAGE_MOODS = {"late", "ticking", "keeping-alive"}
_CHARSETS = {"cp932": "Shift_JIS", "euc_jp": "EUC-JP"}


@dataclass(frozen=True)
class Skin:
    """``only``: the choices that count, as ``aspect/place``; None: all.

    A bank has a house style: how often a part departs from it is drawn, too.
    """

    seed: int
    only: frozenset[str] | None = None

    @classmethod
    def named(cls, name: str) -> Skin:
        """Return the skin of a name: ``SEED`` or ``SEED:choice,choice``."""
        seed, with_choices, choices = name.partition(":")
        return cls(int(seed), frozenset(choices.split(",")) if with_choices else None)

    @property
    def name(self) -> str:
        """Its name, from which it can be made anew."""
        return f"{self.seed}" if self.only is None else f"{self.seed}:{','.join(sorted(self.only))}"

    def way(self, aspect: str, place: str) -> str:
        """Return how an aspect is told at a place."""
        if self.only is not None and f"{aspect}/{place}" not in self.only:
            return PLAIN
        departs = Random(f"{self.seed} departs").choice((0.0, 0.3, 1.0))  # noqa: S311
        here = Random(f"{self.seed} {aspect} {place}")  # noqa: S311
        house = Random(f"{self.seed} {aspect}")  # noqa: S311
        drawn = here if here.random() < departs else house
        return drawn.choice(self._ways(aspect))

    def _ways(self, aspect: str) -> tuple[str, ...]:
        newer = NEWER.get(aspect, ())
        older = tuple(way for way in WAYS.get(aspect, ()) if way not in newer)
        return (older or (PLAIN,)) if self.seed < _NEWER_FROM else (*older, *newer)

    def around(self, inner: Application) -> Application:
        """Serve the bank in this skin."""
        client, window = self.way("client", "bank"), self.way("window", "bank")
        for layer, ways in habits.LAYERS.items():
            if (way := self.way(layer, "bank")) != PLAIN:
                inner = ways[way](inner)
        if client != PLAIN:
            return told.single_page(client)(self._named(told.telling(self._retold)(inner)))
        encoding = self.way("encoding", "bank")
        if encoding == PLAIN:
            bank = self._named(told.telling(self._retold)(inner))
        else:
            content_type = f"text/html; charset={_CHARSETS[encoding]}"
            bank = told.telling(self._retold, codec=encoding, content_type=content_type)(inner)
        if self.way("waiting", "bank") != PLAIN:
            bank = told.waiting(bank)
        return told.frames("main")(bank) if window == "frames" else bank

    def _named(self, inner: Application) -> Application:
        passing = self.way("names", "bank") != PLAIN
        return habits.passing_names(inner) if passing else inner

    def _retold(self, html: str) -> str:
        return retold(self.way, html)

    def declared(self) -> dict[str, object]:
        """Return what its vendor declares beside the reference bank's."""
        framed = self.way("client", "bank") == PLAIN and self.way("window", "bank") == "frames"
        asked_again = self.way("check-page", "bank") != PLAIN
        check_page = {"title": [habits.CHECK_TITLE], "press": [habits.SURE]}
        return {
            **({"sut.frame": "main"} if framed else {}),
            **({"login.interstitials": [check_page]} if asked_again else {}),
        }


def retold(way: WayOf, html: str) -> str:
    """Return a page of the bank, each part told in its way; a pure function."""
    page = parse(html)
    if page.head is None or page.body is None:
        return html
    screen = title_of(page)
    habits.agreement(page, way("agreement", "bank"))
    habits.cards(page, way("cards", "bank"))
    habits.services(page, way("services", "bank"))
    for block in captioned(page):
        entry = block.find("input")
        place = f"{screen}/{entry['name']}"
        fields.FIELDS[way("field", place)](page, entry)
        captions.caption(block, way("caption", place))
    for button in list(submits(page)):
        buttons.button(page, button, way("button", f"{screen}/{words(button)}"))
    for link in buttons.menu_links(page):
        buttons.link(link, way("link", f"{screen}/{words(link)}"))
    for listed in page.select("dl.facts"):
        texts.facts(listed, way("facts", screen))
    for listed in page.select("ol.progress"):
        texts.steps(listed, way("steps", screen))
    texts.refusal(page, way("refusal", screen))
    texts.title(page, way("title", screen))
    texts.window_title(page, way("windows", "bank"))
    single = way("client", "bank") != PLAIN
    if not single and way("window", "bank") == "own":
        whole.window_of_its_own(page)
    mood = way("mood", screen)
    if not (single and mood in _MULTI_PAGE_MOODS):
        whole.MOODS[mood](page)
    return crowded(str(page)) if way("around", "bank") != PLAIN else str(page)
