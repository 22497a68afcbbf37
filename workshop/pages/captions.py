"""How a field says what belongs into it: one entry a way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from bs4 import Tag

from workshop.pages.markup import Page, captioned, picture, put_in_place

_UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0 0 0 0)"


@dataclass(frozen=True)
class Caption:
    """``html`` around the field; ``attributes`` that the field itself gets.

    In both: ``{text}`` caption, ``{input}`` the field, ``{id}`` its ID, ``{hint}`` what
    to type, ``{picture}`` the address of a picture of the caption.
    """

    html: str
    attributes: Mapping[str, str] = field(default_factory=dict)


CAPTIONS: Mapping[str, Caption | None] = {
    "as-it-is": None,
    "label": Caption('<div><label for="{id}">{text}</label> {input} {hint}</div>'),
    "label-around": Caption("<div><label>{text} {input}</label> {hint}</div>"),
    "label-ruby": Caption(
        '<div><label for="{id}"><ruby>{text}<rp>(</rp><rt>よみがな</rt><rp>)</rp></ruby></label>'
        " {input}</div>"
    ),
    "label-unseen": Caption(
        f'<div><label for="{{id}}" style="{_UNSEEN}">{{text}}</label>'
        '<img src="{picture}" alt=""> {input}</div>'
    ),
    "th": Caption("<table><tr><th>{text}</th><td>{input} {hint}</td></tr></table>"),
    "td": Caption("<table><tr><td>{text}</td><td>{input} {hint}</td></tr></table>"),
    "td-above": Caption("<table><tr><td>{text}</td></tr><tr><td>{input}</td></tr></table>"),
    "td-with-signs": Caption(
        "<table><tr><td>※{text}：<font color=red>必須</font></td><td>{input} {hint}</td>"
        "</tr></table>"
    ),
    "td-sign-between": Caption(
        "<table><tr><td>{text}</td><td>：</td><td>{input} {hint}</td></tr></table>"
    ),
    "td-mark-between": Caption(
        "<table><tr><td>{text}</td><td><font color=red>必須</font></td><td>{input}</td>"
        "</tr></table>"
    ),
    "grid": Caption(
        '<div style="display:grid;grid-template-columns:12em 1fr"><div>{text}</div>'
        "<div>{input} {hint}</div></div>"
    ),
    "lying-over": Caption(
        '<div style="position:relative">{input}<span style="position:absolute;left:.6em;top:.2em;'
        'pointer-events:none;font-size:70%">{text}</span></div>'
    ),
    "with-example": Caption(
        '<div><label for="{id}">{text}</label> <small>（例：123456）</small> {input} {hint}</div>'
    ),
    "dt": Caption("<dl><dt>{text}</dt><dd>{input} {hint}</dd></dl>"),
    "legend": Caption("<fieldset><legend>{text}</legend>{input} {hint}</fieldset>"),
    "text-before": Caption("<p>{text} {input} {hint}</p>"),
    "text-above": Caption("<p>{text}<br>{input}<br>{hint}</p>"),
    "span-before": Caption("<div><span>{text}</span><span>{input}</span></div>"),
    "picture-before": Caption('<p><img src="{picture}" alt="{text}"> {input}</p>'),
    "placeholder": Caption("<div>{input}</div>", {"placeholder": "{text}"}),
    "title": Caption("<div>{input}</div>", {"title": "{text}"}),
    "aria-label": Caption("<div>{text} {input}</div>", {"aria-label": "{text}"}),
    "labelledby": Caption(
        '<div><b id="{id}-c">{text}</b> {input}</div>', {"aria-labelledby": "{id}-c"}
    ),
    "describedby": Caption(
        '<div>{input}<p id="{id}-c">{text}</p></div>', {"aria-describedby": "{id}-c"}
    ),
}


def caption(block: Tag, way: str) -> None:
    """Tell the caption of a field in another way."""
    boxes = block.select_one("[data-boxes]")
    told = CAPTIONS[way]
    if boxes is not None and told is not None and told.attributes:
        told = CAPTIONS["text-before"]  # one of many boxes cannot bear the name of all
    if told is None:
        return
    label, entry, hint = block.find("label"), block.find("input"), block.select_one(".hint")
    for mark in label.select(".required, .optional"):
        mark.extract()
    text = label.get_text(strip=True)
    named = {"text": text, "id": entry["id"], "picture": picture(text)}
    for old in ("aria-describedby", "required", "aria-invalid"):
        entry.attrs.pop(old, None)
    entry.attrs |= {name: value.format(**named) for name, value in told.attributes.items()}
    said = f"<small>{escape(hint.get_text(strip=True))}</small>" if hint else ""
    whole = block.select_one("input[type=hidden]") or ""
    typed = f"{boxes or entry}{whole}"
    put_in_place(block, told.html.format(**named, input=typed, hint=said))


def in_columns(page: Page) -> None:
    """Put all captions of a form into one row of a table, the fields into the next."""
    for form in page.find_all("form"):
        blocks = [b for b in captioned(page) if form in b.parents]
        if not blocks:
            continue
        heads, cells = "", ""
        for block in blocks:
            for mark in block.select(".required, .optional"):
                mark.extract()
            heads += f"<td>{block.find('label').get_text(strip=True)}</td>"
            entry = block.find("input")
            entry.attrs.pop("aria-describedby", None)
            cells += f"<td>{entry}</td>"
        for block in blocks[1:]:
            block.extract()
        put_in_place(blocks[0], f"<table><tr>{heads}</tr><tr>{cells}</tr></table>")
