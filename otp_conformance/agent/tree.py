"""A page as both agents deliver it: one tree of nodes, and what a person reads in it.

The browser sends the tree in one answer of one script (browser/snapshot.js), the agent
without a browser builds it from HTML (http/tree.py). Whatever else is known of a page is
worked out here and in the modules above, once for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from otp_conformance.text import squeeze

NOT_TYPED_INTO = (
    "hidden",
    "submit",
    "button",
    "reset",
    "image",
    "checkbox",
    "radio",
    "file",
    "range",
    "color",
)
"""Types of inputs that no text is typed into; every other is a text field, known or not."""
TEXT_FIELDS = (
    f"input:not({', '.join(f'[type={kind}]' for kind in NOT_TYPED_INTO)}),"
    " textarea, [role=textbox], [contenteditable=''], [contenteditable=true]"
)
"""What a text field is (CSS), for masking pictures; `Node.is_field` says the same of a node."""
_BUTTON_INPUTS = {"submit", "button", "reset", "image"}
_CHOICE_INPUTS = {"checkbox", "radio"}
_CHOICE_ROLES = {*_CHOICE_INPUTS, "switch"}
_ACTING_ROLES = {"button", "link", "menuitem", "tab"}
MOST_ELEMENTS, MOST_CONTROLS, MOST_SIGNS, DEEPEST = 20_000, 3000, 2_000_000, 200
"""How large a page may be: elements, controls, signs of text, elements around an element.

