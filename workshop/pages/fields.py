"""What is odd about a field itself: one function a way."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bs4 import Tag

from workshop.pages.markup import Page, add_script, parse

FieldWay = Callable[[Page, Tag], None]


def as_it_is(page: Page, entry: Tag) -> None:
    """Leave it."""


def readonly_until_focus(page: Page, entry: Tag) -> None:
    """Read-only until it has the focus (against autofill)."""
    entry.attrs |= {"readonly": "", "onfocus": "this.removeAttribute('readonly')"}


def telephone(page: Page, entry: Tag) -> None:
    """Of type tel, for a telephone's keys."""
    if entry.get("type") != "password":
        entry["type"] = "tel"


def number(page: Page, entry: Tag) -> None:
    """Of type number, if digits are wanted."""
    if entry.get("name") == "otp":
        entry["type"] = "number"


def _decoy(entry: Tag, style: str, more: str = "") -> None:
    label = entry.find_parent(class_="field").find("label").get_text(strip=True)
    name = f"d-{entry['name']}"
    entry.find_parent(class_="field").insert_before(
        parse(
            f'<div style="{style}"><label for="{name}">{label}</label>'
            f'<input id="{name}" type="{entry["type"]}" tabindex="-1" autocomplete="off">'
            f"{more}</div>"
        )
    )


def decoy_outside(page: Page, entry: Tag) -> None:
    """A decoy with the same label, outside the window, comes first."""
    _decoy(entry, "position:absolute;left:-9999px")


def decoy_transparent(page: Page, entry: Tag) -> None:
    """A decoy with the same label, fully transparent, comes first."""
    _decoy(entry, "position:absolute;opacity:0;pointer-events:none")


def decoy_covered(page: Page, entry: Tag) -> None:
    """A decoy with the same label comes first; a white sheet lies over it."""
    sheet = '<span style="position:absolute;inset:0;background:#fff"></span>'
    _decoy(entry, "position:relative;overflow:hidden;width:22em;height:4em", sheet)


def _boxes(number: int, name: str) -> str:
    boxes = "".join(
        f'<input type="tel" inputmode="numeric" maxlength="1" size="1" class="digit" {name}'
        f' id="otp-{i}" aria-label="{i}桁目">'
        for i in range(1, number + 1)
    )
    return f"<span data-boxes>{boxes}</span>"


_MOVE_ON = """
document.querySelectorAll('.digit').forEach(function (box, i, all) {
  box.addEventListener('input', function () { if (box.value && all[i + 1]) all[i + 1].focus(); });
});"""
_JOIN = """
document.querySelectorAll('.digit').forEach(function (box, i, all) {
  box.addEventListener('input', function () {
    document.getElementById('otp').value =
      [].map.call(all, function (each) { return each.value; }).join('');
  });
});"""


def boxes_joined(page: Page, entry: Tag, how_many: int = 6) -> None:
    """One box a digit; typing moves on, a script joins them in a hidden field."""
    if entry.get("name") != "otp":
        return
    whole = '<input type="hidden" name="otp" id="otp">'
    entry.replace_with(parse(_boxes(how_many, "") + whole))
    add_script(page, _MOVE_ON + _JOIN)


def boxes_sent(page: Page, entry: Tag, how_many: int = 6) -> None:
    """One box a digit; nothing moves on, and the server joins them."""
    if entry.get("name") == "otp":
        entry.replace_with(parse(_boxes(how_many, 'name="otp"')))


def _parts(name: str, how_many: int, size: int) -> str:
    boxes = " － ".join(
        f'<input type="tel" maxlength="{size}" size="{size}" name="{name}" class="part"'
        f' id="{name}{"" if place == 0 else f"-{place}"}">'
        for place in range(how_many)
    )
    return f"<span data-boxes>{boxes}</span>"


_ADVANCE = """
document.querySelectorAll('.part').forEach(function (box, i, all) {
  box.addEventListener('input', function () {
    if (box.value.length === box.maxLength && all[i + 1]) all[i + 1].focus();
  });
});"""


def in_parts(page: Page, entry: Tag) -> None:
    """A serial number in three boxes, a one-time password in two; the server joins them."""
    sizes = {"serial": (3, 4), "otp": (2, 3)}
    if entry.get("name") in sizes:
        entry.replace_with(parse(_parts(entry["name"], *sizes[entry["name"]])))
        add_script(page, _ADVANCE)


def masked(page: Page, entry: Tag) -> None:
    """A one-time password is masked, with a button beside it that shows it."""
    if entry.get("name") == "otp":
        entry["type"] = "password"
        eye = "var i=this.previousElementSibling;i.type=i.type==='text'?'password':'text'"
        entry.insert_after(
            parse(f'<button type="button" aria-label="表示を切り替える" onclick="{eye}">👁</button>')
        )


_SENDS_ITSELF = """
document.getElementById('otp').addEventListener('input', function () {
  if (this.value.length === 6 && !this.form.dataset.gone) {
    this.form.dataset.gone = 'yes';
    this.form.submit();
  }
});"""


def sends_itself(page: Page, entry: Tag) -> None:
    """The form goes off by itself at the sixth digit, where nothing else is to be typed."""
    named = entry.find_parent("form").find_all("input", attrs={"name": True})
    alone = [each for each in named if each.get("type") != "hidden"] == [entry]
    if entry.get("name") == "otp" and alone:
        add_script(page, _SENDS_ITSELF)


FIELDS: Mapping[str, FieldWay] = {
    "as-it-is": as_it_is,
    "readonly-until-focus": readonly_until_focus,
    "tel": telephone,
    "number": number,
    "decoy-outside": decoy_outside,
    "decoy-transparent": decoy_transparent,
    "decoy-covered": decoy_covered,
    "boxes-joined": boxes_joined,
    "boxes-sent": boxes_sent,
    "sends-itself": sends_itself,
    "in-parts": in_parts,
    "masked": masked,
}
