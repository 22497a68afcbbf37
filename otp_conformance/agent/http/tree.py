"""The tree of a page from its HTML, without style sheets: only what the markup hides is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml.etree import HTMLParser, XPath, tostring
from lxml.etree import _Element as Element

from otp_conformance.agent import trouble
from otp_conformance.agent.tree import DEEPEST, MOST_CONTROLS, MOST_ELEMENTS, Node, Tree, kind_of
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
_CONTROLS = ("a", "input", "textarea", "select", "button")
_MODAL_ROLES = {"dialog", "alertdialog"}
_BLANKS = re.compile(r"\s+")
_NUMBER = "otp-conformance-number"
_DISABLEABLE = {"input", "button", "select", "textarea", "fieldset", "option"}


_whole_text = XPath("string()", smart_strings=False)


def text_of(tag: Element) -> str:
    """Return the text in an element, comments left out, in one line."""
    return squeeze(str(_whole_text(tag)))


def kind(tag: Element) -> str:
    """Return the type of an input or button, with HTML's defaults."""
    return kind_of(tag.tag, tag.get("type", ""))


class Document:
    """A page of HTML as it was read, and what has been typed into it."""

    def __init__(self, markup: str = "") -> None:
        parser = HTMLParser()
        parser.feed(markup.removeprefix("\ufeff"))
        self.root: Element | None = parser.close()
        # Anything can be typed; markup cannot hold every sign.
        self.typed: dict[Element, str] = {}

    def each(self, *names: str) -> Iterator[Element]:
        """Yield the elements of these names, in the page's order."""
        return iter(()) if self.root is None else self.root.iter(*names)

    def form_of(self, tag: Element) -> Element | None:
        """Return the form that an element belongs to."""
        if named := tag.get("form"):
            return next((form for form in self.each("form") if form.get("id") == named), None)
        return next(tag.iterancestors("form"), None)

    def value_of(self, tag: Element) -> str:
        """Return the present value of an input, textarea or list to choose from."""
        if tag in self.typed:
            return self.typed[tag]
        if tag.tag == "textarea":
            return str(_whole_text(tag)).removeprefix("\n")
        if tag.tag == "input":
            return str(tag.get("value", ""))
        if tag.tag == "select":
            options = list(tag.iter("option"))
            chosen = [each for each in options if "selected" in each.attrib]
            return next(map(value_of_option, chosen or options), "")
        editable = tag.get("contenteditable") in ("", "true") or tag.get("role") == "textbox"
        return text_of(tag) if editable else ""


def value_of_option(option: Element) -> str:
    """Return what an option of a list stands for."""
    given = option.get("value")
    return text_of(option) if given is None else str(given)


@dataclass
class Parsed:
    """A page of HTML as a tree, and its tags by the numbers of the nodes."""

    tree: Tree
    tags: list[Element] = field(default_factory=list)


def parse(document: Document, address: str, selectors: Sequence[str] = ()) -> Parsed:
    """Return the tree of a page.

    ``selectors``: the declared ones; one that is none fits nothing. Raises
    `EnvironmentTrouble` for a page that is too large.
    """
    controls = sum(1 for _ in document.each(*_CONTROLS))
    if controls > MOST_CONTROLS:
        raise _too_large(f"{controls} controls")
    builder = _Builder(document, _declared(document, selectors))
    top, title = document.root, next(document.each("title"), None)
    root = builder.node(top, None) if top is not None else Node(0, "html")
    builder.join_forms()
    tree = Tree.over(
        root,
        address=address,
        title=text_of(title) if title is not None else "",
        language=root.get("lang"),
    )
    return Parsed(tree, builder.tags)


def _too_large(found: str) -> EnvironmentTrouble:
    return trouble.too_large("画面の読み取り", found)


def _declared(document: Document, selectors: Sequence[str]) -> Mapping[Element, set[int]]:
    """Return the numbers of the selectors that fit, by element.

    lxml's own selectors are fewer than those of browsers.
    """
    if not selectors or document.root is None:
        return {}
    from bs4 import BeautifulSoup
    from soupsieve import SelectorSyntaxError

    elements = list(document.each("*"))
    for number, element in enumerate(elements):
        element.set(_NUMBER, str(number))
    soup = BeautifulSoup(tostring(document.root, encoding="unicode", method="html"), "lxml")
    for element in elements:
        del element.attrib[_NUMBER]
    found: dict[Element, set[int]] = {}
    for number, selector in enumerate(selectors):
        try:
            fitting = soup.select(selector)
        except SelectorSyntaxError:
            continue  # the declaration's own check names it
        for tag in fitting:
            found.setdefault(elements[int(str(tag[_NUMBER]))], set()).add(number)
    return found


