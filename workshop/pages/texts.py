"""Titles, facts, steps and refusals: one entry a way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from bs4 import Tag

from workshop.pages.markup import Page, add_script, parse, picture, put_in_place, words

BANK = "見本インターネットバンキング"

TITLES: Mapping[str, str] = {
    "as-it-is": "",
    "h2": "<h2>{text}</h2>",
    "td": '<table><tr><td><font size="5"><b>{text}</b></font></td></tr></table>',
    "td-plain": "<table><tr><td>{text}</td></tr></table>",
    "caption": "<table><caption>{text}</caption><tr><td></td></tr></table>",
    "div": '<div class="title" style="font-size:24px;font-weight:bold">{text}</div>',
    "p-strong": "<p><strong>{text}</strong></p>",
    "role": '<div role="heading" aria-level="1">{text}</div>',
    "picture": '<h1><img alt="{text}" src="{picture}"></h1>',
    "ruby": "<h1><ruby>{text}<rp>（</rp><rt>がめん</rt><rp>）</rp></ruby></h1>",
    "broken": "<h1>{first}<br>{second}</h1>",
    "after-the-bank": "<h1>見本インターネットバンキング</h1><h2>{text}</h2>",
    "with-a-sign": "<h1>■ {text}</h1>",
    "wbr": "<h1>{first}<wbr>{second}</h1>",
    "after-a-logo": '<h1><img alt="見本インターネットバンキング" src="{picture}"></h1>'
    "<h2>{text}</h2>",
}


def title(page: Page, way: str) -> None:
    """Tell the title of a screen in another way."""
    heading = page.find("h1")
    if heading is None or not TITLES[way]:
        return
    text = words(heading)
    half = len(text) // 2
    named = {"text": text, "first": text[:half], "second": text[half:], "picture": picture(text)}
    put_in_place(heading, TITLES[way].format(**named))


WINDOW_TITLES = ("as-it-is", "the-banks", "none")


def window_title(page: Page, way: str) -> None:
    """Give every window the bank's name as its title, or none."""
    if way != "as-it-is":
        page.title.string = BANK if way == "the-banks" else ""


#: What is around all facts of a list, and around each.
FACTS: Mapping[str, tuple[str, str]] = {
    "as-it-is": ("", ""),
    "th": ("<table>{all}</table>", "<tr><th>{name}</th><td>{value}</td></tr>"),
    "td": ("<table>{all}</table>", "<tr><td>{name}</td><td>{value}</td></tr>"),
    "td-sign-between": (
        "<table>{all}</table>",
        "<tr><td>{name}</td><td>：</td><td>{value}</td></tr>",
    ),
    "td-with-sign": ("<table>{all}</table>", "<tr><td>■{name}：</td><td>{value}</td></tr>"),
    "lines": ("<div>{all}</div>", "<p>{name}：{value}</p>"),
    "lines-br": ("<p>{all}</p>", "{name}: {value}<br>"),
    "dl-divs": ("<dl>{all}</dl>", "<div><dt>{name}</dt><dd>{value}</dd></div>"),
    "dl-signs": ("<dl>{all}</dl>", "<dt>{name}</dt><dd>：</dd><dd>{value}</dd>"),
    "spans": ("<ul>{all}</ul>", "<li><span>{name}</span> <span>{value}</span></li>"),
    "divs": ("<div>{all}</div>", "<div><div>{name}</div><div>{value}</div></div>"),
    "grid": (
        '<div style="display:grid;grid-template-columns:1fr 2fr">{all}</div>',
        "<div>{name}</div><div>{value}</div>",
    ),
}


def facts(listed: Tag, way: str) -> None:
    """Tell a list of captioned values in another way."""
    around, each = FACTS[way]
    if not around:
        return
    pairs = zip(listed.find_all("dt"), listed.find_all("dd"), strict=True)
    told = "".join(each.format(name=words(name), value=words(value)) for name, value in pairs)
    put_in_place(listed, around.format(all=told))


STEPS: Mapping[str, tuple[str, str]] = {
    "as-it-is": ("", ""),
    "divs": ('<div class="step">{text}</div>', '<div class="step current"><b>{text}</b></div>'),
    "pictures": (
        '<img alt="{text}" src="{picture}">',
        '<img alt="現在のステップ {text}" src="{picture}">',
    ),
    "line": ("{text} ＞ ", "<strong>{text}</strong> ＞ "),
}


def steps(listed: Tag, way: str) -> None:
    """Tell in another way which step of a procedure this is."""
    other, current = STEPS[way]
    if not other:
        return
    told = ""
    for step in listed.find_all("li"):
        form = current if step.get("aria-current") else other
        told += form.format(text=words(step), picture=picture(words(step)))
    put_in_place(listed, f"<div>{told}</div>")


_SHEET = "position:fixed;inset:0;background:rgba(0,0,0,.4);z-index:999"
_BOX = "background:#fff;margin:15% auto;padding:2em;width:24em"
_CLOSE = '<button type="button" onclick="this.closest(\'.layer\').remove()">閉じる</button>'

#: ``{lines}``: the message, each line in p.
REFUSALS: Mapping[str, str] = {
    "as-it-is": "",
    "red": '<div style="color:red">{lines}</div>',
    "font": "<p><font color=red>{text}</font></p>",
    "list": '<ul class="errors"><li>{text}</li></ul>',
    "td": "<table border=1><tr><td>{text}</td></tr></table>",
    "codes": "<div><p>入力内容をご確認ください。</p>"
    '<ul><li><a href="#main">[E1204] {text}</a></li></ul></div>',
    "live": '<div aria-live="assertive">{lines}</div>',
    "dialog": "<dialog class=layer open>{lines}" + _CLOSE + "</dialog>",
    "dialog-modal": "<dialog class=layer>{lines}" + _CLOSE + "</dialog>",
    "role-dialog": f'<div class=layer style="{_SHEET}"><div role="dialog" aria-modal="true"'
    f' aria-label="エラー" style="{_BOX}">{{lines}}{_CLOSE}</div></div>',
    "layer": f'<div class=layer style="{_SHEET}"><div style="{_BOX}">{{lines}}{_CLOSE}</div></div>',
    "native": "",
}


def refusal(page: Page, way: str) -> None:
    """Tell the message of a page in another way, in front of everything where it is a box."""
    alert = page.select_one("div.alert")
    if alert is None or way == "as-it-is":
        return
    for sign in alert.select(".alert-mark"):
        sign.extract()
    lines = [words(line) for line in alert.find_all("p")]
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    html = REFUSALS[way].format(lines=told, text=escape(" ".join(lines)))
    if way == "native":
        add_script(page, f"setTimeout(function(){{alert({_quoted(' '.join(lines))})}},0)")
    elif "class=layer" in html:
        page.body.append(parse(html))
    else:
        alert.insert_before(parse(html))
    alert.extract()
    if way == "dialog-modal":
        add_script(page, "document.querySelector('dialog.layer').showModal()")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("</", "<\\/")
