"""The flows of the benchmark as anybody would script them: Playwright and nothing else.

Direct locators, no evidence, no verdicts, no declaration. People and tokens
come from the same test-control calls that the suite makes; what is done on the
pages is what the suite's scenario of the same name does.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pyotp
from playwright.sync_api import Browser, Page, expect

START = datetime.fromisoformat("2026-11-24T10:00:20+09:00")
MINUTE = timedelta(minutes=1)
THRESHOLD = 5  # the reference bank's, as its declaration says
_NUMBERS = count(1)


@dataclass
class Person:
    login_id: str
    password: str
    confirmation: str
    serial: str = ""
    secret: str = field(default="", repr=False)


@dataclass
class Bank:
    """The running reference bank: its pages and its test-control API."""

    url: str
    browser: Browser
    key: str
    staff_password: str
    now: datetime = START

    def __post_init__(self) -> None:
        self.control = httpx.Client(
            base_url=f"{self.url}/test-control/v1",
            headers={"X-Test-Control-Key": self.key},
            trust_env=False,
        )

    def call(self, method: str, path: str, **body: Any) -> Any:
        answer = self.control.request(method, path, json=body or None)
        answer.raise_for_status()
        return answer.json()

    def at(self, moment: datetime) -> None:
        self.call("PUT", "/clock", now=moment.isoformat())
        self.now = moment

    def later(self) -> None:
        """Move on to a code that nobody has used."""
        self.at(self.now + MINUTE)

    def customer(self, status: str) -> Person:
        number = next(_NUMBERS)
        person = Person(
            f"b{secrets.token_hex(3)}{number:04d}",
            password=secrets.token_hex(5) + "a1",
            confirmation=secrets.token_hex(3) + "b2",
        )
        more = {}
        if status != "not_registered":
            person.serial = "".join(secrets.choice("0123456789") for _ in range(12))
            person.secret = base64.b32encode(secrets.token_bytes(20)).decode()
            now = datetime.fromisoformat(self.call("GET", "/clock")["now"])
            expiry = (now + timedelta(days=5 * 365)).replace(second=0, microsecond=0)
            self.call(
                "POST",
                "/tokens",
                serial=person.serial,
                secret_base32=person.secret,
                kind="hardware",
                expires_at=expiry.isoformat(),
            )
            more = {"token_serial": person.serial}
        self.call(
            "POST",
            "/customers",
            status=status,
            kind="hardware",
            login_id=person.login_id,
            login_password=person.password,
            confirmation_password=person.confirmation,
            name="検査　花子",
            address="みほん県みほん市見本町1番地",
            **more,
        )
        return person

    def code(self, person: Person) -> str:
        return pyotp.TOTP(person.secret, interval=60).at(self.now)

    def page(self) -> Page:
        return self.browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo").new_page()


# -- pages ------------------------------------------------------------------------


def log_in(page: Page, bank: Bank, person: Person, code: str | None) -> None:
    page.goto(f"{bank.url}/login")
    page.locator("#login_id").fill(person.login_id)
    page.locator("#password").fill(person.password)
    page.locator("main .button.primary").click()
    if code is not None:
        page.locator("#otp").fill(code)
        page.locator("main .button.primary").click()


def inside(page: Page) -> None:
    expect(page.locator(".account")).to_be_visible()


def log_out(page: Page) -> None:
    page.locator(".account button").click()


def portal(page: Page, bank: Bank) -> None:
    page.goto(bank.url)
    page.locator("nav a[href='/menu/otp']").click()
    page.locator("main a[href='/otp']").click()


def status(page: Page, bank: Bank, text: str) -> None:
    portal(page, bank)
    expect(page.locator("dd.strong")).to_have_text(text)


def wrong(bank: Bank, person: Person) -> str:
    """Return a code that the token does not show within ±40 minutes."""
    totp = pyotp.TOTP(person.secret, interval=60)
    shown = {totp.at(bank.now + k * MINUTE) for k in range(-40, 41)}
    return next(code for code in ("000000", "000001", "000002") if code not in shown)


# -- flows ------------------------------------------------------------------------


def login(bank: Bank, page: Page) -> None:
    person = bank.customer("in_service")
    bank.later()
    log_in(page, bank, person, bank.code(person))
    inside(page)
    status(page, bank, "サービス利用中")


def wrong_then_right(bank: Bank, page: Page) -> None:
    person = bank.customer("in_service")
    log_in(page, bank, person, wrong(bank, person))
    expect(page.locator("#alert")).to_be_visible()
    bank.later()
    log_in(page, bank, person, bank.code(person))
    inside(page)


def issue(bank: Bank, page: Page) -> None:
    person = bank.customer("not_registered")
    log_in(page, bank, person, None)
    portal(page, bank)
    page.get_by_role("button", name="トークン発行", exact=True).click()
    page.locator("form[action='/otp/issue/hardware'] button").click()
    page.locator("#confirmation").fill(person.confirmation)
    page.locator("main form[method=post] .button.primary").click()
    expect(page.locator(".done-mark")).to_be_visible()
    status(page, bank, "トークン発行済")


def activate(bank: Bank, page: Page) -> None:
    person = bank.customer("issued")
    bank.later()
    log_in(page, bank, person, None)
    portal(page, bank)
    page.get_by_role("button", name="ワンタイムパスワード利用開始").click()
    page.locator("#serial").fill(person.serial)
    page.locator("#otp").fill(bank.code(person))
    page.locator("main form[method=post] .button.primary").click()
    expect(page.locator(".done-mark")).to_be_visible()
    status(page, bank, "サービス利用中")


def deactivate(bank: Bank, page: Page) -> None:
    person = bank.customer("in_service")
    bank.later()
    log_in(page, bank, person, bank.code(person))
    inside(page)
    portal(page, bank)
    page.get_by_role("button", name="ワンタイムパスワード利用解除").click()
    bank.later()
    page.locator("#confirmation").fill(person.confirmation)
    page.locator("#otp").fill(bank.code(person))
    page.locator(".button.danger").click()
    expect(page.locator(".done-mark")).to_be_visible()
    status(page, bank, "未登録")


def suspend(bank: Bank, page: Page) -> None:
    person = bank.customer("in_service")
    for _ in range(THRESHOLD):
        log_in(page, bank, person, wrong(bank, person))
    bank.later()
    log_in(page, bank, person, None)
    otp = page.locator("#otp")
    if otp.count():
        otp.fill(bank.code(person))
        page.locator("main .button.primary").click()
    expect(page.locator("h1")).to_contain_text("停止")
    unlock(bank, person)
    bank.later()
    log_in(page, bank, person, bank.code(person))
    inside(page)


def unlock(bank: Bank, person: Person) -> None:
    """Do what the staff do, in a browser of their own."""
    page = bank.page()
    page.goto(f"{bank.url}/staff/login")
    page.locator("#staff_id").fill("staff01")
    page.locator("#password").fill(bank.staff_password)
    page.locator("main .button.primary").click()
    page.locator("nav a[href='/staff/customers']").click()
    page.locator("#login_id").fill(person.login_id)
    page.locator("form[role=search] button").click()
    page.get_by_role("link", name=person.login_id).click()
    page.locator("#circumstances").fill("お客さまから連絡を受けた")
    page.locator("main form .button.primary").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.context.close()


# The suite's scenario of the same content, by its id.
FLOWS: dict[str, Callable[[Bank, Page], None]] = {
    "LGN-04/1": login,
    "LGN-06/1": wrong_then_right,
    "ISS-18/1": issue,
    "ACT-01/1": activate,
    "DEA-01/1": deactivate,
    "LCK-01/1": suspend,
}


def play(bank: Bank, scenario_id: str) -> None:
    """Play one flow in a fresh browser context, from the scenarios' common beginning."""
    bank.at(START)
    page = bank.page()
    FLOWS[scenario_id](bank, page)
    page.context.close()
