"""Virtual tokens and accounts for trying the bank out; only when started with --demo."""

import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify

from reference_impl.face.pages import MAX_ROWS, rendered, the_bank
from reference_impl.service import control, procedures, staff
from reference_impl.service.bank import Bank
from reference_impl.store.tokens import StockToken

LIFE = timedelta(days=3 * 365)
STAFF_ID = "demo-staff"
_SPARE_TOKENS = 3

pages = Blueprint("demo", __name__, template_folder="templates", url_prefix="/demo/tokens")


def seed_demo(bank: Bank, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Add one customer 未登録, one サービス利用中, spare hardware tokens and a staff account.

    Return all that is needed to walk through the manual, passwords included, for
    whoever starts the demonstration. Passwords are random unless
    OTP_DEMO_LOGIN_PASSWORD, OTP_DEMO_CONFIRMATION_PASSWORD or OTP_DEMO_STAFF_PASSWORD
    give them. In a bank that already has demo customers the next free numbers are
    taken. StaffError if a given password does not fit the policy.
    """
    stock = [_token(bank) for _ in range(_SPARE_TOKENS)]
    staff_password = environment.get("OTP_DEMO_STAFF_PASSWORD") or secrets.token_urlsafe(9)
    control.add_staff(bank, STAFF_ID, staff_password)
    customers = [
        _customer(bank, environment, "not_registered", None),
        _customer(bank, environment, "in_service", _token(bank)),
    ]
    return {
        "customers": customers,
        "staff_id": STAFF_ID,
        "stock": stock,
        "staff_password": staff_password,
    }


def _token(bank: Bank) -> str:
    serial = bank.write(procedures.new_serial)
    expires_at = (bank.now() + LIFE).replace(second=0, microsecond=0)
    secret = secrets.token_bytes(procedures.SECRET_BYTES)
    control.add_token(bank, serial=serial, secret=secret, kind="hardware", expires_at=expires_at)
    return serial


def _customer(
    bank: Bank, environment: Mapping[str, str], status: str, serial: str | None
) -> dict[str, str | None]:
    number = 1
    while staff.find_customer(bank, f"demo-{number:04d}") is not None:
        number += 1
    made, password, confirmation = control.create_customer(
        bank,
        login_id=f"demo-{number:04d}",
        login_password=environment.get("OTP_DEMO_LOGIN_PASSWORD") or None,
        confirmation_password=environment.get("OTP_DEMO_CONFIRMATION_PASSWORD") or None,
        status=status,
        kind="hardware",
        token_serial=serial,
    )
    return {
        "login_id": made.login_id,
        "status": status,
        "serial": serial,
        "login_password": password,
        "confirmation_password": confirmation,
    }


# -- pages: a token as if it lay in one's hand (front, back, code) ----------------


@pages.get("")
def tokens() -> Response:
    """List all tokens."""
    found = staff.all_tokens(the_bank())
    title, total = "仮想トークン一覧", len(found)
    return rendered("demo/tokens.html", title=title, tokens=found[:MAX_ROWS], total=total)


@pages.get("/<serial>")
def token(serial: str) -> Response:
    """Show one token."""
    found = _find(serial)
    return rendered(
        "demo/token.html",
        title=f"仮想トークン {found.serial}",
        token=found,
        hardware=found.kind == "hardware",
        **_display(found),
    )


@pages.get("/<serial>/code.json")
def code(serial: str) -> Response:
    """Tell what the token shows."""
    return jsonify(_display(_find(serial)))


def _display(found: StockToken) -> dict[str, Any]:
    """Return the code now shown and the seconds until the next one."""
    bank = the_bank()
    step = bank.policy.otp_step_seconds
    return {
        "code": control.current_code(bank, found.serial),
        "remaining": step - int(bank.now().timestamp()) % step,
        "step": step,
    }


def _find(serial: str) -> StockToken:
    found = next((t for t in staff.all_tokens(the_bank()) if t.serial == serial), None)
    if found is None:
        abort(404)
    return found
