"""A real bank with standing clock behind Flask's test client, and a person reading its pages."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reference_impl.app import create_app
from reference_impl.clock import SteeredClock
from reference_impl.domain.policy import Policy
from reference_impl.service import control
from reference_impl.service.bank import Bank, build_bank
from reference_impl.settings import Profile, Settings

START = datetime(2026, 11, 24, 1, 0, 20, tzinfo=UTC)
EXPIRES = datetime(2030, 2, 7, 5, 5, tzinfo=UTC)
PASSWORD = "Login-pass-1"
CONFIRMATION = "Confirm12"
STAFF = ("staff01", "Staff-pass-1")
SECRET = b"0123456789abcdefghij"
SERIAL = "101109980021"
OTHER_SERIAL = "00110998"


class Town:
    """One bank, its clock, and the people in front of it."""

    def __init__(self, folder: Path, policy: Policy | None = None, *, demo: bool = False) -> None:
        self.clock = SteeredClock(START)
        self.settings = Settings(
            database=f"sqlite:///{folder / 'bank.sqlite3'}",
            profile=Profile.TEST,
            policy=policy or Policy(),
            demo=demo,
        )
        self.bank: Bank = build_bank(self.settings, self.clock)
        self.app: Flask = create_app(self.bank)
        control.add_staff(self.bank, *STAFF)

    def token(self, serial: str = SERIAL, kind: str = "hardware") -> str:
        control.add_token(self.bank, serial=serial, secret=SECRET, kind=kind, expires_at=EXPIRES)
        return serial

    def customer(
        self, status: str = "not_registered", kind: str = "hardware", login_id: str = "hanako"
    ) -> str:
        serial = None
        if status != "not_registered":
            serial = self.token(SERIAL if kind == "hardware" else "20110998", kind)
        control.create_customer(
            self.bank,
            login_id=login_id,
            login_password=PASSWORD,
            confirmation_password=CONFIRMATION,
            name="見本 花子",
            address="見本県見本市1-2-3",
            status=status,
            kind=kind,
            token_serial=serial,
        )
        return login_id

    def code(self) -> str:
        import base64

        return pyotp.TOTP(base64.b32encode(SECRET).decode(), interval=60).at(self.clock())

    def wrong_code(self) -> str:
        return f"{(int(self.code()) + 1) % 10**6:06d}"

    def wait(self, **span: int) -> None:
        self.clock.move_to(self.clock() + timedelta(**span))

    def person(self) -> Person:
        return Person(self.app)

    def inside(self, status: str = "not_registered", **more: str) -> Person:
        login_id = self.customer(status, **more)
        person = self.person()
        person.login(login_id)
        if status == "in_service":
            person.submit("ログイン", otp=self.code())
            self.wait(minutes=1)
        assert person.title == "トップページ"
        return person

    def clerk(self) -> Person:
        person = self.person()
        person.open("/staff/login")
        person.submit("職員ログイン", staff_id=STAFF[0], password=STAFF[1])
        assert person.title == "発行申請一覧"
        return person


class Person:
    """Somebody with a browser: opens addresses, fills forms, presses buttons."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.answer: TestResponse
        self.page: BeautifulSoup

    def _took(self, answer: TestResponse) -> TestResponse:
        self.answer = answer
        self.page = BeautifulSoup(answer.text, "html.parser")
        return answer

    def open(self, address: str) -> TestResponse:
        return self._took(self.client.get(address, follow_redirects=True))

    def post(self, address: str, data: object) -> TestResponse:
        return self._took(self.client.post(address, data=data, follow_redirects=True))

    def form(self, button: str) -> Tag:
        for found in self.page.find_all("button"):
            if found.get_text(strip=True) == button and found.find_parent("form"):
                form = found.find_parent("form")
                assert form is not None
                return form
        raise AssertionError(f"no button {button!r} on {self.title!r}")

    def values(self, button: str) -> tuple[str, str, dict[str, str]]:
        form = self.form(button)
        fields = {
            str(i["name"]): str(i.get("value", ""))
            for i in form.find_all(["input", "textarea"])
            if i.get("type") != "file"
        }
        return str(form.get("method", "get")), str(form["action"]), fields

    def submit(self, button: str, **typed: str) -> TestResponse:
        method, address, fields = self.values(button)
        if method == "get":
            return self._took(
                self.client.get(address, query_string={**fields, **typed}, follow_redirects=True)
            )
        return self.post(address, {**fields, **typed})

    def login(self, login_id: str, password: str = PASSWORD, **more: str) -> TestResponse:
        self.open("/login")
        return self.submit("ログイン", login_id=login_id, password=password, **more)

    @property
    def title(self) -> str:
        assert self.page.title is not None
        heading = self.page.find("h1")
        assert isinstance(heading, Tag)
        text = heading.get_text(strip=True)
        assert self.page.title.get_text() == f"{text}｜みほん信用組合"
        return text

    @property
    def alert(self) -> str:
        found = self.page.find_all(attrs={"role": "alert"})
        assert len(found) <= 1
        return found[0].get_text(" ", strip=True) if found else ""

    @property
    def facts(self) -> dict[str, str]:
        return {
            dt.get_text(strip=True): dt.find_next_sibling("dd").get_text(strip=True)
            for dt in self.page.find_all("dt")
        }

    @property
    def status(self) -> str:
        return self.facts["登録状況"]

    def registration(self) -> str:
        self.open("/otp")
        return self.status

    def buttons(self) -> list[str]:
        return [b.get_text(strip=True) for b in self.page.find_all("button")]


def policy(**changes: object) -> Policy:
    return dataclasses.replace(Policy(), **changes)  # type: ignore[arg-type]
