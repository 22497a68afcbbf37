"""What sends a form, and what leads elsewhere: one entry a way."""

from __future__ import annotations

from collections.abc import Mapping

from bs4 import Tag

from workshop.pages.markup import Page, add_script, picture, put_in_place, words

_HAND = 'style="cursor:pointer;background:#fff;color:#036"'
_FORM = "this.closest('form')"
_LATER = f"var f={_FORM};this.disabled=true;setTimeout(function(){{{{f.submit()}}}},700)"

#: ``{form}``: the form's name for scripts.
BUTTONS: Mapping[str, str] = {
    "as-it-is": "",
    "input": '<input type="submit" value="{text}">',
    "input-spaced": '<input type="submit" value="　{spaced}　">',
    "input-image": '<input type="image" alt="{text}" src="{picture}">',
    "picture-inside": '<button><img alt="{text}" src="{picture}"></button>',
    "sign-before": '<button><span aria-hidden="true">▶</span>{text}</button>',
    "javascript-link": '<a href="javascript:document.{form}.submit();">{text}</a>',
    "a-onclick": f'<a onclick="{_FORM}.submit()" {_HAND}>{{text}}</a>',
    "span-onclick": f'<span onclick="{_FORM}.submit()" {_HAND}>{{text}}</span>',
    "div-onclick": f'<div onclick="{_FORM}.submit()" {_HAND}>{{text}}</div>',
    "role-button": f'<div role="button" tabindex="0" onclick="{_FORM}.submit()">{{text}}</div>',
    "a-role-button": f'<a role="button" href="#" onclick="{_FORM}.submit();return false">'
    "{text}</a>",
    "div-tabindex": f'<div tabindex="0" onclick="{_FORM}.submit()" {_HAND}><b>{{text}}</b></div>',
    "broken": "<button>{first}<br>{second}</button>",
    "sent-later": f'<button type="button" onclick="{_LATER}">{{text}}</button>',
    "after-keys": '<button class="waits" disabled>{text}</button>',
}
_KEYS = """
document.querySelectorAll('.waits').forEach(function (button) {
  var typed = 'input[name]:not([type=hidden]), .digit';
  var fields = [].slice.call(button.form.querySelectorAll(typed));
  fields.forEach(function (field) {
    field.addEventListener('keyup', function () {
      button.disabled = !fields.every(function (each) { return each.value; });
    });
  });
});"""


def button(page: Page, old: Tag, way: str) -> None:
    """Tell a button in another way; one that cannot be pressed stays as it is."""
    form, text = old.find_parent("form"), words(old)
    fillable = form.find("input", type=["text", "password", "tel", "number"])
    if not BUTTONS[way] or old.has_attr("disabled") or (way == "after-keys" and not fillable):
        return
    if not form.get("name"):
        form["name"] = f"f{len(page.find_all('form', attrs={'name': True}))}"
    half = len(text) // 2
    named = {
        "text": text,
        "first": text[:half],
        "second": text[half:],
        "spaced": "　".join(text),
        "picture": picture(text),
    }
    put_in_place(old, BUTTONS[way].format(**named, form=form["name"]))
    if way == "after-keys":
        add_script(page, _KEYS)


LINKS: Mapping[str, str] = {
    "as-it-is": "",
    "picture": '<a href="{href}"><img alt="{text}" src="{picture}"></a>',
    "javascript-link": "<a href=\"javascript:location.href='{href}'\">{text}</a>",
    "a-onclick": f"<a onclick=\"location.href='{{href}}'\" {_HAND}>{{text}}</a>",
    "span-onclick": f"<span onclick=\"location.href='{{href}}'\" {_HAND}>{{text}}</span>",
    "div-onclick": f"<div onclick=\"location.href='{{href}}'\" {_HAND}>{{text}}</div>",
    "button": '<button type="button" onclick="location.href=\'{href}\'">{text}</button>',
}


def link(old: Tag, way: str) -> None:
    """Tell a link of a menu in another way."""
    if LINKS[way]:
        text = words(old)
        put_in_place(old, LINKS[way].format(text=text, href=old["href"], picture=picture(text)))


def menu_links(page: Page) -> list[Tag]:
    """Return the links of the menus."""
    return list(page.select("nav a[href]"))


def equal_but_for_a_name(page: Page) -> None:
    """The buttons of the kinds are equal but for their name, all in one form."""
    choices = page.select_one("table.choices")
    if choices is None:
        return
    for number, form in enumerate(choices.find_all("form")):
        where = form["action"]
        put_in_place(
            form,
            f'<input type="submit" name="select{number}" value="選択" formaction="{where}">',
        )
    choices.wrap(page.new_tag("form", method="get", action="/otp/issue"))
