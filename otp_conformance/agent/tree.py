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
_ACTING_ROLES = {"button", "link", "menuitem", "tab"}
MOST_ELEMENTS, MOST_CONTROLS, MOST_SIGNS, DEEPEST = 20_000, 3000, 2_000_000, 200
"""How large a page may be: elements, controls, signs of text, elements around an element.

No screen of customers comes near; reading more would take longer than anybody waits.
"""
# Their content is a value, not text of the page.
_VALUES = {"textarea", "select", "option", "datalist", "iframe", "frame", "object"}
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
    _texts: dict[bool, str] = field(default_factory=dict, init=False, repr=False)

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
            left.extend(each for each in reversed(at.children) if isinstance(each, Node))

    def elements(self) -> list[Node]:
        """Return the elements directly in it."""
        return [child for child in self.children if isinstance(child, Node)]

    # -- attributes --------------------------------------------------------

    def get(self, name: str) -> str:
        """Return an attribute, empty without it."""
        return self.attributes.get(name, "")

    @property
    def role(self) -> str:
        """Its ARIA role, as written."""
        return self.get("role").strip().lower()

    @property
    def kind(self) -> str:
        """The type of an input or button, with HTML's defaults."""
        if self.tag == "button":
            given = self.get("type").lower()
            return given if given in {"button", "reset"} else "submit"
        if self.tag == "input":
            return self.get("type").lower() or "text"
        return self.tag

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

    # -- kinds of control --------------------------------------------------

    @property
    def is_field(self) -> bool:
        """Whether text is typed into it."""
        if self.tag == "input":
            return self.kind not in NOT_TYPED_INTO
        if self.tag == "textarea" or self.role == "textbox":
            return True
        return self.attributes.get("contenteditable") in ("", "true")

    @property
    def is_choice(self) -> bool:
        """Whether it is a check box, a radio button or a list to choose from."""
        return self.tag == "select" or (self.tag == "input" and self.kind in _CHOICE_INPUTS)

    @property
    def is_link(self) -> bool:
        """Whether it is a link, by its role or by being one."""
        if self.role:
            return self.role == "link"
        return self.tag in {"a", "area"} and "href" in self.attributes

    @property
    def is_action(self) -> bool:
        """Whether it is a button or a link."""
        if self.tag == "button" or (self.tag == "input" and self.kind in _BUTTON_INPUTS):
            return True
        if self.tag == "summary" or self.clickable:
            return True
        return self.is_link or self.role in _ACTING_ROLES

    @property
    def is_control(self) -> bool:
        """Whether a person can do something with it."""
        return self.is_field or self.is_choice or self.is_action

    @property
    def reachable(self) -> bool:
        """Whether a person can see it and get at it."""
        return self.shown and not self.beyond

    # -- texts -------------------------------------------------------------

    def pieces(self, *, spoken: bool) -> Iterator[str]:
        """Yield the visible text in pieces, line ends where a block begins and ends."""
        if spoken and self.get("aria-hidden") == "true":
            return
        for child in self.children:
            if isinstance(child, str):
                if self.shown:
                    yield child
            elif child.tag == "br":
                yield "\n"
            elif child.tag not in _ASIDE and child.tag not in _VALUES:
                if child.tag in _CELLS:
                    yield "\t"
                yield "\n" * child.block
                yield from child.pieces(spoken=spoken)
                yield "\n" * child.block
            elif child.tag in {"iframe", "frame"}:
                yield "\n"
                yield from child.pieces(spoken=spoken)
                yield "\n"

    def lines(self, *, spoken: bool = False) -> list[str]:
        """Return the visible text, one line a block; ``spoken``: without mere ornaments."""
        text = "".join(self.pieces(spoken=spoken))
        return [line for line in (squeeze_line(each) for each in text.split("\n")) if line]

    def text(self, *, spoken: bool = False) -> str:
        """Return the visible text in one line; pictures speak by their alternative text.

        It is put together once: what is read of a page does not change.
        """
        if spoken not in self._texts:
            self._texts[spoken] = self._whole_text(spoken=spoken)
        return self._texts[spoken]

    def _whole_text(self, *, spoken: bool) -> str:
        alts = [at.get("alt") for at in self.within() if at.tag == "img" and at.shown]
        images = [at.get("alt") for at in self.within() if at is not self and at.kind == "image"]
        return squeeze(" ".join([*self.lines(spoken=spoken), *alts, *images]))

    def all_text(self) -> str:
        """Return the text shown or not: what an attribute refers to may be hidden."""
        parts = (c if isinstance(c, str) else c.all_text() for c in self.children)
        return squeeze(" ".join(parts))


def squeeze_line(line: str) -> str:
    """Return a line without blanks at its ends; runs within are one blank, tabs stay."""
    return "\t".join(cell for cell in (squeeze(each) for each in line.split("\t")) if cell)


_SIGNS = re.compile(r"[^\w]|_", re.UNICODE)
REQUIRED_MARK = "必須"
_MARKS = (REQUIRED_MARK, "任意")


def says_nothing(text: str) -> bool:
    """Tell whether a text names nothing: blanks, signs, or a mere mark of a required entry."""
    left = _SIGNS.sub("", text)
    return not left or left in _MARKS


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
