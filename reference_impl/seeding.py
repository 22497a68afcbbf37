"""Accounts and tokens for trying the bank out by hand."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from reference_impl.service.bank import Bank

LIFE = timedelta(days=3 * 365)
STAFF_ID = "demo-staff"
_SPARE_TOKENS = 3
_SECRET_BYTES = 20


@dataclass(frozen=True)
class DemoCustomer:
    """One customer; the passwords exist for being printed by whoever starts the demo."""

    login_id: str
    status: str
    serial: str | None
    login_password: str = field(repr=False)
    confirmation_password: str = field(repr=False)


@dataclass(frozen=True)
class DemoAccounts:
    """Everything needed to walk through the manual."""

    customers: tuple[DemoCustomer, ...]
    staff_id: str
    stock: tuple[str, ...]
    staff_password: str = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return all of it, passwords included, for the DEMO line."""
        return asdict(self)


def seed_demo(bank: Bank, environment: Mapping[str, str] = os.environ) -> DemoAccounts:
    """Add one customer 未登録, one サービス利用中, spare hardware tokens and a staff account.

    Passwords are random unless OTP_DEMO_LOGIN_PASSWORD,
    OTP_DEMO_CONFIRMATION_PASSWORD or OTP_DEMO_STAFF_PASSWORD give them. In a
    bank that already has demo customers the next free numbers are taken.
    StaffError if a given password does not fit the policy.
    """
    stock = tuple(_token(bank) for _ in range(_SPARE_TOKENS))
    staff_password = environment.get("OTP_DEMO_STAFF_PASSWORD") or secrets.token_urlsafe(9)
    bank.control.add_staff(STAFF_ID, staff_password)
    customers = (
        _customer(bank, environment, "not_registered", None),
        _customer(bank, environment, "in_service", _token(bank)),
    )
    return DemoAccounts(customers, STAFF_ID, stock, staff_password)


def _token(bank: Bank) -> str:
    taken = {token.serial for token in bank.staff.stock()}
    serial = ""
    while not serial or serial in taken:
        serial = "".join(secrets.choice("0123456789") for _ in range(bank.policy.serial_max))
    expires_at = (bank.clock() + LIFE).replace(second=0, microsecond=0)
    bank.control.add_token(
        serial=serial,
        secret=secrets.token_bytes(_SECRET_BYTES),
        kind="hardware",
        expires_at=expires_at,
    )
    return serial


def _customer(
    bank: Bank, environment: Mapping[str, str], status: str, serial: str | None
) -> DemoCustomer:
    number = 1
    while bank.staff.find_customer(f"demo-{number:04d}") is not None:
        number += 1
    view, password, confirmation = bank.control.create_customer(
        login_id=f"demo-{number:04d}",
        login_password=environment.get("OTP_DEMO_LOGIN_PASSWORD") or None,
        confirmation_password=environment.get("OTP_DEMO_CONFIRMATION_PASSWORD") or None,
        name=None,
        address=None,
        status=status,
        kind="hardware",
        token_serial=serial,
    )
    return DemoCustomer(view.login_id, status, serial, password, confirmation)
