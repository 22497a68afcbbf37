"""What a form would send (HTML's form submission, urlencoded)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

from bs4 import BeautifulSoup, Tag

from otp_conformance.agent.http.tree import attribute, disabled, kind, value_of
from otp_conformance.agent.page import FormRequest
from otp_conformance.text import squeeze

_CONTROLS = ["input", "button", "select", "textarea"]
_CHECKED = {"checkbox", "radio"}


def form_of(soup: BeautifulSoup, control: Tag) -> Tag | None:
    """Return the form that a control belongs to."""
    named = attribute(control, "form")
    form = soup.find("form", id=named) if named else control.find_parent("form")
    return form if isinstance(form, Tag) else None


def link_request(address: str, href: str) -> FormRequest:
    """Return the request behind a link; its query is kept as fields."""
    parts = urlsplit(urljoin(address, href))
    fields = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return FormRequest("GET", _without_query(parts.geturl()), fields)


def form_request(soup: BeautifulSoup, address: str, form: Tag, button: Tag) -> FormRequest:
    """Return the request that pressing a button of the form would send."""
    method = (attribute(button, "formmethod") or attribute(form, "method")).upper()
    action = attribute(button, "formaction") or attribute(form, "action")
    target = urljoin(base_of(soup, address), action) if action else address
    target = urlunsplit((*urlsplit(target)[:4], ""))
    post = method == "POST"
    return FormRequest(
        "POST" if post else "GET",
        target if post else _without_query(target),
        tuple(_fields(soup, form, button)),
    )


def base_of(soup: BeautifulSoup, address: str) -> str:
    """Return the address that relative ones start from."""
    base = soup.find("base", href=True)
    return urljoin(address, attribute(base, "href")) if isinstance(base, Tag) else address


def _without_query(address: str) -> str:
    return urlunsplit((*urlsplit(address)[:3], "", ""))


def _own_controls(soup: BeautifulSoup, form: Tag) -> Iterator[Tag]:
    for control in soup.find_all(_CONTROLS):
        if isinstance(control, Tag) and form_of(soup, control) is form:
            yield control


def _fields(soup: BeautifulSoup, form: Tag, button: Tag) -> Iterator[tuple[str, str]]:
    for control in _own_controls(soup, form):
        # A disabled button sends nothing; a crafted request would carry it.
        if disabled(control) and control is not button:
            continue
        yield from _content(control, pressed=control is button)


def _content(control: Tag, *, pressed: bool) -> Iterator[tuple[str, str]]:
    name, form_kind = attribute(control, "name"), kind(control)
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
        if control.has_attr("checked"):
            yield name, attribute(control, "value") if control.has_attr("value") else "on"
    elif form_kind == "textarea":
        yield name, re.sub(r"\r\n|\r|\n", "\r\n", value_of(control))
    else:
        yield name, "" if form_kind == "file" else attribute(control, "value")


def _selected(select: Tag) -> Iterator[str]:
    options = [o for o in select.find_all("option") if isinstance(o, Tag)]
    chosen = [option for option in options if option.has_attr("selected")]
    if not chosen and not select.has_attr("multiple"):
        chosen = [option for option in options if not option.has_attr("disabled")][:1]
    for option in chosen:
        given = option.has_attr("value")
        yield attribute(option, "value") if given else squeeze(option.get_text())


def select(chosen_from: Tag, option: Tag) -> None:
    """Choose an option of a list; one of several that may be chosen joins the others."""
    if not chosen_from.has_attr("multiple"):
        for other in chosen_from.find_all("option"):
            del other["selected"]
    option["selected"] = ""


def check(soup: BeautifulSoup, box: Tag) -> None:
    """Check a box, or a radio button in place of the others of its group."""
    if kind(box) == "radio":
        form = form_of(soup, box)
        for other in soup.find_all("input", attrs={"name": attribute(box, "name")}):
            if isinstance(other, Tag) and kind(other) == "radio" and form_of(soup, other) is form:
                del other["checked"]
    box["checked"] = ""


def held_back(soup: BeautifulSoup, form: Tag, button: Tag) -> bool:
    """Tell whether a browser's own check would keep the form from being sent."""
    if form.has_attr("novalidate") or button.has_attr("formnovalidate"):
        return False
    return any(
        _invalid(control)
        for control in _own_controls(soup, form)
        if not disabled(control) and not control.has_attr("readonly")
    )


def _invalid(control: Tag) -> bool:
    if kind(control) in {"hidden", "submit", "reset", "button", "image", "radio"}:
        return False
    if kind(control) == "checkbox":
        return control.has_attr("required") and not control.has_attr("checked")
    value = next(_selected(control), "") if control.name == "select" else value_of(control)
    if not value:
        return control.has_attr("required")
    pattern = attribute(control, "pattern")
    return bool(pattern) and re.fullmatch(pattern, value) is None
