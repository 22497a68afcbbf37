"""Both agents build the same model of a page, whatever its markup.

What only a browser knows is taken away first, or named: `ONLY_BROWSERS_SEE`, `_besides_paint`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import pytest
import waitress
from werkzeug.wrappers import Response

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.http import HttpAgents
from otp_conformance.agent.page import PageView
from otp_conformance.agent.port import UserAgent
from workshop.pages.variants import VARIANTS
from workshop.relatives import family, markup
from workshop.skins.screens import screens
from workshop.skins.skin import PLAIN, Skin
from workshop.variants.wsgi import Application, Around, rewriting

pytestmark = pytest.mark.browser

#: Scripts, style sheets and pictures: without them a page is its markup.
_NOT_MARKUP = re.compile(rb"<(script|style)\b.*?</\1>|<link\b[^>]*>", re.DOTALL | re.IGNORECASE)
#: Variants that only a browser can show: built by scripts as a whole, in another document, or
#: in a shadow root.
ONLY_BROWSERS_SEE = {"client-fetch", "client-hash", "frameset", "frame-unnamed", "shadow-fields"}
#: Changes of markup of the relatives.
RELATIVES = {
    "tables": markup.tables,
    "spoken-names": markup.spoken,
    "checked-by-the-browser": markup.checked,
    "other-words": markup.reworded(family.WORDS),
}
SKINS = range(1, 41)


@dataclass
class Shown:
    """Pages under /page/NUMBER, told in another way; ``around`` is exchanged."""

    address: str
    pages: Sequence[str]
    around: Around

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = Response.from_app(self.around(self._page), environ)
        answer.set_data(_NOT_MARKUP.sub(b"", answer.get_data()))
        return answer(environ, start_response)

    def _page(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        _, found, number = environ["PATH_INFO"].partition("/page/")
        html = self.pages[int(number)] if found else ""
        return Response(html, mimetype="text/html", status=200 if found else 404)(
            environ, start_response
        )


def _plain(inner: Application) -> Application:
    return inner


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    pages = list(screens(tmp_path_factory.mktemp("bank")).values())
    shown = Shown("", pages, _plain)
    server = waitress.create_server(shown, host="127.0.0.1", port=0)
    shown.address = f"http://127.0.0.1:{server.effective_port}"
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield shown
    server.close()


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[UserAgent, UserAgent]]:
    browsers = BrowserAgents(["127.0.0.1"], timeout_seconds=20)
    plain = HttpAgents(["127.0.0.1"])
    yield browsers.new(), plain.new()
    browsers.close()
    plain.close()


def _besides_paint(browser: PageView, plain: PageView) -> PageView:
    """Return the plain view with what only paint tells taken over from the browser's.

    That a box lies over the whole window, and which stage looks unlike the others: without
    style sheets the agent without a browser has nothing but a class to guess that from.
    """
    pairs = zip(browser.tracks, plain.tracks, strict=False)
    kept = tuple((texts, current and seen) for (_, current), (texts, seen) in pairs)
    plain = replace(plain, tracks=(*kept, *plain.tracks[len(kept) :]))
    if browser.dialog and not plain.dialog:
        plain = replace(plain, dialog=browser.dialog, alerts=browser.alerts)
    return plain


def differences(one: object, other: object, where: str = "") -> Iterator[str]:
    """Yield in what two views differ, as deep inside as can be told."""
    if is_dataclass(one) and type(one) is type(other):
        for each in fields(one):
            at = f"{where}.{each.name}"
            yield from differences(getattr(one, each.name), getattr(other, each.name), at)
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{where}[{number}]")
    elif one != other:
        yield f"{where}: {one!r} / {other!r}"


def _differing(shown: Shown, both: tuple[UserAgent, UserAgent], around: Around) -> list[str]:
    shown.around = around
    found = []
    for number in range(len(shown.pages)):
        for agent in both:
            agent.open(f"{shown.address}/page/{number}")
        browser, plain = (agent.view() for agent in both)
        # Both asked for themselves: the answers' heads name their own moments.
        told = differences(replace(browser, headers=plain.headers), _besides_paint(browser, plain))
        found += [f"page {number} {each}" for each in told]
    return found


def test_on_every_screen_of_the_bank(shown: Shown, both: tuple[UserAgent, UserAgent]) -> None:
    assert len(shown.pages) > 15
    assert _differing(shown, both, _plain) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", RELATIVES)
def test_on_the_relatives(name: str, shown: Shown, both: tuple[UserAgent, UserAgent]) -> None:
    assert _differing(shown, both, rewriting(RELATIVES[name])) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(VARIANTS.keys() - ONLY_BROWSERS_SEE))
def test_on_pages_told_in_another_way(
    name: str, shown: Shown, both: tuple[UserAgent, UserAgent]
) -> None:
    assert _differing(shown, both, VARIANTS[name].around) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [s for s in SKINS if Skin(s).way("client", "bank") == PLAIN])
def test_in_skins(seed: int, shown: Shown, both: tuple[UserAgent, UserAgent]) -> None:
    assert _differing(shown, both, Skin(seed).around) == []


def test_a_difference_is_told_where_it_is() -> None:
    one = PageView("a", 200, "", ("入力",), "")
    assert list(differences(one, one)) == []
    assert list(differences(one, replace(one, headings=("確認",)))) == [
        ".headings[0]: '入力' / '確認'"
    ]
