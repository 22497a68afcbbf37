"""Typing and clicking as a person does, at an element that has been found."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import ElementHandle, Page
from playwright.sync_api import Error as PlaywrightError

from otp_conformance.agent import trouble as page_trouble
from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.model import Found
from otp_conformance.agent.page import Control
from otp_conformance.agent.tree import Node
from otp_conformance.text import same, squeeze

Element = Callable[[Node], ElementHandle]
# The page changed under a script or a hand: it was left, or built anew.
_MOVED_ON = (
    "Execution context was destroyed",
    "Cannot find context",
    "frame was detached",
    (_DETACHED := "not attached"),
)
_VEIL_PATIENCE_MS, _A_WHILE_MS = 6000, 50
_FOCUS = "(el) => el.focus()"
_UNFOLD = """(el) => {
  for (let at = el; at; at = at.parentElement)
    if (at.matches("details:not([open])")) at.querySelector("summary")?.click();
}"""
_KEYS_THAT_ACT = re.compile(r"[\r\n\t]")


def moved_on(error: PlaywrightError) -> bool:
    """Tell whether an error only says that the page has gone on meanwhile."""
    return any(sign in error.message for sign in _MOVED_ON)


def built_anew(error: PlaywrightError) -> bool:
    """Tell whether an element was gone before anything was done to it."""
    return _DETACHED in error.message


def enter(control: Control, found: Found, value: str, element: Element) -> str:
    """Put a value into a field, or its signs into the boxes that make it up.

    Returns what is held afterwards (what the page cuts or cleans is its own affair).
    Raises `DeclarationMismatch` where nothing can be typed.
    """
    if len(found.boxes) > 1:
        return _into_boxes(control, found, value, element)
    unfold(element(found.node))
    limit = found.max_length
    return _into(control, found.node, value if limit is None else value[:limit], element)


def unfold(element: ElementHandle) -> None:
    """Open the folded parts of the page (details) that an element is in."""
    element.evaluate(_UNFOLD)


def _into_boxes(control: Control, found: Found, value: str, element: Element) -> str:
    boxes = [element(box) for box in found.boxes]
    for box in boxes:
        _require_editable(control, box)
        box.fill("")
    for box, sign in zip(boxes, value, strict=False):
        box.type(sign)
    return "".join(_held(box) for box in boxes)


def _into(control: Control, node: Node, value: str, element: Element) -> str:
    field = element(node)
    if not node.editable:
        _require_editable(control, field)
    if node.kind == "number":
        # Only real keys can show what a number field does with letters.
        field.fill("")
        field.type(value)
        return _held(field)
    field.fill(value)
    held = _held(field)
    return held if held == value else type_by_keys(field, value)


def type_by_keys(field: ElementHandle, value: str) -> str:
    """Type a value key by key, for pages that listen to keys; return what is held.

    A value with a line end or a tab is put in at once: their keys would send the form or
    leave the field, half of the value typed.
    """
    if _KEYS_THAT_ACT.search(value):
        field.fill(value)
        return _held(field)
    field.fill("")
    field.type(value)
    return _held(field)


def _held(field: ElementHandle) -> str:
    held: str = field.evaluate(script("held_value"))["value"]
    return held


def editable(field: ElementHandle) -> bool:
    """Give the field the focus, which some wait for; tell whether it can be typed into."""
    field.evaluate(_FOCUS)
    return bool(field.evaluate(script("held_value"))["editable"])


def _require_editable(control: Control, field: ElementHandle) -> None:
    if not editable(field):
        raise page_trouble.unusable(control, "入力できない状態です（読み取り専用または無効）")


def choose(control: Control, found: Found, option: str, element: Element) -> None:
    """Check a box or a radio button, or choose an option of a list by its text.

    Raises `DeclarationMismatch` for a list without that option, and for what cannot be used.
    """
    unfold(element(found.handle))
    if not found.node.enabled:
        raise page_trouble.unusable(control, "選べない状態です（無効）")
    if found.node.tag == "select":
        texts = [squeeze(n.all_text()) for n in found.node.within() if n.tag == "option"]
        fitting = [number for number, text in enumerate(texts) if same(text, [option])]
        if not fitting:
            raise page_trouble.no_option(control, option, texts)
        element(found.node).select_option(index=fitting[0])
    elif not found.node.checked:
        element(found.handle).click()


def ready(control: Control, element: ElementHandle, page: Page) -> tuple[str | None, bool]:
    """Wait until nothing lies over a control that is to be pressed.

    Returns what the browser's own check of the form would have said, and whether the press
    opens a window of its own. Raises `DeclarationMismatch` for what something stays over.
    """
    unfold(element)
    waited = 0
    while True:
        found = element.evaluate(script("ready"))
        if found["over"] is None:
            return found["told"], found["opensWindow"]
        if waited >= _VEIL_PATIENCE_MS:
            raise page_trouble.covered(control, found["over"])
        page.wait_for_timeout(_A_WHILE_MS)
        waited += _A_WHILE_MS
