"""TOTP by the cryptography library (RFC 6238 over RFC 4226, HMAC-SHA-1).

Deliberately another implementation than the one that plays the tokens in tests.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from reference_impl.domain.otp import CodeAt

SHORTEST_SECRET = 16
"""Bytes; RFC 4226 section 4, requirement R6."""


def code_at(secret: bytes, digits: int) -> CodeAt:
    """Return the function from time step to code of one seed. ValueError if it is too short."""
    generator = HOTP(secret, digits, SHA1())  # noqa: S303 - the algorithm of the tokens

    def at(step: int) -> str:
        return generator.generate(step).decode("ascii")

    return at
