"""The views of the API: check, call the service, answer in JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, request

from reference_impl.clock import Steerable
from reference_impl.service.bank import Bank
from reference_impl.service.contract import StaffError
from reference_impl.settings import Settings
from reference_impl.test_control import messages
from reference_impl.test_control.errors import ApiError

ACTOR = "test-control"
OPENAPI = Path(__file__).with_name("openapi.json")
_JAPAN = ZoneInfo("Asia/Tokyo")

Answer = Response | tuple[Response, int]
Request = TypeVar("Request", bound=messages.Message)


def install(blueprint: Blueprint, bank: Bank, settings: Settings) -> None:
    """Register all views on the blueprint."""
    _install_clock(blueprint, bank, settings)
    _install_making(blueprint, bank)
    _install_staff(blueprint, bank)

    @blueprint.get("/openapi.json")
    def openapi() -> Answer:
        return Response(OPENAPI.read_bytes(), mimetype="application/json")

    @blueprint.post("/reset")
    def reset() -> Answer:
        bank.control.reset()
        return jsonify({})


def _install_clock(blueprint: Blueprint, bank: Bank, settings: Settings) -> None:
    @blueprint.get("/status")
    def status() -> Answer:
        return jsonify(
            product=settings.product,
            version=settings.version,
            now=_text(bank.clock()),
            steerable=isinstance(bank.clock, Steerable),
            software_tokens=bank.policy.software_tokens,
        )

    @blueprint.get("/clock")
    def clock() -> Answer:
        return jsonify(now=_text(bank.clock()))

    @blueprint.put("/clock")
    def move_clock() -> Answer:
        wanted = _read(messages.MoveClock)
        if not isinstance(bank.clock, Steerable):
            raise ApiError(
                409, "not_steerable", "時計を動かすには --frozen-at を付けて起動してください。"
            )
        bank.clock.move_to(wanted.now)
        return jsonify(now=_text(bank.clock()))


def _install_making(blueprint: Blueprint, bank: Bank) -> None:
    @blueprint.post("/tokens")
    def add_token() -> Answer:
        wanted = _read(messages.NewToken)
        token = bank.control.add_token(
            serial=wanted.serial,
            secret=wanted.secret(),
            kind=wanted.kind,
            expires_at=wanted.expires_at,
            reserved_for=wanted.reserved_for,
        )
        body = jsonify(
            serial=token.serial,
            kind=token.kind.value,
            state=token.state,
            expires_at=_text(token.expires_at),
        )
        return body, 201

    @blueprint.post("/customers")
    def add_customer() -> Answer:
        wanted = _read(messages.NewCustomer)
        view, password, confirmation = bank.control.create_customer(**wanted.model_dump())
        body = jsonify(
            login_id=view.login_id,
            login_password=password,
            confirmation_password=confirmation,
            name=view.name,
            address=view.address,
            status=wanted.status,
            serial=wanted.token_serial or view.serial,
        )
        return body, 201

    @blueprint.get("/outbox")
    def outbox() -> Answer:
        notices = bank.control.outbox(request.args.get("login_id"))
        return jsonify(notices=[_plain(asdict(notice)) for notice in notices])


def _install_staff(blueprint: Blueprint, bank: Bank) -> None:
    @blueprint.get("/staff/orders")
    def orders() -> Answer:
        found = bank.staff.orders(request.args.get("login_id"))
        return jsonify(orders=[_plain(asdict(order)) for order in found])

    @blueprint.post("/staff/dispatch")
    def dispatch() -> Answer:
        wanted = _read(messages.Dispatch)
        waiting = [o for o in bank.staff.orders(wanted.login_id) if o.status == "accepted"]
        if not waiting:
            raise StaffError("このお客さまに発送待ちの申請はありません。")
        sent = bank.staff.dispatch(ACTOR, waiting[-1].order_id, wanted.serial)
        return jsonify(serial=sent.serial, ship_to=sent.ship_to)

    @blueprint.post("/staff/unlock")
    def unlock() -> Answer:
        wanted = _read(messages.Unlock)
        bank.staff.unlock(ACTOR, wanted.login_id, wanted.circumstances)
        return jsonify({})

    @blueprint.post("/staff/revoke")
    def revoke() -> Answer:
        wanted = _read(messages.Revoke)
        bank.staff.revoke(ACTOR, wanted.login_id, wanted.reason)
        return jsonify({})

    @blueprint.post("/staff/accounts")
    def accounts() -> Answer:
        wanted = _read(messages.NewStaff)
        bank.control.add_staff(wanted.staff_id, wanted.password)
        return jsonify({}), 201


def _read(model: type[Request]) -> Request:
    """Return the checked request body. ApiError or ValidationError."""
    if request.mimetype != "application/json":
        raise ApiError(415, "not_json", "Content-Type は application/json にしてください。")
    return model.model_validate_json(request.get_data())


def _text(moment: datetime) -> str:
    """Return a moment as RFC 3339 in Japanese time."""
    return moment.astimezone(_JAPAN).isoformat()


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _text(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }
