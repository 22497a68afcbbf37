"""A small bank in a temporary directory, its clock in hand, and its customers' tokens."""

from __future__ import annotations

import base64
import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyotp

from reference_impl.clock import SteeredClock
from reference_impl.domain.policy import Policy
from reference_impl.service import control, login, staff
from reference_impl.service.bank import Bank, build_bank
from reference_impl.settings import Profile, Settings

JST = timezone(timedelta(hours=9))
START = datetime(2026, 11, 24, 10, 0, 20, tzinfo=JST)  # a Tuesday
EXPIRY = datetime(2030, 2, 7, 14, 5, tzinfo=JST)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class TestToken:
    """A token in somebody's hand; computes codes with pyotp, unlike the bank."""

    __test__ = False
    serial: str
    secret: bytes = field(repr=False)

    def at(self, moment: datetime) -> str:
        text = base64.b32encode(self.secret).decode()
        return str(pyotp.TOTP(text, interval=60).at(moment))


@dataclass(frozen=True)
class Person:
    """A customer with passwords and, in most states, a token."""

    customer_id: int
    login_id: str
    password: str
    confirmation: str
    token: TestToken | None


class Kit:
    """One bank and shorthand for what tests do with it."""

    def __init__(self, folder: Path, policy: Policy | None = None) -> None:
        self.clock = SteeredClock(START)
        self.settings = Settings(
            database=f"sqlite:///{folder}/bank.sqlite3",
            profile=Profile.TEST,
            policy=policy or Policy(),
        )
        self.bank: Bank = build_bank(self.settings, self.clock)
        self._numbers = itertools.count(1)

    def reopen(self) -> None:
        self.bank = build_bank(self.settings, self.clock)

    def tick(self, steps: int = 1) -> None:
        self.clock.move_to(self.clock() + steps * MINUTE)

    def token(
        self, kind: str = "hardware", expires_at: datetime = EXPIRY, serial: str | None = None
    ) -> TestToken:
        number = next(self._numbers)
        made = TestToken(serial or f"10110998{number:04d}", f"made-up-secret-{number:05d}".encode())
        control.add_token(
            self.bank, serial=made.serial, secret=made.secret, kind=kind, expires_at=expires_at
        )
        return made

    def person(
        self,
        status: str = "in_service",
        kind: str = "hardware",
        *,
        sent: bool = True,
        token: TestToken | None = None,
    ) -> Person:
        if token is None and (
            status in ("in_service", "suspended", "deactivated") or (status == "issued" and sent)
        ):
            token = self.token(kind)
        view, password, confirmation = control.create_customer(
            self.bank,
            login_id=None,
            login_password=None,
            confirmation_password=None,
            name=None,
            address=None,
            status=status,
            kind=kind,
            token_serial=None if token is None else token.serial,
        )
        return Person(view.customer_id, view.login_id, password, confirmation, token)

    def code(self, who: Person | TestToken, steps: int = 0) -> str:
        token = who.token if isinstance(who, Person) else who
        assert token is not None
        return token.at(self.clock() + steps * MINUTE)

    def wrong(self, who: Person | TestToken) -> str:
        """A code that the token shows nowhere near now."""
        near = {self.code(who, steps) for steps in range(-70, 71)}
        return next(text for n in range(1_000_000) if (text := f"{n:06d}") not in near)

    def login(self, who: Person, code: str, form_id: str = "") -> Any:
        """Password page, then OTP page."""
        first = login.authenticate(self.bank, who.login_id, who.password, None)
        if type(first).__name__ != "OtpNeeded":
            return first
        return login.authenticate_otp(self.bank, who.customer_id, code, form_id)

    def status(self, who: Person) -> str:
        found = staff.find_customer(self.bank, who.login_id)
        assert found is not None
        return found.status.value

    def serial(self, who: Person) -> str | None:
        found = staff.find_customer(self.bank, who.login_id)
        assert found is not None
        return found.serial

    def audit_lines(self) -> str:
        return "\n".join(repr(line) for line in staff.audit_trail(self.bank, 10_000))
