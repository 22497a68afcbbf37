"""One reading of a page: its model, and the elements behind it to act on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import ElementHandle, Frame, JSHandle
from playwright.sync_api import Error as PlaywrightError

from otp_conformance.agent import trouble
from otp_conformance.agent.browser.scripts import script
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
_PAGE = "({ page, tooLarge }) => ({ __proto__: null, page, tooLarge })"
_ELEMENT = "(found, number) => found.elements[number]"


class Snapshot:
    """A page as it was read, frames included.

    ``frame``: where to begin; ``selectors``: the declared ones.
    """

    def __init__(self, frame: Frame, selectors: Sequence[str]) -> None:
        self._selectors = list(selectors)
        self._handles: list[JSHandle] = []
        page = self._read(frame)
        root = from_raw(page["root"])
        self._graft(root, frame)
        tree = Tree.over(
            root,
            address=page["address"],
            title=squeeze(page["title"]),
            language=page["language"],
        )
        self.model = PageModel(tree, selectors)

    def _read(self, frame: Frame) -> dict[str, Any]:
        """Read one frame. Raises `EnvironmentTrouble` for a page that is too large."""
        handle = frame.evaluate_handle(script("snapshot"), [self._selectors, _MOST])
        self._handles.append(handle)
        found = handle.evaluate(_PAGE)
        if found["tooLarge"]:
            raise trouble.too_large("画面の読み取り", found["tooLarge"])
        page: dict[str, Any] = found["page"]
        return page

    def _graft(self, root: Node, frame: Frame) -> None:
        """Put the pages of the frames where they are shown, in the page's order."""
        places = [node for node in root.within() if node.tag in _FRAMES]
        for place, child in zip(places, frame.child_frames, strict=False):
            if not place.shown or child.is_detached():
                continue
            try:
                page = self._read(child)
            except PlaywrightError:
                continue  # gone in between; what is left is read
            offset = (len(self._handles) - 1) * _ROOM
            inner = from_raw(page["root"], offset=offset, parent=place)
            place.children = [inner]
            self._graft(inner, child)

    def element(self, node: Node) -> ElementHandle:
        """Return the element behind a node."""
        frame, number = divmod(node.number, _ROOM)
        found = self._handles[frame].evaluate_handle(_ELEMENT, number).as_element()
        if found is None:
            raise PlaywrightError("no element behind a node")
        return found
