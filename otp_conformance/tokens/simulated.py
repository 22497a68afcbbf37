"""A simulated token: what a key fob computes, from its seed (RFC 6238).

pyotp is the suite's oracle. It is never asked for the present time: every code
is computed for a moment that the caller names.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime

import pyotp

from otp_conformance.clock.steered import require_aware
from otp_conformance.tokens.port import TokenAsset

_DIGESTS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}


def learn_nothing(_secret: str) -> None:
    """Take no note of a secret: for callers that write nothing down."""


class SimulatedToken:
    """A token in somebody's hand (port `TokenDevice`). Never shows its seed.

    ``digits``, ``step_seconds`` and ``algorithm`` (SHA1, SHA256, SHA512) as
    declared (IX-06, IX-07, IX-11).
    ``on_secret`` is told every code before it is returned, so that the
    journal's masking knows it.
    """

    def __init__(
        self,
        asset: TokenAsset,
        seed: bytes,
        *,
        digits: int,
        step_seconds: int,
        algorithm: str = "SHA1",
        on_secret: Callable[[str], None] = learn_nothing,
    ) -> None:
        self._asset = asset
        self._totp = pyotp.TOTP(
            base64.b32encode(seed).decode(),
            digits=digits,
            interval=step_seconds,
            digest=_DIGESTS[algorithm],
        )
        self._on_secret = on_secret

    @property
    def asset(self) -> TokenAsset:
        """What is printed on the token."""
        return self._asset

    @property
    def foresees(self) -> bool:
        """Who has the seed knows every code."""
        return True

    def code_at(self, moment: datetime) -> str:
        """Return the code shown at an aware moment; `ValueError` for a naive one."""
        code = self._totp.at(require_aware(moment))
        self._on_secret(code)
        return code

    def __repr__(self) -> str:
        return f"SimulatedToken({self._asset.kind.value}, serial={self._asset.serial})"
