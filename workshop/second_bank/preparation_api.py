"""Members and devices for tests as HTTP calls, behind the staff's Authorization header.

Another shape than the test-control API's: other words, member numbers and passwords of the
bank's own making.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from itertools import count

from flask import Blueprint, Response, jsonify

from reference_impl.domain.words import Kind
from reference_impl.service import control
from reference_impl.service.bank import Bank
from reference_impl.service.staff import StaffError
from workshop.second_bank.staff_api import content, open_to_staff

CONDITIONS = {
    "NEW": "not_registered",
    "SENT": "issued",
    "ACTIVE": "in_service",
    "HALTED": "suspended",
    "ENDED": "deactivated",
}
KINDS = {"CARD": Kind.HARDWARE, "APP": Kind.SOFTWARE}


def blueprint(bank: Bank, authorization: str) -> Blueprint:
    """Return the API under /branch/v2/preparation."""
    api = Blueprint("preparation_api", __name__, url_prefix="/branch/v2/preparation")
    open_to_staff(api, authorization)
    numbers = count(1)

    @api.post("/members")
    def member() -> tuple[Response, int]:
        wanted = content()
        if wanted.get("condition") not in CONDITIONS or wanted.get("type") not in KINDS:
            raise StaffError("condition か type が分かりません。")
        number = f"m{secrets.token_hex(3)}{next(numbers):04d}"
        view, password, confirmation = control.create_customer(
            bank,
            login_id=number,
            confirmation_password=wanted.get("secret") or None,
            name="北斗 花子",
            address="ほくと市中央1丁目1番1号",
            status=CONDITIONS[wanted["condition"]],
            kind=KINDS[wanted["type"]].value,
            token_serial=wanted.get("device") or None,
        )
        return jsonify(
            member={
                "number": view.login_id,
                "pass": password,
                "secret": confirmation,
                "name": view.name,
                "sendTo": view.address,
            }
        ), 201

    @api.post("/devices")
    def device() -> tuple[Response, int]:
        wanted = content()
        if wanted.get("type") not in KINDS:
            raise StaffError("type が分かりません。")
        token = control.add_token(
            bank,
            serial=wanted.get("number", ""),
            secret=bytes.fromhex(wanted.get("key", "")),
            kind=KINDS[wanted["type"]].value,
            expires_at=datetime.fromisoformat(wanted.get("until", "")),
            reserved_for=wanted.get("member") or None,
        )
        return jsonify(device=token.serial), 201

    return api
