"""Finding a control on a page by its accessible name, never by markup."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from playwright.sync_api import Frame, Locator

from otp_conformance.agent.browser.scripts import script
from otp_conformance.agent.page import TEXT_FIELDS, Control, Role
from otp_conformance.text import contains, label_pattern, same


@dataclass(frozen=True)
class Match:
    """A control that was found, with what is needed to operate it.

    ``max_length`` is None where the field sets no limit; ``parameter`` is the
    name under which a field is sent.
    """

    locator: Locator
    name: str
    row: str
    enabled: bool
    editable: bool
    opens_window: bool
    parameter: str
    kind: str
    max_length: int | None


@lru_cache(maxsize=512)
def _pattern(names: tuple[str, ...], *, whole: bool) -> re.Pattern[str]:
    return label_pattern(names, whole=whole)


def _locator(page: Frame, control: Control) -> Locator:
    if control.role is Role.FIELD:
        labelled = page.get_by_label(_pattern(control.names, whole=False))
        return labelled.and_(page.locator(TEXT_FIELDS))
    name = _pattern(control.names, whole=True)
    button = page.get_by_role("button", name=name)
    link = page.get_by_role("link", name=name)
    if control.role is Role.BUTTON:
        # Declarations call things buttons that a page may have made links.
        return button.or_(link)
    return link if control.role is Role.LINK else button.or_(link)


def _match(locator: Locator, index: int, found: dict[str, Any]) -> Match:
    return Match(
        locator=locator.nth(index),
        name=found["name"],
        row=found["row"],
        enabled=found["enabled"],
        editable=found["editable"],
        opens_window=found["opensWindow"],
        parameter=found["parameter"],
        kind=found["type"],
        max_length=found["maxLength"],
    )


def matches(page: Frame, control: Control) -> list[Match]:
    """Return all visible controls that fit, in the page's order. Never waits."""
    locator = _locator(page, control)
    described = locator.evaluate_all(script("describe"))
    found = [_match(locator, i, d) for i, d in enumerate(described) if d["visible"]]
    if control.row:
        found = [match for match in found if contains(match.row, control.row)]
    return found


def best(found: list[Match], control: Control) -> Match | None:
    """Return the match that a person would take, None without any.

    An exact label outranks one that merely contains the name; after that the
    page's order decides (``control.last`` takes the last).
    """
    if not found:
        return None
    exact = [match for match in found if same(match.name, control.names)]
    pool = exact or found
    return pool[-1] if control.last else pool[0]
