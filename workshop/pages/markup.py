"""Pieces of HTML: parsing, finding what the bank's pages have, putting others in their place."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from urllib.parse import quote

from bs4 import BeautifulSoup, Tag

Page = BeautifulSoup


def parse(html: str) -> Page:
    """Parse a page or a piece of one."""
    return BeautifulSoup(html, "html.parser")


def put_in_place(old: Tag, html: str) -> None:
    """Put a piece of HTML where a tag is."""
    for new in list(parse(html).contents):
        old.insert_before(new)
    old.extract()


def put_first(page: Page, html: str) -> None:
    """Put a piece of HTML at the beginning of the body."""
    page.body.insert(0, parse(html))


def add_script(page: Page, code: str) -> None:
    """Let a script run when the body is there."""
    script = page.new_tag("script")
    script.string = code
    page.body.append(script)


def picture(text: str) -> str:
    """Return the address of a picture that shows a text."""
    width = 20 * len(text) + 20
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="30">'
        f'<text x="10" y="21" font-size="18">{escape(text)}</text></svg>'
    )
    return "data:image/svg+xml," + quote(drawn)


def words(tag: Tag) -> str:
    """Return a tag's text in one line."""
    return " ".join(tag.get_text(" ", strip=True).split())


def title_of(page: Page) -> str:
    """Return the heading of a page of the bank, its name in this workshop; empty without."""
    heading = page.find("h1")
    return words(heading) if heading else ""


def captioned(page: Page) -> Iterator[Tag]:
    """Yield the block of each captioned field: label, perhaps a hint, input."""
    yield from list(page.select("div.field"))


def posting(page: Page) -> Iterator[Tag]:
    """Yield the forms that send something, not those that only lead elsewhere."""
    yield from list(page.find_all("form", method="post"))


def submits(part: Tag) -> Iterator[Tag]:
    """Yield the buttons that send a form."""
    yield from [b for b in part.find_all("button") if b.get("type", "submit") == "submit"]


def otp_field(page: Page) -> Tag | None:
    """Return the one-time password's input."""
    return page.find("input", attrs={"name": "otp"})
