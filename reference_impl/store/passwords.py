"""Passwords by argon2id (OWASP Password Storage Cheat Sheet; library defaults or more)."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 1024
"""Characters; anything longer is no password of ours and is not hashed whole."""


class Passwords:
    """Hashes and verifies. ``cheap``: parameters for tests only, never in production."""

    def __init__(self, *, cheap: bool) -> None:
        if cheap:
            self._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
        else:
            self._hasher = PasswordHasher(type=Type.ID)
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """Return the encoded hash of a password."""
        return self._hasher.hash(_raw(password))

    def verify(self, encoded: str | None, password: str) -> bool:
        """Tell whether a password fits. None costs one verification too and never fits."""
        too_long = len(password) > LONGEST
        try:
            self._hasher.verify(encoded or self._nobody, _raw(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
        return encoded is not None and not too_long


def _raw(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
