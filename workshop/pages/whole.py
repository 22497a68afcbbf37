"""What is odd about a whole page: one function a way, each changing it in place."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping

from bs4.element import PreformattedString

from workshop.pages.markup import Page, add_script, parse, posting, put_first

Change = Callable[[Page], None]


def as_it_is(page: Page) -> None:
    """Leave the page as the bank wrote it."""


def late(page: Page) -> None:
    """A script puts the content in 400 ms after the page is loaded."""
    content = page.find("main")
    html = json.dumps(str(content)).replace("</", "<\\/")
    others = page.body.find_all("script")
    then = "".join(f"(function(){{{script.extract().string}}})();" for script in others)
    put = f"document.querySelector('main').outerHTML={html};"
    for script in page.head.find_all("script", src=True):  # works on the content: comes after it
        source = f"{{src:{json.dumps(script.extract()['src'])}}}"
        then += f"document.body.append(Object.assign(document.createElement('script'),{source}));"
    content.clear()
    add_script(page, f"setTimeout(function(){{{put}{then}}},400)")


def veil(page: Page) -> None:
    """A veil covers the page for its first 1.5 s."""
    style = "position:fixed;inset:0;background:#fff;z-index:9999"
    put_first(page, f'<div id="veil" style="{style}">読み込み中</div>')
    add_script(page, "setTimeout(function(){document.getElementById('veil').remove()},1500)")


def banner(page: Page) -> None:
    """A banner lies over the lower part of the window and does not go away."""
    style = "position:fixed;left:0;right:0;bottom:0;height:85%;background:#eee;z-index:9999"
    put_first(page, f'<div style="{style}">クッキーについて <a href="#">同意する</a></div>')


def ticking(page: Page) -> None:
    """A counter changes the page every 30 ms."""
    put_first(page, '<p>残り時間 <span id="tick">0</span></p>')
    add_script(
        page,
        "var n=0;setInterval(function(){document.getElementById('tick').textContent=++n},30)",
    )


def keeping_alive(page: Page) -> None:
    """The page asks the server for something every 100 ms."""
    add_script(page, "setInterval(function(){fetch('/assets/static/mark.svg?'+Date.now())},100)")


def greeting_alert(page: Page) -> None:
    """Every page shows an alert when it is loaded."""
    notice = "セキュリティ強化のお知らせ：パスワードを定期的に変更してください。"
    add_script(page, f"window.addEventListener('load',function(){{alert('{notice}')}})")


def asking_to_stay(page: Page) -> None:
    """Leaving a page asks whether one really wants to."""
    add_script(
        page,
        "window.addEventListener('beforeunload',function(e){e.preventDefault();e.returnValue='x'})",
    )


def confirming(page: Page) -> None:
    """Sending a form asks よろしいですか？ first."""
    for form in posting(page):
        form["onsubmit"] = "return confirm('よろしいですか？')"


def links_on_top(page: Page) -> None:
    """Links named as the forms' buttons are stand on top of every page."""
    put_first(
        page,
        '<nav><a href="/login">ログイン</a> <a href="/otp">ワンタイムパスワード利用開始</a></nav>',
    )


def hidden_twin(page: Page) -> None:
    """The content is there twice: a hidden version for telephones comes first."""
    real = page.find("main")
    twin = parse(str(real)).find("main")
    twin["style"] = "display:none"
    for part in [twin, *twin.find_all(id=True)]:
        part["id"] = f"sp-{part['id']}"
    for label in twin.find_all("label"):
        label["for"] = f"sp-{label.get('for', '')}"
    real.insert_before(twin)


def in_a_shadow_root(page: Page) -> None:
    """The first form that sends something lives in an open shadow root."""
    for form in list(posting(page))[:1]:
        form.wrap(page.new_tag("div"))
        form.wrap(page.new_tag("template", attrs={"shadowrootmode": "open"}))


def window_of_its_own(page: Page) -> None:
    """The login goes on in a window of its own."""
    for form in posting(page):
        if form["action"].startswith("/login"):
            form["target"] = "bank"


def window_by_script(page: Page) -> None:
    """A script opens the window in which the login goes on."""
    for form in posting(page):
        if form["action"].startswith("/login"):
            form["onsubmit"] = (
                "window.open('about:blank','bank','width=900,height=700');this.target='bank'"
            )


def headings_as_cells(page: Page) -> None:
    """Headings below the title are cells of tables."""
    for heading in page.find_all(["h2", "h3"]):
        heading.name = "td"
        heading.wrap(page.new_tag("tr")).wrap(page.new_tag("table"))


def _halves() -> dict[int, str]:
    """Map katakana to half-width ones: ワ to ﾜ, ガ to ｶﾞ."""
    plain = [chr(code) for code in range(0xFF66, 0xFF9E)]
    marked = [kana + mark for kana in plain for mark in "ﾞﾟ"]
    wide = {unicodedata.normalize("NFKC", half): half for half in (*plain, *marked)}
    return {ord(kana): half for kana, half in wide.items() if len(kana) == 1}


def halfwidth_kana(page: Page) -> None:
    """Katakana is half-width."""
    table = _halves()
    for text in page.find_all(string=True):
        if not isinstance(text, PreformattedString) and text.parent.name not in {"script", "style"}:
            text.replace_with(str(text).translate(table))


#: Ways that a page may have besides all others, from slow to strange.
MOODS: Mapping[str, Change] = {
    "as-it-is": as_it_is,
    "late": late,
    "veil": veil,
    "ticking": ticking,
    "keeping-alive": keeping_alive,
    "confirming": confirming,
    "links-on-top": links_on_top,
    "hidden-twin": hidden_twin,
    "headings-as-cells": headings_as_cells,
}
