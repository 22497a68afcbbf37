"""A good run through the reference bank, recorded: every request and its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyotp
from bs4 import BeautifulSoup, Tag
from werkzeug.test import Client, TestResponse

from reference_impl.app import create_app
from reference_impl.service import control, staff
from reference_impl.service.bank import Bank, build_bank
from reference_impl.settings import Profile, Settings

_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_SERIAL = "123456789012"
_PASSWORD, _CONFIRMATION = "login-password-1", "confirm1"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. ``location``: where the answer sends one, or empty."""

    method: str
    path: str
    status: int
    location: str
    page: str

    @property
    def title(self) -> str:
        """The page's first heading, empty without one."""
        heading = BeautifulSoup(self.page, "html.parser").h1
        return heading.get_text(strip=True) if heading else ""


class _Person:
    """Goes through the bank by labels and writes everything down."""

    def __init__(self, bank: Bank, settings: Settings) -> None:
        self._client = Client(create_app(bank))
        self.exchanges: list[Exchange] = []
        self._page = BeautifulSoup("", "html.parser")

    def open(self, path: str) -> None:
        self._keep("GET", path, self._client.get(path))

    def press(self, name: str, values: Mapping[str, str] | None = None, nth: int = 0) -> None:
        """Press a button, or follow the link, of a name; ``values`` by parameter."""
        links = [a for a in self._page.select("a[href]") if a.get_text(strip=True) == name]
        if links:
            self.open(str(links[-1]["href"]))
            return
        button = [b for b in self._page.find_all("button") if b.get_text(strip=True) == name][nth]
        form = button.find_parent("form")
        assert isinstance(form, Tag)
        hidden = form.select("input[type=hidden]")
        sent = {str(i["name"]): str(i.get("value", "")) for i in hidden} | dict(values or {})
        method, path = str(form["method"]).upper(), str(form["action"])
        if method == "GET":
            self.open(path)
        else:
            self._keep(method, path, self._client.post(path, data=sent))

    def _keep(self, method: str, path: str, answer: TestResponse) -> None:
        location = answer.headers.get("Location", "")
        text = answer.get_data(as_text=True)
        path = path.partition("?")[0]
        self.exchanges.append(Exchange(method, path, answer.status_code, location, text))
        if location:
            self.open(location)
        else:
            self._page = BeautifulSoup(text, "html.parser")


class _Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 1, 0, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@contextmanager
def _bank() -> Iterator[tuple[Bank, Settings, _Hand]]:
    with TemporaryDirectory() as folder:
        clock = _Hand()
        settings = Settings(
            database=f"sqlite:///{Path(folder) / 'bank.sqlite3'}",
            profile=Profile.TEST,
        )
        yield build_bank(settings, clock), settings, clock


def record() -> list[Exchange]:
    """Apply, activate, log in with the OTP, deactivate; all succeeds. Return what was exchanged."""
    with _bank() as (bank, settings, clock):
        control.create_customer(
            bank,
            status="not_registered",
            kind="hardware",
            login_id="good01",
            login_password=_PASSWORD,
            confirmation_password=_CONFIRMATION,
            name="検査　花子",
            address="みほん県みほん市見本町1番地",
            token_serial=None,
        )
        secret = pyotp.TOTP(_SECRET, interval=settings.policy.otp_step_seconds)
        control.add_token(
            bank,
            serial=_SERIAL,
            secret=secret.byte_secret(),
            kind="hardware",
            expires_at=clock() + timedelta(days=1000),
        )
        person = _Person(bank, settings)
        login = {"login_id": "good01", "password": _PASSWORD}

        def code() -> str:
            clock.moment += timedelta(minutes=1)
            return secret.at(clock())

        person.open("/")
        person.press("ログイン", login)
        person.press("ワンタイムパスワード申請")
        person.press("ワンタイムパスワード申請")
        person.press("トークン発行")
        person.press("選択", nth=1)
        person.press("トークンを発行する", {"confirmation": _CONFIRMATION})
        order = staff.all_orders(bank, "good01")[-1]
        staff.dispatch(bank, "staff01", order.order_id, _SERIAL)
        person.press("ワンタイムパスワード申請内容選択へ")
        person.press("ワンタイムパスワード利用開始")
        person.press("利用開始する", {"serial": _SERIAL, "otp": code()})
        person.press("ワンタイムパスワード申請内容選択へ")
        person.press("ログアウト")
        person.press("ログイン", login)
        person.press("ログイン", {"otp": code()})
        person.press("ワンタイムパスワード申請")
        person.press("ワンタイムパスワード申請")
        person.press("ワンタイムパスワード利用解除")
        person.press("解除する", {"confirmation": _CONFIRMATION, "otp": code()})
        person.press("トップページへ")
        person.press("ログアウト")
        return person.exchanges
