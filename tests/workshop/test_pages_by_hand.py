"""A person can log in at every bank told in another way: with eyes, mouse and keys alone.

The one here knows the markup and spares itself the reading; mouse and keys are real.
"""

from __future__ import annotations

import threading
from base64 import b32encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
import waitress
from playwright.sync_api import BrowserContext, Frame, Locator, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from otp_conformance.agent.browser.launch import launch
from reference_impl.app import create_app
from reference_impl.clock import SteeredClock
from reference_impl.service import control
from reference_impl.service.bank import build_bank
from reference_impl.settings import Profile, Settings
from workshop.pages.variants import VARIANTS
from workshop.skins.skin import Skin
from workshop.variants.wsgi import Around

pytestmark = [pytest.mark.slow, pytest.mark.browser]

NOW = datetime(2026, 11, 24, 1, 0, 20, tzinfo=UTC)
SECRET = b"0123456789abcdefghij"
PASSWORD = "Login-pass-1"
INSIDE = "いつもご利用いただきありがとうございます"
PATIENCE_MS = 6000
#: The button of a form by its text, whatever it is made of; signs before it do not count.
FIND_BUTTON = """(field, text) => {
  const plain = (told) => (told || '').normalize('NFKC').replace(/[\\s▶]/g, '');
  const own = (each) => each.value || each.alt || each.textContent;
  const kinds = 'button, a, span, div, input[type=submit], input[type=image], img';
  return [...field.closest('form').querySelectorAll(kinds)]
    .filter((each) => plain(own(each)) === text)
    .at(-1);
}"""


@contextmanager
def served(around: Around, folder: Path) -> Iterator[str]:
    """A bank with one customer in service, told in another way; yields its address."""
    settings = Settings(database=f"sqlite:///{folder / 'bank.sqlite3'}", profile=Profile.TEST)
    bank = build_bank(settings, SteeredClock(NOW))
    control.add_token(
        bank,
        serial="101109980021",
        secret=SECRET,
        kind="hardware",
        expires_at=datetime(2030, 2, 7, tzinfo=UTC),
    )
    control.create_customer(
        bank,
        login_id="hanako",
        login_password=PASSWORD,
        confirmation_password="Confirm12",
        name="見本 花子",
        address="見本県見本市1-2-3",
        status="in_service",
        kind="hardware",
        token_serial="101109980021",
    )
    server = waitress.create_server(around(create_app(bank)), host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium, ["127.0.0.1"])
        context = browser.new_context()
        context.set_default_timeout(PATIENCE_MS)
        yield context
        browser.close()


def _in_sight(context: BrowserContext, what: str) -> tuple[Frame, Locator]:
    """Wait for something on any window, in any frame."""
    for _ in range(PATIENCE_MS // 100):
        for page in reversed(context.pages):
            for frame in page.frames:
                found = frame.locator(what).filter(visible=True).first
                if found.count():
                    return frame, found
        context.pages[-1].wait_for_timeout(100)
    raise AssertionError(f"{what} never came in sight")


def _type(field: Locator, text: str) -> None:
    field.click()
    field.page.keyboard.type(text)


def _press(field: Locator, text: str) -> None:
    button = field.evaluate_handle(FIND_BUTTON, text).as_element()
    assert button is not None
    button.click(no_wait_after=True)


def log_in_by_hand(context: BrowserContext, address: str) -> None:
    """Log in with password and OTP; close what windows there are."""
    code = pyotp.TOTP(b32encode(SECRET).decode(), interval=60).at(NOW)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    try:
        page.goto(address)
        _, field = _in_sight(context, "input[name=login_id]")
        _type(field, "hanako")
        _, field = _in_sight(context, "input[name=password]")
        _type(field, PASSWORD)
        _press(field, "ログイン")
        frame, field = _in_sight(context, ".digit, input[name=otp]")
        boxes = frame.locator(".digit")
        if boxes.count():
            for box, digit in zip(boxes.all(), code, strict=False):
                _type(box, digit)
        else:
            _type(field, code)
        with suppress(PlaywrightError):  # a form may have gone off by itself
            _press(field, "ログイン")
        _in_sight(context, f"text={INSIDE}")
    finally:
        for each in context.pages:
            each.close(run_before_unload=False)
        context.clear_cookies()


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "cookie-banner"])
def test_a_person_can_log_in(name: str, context: BrowserContext, tmp_path: Path) -> None:
    variant = VARIANTS[name]
    with served(variant.around, tmp_path) as address:
        log_in_by_hand(context, address + str(variant.declared.get("login.path", "/login")))


@pytest.mark.parametrize("seed", range(1, 31))
def test_a_person_can_log_in_at_a_skin(seed: int, context: BrowserContext, tmp_path: Path) -> None:
    with served(Skin(seed).around, tmp_path) as address:
        log_in_by_hand(context, f"{address}/login")


def test_nobody_can_press_what_lies_under_a_banner(context: BrowserContext, tmp_path: Path) -> None:
    with (
        served(VARIANTS["cookie-banner"].around, tmp_path) as address,
        pytest.raises(Exception, match="intercepts pointer events"),
    ):
        log_in_by_hand(context, f"{address}/login")
