"""Errors of the API: one JSON shape, a Japanese message, the field at fault."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from reference_impl.service.contract import StaffError

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
}
_DATE_MESSAGE = "RFC 3339 の時刻（例 2026-11-24T10:00:20+09:00）にしてください。"


class ApiError(Exception):
    """A refused request."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field


def answer(error: ApiError) -> tuple[Response, int]:
    """Return the error as the API's JSON."""
    content = {"code": error.code, "message": error.message, "field": error.field}
    return jsonify({"error": content}), error.status


def install(blueprint: Blueprint) -> None:
    """Turn every expected exception of the views into the API's JSON."""

    @blueprint.errorhandler(ApiError)
    def refused(error: ApiError) -> tuple[Response, int]:
        return answer(error)

    @blueprint.errorhandler(StaffError)
    def impossible(error: StaffError) -> tuple[Response, int]:
        return answer(ApiError(409, "conflict", str(error)))

    @blueprint.errorhandler(ValidationError)
    def malformed(error: ValidationError) -> tuple[Response, int]:
        return answer(_first(error))

    @blueprint.errorhandler(HTTPException)
    def other(error: HTTPException) -> tuple[Response, int]:
        status = error.code or 500
        code = error.name.lower().replace(" ", "_")
        return answer(ApiError(status, code, f"要求を受け付けられません（{error.name}）。"))


def _first(error: ValidationError) -> ApiError:
    """Name the first field at fault. The value itself is never repeated: it may be a secret."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[0]
    kind = found["type"]
    if kind.startswith("datetime"):
        message = _DATE_MESSAGE
    else:
        message = _MESSAGES.get(kind, "値が正しくありません。")
    field = ".".join(str(part) for part in found["loc"]) or None
    if kind == "json_invalid":
        return ApiError(400, "bad_json", message)
    where = f"{field}：" if field else ""
    return ApiError(422, "invalid", where + message, field)
