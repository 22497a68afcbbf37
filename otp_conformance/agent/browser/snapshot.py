"""One reading of a page: its model, and the elements behind it to act on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from playwright.sync_api import ElementHandle, Frame
from playwright.sync_api import Error as PlaywrightError

from otp_conformance.agent import trouble
from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.browser.traffic import Settled
from otp_conformance.agent.model import PageModel
from otp_conformance.agent.tree import (
    DEEPEST,
    MOST_CONTROLS,
    MOST_ELEMENTS,
    MOST_SIGNS,
    Node,
    Tree,
    from_raw,
)
from otp_conformance.text import squeeze

_FRAMES = ("iframe", "frame")
# Elements of one frame; the next frame's numbers begin after them.
_ROOM = 10_000_000
_MOST = {
    "elements": MOST_ELEMENTS,
    "controls": MOST_CONTROLS,
    "signs": MOST_SIGNS,
    "depth": DEEPEST,
}
_READINGS = count(1)
# A page that was left, or read anew, has not the elements of this reading any more.
_AT = """([reading, numbers, given]) => {
  const read = window[Symbol.for("otp-conformance.read")];
  if (read?.reading !== reading) throw new Error("Execution context was destroyed");
  const found = [];
  for (const number of numbers) found.push((%s)(read.elements[number], ...given));
  return found.length === 1 ? found[0] : found;
}"""


@dataclass(frozen=True)
class Element:
    """An element of a reading, on its page."""

    frame: Frame
    reading: int
    number: int

    def call(self, function: str, *given: object) -> Any:  # noqa: ANN401 - what the script returns
        """Return what a function of the page makes of the element.

        Raises Playwright's error as of a page that was left, where it was or was read anew.
        """
        return self.frame.evaluate(_AT % function, [self.reading, [self.number], list(given)])

    def handle(self) -> ElementHandle:
        """Return the element for Playwright's own ways, which cost a page some 15 ms at first."""
        found = self.frame.evaluate_handle(
            _AT % "(element) => element", [self.reading, [self.number], []]
        ).as_element()
        if found is None:
            raise PlaywrightError("no element behind a node")
        return found


def call_on_each(elements: Sequence[Element], function: str) -> list[Any]:
    """Return what a function of the page makes of each element: one question for one frame's."""
    if len(elements) < 2 or len({(each.frame, each.reading) for each in elements}) > 1:
        return [each.call(function) for each in elements]
    first, numbers = elements[0], [each.number for each in elements]
    found: list[Any] = first.frame.evaluate(_AT % function, [first.reading, numbers, []])
    return found


@dataclass(frozen=True)
class Reading:
    """What one frame holds, as it was read. ``raw``: JSON, as of snapshot.js."""

    frame: Frame
    number: int
    raw: str

    def page(self) -> dict[str, Any]:
        """Return it taken apart. Raises `EnvironmentTrouble` for a page that is too large."""
        try:
            found: dict[str, Any] = json.loads(self.raw)
        except ValueError as error:  # the page has made something else of JSON
            raise PlaywrightError(f"TypeError: {error}") from error
        if large := found.get("tooLarge"):
            raise trouble.too_large("画面の読み取り", large)
        return found


def read(frame: Frame, selectors: Sequence[str]) -> Reading:
    """Read one frame of a page. ``selectors``: the declared ones."""
    number = next(_READINGS)
    return Reading(frame, number, frame.evaluate(script("snapshot"), [selectors, _MOST, number]))


_SETTLED = """async (given) => {
  const found = await (%s)();
  try {
    if (given && found.done && !found.leaving) found.page = (%s)(given);
  } catch {
    // What keeps a page from being read is told to whoever wants to read it.
  }
  return found;
}"""


def settle(
    frame: Frame, selectors: Sequence[str], *, reading: bool
) -> tuple[Settled, Reading | None]:
    """Ask a frame whether it is at rest, and read it in the same moment where that is wanted."""
    number = next(_READINGS)
    found = frame.evaluate(
        _SETTLED % (script("settled"), script("snapshot")),
        [selectors, _MOST, number] if reading else None,
    )
    raw = found.get("page")
    return (
        Settled(found["done"], found["leaving"], found["sentOnMs"]),
        Reading(frame, number, raw) if raw is not None else None,
    )


class Snapshot:
    """A page as it was read, frames included.

    ``reading``: of the frame to begin with; ``selectors``: the declared ones.
    """

    def __init__(self, reading: Reading, selectors: Sequence[str]) -> None:
        self._selectors = selectors
        self._readings = [reading]
        page = reading.page()
        root = from_raw(page["root"])
        self._graft(root, reading.frame)
        tree = Tree.over(
            root,
            address=page["address"],
            title=squeeze(page["title"]),
            language=page["language"],
        )
        self.model = PageModel(tree, selectors)

    def _graft(self, root: Node, frame: Frame) -> None:
        """Put the pages of the frames where they are shown, in the page's order."""
        places = [node for node in root.within() if node.tag in _FRAMES]
        for place, child in zip(places, frame.child_frames, strict=False):
            if not place.shown or child.is_detached():
                continue
            try:
                reading = read(child, self._selectors)
                page = reading.page()
            except PlaywrightError:
                continue  # gone in between; what is left is read
            offset = len(self._readings) * _ROOM
            self._readings.append(reading)
            inner = from_raw(page["root"], offset=offset, parent=place)
            place.children = [inner]
            self._graft(inner, child)

    def element(self, node: Node) -> Element:
        """Return the element behind a node."""
        place, number = divmod(node.number, _ROOM)
        reading = self._readings[place]
        return Element(reading.frame, reading.number, number)
