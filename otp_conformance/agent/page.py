"""What a customer can perceive on a page, without markup.

Both user agents (browser, plain HTTP) produce the same `PageView` (see `page_view`), so
that screens and people never see HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from otp_conformance.text import normalise

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
"""What a text field is (CSS), for page scripts; `http.dom.is_field` says the same of a tag."""


class Role(StrEnum):
    """Kinds of control, in ARIA's words. BUTTON also matches links that act."""

    BUTTON = "button"
    LINK = "link"
    ACTION = "action"  # a button or a link, whichever bears the name
    FIELD = "field"  # any text-like input, password inputs included


@dataclass(frozen=True)
class Control:
    """A control as a person names it.

    ``names``: accepted names; a button or link must equal one of them, a
    field's label must contain one (both after `text.normalise`).
    ``row``: text that the same table row, list item or group must contain,
    for screens with several equal buttons (選択). ``last``: of several equal
    matches take the last one (second level of a menu with equal labels).
    ``leads_only``: an item of a menu, which leads to a page and submits nothing.
    """

    role: Role
    names: tuple[str, ...]
    row: tuple[str, ...] = ()
    last: bool = False
    leads_only: bool = False


@dataclass(frozen=True)
class FieldView:
    """An input that the customer can edit.

    ``label`` is its accessible name; ``value`` is empty for masked inputs.
    """

    label: str
    masked: bool
    value: str
    required: bool
    max_length: int | None
    description: str = ""


@dataclass(frozen=True)
class ActionView:
    """A button or link."""

    name: str
    enabled: bool
    is_link: bool
    row: str = ""


@dataclass(frozen=True)
class PageView:
    """One page at one moment.

    ``http_status`` is the status of the document's own response, ``None``
    where the agent cannot know. ``facts`` are captioned values (dt/dd,
    th/td, "caption: value") by normalised caption. ``rows`` are the rows of
    tables that have a heading row: cell by normalised column heading.
    ``alerts`` are the texts of elements with role alert.
    """

    address: str
    http_status: int | None
    document_title: str
    headings: tuple[str, ...]
    text: str
    facts: dict[str, str] = field(default_factory=dict)
    rows: tuple[dict[str, str], ...] = ()
    alerts: tuple[str, ...] = ()
    fields: tuple[FieldView, ...] = ()
    actions: tuple[ActionView, ...] = ()
    progress: tuple[str, ...] = ()
    progress_current: str = ""
    language: str = ""


@dataclass(frozen=True)
class ScriptPart:
    """What a request has besides when a page's script sends it, not a form.

    ``number`` tells one caught request from another. ``headers`` are those that
    the script set (they may hold secrets). ``literal``: the fields whose value
    is JSON as written rather than a text.
    """

    number: int
    content_type: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    literal: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)


@dataclass(frozen=True)
class FormRequest:
    """A request as a form would send it, kept to be replayed or altered.

    The address is absolute. Values may hold secrets: never log them.
    ``script``: set for a request that a script of the page sends.
    """

    method: str
    address: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    script: ScriptPart | None = None

    def without(self, name: str) -> FormRequest:
        """Return the request with one parameter dropped."""
        return replace(self, fields=tuple((n, v) for n, v in self.fields if n != name))

    def with_value(self, name: str, value: str) -> FormRequest:
        """Return the request with one parameter set to another value, or added."""
        return replace(self, fields=(*self.without(name).fields, (name, value)))


# -- from an agent's raw findings ---------------------------------------------

# "caption: value" in running text. A half-width colon between digits is a time.
_CAPTIONED = re.compile(
    r"^\s*(?P<caption>[^：:]{1,24}?)\s*(?:：|(?<!\d):|:(?!\d))\s*(?P<value>\S.*)$"
)
_REQUIRED_MARK = "必須"


def captioned_lines(text: str) -> list[tuple[str, str]]:
    """Return (caption, value) of the lines that read "caption: value"."""
    found = (_CAPTIONED.match(line) for line in text.splitlines())
    return [(m["caption"], m["value"].strip()) for m in found if m]


def _facts(structured: Iterable[Sequence[str]], text: str) -> dict[str, str]:
    facts: dict[str, str] = {}
    for caption, value in [*structured, *captioned_lines(text)]:
        key = normalise(caption)
        if key:
            facts.setdefault(key, value)
    return facts


def page_view(
    raw: Mapping[str, Any], *, http_status: int | None, dialogs: Iterable[str] = ()
) -> PageView:
    """Return the page from a raw reading (keys as in browser/page_view.js and http/dom.py).

    ``dialogs``: messages that the page showed in boxes of their own; to a
    person they are alerts.
    """
    return PageView(
        address=raw["address"],
        http_status=http_status,
        document_title=raw["documentTitle"],
        headings=tuple(raw["headings"]),
        text=raw["text"],
        facts=_facts(raw["facts"], raw["text"]),
        rows=tuple({normalise(c): value for c, value in row} for row in raw["rows"]),
        alerts=(*raw["alerts"], *dialogs),
        fields=tuple(
            FieldView(
                label=field["label"],
                masked=field["masked"],
                value=field["value"],
                required=field["required"] or _REQUIRED_MARK in field["label"],
                max_length=field["maxLength"],
                description=field["description"],
            )
            for field in raw["fields"]
        ),
        actions=tuple(
            ActionView(
                name=action["name"],
                enabled=action["enabled"],
                is_link=action["isLink"],
                row=action["row"],
            )
            for action in raw["actions"]
        ),
        progress=tuple(raw["progress"]),
        progress_current=raw["progressCurrent"],
        language=raw["language"],
    )
