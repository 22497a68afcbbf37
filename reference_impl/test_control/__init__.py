"""The test-control API: prepares and steers a bank under test, on loopback only.

Never part of a bank that serves customers. Described by `openapi.json`, so that
a vendor can put the same API in front of a staging system.
"""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from flask import Blueprint, Response, jsonify, request
from pydantic import AwareDatetime, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError
from werkzeug.exceptions import HTTPException

from reference_impl.clock import JAPAN, SteeredClock
from reference_impl.face.pages import the_bank
from reference_impl.service import control, staff
from reference_impl.settings import Checked, is_loopback

KEY_HEADER = "X-Test-Control-Key"
OPENAPI = Path(__file__).with_name("openapi.json")


# -- requests, checked strictly: no unknown key, no guessed type --------------------

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


def _moment(raw: object) -> datetime:
    """Return the moment of an RFC 3339 text. pydantic alone also takes "2030" for seconds."""
    if not isinstance(raw, str) or not _RFC_3339.fullmatch(raw):
        raise PydanticCustomError("datetime_rfc3339", "not an RFC 3339 time")
    try:
        return datetime.fromisoformat(raw.upper())
    except ValueError as error:
        raise PydanticCustomError("datetime_rfc3339", "no such time") from error


@dataclass(eq=False)
class ApiError(Exception):
    """A refused request."""

    status: int
    code: str
    message: str
    field: str | None = None


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
KindName = Literal["hardware", "software"]
StatusName = Literal["not_registered", "issued", "in_service", "suspended", "deactivated"]


class MoveClock(Checked):
    """PUT /clock."""

    now: Moment


class NewToken(Checked):
    """POST /tokens."""

    serial: str = Field(min_length=1, max_length=32)
    secret_base32: str = Field(pattern=r"^[A-Z2-7]{16,512}=*$", repr=False)
    kind: KindName
    expires_at: Moment
    reserved_for: str | None = Field(default=None, min_length=1, max_length=64)

    def secret(self) -> bytes:
        """Return the seed. ApiError if it is no Base32 (RFC 4648 section 6)."""
        text = self.secret_base32.rstrip("=")
        try:
            return base64.b32decode(text + "=" * (-len(text) % 8))
        except binascii.Error as error:
            raise ApiError(
                422, "invalid", "secret_base32：Base32 として読めません。", "secret_base32"
            ) from error


class NewCustomer(Checked):
    """POST /customers."""

    status: StatusName
    kind: KindName
    token_serial: str | None = Field(default=None, min_length=1, max_length=32)
    login_id: str | None = Field(default=None, min_length=1, max_length=64)
    login_password: str | None = Field(default=None, min_length=1, max_length=128, repr=False)
    confirmation_password: str | None = Field(default=None, min_length=1, max_length=64, repr=False)
    name: str | None = Field(default=None, min_length=1, max_length=100)
    address: str | None = Field(default=None, min_length=1, max_length=200)


class Dispatch(Checked):
    """POST /staff/dispatch."""

    login_id: str = Field(min_length=1, max_length=64)
    serial: str | None = Field(default=None, min_length=1, max_length=32)


class Unlock(Checked):
    """POST /staff/unlock."""

    login_id: str = Field(min_length=1, max_length=64)
    circumstances: str = Field(min_length=1, max_length=1000)


class Revoke(Checked):
    """POST /staff/revoke."""

    login_id: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=1, max_length=1000)


class NewStaff(Checked):
    """POST /staff/accounts."""

    staff_id: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=128, repr=False)


# -- who may talk to the API ---------------------------------------------------------

Answer = Response | tuple[Response, int]
Request = TypeVar("Request", bound=Checked)

api = Blueprint("test_control", __name__, url_prefix="/test-control/v1")


@api.before_request
def guard() -> None:
    """Let in loopback peers that name a loopback host and know the key."""
    # The Host header too: a page of the outside, resolved to 127.0.0.1 by
    # its own name server, would otherwise reach the API through a browser.
    if not (is_loopback(request.remote_addr or "") and is_loopback(_host(request.host))):
        raise ApiError(403, "not_loopback", "このコンピューター内からだけ利用できます。")
    key = the_bank().settings.test_control_key
    given = request.headers.get(KEY_HEADER, "")
    if not key or not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), key.encode()):
        raise ApiError(401, "bad_key", f"{KEY_HEADER} の鍵が正しくありません。")


def _host(header: str) -> str:
    """Return the name of a Host header without its port."""
    if header.startswith("["):
        return header[1:].split("]", 1)[0]
    return header.rsplit(":", 1)[0] if ":" in header else header


# -- clock, whole bank --------------------------------------------------------


@api.get("/openapi.json")
def openapi() -> Answer:
    """Describe the API."""
    return Response(OPENAPI.read_bytes(), mimetype="application/json")


@api.get("/status")
def status() -> Answer:
    """Tell what this bank is and can."""
    bank = the_bank()
    return jsonify(
        product=bank.settings.product,
        version=bank.settings.version,
        now=_text(bank.now()),
        steerable=isinstance(bank.clock, SteeredClock),
        software_tokens=bank.policy.software_tokens,
    )


@api.get("/clock")
def clock() -> Answer:
    """Tell the bank's time."""
    return jsonify(now=_text(the_bank().now()))


@api.put("/clock")
def move_clock() -> Answer:
    """Move the bank's clock; 409 unless it was started with a frozen one."""
    wanted = _read(MoveClock)
    steered = the_bank().clock
    if not isinstance(steered, SteeredClock):
        raise ApiError(
            409, "not_steerable", "時計を動かすには --frozen-at を付けて起動してください。"
        )
    steered.move_to(wanted.now)
    return jsonify(now=_text(the_bank().now()))


