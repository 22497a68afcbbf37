"""The staff's functions as HTTP calls of another shape than the test-control API's."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, jsonify, request

from reference_impl.service import control, staff
from reference_impl.service.bank import Bank
from reference_impl.service.staff import StaffError
from reference_impl.store.orders import OrderRow

ACTOR = "branch-office"
_STATES = {"accepted": "WAITING", "dispatched": "SENT", "activated": "USED", "cancelled": "VOID"}


def open_to_staff(api: Blueprint, authorization: str) -> None:
    """Open an API to who sends this Authorization header, and tell refusals."""

    @api.before_request
    def check() -> tuple[Response, int] | None:
        given = request.headers.get("Authorization", "")
        if hmac.compare_digest(given.encode(), authorization.encode()):
            return None
        return jsonify(error="unauthorized"), 401

    @api.errorhandler(StaffError)
    def impossible(error: StaffError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 409


def blueprint(bank: Bank, authorization: str) -> Blueprint:
    """Return the API under /branch/v2, open to who sends this Authorization header."""
    api = Blueprint("staff_api", __name__, url_prefix="/branch/v2")
    open_to_staff(api, authorization)

    @api.get("/members/<member>/applications")
    def applications(member: str) -> Response:
        return jsonify(items=[_shown(order) for order in staff.all_orders(bank, member)])

    @api.get("/members/<member>/notices")
    def notices(member: str) -> Response:
        return jsonify(items=[{"subject": n.subject} for n in control.outbox(bank, member)])

    @api.post("/members/<member>/shipments")
    def ship(member: str) -> tuple[Response, int]:
        waiting = [o for o in staff.all_orders(bank, member) if o.status == "accepted"]
        if not waiting:
            raise StaffError("発送を待つ申し込みがありません。")
        serial = content().get("device") or None
        sent = staff.dispatch(bank, ACTOR, waiting[-1].order_id, serial)
        return jsonify(device=sent.serial), 201

    @api.post("/members/<member>/reinstatement")
    def reinstate(member: str) -> Response:
        staff.unlock(bank, ACTOR, member, content().get("note", ""))
        return jsonify(done=True)

    @api.post("/members/<member>/revocation")
    def revoke(member: str) -> Response:
        staff.revoke(bank, ACTOR, member, content().get("note", ""))
        return jsonify(done=True)

    return api


def content() -> dict[str, str]:
    """Return the posted texts, none for anything else."""
    found = request.get_json(silent=True)
    return found if isinstance(found, dict) else {}


def _shown(order: OrderRow) -> dict[str, str | None]:
    return {
        "member": order.login_id,
        "kind": "CARD" if order.kind.value == "hardware" else "APP",
        "sendTo": order.ship_to,
        "state": _STATES[order.status],
        "device": order.serial,
    }