No screen of customers comes near; reading more would take longer than anybody waits.
"""
# Their content is a value, not text of the page.
_VALUES = {"textarea", "select", "option", "datalist", "iframe", "frame", "object"}
_FRAMES = {"iframe", "frame"}
_CELLS = {"td", "th"}
# Readings beside or above the characters are no part of a word.
_ASIDE = {"rt", "rp"}


@dataclass(slots=True, eq=False)
class Node:
    """One element of a page.

    ``number`` is its place among the page's elements, in the page's order; ``shown``: a
    person who scrolls can see it; ``beyond``: why a person cannot reach it although it
    is laid out (``off-screen``, ``transparent``), empty else; ``block``: it begins a line;
    ``covered``: something lies over a field; ``clickable``: only a script makes it act;
    ``value``: what a field holds, empty where it is masked; ``form``: number of the form it
    belongs to; ``declared``: numbers of the declared selectors that it fits; ``look``: a sign
    for how it is painted.

    What follows from tag and attributes is worked out once: ``role``, its ARIA role as
    written; ``kind``, the type of an input or button, with HTML's defaults; ``is_field``,
    whether text is typed into it; ``is_choice``, whether it is a check box, a radio button or
    a list to choose from; ``is_link``, by its role or by being one; ``is_action``, whether it
    is a button or a link; ``is_control``, whether a person can do something with it.
    """

    number: int
    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)
    shown: bool = True
    beyond: str = ""
    block: bool = False
    covered: bool = False
    clickable: bool = False
    layer: bool = False
    disabled: bool = False
    masked: bool = False
    checked: bool = False
    value: str = ""
    look: str = ""
    form: int | None = None
    declared: frozenset[int] = frozenset()
    role: str = field(init=False)
    kind: str = field(init=False)
    is_field: bool = field(init=False)
    is_choice: bool = field(init=False)
    is_link: bool = field(init=False)
    is_action: bool = field(init=False)
    is_control: bool = field(init=False)
    _listed: list[Node | str] | None = field(default=None, init=False, repr=False)
    _elements: list[Node] = field(default_factory=list, init=False, repr=False)
    _text: str | None = field(default=None, init=False, repr=False)
    _told: str | None = field(default=None, init=False, repr=False)
    _controls: bool | None = field(default=None, init=False, repr=False)
    _pictures: tuple[Node, ...] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out what kind of control it is."""
        get = self.attributes.get
        self.role = get("role", "").strip().lower()
        self.kind = kind_of(self.tag, get("type", ""))
        is_input = self.tag == "input"
        if is_input:
            self.is_field = self.kind not in NOT_TYPED_INTO
        else:
            typed = self.tag == "textarea" or self.role == "textbox"
            self.is_field = typed or get("contenteditable") in ("", "true")
        if is_input:
            self.is_choice = self.kind in _CHOICE_INPUTS
        else:
            self.is_choice = self.tag == "select" or self.role in _CHOICE_ROLES
        if self.role:
            self.is_link = self.role == "link"
        else:
            self.is_link = self.tag in {"a", "area"} and "href" in self.attributes
        self.is_action = not self.is_choice and (
            self.tag in {"button", "summary"}
            or (is_input and self.kind in _BUTTON_INPUTS)
            or self.clickable
            or self.is_link
            or self.role in _ACTING_ROLES
        )
        self.is_control = self.is_field or self.is_choice or self.is_action

    # -- kinship -----------------------------------------------------------

    def parents(self) -> Iterator[Node]:
        """Yield what is around it, nearest first."""
        at = self.parent
        while at is not None:
            yield at
            at = at.parent

    def within(self) -> Iterator[Node]:
        """Yield itself and every element in it, in the page's order."""
        left: list[Node] = [self]
        while left:
            at = left.pop()
            yield at
            left.extend(reversed(at.elements()))

    def elements(self) -> list[Node]:
        """Return the elements directly in it; not to be changed."""
        if self._listed is not self.children:  # a frame gets its page later
            self._listed = self.children
            self._elements = [child for child in self.children if isinstance(child, Node)]
        return self._elements

    # -- attributes --------------------------------------------------------

    def get(self, name: str) -> str:
        """Return an attribute, empty without it."""
        return self.attributes.get(name, "")

    @property
    def enabled(self) -> bool:
        """Whether it can be operated."""
        return not self.disabled and self.get("aria-disabled") != "true"

    @property
    def editable(self) -> bool:
        """Whether a value can be typed in as it is now."""
        held = "readonly" in self.attributes or self.get("aria-readonly") == "true"
        return self.enabled and not held

    @property
    def max_length(self) -> int | None:
        """How many signs it takes, None for no limit."""
        limit = self.get("maxlength")
        return int(limit) if limit.isdecimal() else None

    @property
    def ticked(self) -> bool:
        """Whether it is chosen: as the browser holds it, or as a painted one says of itself."""
        return self.checked or self.get("aria-checked") == "true"

    @property
    def reachable(self) -> bool:
        """Whether a person can see it and get at it."""
        return self.shown and not self.beyond

    @property
    def has_control(self) -> bool:
        """Whether it is a control or there is one in it, shown or not."""
        if self._controls is None:
            self._controls = self.is_control or any(e.has_control for e in self.elements())
        return self._controls

    # -- texts -------------------------------------------------------------
    # What is read of a page does not change: each text is put together once, from those
    # of what is in it.

    def told(self, *, spoken: bool) -> str:
        """Return the visible text with line ends where a block begins and ends."""
        if spoken:
            hidden = self.get("aria-hidden") == "true"
            return "" if hidden else "".join(self._pieces(spoken=True))
        if self._told is None:
            self._told = "".join(self._pieces(spoken=False))
        return self._told

    def _pieces(self, *, spoken: bool) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                if self.shown:
                    yield child
            elif child.tag == "br":
                yield "\n"
            elif child.tag in _VALUES or child.tag in _ASIDE:
                if child.tag in _FRAMES:
                    yield f"\n{child.told(spoken=spoken)}\n"
            else:
                end = "\n" if child.block else ""
                cell = "\t" if child.tag in _CELLS else ""
                yield f"{cell}{end}{child.told(spoken=spoken)}{end}"

    def lines(self, *, spoken: bool = False) -> list[str]:
        """Return the visible text, one line a block; ``spoken``: without mere ornaments."""
        text = self.told(spoken=spoken)
        return [line for line in (squeeze_line(each) for each in text.split("\n")) if line]

    def text(self, *, spoken: bool = False) -> str:
        """Return the visible text in one line; pictures speak by their alternative text."""
        if spoken:
            return self._with_pictures(self.told(spoken=True))
        if self._text is None:
            self._text = self._with_pictures(self.told(spoken=False))
        return self._text

    def _with_pictures(self, text: str) -> str:
        pictures = self.pictures()
        if not pictures:
            return squeeze(text)
        alts = [at.get("alt") for at in pictures if at.tag == "img" and at.shown]
        images = [at.get("alt") for at in pictures if at.kind == "image" and at is not self]
        return squeeze(" ".join([text, *alts, *images]))

    def pictures(self) -> tuple[Node, ...]:
        """Return the pictures and buttons with a picture that it is or has in it."""
        if self._pictures is None:
            own = (self,) if self.tag == "img" or self.kind == "image" else ()
            inner = (child.pictures() for child in self.elements())
            self._pictures = sum(filter(None, inner), own)
        return self._pictures

    def all_text(self) -> str:
        """Return the text shown or not: what an attribute refers to may be hidden."""
        parts = (c if isinstance(c, str) else c.all_text() for c in self.children)
        return squeeze(" ".join(parts))


