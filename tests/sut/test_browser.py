"""What only a browser has: keys on the screen, pixels, a life that can end."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from practice_site import PracticeServer

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.agent.browser.launch import flags
from otp_conformance.agent.page import Control, Role
from otp_conformance.agent.port import AgentOptions, UserAgent
from otp_conformance.agent.trouble import BrowserMissing
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble

pytestmark = pytest.mark.browser

PASSWORD = Control(Role.FIELD, ("確認用パスワード",))
OPENER = Control(Role.BUTTON, ("ソフトウェアキーボードを使用して入力する",))


def test_keys_are_told_apart_by_case(browser: UserAgent, server: PracticeServer) -> None:
    browser.open(f"{server.url}/keyboard")
    browser.type_by_clicks(PASSWORD, OPENER, "aB1bA2")
    browser.press(Control(Role.BUTTON, ("解除する",)))
    assert server.posts == [[("pw", "aB1bA2")]]


def test_a_missing_key_is_not_named(browser: UserAgent, server: PracticeServer) -> None:
    browser.open(f"{server.url}/keyboard")
    with pytest.raises(DeclarationMismatch, match="キーボードにありません") as caught:
        browser.type_by_clicks(PASSWORD, OPENER, "Z")
    assert "Z" not in str(caught.value)


def test_pictures_do_not_show_what_was_typed(browser: UserAgent, server: PracticeServer) -> None:
    def picture(secret: str) -> bytes | None:
        browser.open(f"{server.url}/form")
        for label in ("シリアル番号", "ワンタイムパスワード", "メモ"):
            browser.fill(Control(Role.FIELD, (label,)), secret)
        return browser.screenshot()

    first, second = picture("11111111"), picture("88888888")
    assert first is not None
    assert first == second
    browser.open(f"{server.url}/plain")
    assert browser.screenshot() != first


def test_picture_of_a_closed_page_is_none(browser: UserAgent) -> None:
    browser.close()
    assert browser.screenshot() is None


def test_what_opens_a_folded_part_is_pressed_once(
    browser: UserAgent, server: PracticeServer
) -> None:
    server.extra = """<!doctype html><meta charset=utf-8><title>x</title><h1>会員</h1>
    <details><summary aria-label="会員の操作">…</summary><a href="/plain">停止解除</a></details>"""
    browser.open(f"{server.url}/labelled")
    browser.press(Control(Role.ACTION, ("会員の操作",)))
    browser.press(Control(Role.LINK, ("停止解除",)))
    assert browser.view().address == f"{server.url}/plain"


def test_a_message_box_counts_as_an_alert(browser: UserAgent, server: PracticeServer) -> None:
    server.extra = """<!doctype html><meta charset=utf-8><title>x</title>
    <button onclick="alert('受け付けられません')">申し込む</button>"""
    browser.open(f"{server.url}/labelled")
    browser.press(Control(Role.BUTTON, ("申し込む",)))
    assert browser.view().alerts == ("受け付けられません",)


ASKING = """<!doctype html><meta charset=utf-8><title>x</title><h1>発行確認</h1>
<label>確認用パスワード<input id=pw></label><button onclick="box.showModal()">発行する</button>
<dialog id=box><p>発行を申し込みます。よろしいですか。</p>
<button onclick="box.close()">やめる</button>
<button onclick="box.close(); fetch('/echo', {method: 'POST',
  headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'secret=' + pw.value})"
  >申し込む</button></dialog>"""
ISSUE, SECRET = Control(Role.BUTTON, ("発行する",)), Control(Role.FIELD, ("確認用パスワード",))


def test_a_request_that_a_box_asks_about_first_is_held(
    browser: UserAgent, server: PracticeServer
) -> None:
    server.extra = ASKING
    browser.open(f"{server.url}/labelled")
    browser.fill(SECRET, "abc")
    request = browser.form_request(ISSUE)
    assert (request.fields, server.posts) == ((("secret", "abc"),), [])
    browser.press(ISSUE)
    assert server.posts == [[("secret", "abc")]]


def test_a_button_that_is_drawn_anew_under_the_hand_is_pressed(
    browser: UserAgent, server: PracticeServer
) -> None:
    server.extra = """<!doctype html><meta charset=utf-8><title>x</title><h1>0</h1>
    <button onclick="document.querySelector('h1').textContent++" onmouseover="
      if (!window.drawn) { window.drawn = 1; this.replaceWith(this.cloneNode(true)); }"
      >進む</button>"""
    browser.open(f"{server.url}/labelled")
    browser.press(Control(Role.BUTTON, ("進む",)))
    assert browser.view().headings == ("1",)


def test_a_value_that_its_field_has_cut_is_found_in_the_request(
    browser: UserAgent, server: PracticeServer
) -> None:
    server.extra = ASKING
    browser.open(f"{server.url}/labelled")
    held = browser.fill(SECRET, "ab\nc")
    request = browser.form_request(ISSUE)
    assert request.fields == (("secret", held),) != (("secret", "ab\nc"),)
    assert browser.field_name(SECRET).names == ("secret",)


def test_an_answer_that_the_page_does_not_read_is_not_waited_for(
    browser: UserAgent, server: PracticeServer
) -> None:
    server.extra = ASKING
    browser.open(f"{server.url}/labelled")
    browser.press(ISSUE)
    assert server.posts == [[("secret", "")]]


def test_a_double_click_goes_on_from_a_box_that_asks(
    browser: UserAgent, server: PracticeServer
) -> None:
    server.extra = ASKING
    browser.open(f"{server.url}/labelled")
    browser.fill(SECRET, "abc")
    browser.press_twice(ISSUE)
    assert server.posts == [[("secret", "abc")], [("secret", "abc")]]


def test_a_box_that_only_tells_is_closed_and_what_it_told_remains(
    browser: UserAgent, server: PracticeServer
) -> None:
    server.extra = """<!doctype html><meta charset=utf-8><title>x</title><main>お待ちください</main>
    <div id=veil style="position: fixed; inset: 0; background: #888"><p>ログインしてください。</p>
    <button onclick="veil.remove(); document.querySelector('main').innerHTML = '<h1>ログイン</h1>'"
      >閉じる</button></div>"""
    browser.open(f"{server.url}/labelled")
    assert browser.view().headings == ()
    assert browser.look_again()
    assert browser.view().headings == ("ログイン",)
    assert browser.view().alerts == ("ログインしてください。",)


def test_what_a_page_puts_off_after_every_action_is_waited_for(
    browser: UserAgent, server: PracticeServer
) -> None:
    server.extra = """<!doctype html><meta charset=utf-8><title>x</title><h1>0</h1>
    <button onclick="setTimeout(() => { document.querySelector('h1').textContent++; }, 300)"
      >進む</button>"""
    browser.open(f"{server.url}/labelled")
    for times in range(1, 5):
        browser.press(Control(Role.BUTTON, ("進む",)))
        assert browser.view().headings == (str(times),)


def test_a_new_window_comes_to_the_front(browser: UserAgent, server: PracticeServer) -> None:
    server.extra = """<!doctype html><meta charset=utf-8><title>x</title>
    <a href="/second" target="_blank">別窓</a>"""
    browser.open(f"{server.url}/labelled")
    browser.press(Control(Role.LINK, ("別窓",)))
    assert browser.view().headings == ("/second",)
    assert browser.view().http_status == 200


def test_double_click_presses_twice(browser: UserAgent, server: PracticeServer) -> None:
    server.extra = """<!doctype html><meta charset=utf-8><title>x</title><h1>0</h1>
    <button onclick="document.querySelector('h1').textContent++">数える</button>"""
    browser.open(f"{server.url}/labelled")
    browser.press_twice(Control(Role.BUTTON, ("数える",)))
    assert browser.view().headings == ("2",)


def test_a_part_of_the_application_that_is_still_loading_is_waited_for(
    browser: UserAgent, server: PracticeServer
) -> None:
    server.extra = """<!doctype html><meta charset=utf-8><title>x</title><h1>前の画面</h1>
    <button onclick="setTimeout(() => { new Image().src = '/nudge'; }, 300);
      document.head.append(Object.assign(document.createElement('script'), {src: '/part.js'}));
      ">進む</button>"""
    browser.open(f"{server.url}/labelled")
    browser.press(Control(Role.BUTTON, ("進む",)))
    assert browser.view().headings == ("次の画面",)


