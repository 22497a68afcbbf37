"""Accessibility of a page in Chromium: axe-core, the accessibility tree, Tab and the clipboard.

All that reads the page runs in a world of its own (`Page.createIsolatedWorld`): what the page
has done to its objects and timers has no hold there, its content security policy does not
keep axe-core out, and the page cannot see that it is examined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from playwright.sync_api import CDPSession, ElementHandle, FloatRect, Page
from playwright.sync_api import Error as PlaywrightError

from otp_conformance.agent.accessibility import (
    ControlAccess,
    Examination,
    Stage,
    Tour,
    Violation,
)
from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.page import Control

_FIELDS = {"textbox", "searchbox", "spinbutton"}
_CHOICES = {"checkbox", "radio", "combobox", "switch", "menuitem", "tab"}
_CONTROLS = _FIELDS | _CHOICES | {"button", "link"}
# Fields that the browser makes up of parts.
_BUILT = _FIELDS | {"Date", "DateTime", "InputTime", "ColorWell", "Video", "Audio"}
_HEIGHT = 800
_AROUND_PX = 12.0
# Once around, once more to be sure of a trap, and the same after Escape.
_ROUNDS = 4
_SPARE = 5


@cache
def _axe() -> str:
    """Return axe-core's source, as its package has it."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