def kind_of(tag: str, given: str) -> str:
    """Return the type of an input or button that says ``given``, of others the tag."""
    if tag == "button":
        return given.lower() if given.lower() in {"button", "reset"} else "submit"
    if tag == "input":
        return given.lower() or "text"
    return tag


def squeeze_line(line: str) -> str:
    """Return a line without blanks at its ends; runs within are one blank, tabs stay."""
    return "\t".join(cell for cell in (squeeze(each) for each in line.split("\t")) if cell)


_SAYING = re.compile(r"[^\W_]+")
REQUIRED_MARK = "必須"
_MARKS = (REQUIRED_MARK, "任意")


def says_nothing(text: str) -> bool:
    """Tell whether a text names nothing: blanks, signs, or a mere mark of a required entry."""
    return "".join(_SAYING.findall(text)) in ("", *_MARKS)


@dataclass(frozen=True)
class Tree:
    """A whole page: its elements by number, its address, and the window's title."""

    root: Node
    nodes: Sequence[Node]
    address: str
    title: str = ""
    language: str = ""
    by_id: Mapping[str, Node] = field(default_factory=dict)

    @classmethod
    def over(cls, root: Node, *, address: str, title: str = "", language: str = "") -> Self:
        """Return the tree over a root."""
        nodes = list(root.within())
        by_id: dict[str, Node] = {}
        for node in nodes:
            if node.get("id"):
                by_id.setdefault(node.get("id"), node)
        return cls(root, nodes, address, title, language, by_id)

    @cached_property
    def shown(self) -> list[Node]:
        """The elements that can be seen, in the page's order."""
        return [node for node in self.nodes if node.shown]

    @cached_property
    def table_rows(self) -> Mapping[int, list[Node]]:
        """The rows that can be seen of each table, by the table's identity."""
        found: dict[int, list[Node]] = {}
        for row in (node for node in self.shown if node.tag == "tr"):
            table = next((at for at in row.parents() if at.tag == "table"), None)
            found.setdefault(id(table), []).append(row)
        return found

    @cached_property
    def labels(self) -> list[Node]:
        """The <label> elements that name a field by its id."""
        return [node for node in self.nodes if node.tag == "label" and node.get("for")]

    def referred(self, node: Node, attribute: str) -> str:
        """Return the texts of the elements that an attribute refers to by id."""
        targets = (self.by_id.get(each) for each in node.get(attribute).split())
        return squeeze(" ".join(target.all_text() for target in targets if target is not None))


def from_raw(raw: Mapping[str, Any], *, offset: int = 0, parent: Node | None = None) -> Node:
    """Return the node that a raw finding stands for (keys as in browser/snapshot.js).

    ``offset`` is added to every number: each frame counts from 0.
    """
    node = Node(
        number=raw["n"] + offset,
        tag=raw["t"],
        attributes=raw.get("a", {}),
        parent=parent,
        shown="h" not in raw,
        beyond=raw.get("x", ""),
        block="b" in raw,
        covered="o" in raw,
        clickable="k" in raw,
        layer="l" in raw,
        disabled="d" in raw,
        masked="m" in raw,
        checked="q" in raw,
        value=raw.get("v", ""),
        look=raw.get("g", ""),
        form=raw["f"] + offset if "f" in raw else None,
        declared=frozenset(raw.get("s", ())),
    )
    node.children = [
        child if isinstance(child, str) else from_raw(child, offset=offset, parent=node)
        for child in raw.get("c", ())
    ]
    return node
