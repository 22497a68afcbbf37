"""What a form would send (HTML's form submission, urlencoded)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

from lxml.etree import _Element as Element

from otp_conformance.agent.http.tree import Document, disabled, kind, value_of_option
from otp_conformance.agent.page import FormRequest

_CONTROLS = ("input", "button", "select", "textarea")
_CHECKED = {"checkbox", "radio"}


def link_request(address: str, href: str) -> FormRequest:
    """Return the request behind a link; its query is kept as fields."""
    parts = urlsplit(urljoin(address, href))
    fields = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return FormRequest("GET", _without_query(parts.geturl()), fields)


def form_request(page: Document, address: str, form: Element, button: Element) -> FormRequest:
    """Return the request that pressing a button of the form would send."""
    method = (button.get("formmethod") or form.get("method", "")).upper()
    action = button.get("formaction") or form.get("action", "")
    target = urljoin(base_of(page, address), action) if action else address
    target = urlunsplit((*urlsplit(target)[:4], ""))
    post = method == "POST"
    return FormRequest(
        "POST" if post else "GET",
        target if post else _without_query(target),
        tuple(_fields(page, form, button)),
    )


def base_of(page: Document, address: str) -> str:
    """Return the address that relative ones start from."""
    bases = (base.get("href") for base in page.each("base") if "href" in base.attrib)
    first: str = next(bases, "")
    return urljoin(address, first)


def _without_query(address: str) -> str:
    return urlunsplit((*urlsplit(address)[:3], "", ""))


def _own_controls(page: Document, form: Element) -> Iterator[Element]:
    return (control for control in page.each(*_CONTROLS) if page.form_of(control) is form)


def _fields(page: Document, form: Element, button: Element) -> Iterator[tuple[str, str]]:
    for control in _own_controls(page, form):
        # A disabled button sends nothing; a crafted request would carry it.
        if disabled(control) and control is not button:
            continue
        yield from _content(page, control, pressed=control is button)


def _content(page: Document, control: Element, *, pressed: bool) -> Iterator[tuple[str, str]]:
    name, form_kind = control.get("name", ""), kind(control)
    if form_kind == "image" and pressed:
        prefix = f"{name}." if name else ""
        yield from ((f"{prefix}{axis}", "0") for axis in "xy")
    if (
        not name
        or form_kind in {"reset", "button", "image"}
        or (form_kind == "submit" and not pressed)
    ):
        return
    if form_kind == "select":
        yield from ((name, value) for value in _selected(control))
    elif form_kind in _CHECKED:
        if "checked" in control.attrib:
            yield name, control.get("value", "on")
    elif form_kind == "textarea":
        yield name, re.sub(r"\r\n|\r|\n", "\r\n", page.value_of(control))
    elif form_kind == "submit":
        yield name, control.get("value", "")
    else:
        yield name, "" if form_kind == "file" else page.value_of(control)


def _selected(select: Element) -> Iterator[str]:
    options = list(select.iter("option"))
    chosen = [option for option in options if "selected" in option.attrib]
    if not chosen and "multiple" not in select.attrib:
        chosen = [option for option in options if "disabled" not in option.attrib][:1]
    return map(value_of_option, chosen)


def select(chosen_from: Element, option: Element) -> None:
    """Choose an option of a list; one of several that may be chosen joins the others."""
    if "multiple" not in chosen_from.attrib:
        for other in chosen_from.iter("option"):
            other.attrib.pop("selected", None)
    option.set("selected", "")


def check(page: Document, box: Element) -> None:
    """Check a box, or a radio button in place of the others of its group."""
    if kind(box) == "radio":
        form, name = page.form_of(box), box.get("name", "")
        for other in page.each("input"):
            grouped = kind(other) == "radio" and other.get("name") == name
            if grouped and page.form_of(other) is form:
                other.attrib.pop("checked", None)
    box.set("checked", "")


def held_back(page: Document, form: Element, button: Element) -> bool:
    """Tell whether a browser's own check would keep the form from being sent."""
    if "novalidate" in form.attrib or "formnovalidate" in button.attrib:
        return False
    return any(
        _invalid(page, control)
        for control in _own_controls(page, form)
        if not disabled(control) and "readonly" not in control.attrib
    )


def _invalid(page: Document, control: Element) -> bool:
    if kind(control) in {"hidden", "submit", "reset", "button", "image", "radio"}:
        return False
    if kind(control) == "checkbox":
        return "required" in control.attrib and "checked" not in control.attrib
    value = next(_selected(control), "") if control.tag == "select" else page.value_of(control)
    if not value:
        return "required" in control.attrib
    pattern = control.get("pattern", "")
    return bool(pattern) and re.fullmatch(pattern, value) is None
