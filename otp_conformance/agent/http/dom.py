"""What a person perceives of parsed HTML: visibility, texts, names, rows, the whole page.

The counterpart of browser/dom.js and browser/page_view.js, without style sheets: only
what the markup itself hides is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

from otp_conformance.agent.page import NOT_TYPED_INTO
from otp_conformance.text import squeeze

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
    """Tell whether a tag is a text field, as `page.TEXT_FIELDS` has it."""
    if tag.name == "input" and kind(tag) not in NOT_TYPED_INTO:
        return True
    if tag.name == "textarea" or attribute(tag, "role") == "textbox":
        return True
    return tag.get("contenteditable") in ("", "true")


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


# -- the whole page ------------------------------------------------------------

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "legend", "caption"}


def read(soup: BeautifulSoup, address: str) -> dict[str, Any]:
    """Return everything that `views.page_view` needs."""
    tags = all_tags(soup)
    facts, rows = _tables(tags)
    progress, current = _progress(tags)
    root = soup.html
    return {
        "address": address,
        "documentTitle": squeeze(soup.title.get_text()) if soup.title else "",
        "language": attribute(root, "lang") if root else "",
        "headings": [text for tag in tags if _is_heading(tag) if (text := text_of(tag))],
        "text": inner_text(soup),
        "facts": _definitions(tags) + facts,
        "rows": rows,
        "alerts": [text for tag in tags if _is_alert(tag) if (text := _spoken(tag))],
        "fields": [_field(tag) for tag in tags if is_field(tag)],
        "actions": [_action(tag) for tag in tags if is_action(tag)],
        "progress": progress,
        "progressCurrent": current,
    }


def _is_heading(tag: Tag) -> bool:
    return tag.name in _HEADINGS or attribute(tag, "role") == "heading"


def _is_alert(tag: Tag) -> bool:
    role = attribute(tag, "role")
    return role in {"alert", "alertdialog"} or attribute(tag, "aria-live") == "assertive"


def _spoken(tag: Tag) -> str:
    """Return a text without the ornaments that screen readers skip too."""
    text = inner_text(tag)
    for ornament in tag.select("[aria-hidden=true]"):
        text = text.replace(inner_text(ornament), "", 1)
    return squeeze(text)


def _field(tag: Tag) -> dict[str, Any]:
    masked = kind(tag) == "password"
    limit = attribute(tag, "maxlength")
    return {
        "label": name(tag),
        "masked": masked,
        "value": "" if masked else value_of(tag),
        "required": tag.has_attr("required") or attribute(tag, "aria-required") == "true",
        "maxLength": int(limit) if limit.isdecimal() else None,
        "description": referred(tag, "aria-describedby"),
    }


def value_of(tag: Tag) -> str:
    """Return the present value of an input or textarea."""
    if tag.name == "textarea":
        return tag.get_text().removeprefix("\n")
    return attribute(tag, "value") if tag.name == "input" else inner_text(tag)


def _action(tag: Tag) -> dict[str, Any]:
    return {
        "name": name(tag),
        "enabled": enabled(tag),
        "isLink": is_link(tag),
        "row": row(tag),
    }


def _definitions(tags: list[Tag]) -> list[list[str]]:
    facts = []
    for term in (tag for tag in tags if tag.name == "dt"):
        values = []
        for after in term.find_next_siblings():
            if not isinstance(after, Tag) or after.name != "dd":
                break
            if visible(after):
                values.append(text_of(after))
        facts.append([text_of(term), " ".join(values)])
    return facts


def _cells(line: Tag) -> list[Tag]:
    return [c for c in line.find_all(["td", "th"], recursive=False) if isinstance(c, Tag)]


def _tables(tags: list[Tag]) -> tuple[list[list[str]], list[list[list[str]]]]:
    facts: list[list[str]] = []
    rows: list[list[list[str]]] = []
    for line in (tag for tag in tags if tag.name == "tr"):
        cells = _cells(line)
        for caption, value in zip(cells[::2], cells[1::2], strict=False):
            if (caption.name, value.name) == ("th", "td"):
                facts.append([text_of(caption), text_of(value)])
    for table in (tag for tag in tags if tag.name == "table"):
        lines = [t for t in table.find_all("tr") if isinstance(t, Tag) and visible(t)]
        lines = [line for line in lines if line.find_parent("table") is table]
        if len(lines) < 2 or any(cell.name != "th" for cell in _cells(lines[0])):
            continue
        captions = [text_of(cell) for cell in _cells(lines[0])]
        body = []
        for line in lines[1:]:
            values = [text_of(cell) for cell in _cells(line)]
            values += [""] * (len(captions) - len(values))
            body.append([[c, v] for c, v in zip(captions, values, strict=False)])
        rows += body
        if len(body) == 1:
            facts += body[0]
    return facts, rows


def _progress(tags: list[Tag]) -> tuple[list[str], str]:
    for tag in tags:
        if attribute(tag, "aria-current") == "step":
            track = tag.find_parent(["ol", "ul"])
            steps = track.find_all(True, recursive=False) if isinstance(track, Tag) else []
            texts = [text_of(s) for s in steps if isinstance(s, Tag) and visible(s)]
            return texts, text_of(tag)
    return [], ""
