"""The tree of a page from its HTML, without style sheets: only what the markup hides is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString
from soupsieve import SelectorSyntaxError

from otp_conformance.agent import trouble
from otp_conformance.agent.tree import DEEPEST, MOST_CONTROLS, MOST_ELEMENTS, Node, Tree
from otp_conformance.text import squeeze
from otp_conformance.verdict.outcome import EnvironmentTrouble

_SKIPPED = {"script", "style", "template", "noscript", "head", "link", "meta", "title", "base"}
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"}
    | {"dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1"}
    | {"h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "nav", "ol"}
    | {"p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
_HIDING_STYLE = re.compile(r"(display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_OFF_SCREEN = re.compile(r"(?:^|;)\s*(?:left|top)\s*:\s*-\d{3,}", re.IGNORECASE)
_TRANSPARENT = re.compile(r"(?:^|;)\s*opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)", re.IGNORECASE)
_CONTROLS = ["a", "input", "textarea", "select", "button"]
_MODAL_ROLES = {"dialog", "alertdialog"}
_DISABLEABLE = {"input", "button", "select", "textarea", "fieldset", "option"}


@dataclass
class Parsed:
    """A page of HTML as a tree, and its tags by the numbers of the nodes."""

    tree: Tree
    tags: list[Tag] = field(default_factory=list)


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute as one string, empty without it."""
    value = tag.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else " ".join(value)


def kind(tag: Tag) -> str:
    """Return the type of an input or button, with HTML's defaults."""
    return Node(0, tag.name, {"type": attribute(tag, "type")}).kind


def parse(soup: BeautifulSoup, address: str, selectors: Sequence[str] = ()) -> Parsed:
    """Return the tree of a parsed page.

    ``selectors``: the declared ones; one that is none fits nothing. Raises
    `EnvironmentTrouble` for a page that is too large.
    """
    builder = _Builder(_declared(soup, selectors))
    top = soup.html
    controls = len(soup.find_all(_CONTROLS))
    if controls > MOST_CONTROLS:
        raise _too_large(f"{controls} controls")
    root = builder.node(top, None) if top is not None else Node(0, "html")
    for tag, node in zip(builder.tags, builder.nodes, strict=True):
        node.form = builder.form_of(soup, tag)
    tree = Tree.over(
        root,
        address=address,
        title=squeeze(soup.title.get_text()) if soup.title else "",
        language=attribute(top, "lang") if top is not None else "",
    )
    return Parsed(tree, builder.tags)


def _too_large(found: str) -> EnvironmentTrouble:
    return trouble.too_large("画面の読み取り", found)


def _declared(soup: BeautifulSoup, selectors: Sequence[str]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = {}
    for number, selector in enumerate(selectors):
        try:
            for tag in soup.select(selector):
                found.setdefault(id(tag), set()).add(number)
        except SelectorSyntaxError:
            continue  # the declaration's own check names it
    return found


class _Builder:
    def __init__(self, declared: Mapping[int, set[int]]) -> None:
        self._declared = declared
        self.tags: list[Tag] = []
        self.nodes: list[Node] = []
        self._numbers: dict[int, int] = {}
        self._depth = 0

    def node(self, tag: Tag, parent: Node | None) -> Node:
        number = len(self.tags)
        self._depth += 1
        if number > MOST_ELEMENTS or self._depth > DEEPEST:
            raise _too_large(f"{number} elements, {self._depth} around one")
        self.tags.append(tag)
        self._numbers[id(tag)] = number
        attributes = {name: attribute(tag, name) for name in tag.attrs}
        style = attributes.get("style", "")
        hidden = _hides(tag, attributes) or (parent is not None and not parent.shown)
        node = Node(
            number=number,
            tag=tag.name,
            attributes=attributes,
            parent=parent,
            shown=not (hidden or _folded(tag)),
            beyond=_beyond(style, parent),
            block=tag.name in _BLOCKS,
            clickable="onclick" in attributes and tag.name not in {"body", "form", "label"},
            layer=_is_layer(tag, attributes),
            disabled=disabled(tag),
            masked=tag.name == "input" and attributes.get("type", "").lower() == "password",
            checked="checked" in attributes,
            look="|".join((attributes.get("class", ""), style)),
            declared=frozenset(self._declared.get(id(tag), ())),
        )
        self.nodes.append(node)
        if not node.masked:
            node.value = value_of(tag)
        node.children = list(self._children(tag, node))
        self._depth -= 1
        return node

    def _children(self, tag: Tag, node: Node) -> Iterator[Node | str]:
        kept = tag.name == "pre"
        for child in tag.children:
            if isinstance(child, Tag):
                if child.name not in _SKIPPED:
                    yield self.node(child, node)
            elif isinstance(child, NavigableString) and not isinstance(child, Comment):
                yield str(child) if kept else re.sub(r"\s+", " ", str(child))

    def form_of(self, soup: BeautifulSoup, tag: Tag) -> int | None:
        """Return the number of the form that an element belongs to."""
        named = attribute(tag, "form")
        form = soup.find("form", id=named) if named else tag.find_parent("form")
        return self._numbers.get(id(form)) if isinstance(form, Tag) else None


def _hides(tag: Tag, attributes: Mapping[str, str]) -> bool:
    if "hidden" in attributes:
        return True
    if tag.name == "dialog" and "open" not in attributes:
        return True
    if tag.name == "input" and attributes.get("type", "").lower() == "hidden":
        return True
    return bool(_HIDING_STYLE.search(attributes.get("style", "")))


def _folded(tag: Tag) -> bool:
    """Whether a closed <details> hides the tag (its summary stays).

    A part with something to be filled in is unfolded by whoever wants to.
    """
    around = tag.parent
    return (
        around is not None
        and around.name == "details"
        and not around.has_attr("open")
        and tag.name != "summary"
        and around.select_one("input:not([type=hidden])") is None
    )


def _beyond(style: str, parent: Node | None) -> str:
    if _OFF_SCREEN.search(style):
        return "off-screen"
    if _TRANSPARENT.search(style):
        return "transparent"
    return parent.beyond if parent is not None else ""


def _is_layer(tag: Tag, attributes: Mapping[str, str]) -> bool:
    if tag.name == "dialog" or attributes.get("aria-modal") == "true":
        return True
    return attributes.get("role", "").lower() in _MODAL_ROLES


def disabled(tag: Tag) -> bool:
    """Tell whether a control or a fieldset around it is disabled by HTML's own means."""
    if tag.name in _DISABLEABLE and tag.has_attr("disabled"):
        return True
    return any(at.name == "fieldset" and at.has_attr("disabled") for at in tag.parents)


def value_of(tag: Tag) -> str:
    """Return the present value of an input, textarea or list to choose from."""
    if tag.name == "textarea":
        return tag.get_text().removeprefix("\n")
    if tag.name == "input":
        return attribute(tag, "value")
    if tag.name == "select":
        chosen = [each for each in tag.find_all("option") if each.has_attr("selected")]
        options = chosen or tag.find_all("option")[:1]
        first = next((each for each in options if isinstance(each, Tag)), None)
        if first is None:
            return ""
        return attribute(first, "value") if first.has_attr("value") else squeeze(first.get_text())
    editable = tag.get("contenteditable") in ("", "true") or attribute(tag, "role") == "textbox"
    return squeeze(tag.get_text()) if editable else ""
