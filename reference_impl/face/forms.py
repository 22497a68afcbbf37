"""Cookies, CSRF tokens, sealed notes, and posted forms: each parameter once, nothing odd.

A session identifier is 256 bits of chance that only its holder and the bank
know. As the key of itsdangerous it yields tokens and seals that nobody else can
make, that need no store, and that outlive a restart of the bank.
"""

import hashlib
import re
import secrets

from flask import Response, make_response, redirect, request
from itsdangerous import BadData, Signer, URLSafeSerializer
from werkzeug.exceptions import BadRequest

from reference_impl.face.errors import ShownError

#: Largest body of a request in bytes. Only a stock import may be larger.
MAX_FORM_BYTES = 64 * 1024
_LONGEST_COOKIE = 200
_FORM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_UNACCEPTABLE = "入力内容を受け付けられません"
_SHA256 = {"digest_method": hashlib.sha256}


def new_id() -> str:
    """Return 256 bits of chance for a cookie or a form number, URL-safe."""
    return secrets.token_urlsafe(32)


def cookie(name: str) -> str:
    """Return the identifier in a cookie, or "" if it cannot be one of the bank's own."""
    value = request.cookies.get(name, "")
    sane = len(value) <= _LONGEST_COOKIE and value.isascii() and value.isprintable()
    return value if sane else ""


def remember(response: Response, name: str, value: str, path: str = "/") -> None:
    """Set a cookie for this browser session, out of reach of scripts and other sites.

    Without expiry: how long a session lives is for the server's clock to say.
    """
    response.set_cookie(
        name, value, path=path, httponly=True, samesite="Lax", secure=request.is_secure
    )


def forget(response: Response, name: str, path: str = "/") -> None:
    """Delete a cookie."""
    response.delete_cookie(name, path=path, httponly=True, samesite="Lax", secure=request.is_secure)


def moved(address: str) -> Response:
    """Redirect so that a reload repeats no action (Post/Redirect/Get)."""
    return make_response(redirect(address, 303))


def csrf_token(holder: str, purpose: str) -> str:
    """Return the token for forms of one session (OWASP: HMAC-based token pattern).

    ``holder`` is the session, pending-login or anonymous identifier from the
    cookie; ``purpose`` keeps tokens of different kinds of holder apart.
    """
    return _signer(holder, purpose).get_signature(b"").decode()


def csrf_ok(holder: str, purpose: str, given: str) -> bool:
    """Tell whether a submitted token is the right one, in constant time."""
    return given.isascii() and _signer(holder, purpose).verify_signature(b"", given)


def _signer(holder: str, purpose: str) -> Signer:
    return Signer(holder, f"csrf:{purpose}", digest_method=hashlib.sha256)


def seal(holder: str, purpose: str, note: dict[str, str]) -> str:
    """Return a cookie value that carries a note only this session can present.

    The content is readable by its holder, so never put a secret into it.
    """
    return _serializer(holder, purpose).dumps(note)


def unseal(holder: str, purpose: str, value: str) -> dict[str, str] | None:
    """Return the note of a sealed cookie, or None if it is not this session's own."""
    try:
        note: dict[str, str] = _serializer(holder, purpose).loads(value)
    except BadData:
        return None
    return note


def _serializer(holder: str, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(holder, f"seal:{purpose}", signer_kwargs=_SHA256)


def checked(holder: str | None, purpose: str) -> dict[str, str]:
    """Return the posted parameters after the CSRF check.

    ShownError (400) if one was sent twice (which value counts would be a guess) or
    holds a NUL character (no keyboard sends it); ShownError (403, ASVS 3.5.1) if the
    token is not that of ``holder``.
    """
    try:
        lists = request.form.lists()
    except BadRequest as error:
        raise ShownError(400, _UNACCEPTABLE, "送信された内容を読み取れませんでした。") from error
    values: dict[str, str] = {}
    for name, given in lists:
        if len(given) != 1:
            why = "同じ項目が2回以上送信されました。もう一度画面から操作してください。"
            raise ShownError(400, _UNACCEPTABLE, why)
        if "\x00" in given[0] or "\x00" in name:
            why = "使用できない文字が含まれています。もう一度入力してください。"
            raise ShownError(400, _UNACCEPTABLE, why)
        values[name] = given[0]
    if not holder or not csrf_ok(holder, purpose, values.get("csrf_token", "")):
        raise ShownError(
            403,
            "お手続きを受け付けられません",
            "画面の有効期限が切れているか、正しい画面から送信されていません。"
            "お手数ですが、はじめの画面からもう一度操作してください。",
        )
    return values


def form_id(values: dict[str, str]) -> str:
    """Return the one-time number of the form, or "" (a new submission) if malformed."""
    given = values.get("form_id", "")
    return given if _FORM_ID.match(given) else ""
