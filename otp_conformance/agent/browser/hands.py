"""Typing and clicking as a person does, at an element that has been found."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from otp_conformance.agent import trouble as page_trouble
from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.browser.snapshot import Element
from otp_conformance.agent.model import Found
from otp_conformance.agent.page import Control
from otp_conformance.agent.tree import Node
from otp_conformance.text import same, squeeze

Find = Callable[[Node], Element]
# The page changed under a script or a hand: it was left, or built anew.
_MOVED_ON = (
    "Execution context was destroyed",
    "Cannot find context",
    "frame was detached",
    (_DETACHED := "not attached"),
)
_VEIL_PATIENCE_MS, _A_WHILE_MS = 6000, 50
_MOST_MISSES = 3
_FOCUS = "(el) => el.focus()"
_KEYS_THAT_ACT = re.compile(r"[\r\n\t]")


def moved_on(error: PlaywrightError) -> bool:
    """Tell whether an error only says that the page has gone on meanwhile."""
    return any(sign in error.message for sign in _MOVED_ON)


def built_anew(error: PlaywrightError) -> bool:
    """Tell whether an element was gone before anything was done to it."""
    return _DETACHED in error.message


@cache
def _unfolded(name: str) -> str:
    """Return a script that first opens the folded parts of the page that its element is in."""
    unfold, then = script("unfold"), script(name)
    return f"(el, ...given) => {{ ({unfold})(el); return ({then})(el, ...given); }}"


# -- typing ----------------------------------------------------------------------------


def enter(control: Control, found: Found, value: str, page: Page, element: Find) -> str:
    """Put a value into a field, or its signs into the boxes that make it up.

    Returns what is held afterwards (what the page cuts or cleans is its own affair).
    Raises `DeclarationMismatch` where nothing can be typed.
    """
    if len(found.boxes) > 1:
        return _into_boxes(control, found, value, element)
    return _into(control, found.node, found.parts(value)[0], page, element(found.node))


def _into_boxes(control: Control, found: Found, value: str, element: Find) -> str:
    boxes = [element(box) for box in found.boxes]
    for box in boxes:
        _require_editable(control, box)
        box.handle().fill("")
    for box, part in zip(boxes, found.parts(value), strict=True):
        box.handle().type(part)
    return "".join(_held(box) for box in boxes)


def _into(control: Control, node: Node, value: str, page: Page, field: Element) -> str:
    plain = field.call(_unfolded("take"))
    if not node.editable:
        _require_editable(control, field)
    if node.kind == "number":
        # Only real keys can show what a number field does with letters.
        field.handle().fill("")
        field.handle().type(value)
        return _held(field)
    _fill(field, value, page, plain=plain and node.editable)
    held = _held(field)
    return held if held == value else type_by_keys(field, value)


def _fill(field: Element, value: str, page: Page, *, plain: bool) -> None:
    """Put a value into a field in place of what it holds.

    ``plain``: it has been taken by the page's own means, its content selected.
    """
    if not plain:
        field.handle().fill(value)
    elif value:
        page.keyboard.insert_text(value)
    else:
        page.keyboard.press("Delete")


def type_by_keys(field: Element, value: str) -> str:
    """Type a value key by key, for pages that listen to keys; return what is held.

    A value with a line end or a tab is put in at once: their keys would send the form or
    leave the field, half of the value typed.
    """
    handle = field.handle()
    if _KEYS_THAT_ACT.search(value):
        handle.fill(value)
        return _held(field)
    handle.fill("")
    handle.type(value)
    return _held(field)


def _held(field: Element) -> str:
    held: str = field.call(script("held_value"))["value"]
    return held


def editable(field: Element) -> bool:
    """Give the field the focus, which some wait for; tell whether it can be typed into."""
    field.call(_FOCUS)
    return bool(field.call(script("held_value"))["editable"])


def _require_editable(control: Control, field: Element) -> None:
    if not editable(field):
        raise page_trouble.unusable(control, "入力できない状態です（読み取り専用または無効）")


# -- choosing and pressing -------------------------------------------------------------


def choose(control: Control, found: Found, option: str, element: Find) -> None:
    """Check a box or a radio button, or choose an option of a list by its text.

    Raises `DeclarationMismatch` for a list without that option, and for what cannot be used.
    """
    handle = element(found.handle)
    handle.call(script("unfold"))
    if not found.node.enabled:
        raise page_trouble.unusable(control, "選べない状態です（無効）")
    if found.node.tag == "select":
        texts = [squeeze(n.all_text()) for n in found.node.within() if n.tag == "option"]
        fitting = [number for number, text in enumerate(texts) if same(text, [option])]
        if not fitting:
            raise page_trouble.no_option(control, option, texts)
        element(found.node).handle().select_option(index=fitting[0])
    elif not found.node.ticked:
        handle.handle().click()


@dataclass(frozen=True)
class Ready:
    """A control that can be pressed.

    ``told``: what the browser's own check of the form would have said; ``opens_window``:
    pressing opens a window of its own; ``at``: where on the page it is to be hit (px), None
    where that is for Playwright to find out.
    """

    told: str | None
    opens_window: bool
    at: tuple[float, float] | None


def ready(control: Control, element: Element, page: Page, *, aim: bool = False) -> Ready:
    """Wait until nothing lies over a control that is to be pressed.

    ``aim``: it is going to be hit with the mouse (`press`).
    Raises `DeclarationMismatch` for what something stays over.
    """
    waited = 0
    while True:
        found = element.call(_unfolded("ready"), aim)
        if found["over"] is None:
            at = found["at"]
            return Ready(found["told"], found["opensWindow"], (at[0], at[1]) if at else None)
        if waited >= _VEIL_PATIENCE_MS:
            raise page_trouble.covered(control, found["over"])
        page.wait_for_timeout(_A_WHILE_MS)
        waited += _A_WHILE_MS


def press(control: Control, element: Element, page: Page, *, twice: bool = False) -> Ready:
    """Click a control with the mouse as soon as nothing lies over it.

    What moves away under the mouse is clicked anew: whatever lay there instead got nothing of
    the click. What does not hold still is waited for (by Playwright).
    Raises `DeclarationMismatch` for what something stays over.
    """
    for _ in range(_MOST_MISSES):
        found = ready(control, element, page, aim=not twice)
        if found.at is None:
            break
        if _struck(element, found.at, page):
            return found
    handle = element.handle()
    if twice:
        handle.dblclick()
    else:
        handle.click()
    return found


def _struck(element: Element, at: tuple[float, float], page: Page) -> bool:
    """Click on a place; tell whether the element was there at that moment."""
    page.mouse.click(*at)
    try:
        return bool(element.call(script("struck")))
    except PlaywrightError as error:
        if not moved_on(error):
            raise
        return True  # the page was left: that is what the click has done
