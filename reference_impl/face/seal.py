"""CSRF tokens and sealed notes, both keyed by a session's own random identifier.

A session identifier is 128 bits or more of chance that only its holder and
the bank know. Used as the key of an HMAC it yields tokens that nobody else
can make, that need no store, and that outlive a restart of the bank.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets


def new_id() -> str:
    """Return 256 bits of chance for a cookie or a form number, URL-safe."""
    return secrets.token_urlsafe(32)


def _mac(key: str, purpose: str, message: str = "") -> str:
    text = f"{purpose}\n{message}"
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def csrf_token(holder: str, purpose: str) -> str:
    """Return the token for forms of one session (OWASP: HMAC-based token pattern).

    ``holder`` is the session, pending-login or anonymous identifier from the
    cookie; ``purpose`` keeps tokens of different kinds of holder apart.
    """
    return _mac(holder, f"csrf:{purpose}")


def csrf_ok(holder: str, purpose: str, given: str) -> bool:
    """Tell whether a submitted token is the right one, in constant time."""
    expected = csrf_token(holder, purpose)
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def seal(holder: str, purpose: str, note: dict[str, str]) -> str:
    """Return a cookie value that carries a note only this session can present.

    The content is readable by its holder, so never put a secret into it.
    """
    body = base64.urlsafe_b64encode(json.dumps(note, ensure_ascii=False).encode()).decode()
    return f"{body}.{_mac(holder, f'seal:{purpose}', body)}"


def unseal(holder: str, purpose: str, value: str) -> dict[str, str] | None:
    """Return the note of a sealed cookie, or None if it is not this session's own."""
    body, _, mac = value.partition(".")
    expected = _mac(holder, f"seal:{purpose}", body)
    if not hmac.compare_digest(expected.encode(), mac.encode("utf-8", "replace")):
        return None
    try:
        note = json.loads(base64.urlsafe_b64decode(body.encode("ascii")))
    except (ValueError, binascii.Error):
        return None
    return {str(k): str(v) for k, v in note.items()} if isinstance(note, dict) else None