class _Builder:
    def __init__(self, document: Document, declared: Mapping[Element, set[int]]) -> None:
        self._document = document
        self._declared = declared
        self.tags: list[Element] = []
        self._nodes: list[Node] = []
        self._depth = 0

    def node(self, tag: Element, parent: Node | None, *, held: bool = False) -> Node:
        """Return the node of a tag; ``held``: a fieldset around it is disabled."""
        number = len(self.tags)
        self._depth += 1
        if number > MOST_ELEMENTS or self._depth > DEEPEST:
            raise _too_large(f"{number} elements, {self._depth} around one")
        self.tags.append(tag)
        name: str = tag.tag
        attributes: dict[str, str] = dict(tag.items())
        if "class" in attributes:
            attributes["class"] = squeeze(attributes["class"])
        if tag in self._document.typed and name == "input":
            attributes["value"] = self._document.typed[tag]
        style = attributes.get("style", "")
        hidden = _hides(name, attributes) or (parent is not None and not parent.shown)
        node = Node(
            number=number,
            tag=name,
            attributes=attributes,
            parent=parent,
            shown=not (hidden or _folded(tag, parent)),
            beyond=_beyond(style, parent),
            block=name in _BLOCKS,
            clickable="onclick" in attributes and name not in {"body", "form", "label"},
            layer=_is_layer(name, attributes),
            disabled=held or (name in _DISABLEABLE and "disabled" in attributes),
            masked=name == "input" and attributes.get("type", "").lower() == "password",
            checked="checked" in attributes,
            look="|".join((attributes.get("class", ""), style)),
            form=_form_around(parent),
            declared=frozenset(self._declared.get(tag, ())),
        )
        self._nodes.append(node)
        if not node.masked:
            node.value = self._document.value_of(tag)
        held = held or (name == "fieldset" and node.disabled)
        node.children = list(self._children(tag, node, held=held))
        self._depth -= 1
        return node

    def _children(self, tag: Element, node: Node, *, held: bool) -> Iterator[Node | str]:
        kept = node.tag == "pre"
        typed = node.tag == "textarea" and tag in self._document.typed
        if text := node.value if typed else tag.text:
            yield text if kept else _BLANKS.sub(" ", text)
        for child in tag:
            if isinstance(child.tag, str) and child.tag not in _SKIPPED:
                yield self.node(child, node, held=held)
            if child.tail:
                yield child.tail if kept else _BLANKS.sub(" ", child.tail)

    def join_forms(self) -> None:
        """Set the forms of the elements that name theirs."""
        numbers = {tag: number for number, tag in enumerate(self.tags)}
        for tag, node in zip(self.tags, self._nodes, strict=True):
            if node.get("form"):
                node.form = numbers.get(self._document.form_of(tag))


def _form_around(parent: Node | None) -> int | None:
    if parent is None:
        return None
    return parent.number if parent.tag == "form" else parent.form


def _hides(name: str, attributes: Mapping[str, str]) -> bool:
    if "hidden" in attributes:
        return True
    if name == "dialog" and "open" not in attributes:
        return True
    if name == "input" and attributes.get("type", "").lower() == "hidden":
        return True
    return bool(_HIDING_STYLE.search(attributes.get("style", "")))


def _folded(tag: Element, around: Node | None) -> bool:
    """Whether a closed <details> hides the tag (its summary stays).

    A part with something to be filled in is unfolded by whoever wants to.
    """
    return (
        around is not None
        and around.tag == "details"
        and "open" not in around.attributes
        and tag.tag != "summary"
        and all(kind(each) == "hidden" for each in tag.getparent().iter("input"))
    )


def _beyond(style: str, parent: Node | None) -> str:
    if _OFF_SCREEN.search(style):
        return "off-screen"
    if _TRANSPARENT.search(style):
        return "transparent"
    return parent.beyond if parent is not None else ""


def _is_layer(name: str, attributes: Mapping[str, str]) -> bool:
    if name == "dialog" or attributes.get("aria-modal") == "true":
        return True
    return attributes.get("role", "").lower() in _MODAL_ROLES


def disabled(tag: Element) -> bool:
    """Tell whether a control or a fieldset around it is disabled by HTML's own means."""
    if tag.tag in _DISABLEABLE and "disabled" in tag.attrib:
        return True
    return any("disabled" in at.attrib for at in tag.iterancestors("fieldset"))
