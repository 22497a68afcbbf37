"""What assistive technology, keyboard and clipboard meet on a page, read off real pages.

Each thing that is looked for stands beside one that must not be accused.
"""

from __future__ import annotations

import pytest
from practice_site import PracticeServer

from otp_conformance.agent.accessibility import ControlAccess, Examination
from otp_conformance.agent.http import HttpAgents
from otp_conformance.agent.page import Control, Role
from otp_conformance.agent.port import UserAgent
from otp_conformance.verdict.outcome import EnvironmentTrouble, NotRun

browser_only = pytest.mark.browser

HEAD = """<!doctype html><html lang=ja><meta charset=utf-8><title>発行</title>
<meta name=viewport content="width=device-width"><main><h1>発行</h1>"""
CODE = Control(Role.FIELD, ("番号",))
OPEN = Control(Role.BUTTON, ("開く",))


def examined(
    browser: UserAgent, server: PracticeServer, body: str, *, width: int = 1280
) -> Examination:
    """Return what is found on a page."""
    server.extra = HEAD + body
    browser.open(f"{server.url}/labelled")
    return browser.accessibility().examine(width, {"code": CODE})


def fields(page: Examination) -> list[ControlAccess]:
    """Return the inputs of a page."""
    return [control for control in page.controls if control.is_field]


@browser_only
@pytest.mark.parametrize(
    ("markup", "name"),
    [
        ("<label>番号 <input></label>", "番号"),
        ("<label for=a>番号</label><input id=a>", "番号"),
        ("<p id=b>番号</p><input aria-labelledby=b>", "番号"),
        ("<p>番号</p><input>", ""),
        ("<table><tr><td>番号</td><td><input></td></tr></table>", ""),
    ],
)
def test_the_name_is_what_the_browser_hands_on(
    browser: UserAgent, server: PracticeServer, markup: str, name: str
) -> None:
    page = examined(browser, server, markup)
    assert [field.name for field in fields(page)] == [name]
    assert ("label" in {v.rule for v in page.violations}) is (not name)


@browser_only
def test_a_field_is_told_by_its_key_and_holds_nothing_in_words(
    browser: UserAgent, server: PracticeServer
) -> None:
    page = examined(
        browser,
        server,
        "<label>番号 <input name=n value=31415926 autocomplete='One-Time-Code'"
        " aria-describedby=h required readonly></label><p id=h>半角数字</p>",
    )
    field = fields(page)[0]
    assert field.called == {"code"}
    assert (field.required, field.readonly, field.holds) == (True, True, True)
    assert field.autocomplete == ("one-time-code",)
    assert field.description == "半角数字"
    assert "31415926" not in repr(page)


@browser_only
def test_what_the_browser_builds_into_a_field_is_no_field_of_the_page(
    browser: UserAgent, server: PracticeServer
) -> None:
    page = examined(browser, server, "<label>番号 <input type=date></label><input type=number>")
    assert [control.name for control in page.controls if control.is_field] == [""]


@browser_only
def test_a_mark_of_required_entries_that_is_only_drawn(
    browser: UserAgent, server: PracticeServer
) -> None:
    css = "<style>.r::after { content: '必須' }</style>"
    drawn = [
        fields(examined(browser, server, css + markup))[0].drawn_mark
        for markup in (
            "<p><span class=r></span><label>番号 <input></label></p>",
            "<p><img src=/required.png alt=''><label>番号 <input></label></p>",
            "<p><label><span class=r></span>番号 <input></label></p>",  # a part of its name
            "<p><img src=/required.png alt=必須><label>番号 <input></label></p>",
            "<p>必須 <label>番号 <input></label></p>",
        )
    ]
    assert drawn == [True, True, False, False, False]


@browser_only
def test_hostile_pages_cannot_keep_the_examination_out(
    browser: UserAgent, server: PracticeServer
) -> None:
    broken = """<meta http-equiv=Content-Security-Policy content="default-src 'none';
      script-src 'unsafe-inline'">
    <script>
      for (const name of ["flatMap", "reduce", "at", "concat"])
        Array.prototype[name] = () => { throw new Error("mine"); };
      window.axe = { run: () => ({ violations: [] }) };
      window.setTimeout = () => 0; window.requestAnimationFrame = () => 0;
      Object.freeze(Object.prototype); Object.freeze(window.axe);
    </script><p>番号</p><input>"""
    server.extra = HEAD + broken
    browser.open(f"{server.url}/labelled")
    page = browser.accessibility().examine(1280, {})
    assert "label" in {violation.rule for violation in page.violations}
    assert [field.name for field in fields(page)] == [""]