def test_locale_and_time_zone(browser: UserAgent, server: PracticeServer) -> None:
    server.extra = """<!doctype html><meta charset=utf-8><title>x</title><h1></h1><script>
    document.querySelector("h1").textContent = navigator.language + " " +
      Intl.DateTimeFormat().resolvedOptions().timeZone;</script>"""
    browser.open(f"{server.url}/labelled")
    assert browser.view().headings == ("ja-JP Asia/Tokyo",)


def test_silence_is_an_environment_matter(server: PracticeServer) -> None:
    assert server.url  # the listening socket below accepts, and never answers
    import socket

    with socket.create_server(("127.0.0.1", 0)) as mute:
        agents = BrowserAgents(("127.0.0.1",), timeout_seconds=0.5)
        with pytest.raises(EnvironmentTrouble, match=r"0\.5 秒"):
            _open_in_own_process(agents, f"http://127.0.0.1:{mute.getsockname()[1]}/")


def _open_in_own_process(agents: BrowserAgents, address: str) -> None:
    """Playwright's sync side lives once a thread: use another one."""
    import concurrent.futures

    def work() -> None:
        try:
            agents.new().open(address)
        finally:
            agents.close()

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def test_a_dead_browser_is_an_environment_matter(server: PracticeServer) -> None:
    import concurrent.futures

    def work() -> list[str]:
        agents = BrowserAgents(("127.0.0.1",), timeout_seconds=5)
        agent = agents.new()
        agent.open(f"{server.url}/form")
        assert agents._browser is not None
        agents._browser.close()
        told = []
        for attempt in (agent.view, agent.reload, lambda: agent.open(f"{server.url}/form")):
            with pytest.raises(EnvironmentTrouble) as caught:
                attempt()
            told.append(caught.value.observed)
        agent.close()
        again = agents.new()  # a new person gets a new browser
        again.open(f"{server.url}/form")
        agents.close()
        agents.close()
        return told

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        assert all("ブラウザーを操作できません" in told for told in pool.submit(work).result())


