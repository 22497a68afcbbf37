"""Reading posted forms: each parameter once, nothing odd, CSRF token first."""

from __future__ import annotations

import re

from flask import request
from werkzeug.exceptions import BadRequest

from reference_impl.face.errors import BadFormError, ForgedFormError
from reference_impl.face.seal import csrf_ok

#: Largest body of an ordinary form in bytes. A stock import may be larger.
MAX_FORM_BYTES = 64 * 1024
CSRF_FIELD = "csrf_token"
FORM_ID_FIELD = "form_id"
_FORM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


def posted() -> dict[str, str]:
    """Return the posted parameters.

    Raises BadFormError if one was sent twice (which value counts would be a guess)
    or holds a NUL character (no keyboard sends it, and some databases choke).
    """
    try:
        lists = request.form.lists()
    except BadRequest as error:
        raise BadFormError("送信された内容を読み取れませんでした。") from error
    values: dict[str, str] = {}
    for name, given in lists:
        if len(given) != 1:
            raise BadFormError(
                "同じ項目が2回以上送信されました。もう一度画面から操作してください。"
            )
        if "\x00" in given[0] or "\x00" in name:
            raise BadFormError("使用できない文字が含まれています。もう一度入力してください。")
        values[name] = given[0]
    return values


def checked(holder: str | None, purpose: str) -> dict[str, str]:
    """Return the posted parameters after the CSRF check.

    Raises BadFormError, or ForgedFormError if the token is not that of ``holder``.
    """
    values = posted()
    if not holder or not csrf_ok(holder, purpose, values.get(CSRF_FIELD, "")):
        raise ForgedFormError
    return values


def form_id(values: dict[str, str]) -> str:
    """Return the one-time number of the form, or "" (a new submission) if malformed."""
    given = values.get(FORM_ID_FIELD, "")
    return given if _FORM_ID.match(given) else ""