@browser_only
def test_a_page_that_cannot_be_examined_says_nothing(
    browser: UserAgent, server: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("otp_conformance.agent.browser.accessibility._axe", lambda: "throw 1")
    with pytest.raises(EnvironmentTrouble, match="調べられません"):
        examined(browser, server, "<input>")


@browser_only
def test_what_sticks_out_of_a_narrow_window(browser: UserAgent, server: PracticeServer) -> None:
    wide = "<div style='width: 700px'><button style='width: 690px'>発行する</button></div>"
    data = "<table style='width: 700px'><tr><th>日付<th>番号<tr><td>1<td>2</table>"
    scrolls = f"<div style='overflow-x: auto'>{wide}</div>"
    narrow = [
        bool(examined(browser, server, body, width=320).sticks_out)
        for body in (wide, data, scrolls, "<p>番号</p>")
    ]
    assert narrow == [True, False, False, False]
    assert not examined(browser, server, wide).sticks_out
    layout = "<table style='width: 700px'><tr><td>番号<td><input></table>"
    assert examined(browser, server, layout, width=320).sticks_out


@browser_only
def test_targets_are_measured_at_each_width(browser: UserAgent, server: PracticeServer) -> None:
    small = "<style>button { width: 14px; height: 14px; padding: 0; border: 0; margin: 0 }"
    keys = "</style><div style='display: flex'><button>1</button><button>2</button></div>"
    rules = [
        {v.rule for v in examined(browser, server, css + keys, width=320).violations}
        for css in (small, f"{small} button {{ width: 30px; height: 30px }}")
    ]
    assert ["target-size" in each for each in rules] == [True, False]


@browser_only
def test_a_control_as_the_browser_draws_it_is_no_small_target(
    browser: UserAgent, server: PracticeServer
) -> None:
    fields = "<div style='line-height: 1'><input name=a><br><input name=b></div>"
    for css, found in (("", False), ("p { height: 9px }", False), ("input { height: 12px }", True)):
        page = examined(browser, server, f"<style>{css}</style>{fields}")
        assert ("target-size" in {v.rule for v in page.violations}) is found, css


@browser_only
def test_live_regions_and_the_focus(browser: UserAgent, server: PracticeServer) -> None:
    page = examined(
        browser,
        server,
        "<p role=alert>違います</p><p aria-live=polite>保存</p><p role=status></p>"
        "<div tabindex=-1 autofocus>ここです</div>",
    )
    assert page.live == ("違います", "保存")
    assert page.focused == "ここです"


@browser_only
@pytest.mark.parametrize(
    ("box", "told"),
    [
        (
            """<dialog id=b><p>違います</p><button>閉じる</button></dialog>
            <script>b.showModal()</script>""",
            True,
        ),
        ("<div role=dialog><p>違います</p><button autofocus>閉じる</button></div>", True),
        ("<div><p>違います</p><button autofocus>閉じる</button></div>", False),
        ("<div role=dialog><p>違います</p><button>閉じる</button></div>", False),
    ],
)
def test_whoever_gets_into_a_dialog_is_told_what_it_says(
    browser: UserAgent, server: PracticeServer, box: str, told: bool
) -> None:
    page = examined(browser, server, box)
    assert ("違います" in page.focused) is told


@browser_only
def test_stages_set_apart_by_looks_and_by_words(browser: UserAgent, server: PracticeServer) -> None:
    css = "<style>.now { background: #036; color: #fff }</style>"
    for markup, told in (
        ("<ol><li class=now>確認<li>完了</ol>", False),
        ("<ol><li class=now aria-current=step>確認<li>完了</ol>", True),
        ("<ol><li class=now><b>確認</b><li>完了</ol>", True),
        ("<ol><li class=now>確認（現在）<li>完了</ol>", True),
    ):
        track = examined(browser, server, css + markup).tracks[0]
        assert any(stage.apart for stage in track)
        assert any(stage.told for stage in track) is told, markup


# -- by the keyboard ------------------------------------------------------------------


def toured(browser: UserAgent, server: PracticeServer, body: str) -> tuple[int, str, int]:
    """Return how many were missed, where it was trapped, and how many are unseen."""
    server.extra = HEAD + body
    browser.open(f"{server.url}/labelled")
    tour = browser.accessibility().tour()
    return len(tour.missed), tour.trapped, len(tour.unseen)


@browser_only
def test_the_way_by_tab(browser: UserAgent, server: PracticeServer) -> None:
    plain = "<button>一</button><a href=#>二</a><input>" + "<input type=radio name=r>" * 2
    assert toured(browser, server, plain) == (0, "", 0)
    assert toured(browser, server, plain + "<button disabled>三</button>")[0] == 0
    assert toured(browser, server, plain + "<button tabindex=-1>三</button>")[0] == 1
    assert toured(browser, server, plain + "<span role=button>三</span>")[0] == 1
    assert toured(browser, server, plain + "<a href=/x tabindex=-1>三</a>")[0] == 1
    twins = "<a href=/x tabindex=-1>三</a><a href=/x>四</a><input type=date><input type=number>"
    assert toured(browser, server, plain + twins) == (0, "", 0)
    led = "<div role=toolbar><button>三</button><button tabindex=-1>四</button></div>"
    assert toured(browser, server, plain + led) == (0, "", 0)


TRAP = """<div id=box><button>一</button><button>二</button></div><button>三</button>
<script>let open = true; box.addEventListener("keydown", (event) => {
  if (event.key === "Escape") open = %s;
  if (event.key !== "Tab" || !open) return;
  event.preventDefault();
  const all = [...box.children];
  all[(all.indexOf(document.activeElement) + 1) %% 2].focus();
});</script>"""


@browser_only
def test_a_trap_and_one_that_escape_opens(browser: UserAgent, server: PracticeServer) -> None:
    assert toured(browser, server, TRAP % "true")[1].startswith("ボタン「")
    assert toured(browser, server, TRAP % "false")[:2] == (0, "")


@browser_only
@pytest.mark.parametrize(
    ("css", "unseen"),
    [
        ("", 0),
        ("button:focus { outline: none }", 1),
        ("button:focus { outline: none; background: #ff0 }", 0),
        (
            "button { transition: all 0.2s } button:focus { outline: none; color: #f00 }",
            0,
        ),
        ("button:focus { outline: none } p:focus-within { border: 2px solid }", 0),
        ("input:focus { outline: none }", 0),
    ],
)
def test_whether_the_focus_is_seen(
    browser: UserAgent, server: PracticeServer, css: str, unseen: int
) -> None:
    body = f"<style>{css}</style><p><button>一</button></p><a href=#>二</a><input>"
    assert toured(browser, server, body)[2] == unseen


@browser_only
@pytest.mark.parametrize(
    ("listens", "works"),
    [
        ("onclick=\"out.textContent='はい'\"", True),
        ("onkeydown=\"if (event.key === ' ') out.textContent='はい'\"", True),
        ("onmousedown=\"out.textContent='はい'\"", False),
        ("onclick=\"if (event.detail) out.textContent='はい'\"", False),
    ],
)
def test_a_button_pressed_by_keys(
    browser: UserAgent, server: PracticeServer, listens: str, works: bool
) -> None:
    server.extra = f"{HEAD}<button {listens}>開く</button><p id=out>いいえ"
    browser.open(f"{server.url}/labelled")
    browser.accessibility().press_by_keys(OPEN)
    assert ("はい" in browser.view().text) is works


@browser_only
def test_a_button_that_leads_to_another_page(browser: UserAgent, server: PracticeServer) -> None:
    server.extra = f"{HEAD}<form action=/form><button>開く</button></form>"
    browser.open(f"{server.url}/labelled")
    browser.accessibility().press_by_keys(OPEN)
    assert browser.view().address.startswith(f"{server.url}/form")


# -- the clipboard --------------------------------------------------------------------


@browser_only
@pytest.mark.parametrize(
    ("field", "held"),
    [
        ("<input value=1>", "12"),
        ("<input onpaste='return false'>", ""),
        ("<input readonly>", ""),
        (
            """<input onpaste="event.preventDefault();
            this.value = event.clipboardData.getData('text/plain')">""",
            "12",
        ),
    ],
)
def test_pasting(browser: UserAgent, server: PracticeServer, field: str, held: str) -> None:
    server.extra = f"{HEAD}<label>番号 {field}</label>"
    browser.open(f"{server.url}/labelled")
    assert browser.accessibility().paste(CODE, "12") == held


def test_without_a_browser_nothing_is_known(server: PracticeServer) -> None:
    agents = HttpAgents(("127.0.0.1",), timeout_seconds=10)
    with pytest.raises(NotRun, match="ブラウザー"):
        agents.new().accessibility()
    agents.close()
