"""The raw reading of a parsed page, with the same members as browser/page_view.js."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, Tag

from otp_conformance.agent.http import dom

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "legend", "caption"}


def read(soup: BeautifulSoup, address: str) -> dict[str, Any]:
    """Return everything that `views.page_view` needs."""
    tags = dom.all_tags(soup)
    facts, rows = _tables(tags)
    progress, current = _progress(tags)
    root = soup.html
    return {
        "address": address,
        "documentTitle": dom.squeeze(soup.title.get_text()) if soup.title else "",
        "language": dom.attribute(root, "lang") if root else "",
        "headings": [text for tag in tags if _is_heading(tag) if (text := dom.text_of(tag))],
        "text": dom.inner_text(soup),
        "facts": _definitions(tags) + facts,
        "rows": rows,
        "alerts": [text for tag in tags if _is_alert(tag) if (text := _spoken(tag))],
        "fields": [_field(tag) for tag in tags if dom.is_field(tag)],
        "actions": [_action(tag) for tag in tags if dom.is_action(tag)],
        "progress": progress,
        "progressCurrent": current,
    }


def _is_heading(tag: Tag) -> bool:
    return tag.name in _HEADINGS or dom.attribute(tag, "role") == "heading"


def _is_alert(tag: Tag) -> bool:
    role = dom.attribute(tag, "role")
    return role in {"alert", "alertdialog"} or dom.attribute(tag, "aria-live") == "assertive"


def _spoken(tag: Tag) -> str:
    """Return a text without the ornaments that screen readers skip too."""
    text = dom.inner_text(tag)
    for ornament in tag.select("[aria-hidden=true]"):
        text = text.replace(dom.inner_text(ornament), "", 1)
    return dom.squeeze(text)


def _field(tag: Tag) -> dict[str, Any]:
    masked = dom.kind(tag) == "password"
    limit = dom.attribute(tag, "maxlength")
    return {
        "label": dom.name(tag),
        "masked": masked,
        "value": "" if masked else value_of(tag),
        "required": tag.has_attr("required") or dom.attribute(tag, "aria-required") == "true",
        "maxLength": int(limit) if limit.isdecimal() else None,
        "description": dom.referred(tag, "aria-describedby"),
    }


def value_of(tag: Tag) -> str:
    """Return the present value of an input or textarea."""
    if tag.name == "textarea":
        return tag.get_text().removeprefix("\n")
    return dom.attribute(tag, "value")


def _action(tag: Tag) -> dict[str, Any]:
    return {
        "name": dom.name(tag),
        "enabled": dom.enabled(tag),
        "isLink": dom.is_link(tag),
        "row": dom.row(tag),
    }


def _definitions(tags: list[Tag]) -> list[list[str]]:
    facts = []
    for term in (tag for tag in tags if tag.name == "dt"):
        values = []
        for after in term.find_next_siblings():
            if not isinstance(after, Tag) or after.name != "dd":
                break
            if dom.visible(after):
                values.append(dom.text_of(after))
        facts.append([dom.text_of(term), " ".join(values)])
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
                facts.append([dom.text_of(caption), dom.text_of(value)])
    for table in (tag for tag in tags if tag.name == "table"):
        lines = [t for t in table.find_all("tr") if isinstance(t, Tag) and dom.visible(t)]
        lines = [line for line in lines if line.find_parent("table") is table]
        if len(lines) < 2 or any(cell.name != "th" for cell in _cells(lines[0])):
            continue
        captions = [dom.text_of(cell) for cell in _cells(lines[0])]
        body = []
        for line in lines[1:]:
            values = [dom.text_of(cell) for cell in _cells(line)]
            values += [""] * (len(captions) - len(values))
            body.append([[c, v] for c, v in zip(captions, values, strict=False)])
        rows += body
        if len(body) == 1:
            facts += body[0]
    return facts, rows


def _progress(tags: list[Tag]) -> tuple[list[str], str]:
    for tag in tags:
        if dom.attribute(tag, "aria-current") == "step":
            track = tag.find_parent(["ol", "ul"])
            steps = track.find_all(True, recursive=False) if isinstance(track, Tag) else []
            texts = [dom.text_of(s) for s in steps if isinstance(s, Tag) and dom.visible(s)]
            return texts, dom.text_of(tag)
    return [], ""
