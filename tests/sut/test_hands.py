"""The mouse hits what it was aimed at, or nothing; and the next person finds a fresh page."""

from __future__ import annotations

import pytest
from practice_site import PracticeServer

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.page import Control, Role
from otp_conformance.agent.port import UserAgent

pytestmark = pytest.mark.browser

SEND = Control(Role.BUTTON, ("送る",))
MOVES_AWAY = """<!doctype html><meta charset=utf-8><title>x</title>
<style>button{{position:absolute;left:40px;width:200px;height:40px}}</style>
<h1>TOP</h1><p id=said></p>
<button id=wrong style="top:300px" onclick="said.textContent += 'WRONG '">消す</button>
<button id=right style="top:100px" onclick="said.textContent += 'RIGHT '">送る</button>
<script>
  let times = 0;
  right.addEventListener("mousemove", () => {{
    if (times++ >= {times}) return;
    [right.style.top, wrong.style.top] = [wrong.style.top, right.style.top];
    document.body.offsetTop;
  }});
</script>"""


@pytest.mark.parametrize("times", [1, 2])
def test_what_moves_away_under_the_mouse_is_hit_where_it_went_and_nothing_else_is(
    browser: UserAgent, server: PracticeServer, times: int
) -> None:
    server.extra = MOVES_AWAY.format(times=times)
    browser.open(f"{server.url}/labelled")
    browser.press(SEND)
    assert "RIGHT" in browser.view().text
    assert "WRONG" not in browser.view().text


def test_a_field_that_stays_with_the_window_is_covered_on_a_picture_of_the_whole_page(
    browser: UserAgent, server: PracticeServer
) -> None:
    def picture(value: str) -> bytes | None:
        server.extra = (
            "<!doctype html><meta charset=utf-8><title>x</title><h1>TOP</h1>"
            "<div style='height:2000px'></div><p>END</p>"
            f"<input style='position:fixed;bottom:0;font-size:40px' value='{value}'>"
        )
        browser.open(f"{server.url}/labelled")
        return browser.screenshot()

    first = picture("AAAA")
    assert first is not None
    assert first == picture("ZZZZ")


def test_a_page_that_was_opened_beforehand_knows_nothing_of_the_one_before(
    browsers: BrowserAgents, server: PracticeServer
) -> None:
    server.extra = "<!doctype html><meta charset=utf-8><script>document.cookie='a=1'</script>x"
    first = browsers.new()
    first.open(f"{server.url}/labelled")
    first.view()  # meanwhile the next person's page is opened
    first.open(f"{server.url}/labelled")
    second = browsers.new()
    assert [each.name for each in first.cookies()] == ["a"]
    assert second.cookies() == ()
    first.close()
    second.open(f"{server.url}/labelled")
    assert [each.name for each in second.cookies()] == ["a"]
    second.close()