def test_a_trace_is_kept_or_forgotten_and_only_its_owner_reads_it(
    server: PracticeServer, tmp_path: Path
) -> None:
    import concurrent.futures

    def work() -> tuple[tuple[Path, ...], tuple[Path, ...]]:
        options = AgentOptions(trace=True, slow_mo_ms=1)
        agents = BrowserAgents(("127.0.0.1",), timeout_seconds=5, options=options)
        staying, first = agents.new(), agents.new()
        first.open(f"{server.url}/form?forgotten")
        forgotten = agents.keep_traces(None)
        first.close()
        second = agents.new()
        for agent in (staying, second):
            agent.open(f"{server.url}/form?kept")
        kept = agents.keep_traces(tmp_path / "LGN-01_1.2")
        agents.close()
        return forgotten, kept

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        forgotten, kept = pool.submit(work).result()
    assert forgotten == ()
    assert [file.name for file in kept] == ["LGN-01_1.2-1.zip", "LGN-01_1.2-2.zip"]
    assert sorted(tmp_path.iterdir()) == list(kept)
    for file in kept:
        assert file.stat().st_mode & 0o777 == 0o600
        with zipfile.ZipFile(file) as trace:
            told = b"".join(trace.read(name) for name in trace.namelist())
        assert b"?kept" in told
        assert b"?forgotten" not in told


def test_no_browser_says_how_to_get_one(tmp_path: Path) -> None:
    import concurrent.futures

    def work() -> None:
        agents = BrowserAgents((), executable=tmp_path / "none")
        try:
            agents.new()
        finally:
            agents.close()

    with (
        concurrent.futures.ThreadPoolExecutor(1) as pool,
        pytest.raises(BrowserMissing) as caught,
    ):
        pool.submit(work).result()
    assert "apt install chromium-headless-shell" in caught.value.hint


def test_flags_close_the_world_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "--no-sandbox" not in flags(["bank.example"])
    rule = next(f for f in flags(["bank.example"]) if f.startswith("--host-resolver-rules"))
    assert rule.endswith("MAP * ~NOTFOUND, EXCLUDE bank.example")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert "--no-sandbox" in flags([])


CHECKED = """<!doctype html><meta charset=utf-8><title>x</title>
<form method=post action=/echo {0}><label>シリアル番号<input name=s {1}></label>
<button>送る</button></form>"""


@pytest.mark.parametrize(
    ("form", "field", "typed", "told"),
    [
        ("", "required", "", True),
        ("", "pattern=[0-9]*", "A", True),
        ("", "type=email", "A", True),
        ("", "required", "1", False),
        ("novalidate", "required", "", False),
    ],
)
def test_what_the_browser_would_stop_is_sent_and_told(
    browser: UserAgent, server: PracticeServer, form: str, field: str, typed: str, *, told: bool
) -> None:
    server.extra = CHECKED.format(form, field)
    browser.open(f"{server.url}/labelled")
    browser.fill(Control(Role.FIELD, ("シリアル番号",)), typed)
    browser.press(Control(Role.BUTTON, ("送る",)))
    assert server.posts == [[("s", typed)]]
    told_by = [a for a in browser.view().alerts if a.startswith("ブラウザーが入力の不備")]
    assert bool(told_by) is told
