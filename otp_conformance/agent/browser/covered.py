"""What a page shows of secrets, taken out of a picture of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import JSHandle, Page

from otp_conformance.agent.browser.scripts import script

_MOST_ROUNDS = 6
_LONGEST_TEXT = 200_000


class StillShownError(Exception):
    """A secret that could not be covered: no picture may be taken."""


@contextmanager
def covered(page: Page, secret: Callable[[str], bool], fields: str) -> Iterator[bool]:
    """Cover the innermost elements whose text holds a secret, in every frame, for a ``with`` block.

    ``secret`` tells whether a text does; ``fields``: a selector of what is covered whatever it
    holds. Tells whether one of those may stand elsewhere on the picture, out of its cover.
    Raises `StillShownError` where a secret is seen even so.
    """
    frames: list[JSHandle] = []
    moving: list[bool] = []
    try:
        for frame in page.frames:
            found = frame.evaluate_handle(script("secrets"), fields)
            frames.append(found)
            moving.append(_cover(found, secret))
        yield any(moving)
    finally:
        for found in frames:
            with suppress(PlaywrightError):  # a page that has moved on shows none of it
                found.evaluate("(found) => found.uncover()")


def _cover(found: JSHandle, secret: Callable[[str], bool]) -> bool:
    for _ in range(_MOST_ROUNDS):
        whole, moving = found.evaluate("(found) => [found.whole(), found.moving()]")
        if len(whole) > _LONGEST_TEXT:
            break
        if not secret(whole):
            return bool(moving)
        found.evaluate("(found, places) => found.cover(places)", _innermost(found, secret))
    raise StillShownError


def _innermost(found: JSHandle, secret: Callable[[str], bool]) -> list[int]:
    """Return the elements that show a secret and none of whose own elements does alone."""
    innermost: list[int] = []
    places = [found.evaluate("(found) => found.outermost()")]
    while places:
        inside = found.evaluate("(found, places) => found.within(places)", places)
        deeper: list[int] = []
        for place, children in zip(places, inside, strict=True):
            showing = [child for child, text in children if secret(text)]
            deeper += showing
            innermost += [] if showing else [place]
        places = deeper
    return innermost