@api.post("/reset")
def reset() -> Answer:
    """Empty the bank."""
    control.reset(the_bank())
    return jsonify({})


# -- making -------------------------------------------------------------------


@api.post("/tokens")
def add_token() -> Answer:
    """Put a token into stock."""
    wanted = _read(NewToken)
    about = wanted.model_dump(exclude={"secret_base32"})
    token = control.add_token(the_bank(), secret=wanted.secret(), **about)
    return jsonify(_plain(token, "token_id", "holder", "last_step")), 201


@api.post("/customers")
def add_customer() -> Answer:
    """Make a customer in a state."""
    wanted = _read(NewCustomer)
    made, password, confirmation = control.create_customer(the_bank(), **wanted.model_dump())
    body = jsonify(
        login_id=made.login_id,
        login_password=password,
        confirmation_password=confirmation,
        name=made.name,
        address=made.address,
        status=wanted.status,
        serial=wanted.token_serial or made.serial,
    )
    return body, 201


@api.get("/outbox")
def outbox() -> Answer:
    """Show what customers were told."""
    notices = control.outbox(the_bank(), request.args.get("login_id"))
    return jsonify(notices=[_plain(notice) for notice in notices])


# -- staff ----------------------------------------------------------------------


@api.get("/staff/orders")
def orders() -> Answer:
    """List applications."""
    found = staff.all_orders(the_bank(), request.args.get("login_id"))
    return jsonify(orders=[_plain(order, "customer_id") for order in found])


@api.post("/staff/dispatch")
def dispatch() -> Answer:
    """Send a token for the customer's waiting application."""
    wanted = _read(Dispatch)
    found = staff.all_orders(the_bank(), wanted.login_id)
    waiting = [order for order in found if order.status == "accepted"]
    if not waiting:
        raise staff.StaffError("このお客さまに発送待ちの申請はありません。")
    sent = staff.dispatch(the_bank(), control.ACTOR, waiting[-1].order_id, wanted.serial)
    return jsonify(serial=sent.serial, ship_to=sent.ship_to)


@api.post("/staff/unlock")
def unlock() -> Answer:
    """Lift a suspension."""
    wanted = _read(Unlock)
    staff.unlock(the_bank(), control.ACTOR, wanted.login_id, wanted.circumstances)
    return jsonify({})


@api.post("/staff/revoke")
def revoke() -> Answer:
    """Retire a customer's token."""
    wanted = _read(Revoke)
    staff.revoke(the_bank(), control.ACTOR, wanted.login_id, wanted.reason)
    return jsonify({})


@api.post("/staff/accounts")
def accounts() -> Answer:
    """Make a staff account."""
    wanted = _read(NewStaff)
    control.add_staff(the_bank(), wanted.staff_id, wanted.password)
    return jsonify({}), 201


def _read(model: type[Request]) -> Request:
    """Return the checked request body. ApiError or ValidationError."""
    if request.mimetype != "application/json":
        raise ApiError(415, "not_json", "Content-Type は application/json にしてください。")
    return model.model_validate_json(request.get_data())


def _text(moment: datetime) -> str:
    """Return a moment as RFC 3339 in Japanese time."""
    return moment.astimezone(JAPAN).isoformat()


def _plain(row: object, *left_out: str) -> dict[str, Any]:
    """Return the fields of a stored row as JSON has them."""
    return {
        name: _text(value) if isinstance(value, datetime) else value
        for name, value in vars(row).items()
        if name not in left_out
    }


# -- errors: one JSON shape, a Japanese message, the field at fault ----------------

_MESSAGES = {
    "missing": "必須の項目です。",
    "extra_forbidden": "知らない項目です。",
    "string_type": "文字列にしてください。",
    "string_too_short": "短すぎます。",
    "string_too_long": "長すぎます。",
    "string_pattern_mismatch": "書式が正しくありません。",
    "literal_error": "使える値ではありません。",
    "json_invalid": "JSON として読めません。",
    "timezone_aware": "時差（+09:00 など）を付けてください。",
    "model_type": "JSON のオブジェクトにしてください。",
    "datetime_rfc3339": "RFC 3339 の時刻（例 2026-11-24T10:00:20+09:00）にしてください。",
}


@api.errorhandler(ApiError)
def refused(error: ApiError) -> Answer:
    """Answer with the error."""
    content = {"code": error.code, "message": error.message, "field": error.field}
    return jsonify({"error": content}), error.status


@api.errorhandler(staff.StaffError)
def impossible(error: staff.StaffError) -> Answer:
    """Answer that the bank's state does not allow it."""
    return refused(ApiError(409, "conflict", str(error)))


@api.errorhandler(ValidationError)
def malformed(error: ValidationError) -> Answer:
    """Name the first field at fault. The value itself is never repeated: it may be a secret."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[0]
    message = _MESSAGES.get(found["type"], "値が正しくありません。")
    field = ".".join(str(part) for part in found["loc"]) or None
    if found["type"] == "json_invalid":
        return refused(ApiError(400, "bad_json", message))
    where = f"{field}：" if field else ""
    return refused(ApiError(422, "invalid", where + message, field))


@api.errorhandler(HTTPException)
def other(error: HTTPException) -> Answer:
    """Answer with an error of the framework."""
    code = error.name.lower().replace(" ", "_")
    told = f"要求を受け付けられません（{error.name}）。"
    return refused(ApiError(error.code or 500, code, told))
