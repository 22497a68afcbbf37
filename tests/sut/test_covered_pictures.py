"""A picture shows no secret that the page repeats: covered at that place, or not kept."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from practice_site import PracticeServer

from otp_conformance.agent.port import UserAgent
from otp_conformance.journal.masking import Masker
from workshop.variants.shapes import SHAPES

pytestmark = pytest.mark.browser

CODE, OTHER = "482913", "577104"
PASSWORD, OTHER_PASSWORD = "Tq7rWm2xKe9P", "Zn4sLd8cVb3H"


def secret(text: str) -> bool:
    masker = Masker()
    masker.add(CODE, OTHER, PASSWORD, OTHER_PASSWORD)
    return masker.finds(text)


def page(body: str) -> str:
    return (
        "<!doctype html><meta charset=utf-8><title>x</title><style>body{font:24px monospace}"
        f"</style><h1>TOP PAGE</h1><p>BALANCE 123 YEN</p>{body}<p>GOODBYE</p>"
    )


def picture(browser: UserAgent, server: PracticeServer, body: str, covered=secret) -> bytes:
    server.extra = page(body)
    browser.open(f"{server.url}/labelled")
    image = browser.screenshot(secret=covered)
    assert image is not None
    return image


WAYS = {
    "a paragraph": "<p id=x>{}</p>",
    "beside other text": "<p>値は<b>{}</b>です</p>",
    "a cell": "<table><tr><td>値<td>{}</table>",
    "a button": '<form><input type=submit value="{}"></form>',
    "drawn by a style": '<style>#d::after{{content:"{}"}}</style><p id=d>x</p>',
    "a shadow": (
        "<div id=h></div><script>h.attachShadow({{mode:'open'}}).innerHTML='<p>{}</p>'</script>"
    ),
    "a frame": '<iframe srcdoc="<p>{}</p>"></iframe>',
    "a picture of letters": "<svg width=400 height=60><text x=5 y=40 font-size=32>{}</text></svg>",
    "a dialog": "<dialog id=g><p>{}</p></dialog><script>g.showModal()</script>",
    "a fixed box": "<div style='position:fixed;top:0;z-index:2147483647;background:#fff'>{}</div>",
    "visible in spite of its parent": (
        "<div style='visibility:hidden'><p style='visibility:visible!important'>{}</p></div>"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_pages_that_differ_in_a_secret_alone_give_one_picture(
    browser: UserAgent, server: PracticeServer, way: str
) -> None:
    body = WAYS[way]
    first, second = (picture(browser, server, body.format(code)) for code in (CODE, OTHER))
    assert first == second
    shown = picture(browser, server, body.format(CODE), covered=lambda _: False)
    assert shown != first  # it would have been seen


@pytest.mark.parametrize(
    "body",
    [
        "<p>{0}{1}{2}</p><p>{3}{4}{5}</p>",  # two pieces, on two lines
        "".join(f"<span>{{{n}}}</span>" for n in range(6)),
        "<ul>" + "".join(f"<li>{{{n}}}</li>" for n in range(6)) + "</ul>",
    ],
)
def test_what_only_several_elements_tell_together_is_covered(
    browser: UserAgent, server: PracticeServer, body: str
) -> None:
    first, second = (picture(browser, server, body.format(*code)) for code in (CODE, OTHER))
    assert first == second


def test_the_rest_of_the_page_is_kept_and_the_page_is_as_before(
    browser: UserAgent, server: PracticeServer
) -> None:
    body = f'<p style="color: red">{CODE}</p>'
    covered = picture(browser, server, body)
    assert CODE in browser.view().text
    blank = picture(browser, server, "<p>&nbsp;</p>")
    everything = picture(browser, server, "", covered=lambda _: False)
    assert len({covered, blank, everything}) == 3


def test_nothing_is_kept_of_a_page_that_cannot_be_covered(
    browser: UserAgent, server: PracticeServer
) -> None:
    server.extra = page("<p>x</p>")
    browser.open(f"{server.url}/labelled")
    assert browser.screenshot(secret=lambda _: True) is None


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="no tesseract")
def test_no_shape_of_a_secret_is_read_in_a_picture(
    browser: UserAgent, server: PracticeServer, tmp_path: Path
) -> None:
    """All shapes on one page, read by OCR; and read without the cover, as the control."""
    body = "".join(
        f"<p>{html.escape(name)}: <b>{html.escape(shape(value), quote=False)}</b></p>"
        for name, shape in SHAPES.items()
        for value in (CODE, PASSWORD)
    )

    def read(image: bytes) -> str:
        file = tmp_path / "page.webp"
        file.write_bytes(image)
        command = ["tesseract", str(file), "-", "--psm", "6"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    told = read(picture(browser, server, body))
    shown = read(picture(browser, server, body, covered=lambda _: False))
    assert "GOODBYE" in told.upper()
    assert re.search(f"{CODE}|{CODE[::-1]}", re.sub(r"[^0-9]", "", shown))
    assert not re.search(f"{CODE}|{CODE[::-1]}", re.sub(r"[^0-9]", "", told))
    assert not secret(told)
