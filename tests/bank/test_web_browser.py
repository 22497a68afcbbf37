"""What only a browser can tell: the on-screen keyboard, small screens, framing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from web_site import CONFIRMATION, PASSWORD, SERIAL, Town
from werkzeug.serving import make_server

pytestmark = pytest.mark.browser
SHELL = Path("/usr/bin/chromium-headless-shell")
OPEN = "ソフトウェアキーボードを使用して入力する"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not SHELL.exists():
        pytest.skip("no headless browser here")
    with sync_playwright() as playwright:
        shell = playwright.chromium.launch(executable_path=str(SHELL), args=["--no-sandbox"])
        yield shell
        shell.close()


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path, demo=True)


@pytest.fixture
def page(town: Town, browser: Browser) -> Iterator[Page]:
    server = make_server("127.0.0.1", 0, town.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{server.port}",
        locale="ja-JP",
        viewport={"width": 320, "height": 800},
    )
    yield context.new_page()
    context.close()
    server.shutdown()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def enter(page: Page) -> None:
    page.goto("/login")
    page.get_by_label("ログインID").fill("hanako")
    page.get_by_label("ログインパスワード").fill(PASSWORD)
    press(page, "ログイン")


def test_on_screen_keyboard(page: Page, town: Town) -> None:
    town.customer()
    enter(page)
    page.goto("/otp/issue/hardware")
    field = page.get_by_label("確認用パスワード")
    press(page, OPEN)
    expect(page.get_by_role("button", name="1", exact=True)).to_be_focused()
    for key in (*"xy1", "一文字消す", "すべて消す", "大文字", "C", "大文字"):
        press(page, key)
    for key in CONFIRMATION[1:]:
        press(page, key)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    expect(field).to_have_value(CONFIRMATION)
    expect(page.get_by_role("button", name="1", exact=True)).to_be_hidden()
    field.press("End")
    field.press_sequentially("9")
    expect(field).to_have_value(CONFIRMATION + "9")
    press(page, OPEN)
    press(page, "一文字消す")
    press(page, "入力完了")
    expect(field).to_be_focused()
    press(page, "トークンを発行する")
    expect(page).to_have_title("トークン発行（ハードウェアトークン発行完了）｜みほん信用組合")


def test_wide_screens_show_both_cases(page: Page, town: Town) -> None:
    town.customer()
    page.set_viewport_size({"width": 1280, "height": 900})
    enter(page)
    page.goto("/otp/issue/hardware")
    press(page, OPEN)
    for key in CONFIRMATION:
        press(page, key)
    press(page, "入力完了")
    expect(page.get_by_label("確認用パスワード")).to_have_value(CONFIRMATION)


def test_keys_work_from_the_physical_keyboard(page: Page, town: Town) -> None:
    town.customer()
    enter(page)
    page.goto("/otp/issue/hardware")
    page.get_by_role("button", name=OPEN).press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_label("確認用パスワード")).to_have_value("22")


def test_double_click_and_one_column(page: Page, town: Town) -> None:
    town.customer("in_service")
    enter(page)
    page.get_by_label("ワンタイムパスワード").fill(town.code())
    page.get_by_role("button", name="ログイン", exact=True).dblclick()
    expect(page).to_have_title("トップページ｜みほん信用組合")
    clerk = "/staff/login"
    for address in ("/", "/menu/otp", "/otp", "/otp/deactivate", "/otp/issue", clerk):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
    page.goto("/otp/deactivate")
    press(page, OPEN)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24, button.inner_text()


def test_error_takes_the_focus(page: Page, town: Town) -> None:
    town.customer()
    enter(page)
    page.goto("/otp/issue/hardware")
    press(page, "トークンを発行する")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("確認用パスワードが入力されていません")


def test_virtual_token_follows_the_banks_clock_and_turns(page: Page, town: Town) -> None:
    town.token()
    page.goto(f"/demo/tokens/{SERIAL}")
    expect(page.locator("#code")).to_have_text(town.code())
    town.wait(minutes=1, seconds=10)
    expect(page.locator("#code")).to_have_text(town.code())
    expect(page.locator("#remaining")).to_have_text("30")
    press(page, "裏面を見る")
    expect(page.get_by_text(SERIAL, exact=True)).to_be_visible()
    expect(page.locator("#code")).to_be_hidden()
    press(page, "表面を見る")
    expect(page.locator("#code")).to_be_visible()


def test_pages_do_not_run_foul_of_their_own_policy(page: Page, town: Town) -> None:
    problems: list[str] = []
    page.on("console", lambda entry: problems.append(entry.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    town.customer("in_service")
    enter(page)
    page.get_by_label("ワンタイムパスワード").fill(town.code())
    press(page, "ログイン")
    for address in ("/otp", "/otp/deactivate", f"/demo/tokens/{SERIAL}"):
        page.goto(address)
    assert problems == []


def test_pages_cannot_be_framed(page: Page, town: Town) -> None:
    page.goto("/login")
    address = page.url
    page.goto("about:blank")
    page.set_content(f'<iframe src="{address}"></iframe>')
    frame = page.frames[-1]
    page.wait_for_load_state()
    assert frame.get_by_label("ログインID").count() == 0