class BrowserAccessibility:
    """The port `Accessibility` over one page.

    ``frame``: name of the frame that the site's screens are in, empty for none. ``element``
    finds a control's element; ``selector`` a CSS selector for it, empty where it is missing.
    ``acting`` and ``examining``: within which the agent lets something be done to the page,
    or only looked at; they are told its name.
    """

    def __init__(
        self,
        page: Page,
        frame: str,
        element: Callable[[Control], ElementHandle],
        selector: Callable[[Control], str],
        acting: Callable[[str], AbstractContextManager[None]],
        examining: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._page, self._frame_name = page, frame
        self._element, self._selector = element, selector
        self._acting, self._examining = acting, examining

    # -- looking -------------------------------------------------------------

    def examine(self, width: int, fields: Mapping[str, Control]) -> Examination:
        """Examine the page at a width in CSS px; the window has its old size afterwards."""
        wanted = {key: found for key, c in fields.items() if (found := self._selector(c))}
        with self._probing("アクセシビリティーの検査") as world, self._as_wide_as(width):
            world.call("settled", None)
            found = world.call("page")
            controls = world.controls()
            elements = [world.element(node) for node in controls]
            told = world.call("controls", wanted, elements=elements, first=True)
            violations = world.call("violations")
            return Examination(
                width=width,
                title=self._page.title(),
                language=found["language"],
                violations=tuple(
                    Violation(v["rule"], tuple(v["criteria"]), v["impact"], v["place"])
                    for v in violations
                ),
                controls=tuple(
                    _control(node, facts) for node, facts in zip(controls, told, strict=True)
                ),
                live=tuple(found["live"]),
                focused=found["focused"],
                sticks_out=tuple(found["sticksOut"]),
                tracks=tuple(
                    tuple(Stage(s["text"], s["told"], s["apart"]) for s in track)
                    for track in found["tracks"]
                ),
            )

    @contextmanager
    def _as_wide_as(self, width: int) -> Iterator[None]:
        before = self._page.viewport_size
        self._page.set_viewport_size({"width": width, "height": _HEIGHT})
        try:
            yield
        finally:
            if before is not None:
                self._page.set_viewport_size(before)

    # -- by the keyboard -----------------------------------------------------

    def tour(self) -> Tour:
        """Go through the page by the Tab key, once around."""
        with self._probing("Tabキーでの操作") as world:
            controls = [node for node in world.controls() if not _is(node, "disabled")]
            elements = [world.element(node) for node in controls]
            count = world.call("begin", elements=elements)
            trapped = self._go_round(world, count)
            found = world.call("toured")
            unseen = [
                place
                for number in range(found["unseen"])
                if (place := self._looks_the_same(world, number))
            ]
            return Tour(
                missed=() if trapped else tuple(found["missed"]),
                trapped=trapped,
                unseen=tuple(unseen),
            )

    def _go_round(self, world: _World, count: int) -> str:
        """Press Tab until all have had the focus; return where it does not come out."""
        released = False
        inside = 0
        for _ in range(_ROUNDS * (count + _SPARE)):
            self._page.keyboard.press("Tab")
            step = world.call("step")
            inside = 0 if step["out"] or not step["again"] else inside + 1
            if not step["left"]:
                return ""
            if step["out"] and step["again"]:
                return ""
            if inside > count + _SPARE:
                if released:
                    return str(world.call("toured")["last"])
                self._page.keyboard.press("Escape")
                released, inside = True, 0
        return ""

    def _looks_the_same(self, world: _World, number: int) -> str:
        """Return an element's place if not even a picture shows that it has the focus."""
        pictures = []
        for on in (True, False):
            box = world.call("focus", number, on)
            clip = FloatRect(
                x=max(0.0, box["x"] - _AROUND_PX),
                y=max(0.0, box["y"] - _AROUND_PX),
                width=box["width"] + 2 * _AROUND_PX,
                height=box["height"] + 2 * _AROUND_PX,
            )
            pictures.append(self._page.screenshot(clip=clip, animations="disabled"))
        return box["place"] if pictures[0] == pictures[1] else ""

    def press_by_keys(self, control: Control) -> None:
        """Give a button the focus and press Enter; where nothing comes of it, Space."""
        what = "キーボードでの操作"
        for key in ("Enter", "Space"):
            with self._acting(what):
                self._element(control).focus()
                before = self._page.content()
                self._page.keyboard.press(key)
            with self._examining(what):
                if self._page.content() != before:
                    return

    # -- the clipboard -------------------------------------------------------

    def paste(self, field: Control, value: str) -> str:
        """Paste a value into an emptied field, and return what it holds."""
        with self._probing("貼り付け") as world:
            element = self._element(field)
            if element.is_editable():
                element.fill("")
            element.focus()
            if world.call("pasteEvent", value):  # the page leaves it to the browser
                self._page.keyboard.insert_text(value)
            return element.input_value()

    # -- inner works ---------------------------------------------------------

    @contextmanager
    def _probing(self, what: str) -> Iterator[_World]:
        with self._examining(what):
            session = self._page.context.new_cdp_session(self._page)
            try:
                yield _World(session, self._frame_name)
            finally:
                session.detach()


class _World:
    """A world of scripts beside the page's own, with axe-core and our probe in it."""

    def __init__(self, session: CDPSession, frame: str) -> None:
        self._session = session
        self._frame = _frame_id(session.send("Page.getFrameTree")["frameTree"], frame)
        made = session.send(
            "Page.createIsolatedWorld", {"frameId": self._frame, "worldName": "accessibility"}
        )
        self._context: int = made["executionContextId"]
        self._run(_axe())
        self._run(f"globalThis.probe = {script('accessibility')}; 0")

    def _run(self, expression: str) -> None:
        answer = self._session.send(
            "Runtime.evaluate", {"expression": expression, "contextId": self._context}
        )
        _require(answer)

    def call(
        self, method: str, *given: object, elements: list[str] | None = None, first: bool = False
    ) -> Any:  # noqa: ANN401 - what the script returns
        """Return what a method of the probe answers.

        ``elements``: the list of elements that it takes, last (``first``: before the rest).
        """
        order = "elements, ...given" if first else "...given, ...(listed ? [elements] : [])"
        call = f"(method, given, listed, ...elements) => probe[method]({order})"
        answer = self._session.send(
            "Runtime.callFunctionOn",
            {
                "functionDeclaration": call,
                "executionContextId": self._context,
                "arguments": [
                    {"value": method},
                    {"value": list(given)},
                    {"value": elements is not None},
                    *({"objectId": each} for each in elements or ()),
                ],
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        return _require(answer).get("value")

    def controls(self) -> list[dict[str, Any]]:
        """Return the controls of the page among the nodes of its accessibility tree.

        What the browser builds into a field (the parts of a date) is no control of the page.
        """
        answer = self._session.send("Accessibility.getFullAXTree", {"frameId": self._frame})
        nodes = {node["nodeId"]: node for node in answer["nodes"]}

        def built_in(node: Mapping[str, Any]) -> bool:
            around = nodes.get(node.get("parentId", ""))
            return around is not None and (_role(around) in _BUILT or built_in(around))

        return [
            node
            for node in answer["nodes"]
            if not node.get("ignored")
            and "backendDOMNodeId" in node
            and _role(node) in _CONTROLS
            and not built_in(node)
        ]

    def element(self, node: Mapping[str, Any]) -> str:
        """Return the handle of a node's element."""
        found = self._session.send(
            "DOM.resolveNode",
            {"backendNodeId": node["backendDOMNodeId"], "executionContextId": self._context},
        )
        return str(found["object"]["objectId"])


def _require(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return a script's result; raise where it broke off."""
    if "exceptionDetails" in answer:
        told = answer["exceptionDetails"]
        text = told.get("exception", {}).get("description") or told.get("text", "")
        raise PlaywrightError(str(text))
    result: dict[str, Any] = answer["result"]
    return result


def _frame_id(tree: Mapping[str, Any], name: str) -> str:
    """Return the id of the frame of a name, else that of the page itself."""
    todo = [tree]
    while todo and name:
        at = todo.pop()
        if at["frame"].get("name") == name:
            return str(at["frame"]["id"])
        todo += at.get("childFrames", ())
    return str(tree["frame"]["id"])


# -- nodes of the accessibility tree ---------------------------------------------------


def _text(node: Mapping[str, Any], key: Literal["name", "description", "role"]) -> str:
    return " ".join(str(node.get(key, {}).get("value", "")).split())


def _role(node: Mapping[str, Any]) -> str:
    return _text(node, "role")


def _is(node: Mapping[str, Any], property_name: str) -> bool:
    """Tell whether a property is set: true, or a word other than false."""
    values = {p["name"]: p["value"].get("value") for p in node.get("properties", ())}
    return values.get(property_name) not in (None, False, "false")


def _control(node: Mapping[str, Any], facts: Mapping[str, Any]) -> ControlAccess:
    return ControlAccess(
        role=_role(node),
        name=_text(node, "name"),
        description=_text(node, "description"),
        required=_is(node, "required"),
        invalid=_is(node, "invalid"),
        place=facts["place"],
        autocomplete=tuple(facts["autocomplete"]),
        readonly=facts["readonly"],
        context=facts["context"],
        before=facts["before"],
        drawn_mark=facts["drawn"],
        holds=facts["holds"],
        called=frozenset(facts["called"]),
    )
