"""The JSON API behind the single-page client. Strict about what it reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, make_response, request

from reference_impl.domain.words import Kind, Refusal, Refused, Status
from reference_impl.face.forms import new_id
from reference_impl.service import login, procedures
from reference_impl.service.bank import Bank
from reference_impl.service.login import LoginOk
from workshop.second_bank.words import STATUS_WORDS, told

SESSION = "hokuto_sid"
KEY_HEADER = "Idempotency-Key"
CSRF_HEADER = "X-Hokuto"
NOT_NOW = frozenset(
    {
        Refusal.NOT_ISSUED,
        Refusal.ALREADY_ISSUED,
        Refusal.IN_SERVICE,
        Refusal.NOTHING_TO_DEACTIVATE,
        Refusal.TOO_EARLY,
        Refusal.HW_TO_SW,
        Refusal.UNKNOWN_KIND,
        Refusal.ACTIVATION_LIMIT,
    }
)
_JAPAN = ZoneInfo("Asia/Tokyo")
_LONGEST = 8 * 1024


class ProblemError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.content = {"code": code, "message": message}


def refusal(refused: Refused) -> ProblemError:
    """Return the answer that tells a refusal of the bank."""
    status = 403 if refused.reason in NOT_NOW else 422
    if refused.reason is Refusal.SUSPENDED:
        status = 423
    return ProblemError(status, refused.reason.value, told(refused.reason))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError("a name twice")
    return dict(pairs)


def body() -> dict[str, str]:
    """Return the posted texts. ProblemError for anything the client never sends."""
    if request.mimetype != "application/json" or request.headers.get(CSRF_HEADER) != "1":
        raise ProblemError(415, "bad_request", "この要求は受け付けられません。")
    try:
        found = json.loads(request.get_data(as_text=True)[:_LONGEST], object_pairs_hook=_once)
    except ValueError as error:
        raise ProblemError(400, "bad_request", "送信内容を読み取れません。") from error
    if not isinstance(found, dict) or not all(
        isinstance(value, str) and "\0" not in value for value in found.values()
    ):
        raise ProblemError(400, "bad_request", "送信内容を読み取れません。")
    return found


def blueprint(bank: Bank) -> Blueprint:
    """Return the API under /api."""
    api = Blueprint("customer_api", __name__, url_prefix="/api")
    desk = _Desk(bank)
    routes: tuple[tuple[str, str, Callable[[], Response]], ...] = (
        ("POST", "/login", desk.login),
        ("POST", "/logout", desk.logout),
        ("GET", "/me", desk.me),
        ("GET", "/card", desk.portal),
        ("GET", "/apply", desk.may_apply),
        ("POST", "/apply", desk.apply),
        ("GET", "/start", desk.may_start),
        ("POST", "/start", desk.start),
        ("GET", "/stop", desk.may_stop),
        ("POST", "/stop", desk.stop),
    )
    for method, path, view in routes:
        api.add_url_rule(path, f"{method}{path}".lower(), view, methods=[method])

    @api.errorhandler(ProblemError)
    def problem(error: ProblemError) -> tuple[Response, int]:
        return jsonify(error.content), error.status

    @api.after_request
    def fresh(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    return api


class _Desk:
    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def _customer(self) -> int:
        found = login.session(self._bank, request.cookies.get(SESSION, "")[:200])
        if found is None:
            raise ProblemError(401, "login", "ログインしてください。")
        return found

    @staticmethod
    def _stop_if(refused: Refused | None) -> None:
        if refused is not None:
            raise refusal(refused)

    @staticmethod
    def _key() -> str:
        return request.headers.get(KEY_HEADER, "")[:64] or new_id()

    def login(self) -> Response:
        values = body()
        answer = login.authenticate(
            self._bank,
            values.get("member", ""),
            values.get("pass", ""),
            values.get("number", ""),
            self._key(),
        )
        if isinstance(answer, Refused):
            raise refusal(answer)
        assert isinstance(answer, LoginOk)  # one page: never a second question
        login.close_session(self._bank, request.cookies.get(SESSION, "")[:200])
        response = make_response(jsonify(ok=True))
        response.set_cookie(
            SESSION,
            login.open_session(self._bank, answer.customer_id),
            httponly=True,
            samesite="Strict",
        )
        return response

    def logout(self) -> Response:
        body()
        login.close_session(self._bank, request.cookies.get(SESSION, "")[:200])
        response = make_response(jsonify(ok=True))
        response.delete_cookie(SESSION, httponly=True, samesite="Strict")
        return response

    def me(self) -> Response:
        return jsonify(name=procedures.portal(self._bank, self._customer()).name)

    def portal(self) -> Response:
        customer = self._customer()
        status = procedures.portal(self._bank, customer).status
        status = Status.IN_SERVICE if status is Status.SUSPENDED else status
        return jsonify(
            status=STATUS_WORDS[status],
            open={
                "apply": procedures.may_issue(self._bank, customer) is None,
                "start": procedures.may_activate(self._bank, customer) is None,
                "stop": procedures.may_deactivate(self._bank, customer) is None,
            },
        )

    def may_apply(self) -> Response:
        kind = request.args.get("kind")
        if kind is not None and kind not in set(Kind):
            raise refusal(Refused(Refusal.UNKNOWN_KIND))
        chosen = None if kind is None else Kind(kind)
        self._stop_if(procedures.may_issue(self._bank, self._customer(), chosen))
        return jsonify(kind=kind)

    def apply(self) -> Response:
        customer, values = self._customer(), body()
        answer = procedures.issue(
            self._bank, customer, values.get("kind", ""), values.get("confirm", ""), self._key()
        )
        if isinstance(answer, Refused):
            raise refusal(answer)
        return jsonify(kind=answer.kind.value)

    def may_start(self) -> Response:
        customer = self._customer()
        self._stop_if(procedures.may_activate(self._bank, customer))
        kind = procedures.portal(self._bank, customer).kind or Kind.HARDWARE
        return jsonify(kind=kind.value)

    def start(self) -> Response:
        customer, values = self._customer(), body()
        answer = procedures.activate(
            self._bank, customer, values.get("serial", ""), values.get("number", ""), self._key()
        )
        if isinstance(answer, Refused):
            raise refusal(answer)
        until = answer.expires_at.astimezone(_JAPAN).strftime("%Y/%m/%d %H:%M")
        return jsonify(kind=answer.kind.value, serial=answer.serial, until=until)

    def may_stop(self) -> Response:
        customer = self._customer()
        self._stop_if(procedures.may_deactivate(self._bank, customer))
        return jsonify(asksNumber=procedures.portal(self._bank, customer).deactivation_asks_otp)

    def stop(self) -> Response:
        customer, values = self._customer(), body()
        asks = procedures.portal(self._bank, customer).deactivation_asks_otp
        number = values.get("number", "") if asks else None
        answer = procedures.deactivate(
            self._bank, customer, values.get("confirm", ""), number, self._key()
        )
        if isinstance(answer, Refused):
            raise refusal(answer)
        return jsonify(kind=answer.kind.value)
