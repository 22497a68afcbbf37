"""What a person perceives of parsed HTML: visibility, texts, names, rows.

The counterpart of browser/dom.js, without style sheets: only what the markup
itself hides is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

_NEVER_SHOWN = {"script", "style", "template", "head", "title", "datalist", "meta", "link"}
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_CELLS = {"td", "th"}
_HIDING_STYLE = re.compile(r"(display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_ROWS = {"tr", "li", "fieldset", "section", "article"}
_ROW_ROLES = {"row", "listitem", "group", "region"}
_BUTTON_INPUTS = {"submit", "button", "reset", "image"}
_NOT_TEXTUAL = _BUTTON_INPUTS | {"hidden", "checkbox", "radio", "file", "range", "color"}


def squeeze(text: str) -> str:
    """Return text with every run of blanks as one."""
    return " ".join(text.split())


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute as one string, empty without it."""
    value = tag.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else " ".join(value)


def kind(tag: Tag) -> str:
    """Return the type of an input or button, with HTML's defaults."""
    if tag.name == "button":
        given = attribute(tag, "type").lower()
        return given if given in {"button", "reset"} else "submit"
    if tag.name == "input":
        return attribute(tag, "type").lower() or "text"
    return tag.name


def _hides(tag: Tag) -> bool:
    if tag.name in _NEVER_SHOWN or tag.has_attr("hidden"):
        return True
    if tag.name == "input" and kind(tag) == "hidden":
        return True
    return bool(_HIDING_STYLE.search(attribute(tag, "style")))


def _folded(tag: Tag) -> bool:
    """Whether a closed <details> hides the tag (its summary stays)."""
    parent = tag.parent
    return (
        parent is not None
        and parent.name == "details"
        and not parent.has_attr("open")
        and tag.name != "summary"
    )


def visible(tag: Tag) -> bool:
    """Tell whether neither the tag nor anything around it is hidden."""
    return not any(_hides(at) or _folded(at) for at in (tag, *tag.parents))


def _pieces(tag: Tag) -> Iterator[str]:
    for child in tag.children:
        if isinstance(child, Tag):
            if _hides(child) or _folded(child):
                continue
            if child.name in _CELLS:
                yield "\t"
            block = child.name in _BLOCKS
            if block:
                yield "\n"
            if child.name not in {"textarea", "select"}:  # their values are not page text
                yield from _pieces(child)
            if block:
                yield "\n"
        elif isinstance(child, NavigableString) and not isinstance(child, Comment):
            yield re.sub(r"\s+", " ", str(child))


def inner_text(tag: Tag) -> str:
    """Return the visible text, one line a block."""
    lines = (line.strip() for line in "".join(_pieces(tag)).splitlines())
    return "\n".join(line for line in lines if line)


def text_of(tag: Tag) -> str:
    """Return the visible text in one line; pictures speak by their alternative text."""
    pictures = [tag] if tag.name == "img" else tag.find_all("img")
    alts = [attribute(picture, "alt") for picture in pictures if isinstance(picture, Tag)]
    return squeeze(" ".join([inner_text(tag), *alts]))


def referred(tag: Tag, name: str) -> str:
    """Return the texts of the elements that an attribute refers to by id."""
    root = _root(tag)
    targets = (root.find(id=each) for each in attribute(tag, name).split())
    texts = (squeeze(target.get_text()) for target in targets if isinstance(target, Tag))
    return " ".join(text for text in texts if text)


def _root(tag: Tag) -> Tag:
    parents = list(tag.parents)
    return parents[-1] if parents else tag


def label(tag: Tag) -> str:
    """Return what labels a field: aria, then its <label> elements."""
    explicit = referred(tag, "aria-labelledby") or squeeze(attribute(tag, "aria-label"))
    if explicit:
        return explicit
    labels: list[Tag] = []
    if attribute(tag, "id"):
        found = _root(tag).find_all("label", attrs={"for": attribute(tag, "id")})
        labels += [each for each in found if isinstance(each, Tag)]
    around = tag.find_parent("label")
    if isinstance(around, Tag) and around not in labels and not around.has_attr("for"):
        labels.append(around)
    return squeeze(" ".join(text_of(each) for each in labels))


def name(tag: Tag) -> str:
    """Return the accessible name (W3C name computation, shortened)."""
    found = label(tag)
    if found:
        return found
    if tag.name == "input":
        value = squeeze(attribute(tag, "value"))
        match kind(tag):
            case "submit":
                return value or "Submit"
            case "reset":
                return value or "Reset"
            case "button":
                return value
            case "image":
                return squeeze(attribute(tag, "alt") or attribute(tag, "title"))
    elif tag.name not in {"textarea", "select"}:
        own = text_of(tag)
        if own:
            return own
    return squeeze(attribute(tag, "title") or attribute(tag, "placeholder"))


def row(tag: Tag) -> str:
    """Return the text of the nearest row or group that says more than the tag itself."""
    own = text_of(tag)
    for at in tag.parents:
        if at.name in _ROWS or attribute(at, "role") in _ROW_ROLES:
            text = text_of(at)
            if text != own:
                return text
    return ""


def disabled(tag: Tag) -> bool:
    """Tell whether a control or a fieldset around it is disabled by HTML's own means."""
    if tag.has_attr("disabled"):
        return True
    return any(at.name == "fieldset" and at.has_attr("disabled") for at in tag.parents)


def enabled(tag: Tag) -> bool:
    """Tell whether a control can be operated."""
    return not disabled(tag) and attribute(tag, "aria-disabled") != "true"


def is_field(tag: Tag) -> bool:
    """Tell whether a tag is an input that text is typed into."""
    if tag.name == "input":
        return kind(tag) not in _NOT_TEXTUAL
    return tag.name == "textarea"


def is_link(tag: Tag) -> bool:
    """Tell whether a tag is a link, by its role or by being one."""
    role = attribute(tag, "role")
    return role == "link" if role else tag.name == "a" and tag.has_attr("href")


def is_action(tag: Tag) -> bool:
    """Tell whether a tag is a button or a link."""
    if tag.name == "button" or (tag.name == "input" and kind(tag) in _BUTTON_INPUTS):
        return True
    return is_link(tag) or attribute(tag, "role") == "button"


def all_tags(soup: BeautifulSoup) -> list[Tag]:
    """Return every visible tag in the page's order."""
    return list(_shown_within(soup))


def _shown_within(tag: Tag) -> Iterator[Tag]:
    """Go down where something is to be seen: asking each tag for all around it takes far longer."""
    for child in tag.children:
        if isinstance(child, Tag) and not (_hides(child) or _folded(child)):
            yield child
            yield from _shown_within(child)
