"""The bank's own pages, one of each screen, without a server or a browser."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from flask.testing import FlaskClient

from reference_impl.app import create_app
from reference_impl.clock import SteeredClock
from reference_impl.service import control
from reference_impl.service.bank import build_bank
from reference_impl.settings import Profile, Settings
from workshop.pages.markup import parse, title_of, words

_START = datetime(2026, 11, 24, 1, 0, 20, tzinfo=UTC)
_SECRETS = {"issued": b"0123456789abcdefghij", "in_service": b"1123456789abcdefghij"}
_PASSWORDS = {"password": "Login-pass-1", "confirmation": "Confirm12"}


class _Visitor:
    """Somebody who fills in forms; keeps each different page that comes."""

    def __init__(self, client: FlaskClient, kept: dict[str, str]) -> None:
        self._client, self._kept = client, kept

    def open(self, address: str) -> None:
        self._took(self._client.get(address, follow_redirects=True).text)

    def press(self, button: str, **typed: str) -> None:
        """Send the form of a button, typing into its fields."""
        page = parse(self._html)
        form = next(b for b in page.find_all("button") if words(b) == button).find_parent("form")
        values = {i["name"]: i.get("value", "") for i in form.find_all("input")} | typed
        if form["method"] == "get":
            self.open(form["action"])
        else:
            answer = self._client.post(form["action"], data=values, follow_redirects=True)
            self._took(answer.text)

    def log_in(self, login_id: str) -> None:
        self.open("/login")
        self.press("ログイン", login_id=login_id, password=_PASSWORDS["password"])

    def _took(self, html: str) -> None:
        self._html = html
        page = parse(html)
        alert = page.select_one(".alert")
        name = f"{title_of(page)} {words(alert) if alert else ''}".strip()
        self._kept.setdefault(name, html)


def screens(folder: Path) -> Mapping[str, str]:
    """Return the HTML of every screen and refusal on the way through all procedures."""
    clock = SteeredClock(_START)
    database = f"sqlite:///{folder / 'bank.sqlite3'}"
    bank = build_bank(Settings(database=database, profile=Profile.TEST), clock)
    app = create_app(bank)
    kept: dict[str, str] = {}
    serials = {"issued": "101109980021", "in_service": "101109980022"}
    for status in ("not_registered", "issued", "in_service"):
        serial = serials.get(status)
        if serial is not None:
            expires = _START + timedelta(days=999)
            control.add_token(
                bank, serial=serial, secret=_SECRETS[status], kind="hardware", expires_at=expires
            )
        control.create_customer(
            bank,
            login_id=status,
            login_password=_PASSWORDS["password"],
            confirmation_password=_PASSWORDS["confirmation"],
            name="見本 花子",
            address="見本県見本市1-2-3",
            status=status,
            kind="hardware",
            token_serial=serial,
        )

    def code(status: str) -> str:
        clock.move_to(clock() + timedelta(minutes=1))
        return str(pyotp.TOTP(b32encode(_SECRETS[status]).decode(), interval=60).at(clock()))

    who = _Visitor(app.test_client(), kept)
    who.open("/login")
    who.press("ログイン", login_id="nobody", password="wrong-1")
    who.log_in("not_registered")
    for address in ("/menu/otp", "/otp", "/otp/issue", "/otp/issue/hardware"):
        who.open(address)
    who.press("トークンを発行する", confirmation="wrong-1")
    who.press("トークンを発行する", confirmation=_PASSWORDS["confirmation"])
    who = _Visitor(app.test_client(), kept)
    who.log_in("issued")
    who.open("/otp/activate")
    who.press("利用開始する", serial="", otp="")
    who.press("利用開始する", serial=serials["issued"], otp=code("issued"))
    who = _Visitor(app.test_client(), kept)
    who.log_in("in_service")
    who.press("ログイン", otp="")
    who.press("ログイン", otp=code("in_service"))
    who.open("/otp/deactivate")
    who.press("解除する", confirmation="wrong-1", otp=code("in_service"))
    who.press("解除する", confirmation=_PASSWORDS["confirmation"], otp=code("in_service"))
    who = _Visitor(app.test_client(), kept)
    who.log_in("issued")
    wrong = f"{(int(code('issued')) + 1) % 10**6:06d}"
    for _ in range(5):
        who.press("ログイン", otp=wrong)
    return kept
