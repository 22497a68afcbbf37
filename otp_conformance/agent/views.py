"""From an agent's raw findings to a `PageView`; the same for both agents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from otp_conformance.agent.page import ActionView, FieldView, PageView
from otp_conformance.text import normalise

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
    """Return the page from a raw reading (keys as in browser/page_view.js).

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
