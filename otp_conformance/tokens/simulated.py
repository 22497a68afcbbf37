"""A simulated token: what a key fob computes, from its seed (RFC 6238).

pyotp is the suite's oracle. It is never asked for the present time: every code
is computed for a moment that the caller names.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Literal

import pyotp

from otp_conformance.clock.port import require_aware
from otp_conformance.tokens.port import Display, TokenAsset

_DIGESTS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}


def learn_nothing(_secret: str) -> None:
    """Take no note of a secret: for callers that write nothing down."""


class SimulatedToken:
    """A token in somebody's hand (port `TokenDevice`). Never shows its seed.

    ``on_secret`` is told every code before it is returned, so that the
    journal's masking knows it.
    """

    def __init__(
        self,
        asset: TokenAsset,
        seed: bytes,
        display: Display,
        *,
        on_secret: Callable[[str], None] = learn_nothing,
    ) -> None:
        self._asset = asset
        self._totp = pyotp.TOTP(
            base64.b32encode(seed).decode(),
            digits=display.digits,
            interval=display.step_seconds,
            digest=_DIGESTS[display.algorithm],
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


SeedFormat = Literal["auto", "base32", "hex"]

# RFC 4226 section 4, R6: at least 128 bits. Older fobs have 112, below which the
# oracle refuses to compute.
LEAST_SEED_BYTES = 14

_HEX = re.compile(r"[0-9A-Fa-f]+")
_BASE32 = re.compile(r"[A-Za-z2-7]+")


class SeedError(ValueError):
    """A seed cannot be read. The message (Japanese) never holds it."""


def read_seed(text: str, written: SeedFormat = "auto") -> bytes:
    """Return the bytes of a written seed; blanks, hyphens and padding do not count.

    ``auto`` takes the one notation that fits. Raises `SeedError` when none does,
    when both do, and for fewer than 14 bytes.
    """
    compact = re.sub(r"[\s-]", "", text).rstrip("=")
    as_hex = bool(_HEX.fullmatch(compact)) and len(compact) % 2 == 0
    as_base32 = bool(_BASE32.fullmatch(compact))
    if written == "auto" and as_hex and as_base32:
        raise SeedError(
            "Base32 とも16進とも読めます（adapters.tokens.seed_format に base32 か hex を"
            "書いてください）"
        )
    if as_hex and written != "base32":
        seed = bytes.fromhex(compact)
    elif as_base32 and written != "hex":
        try:
            seed = base64.b32decode(compact.upper() + "=" * (-len(compact) % 8))
        except binascii.Error:
            raise SeedError("Base32 の文字数ではありません") from None
    else:
        raise SeedError("Base32 でも16進でもありません" if written == "auto" else _not(written))
    return long_enough(seed)


def long_enough(seed: bytes) -> bytes:
    """Return a seed that codes can be computed from. Raises `SeedError` for fewer than 14 bytes."""
    if len(seed) < LEAST_SEED_BYTES:
        raise SeedError(
            f"{len(seed) * 8} ビットしかありません（{LEAST_SEED_BYTES * 8} ビット以上が必要です）"
        )
    return seed


def _not(written: SeedFormat) -> str:
    return "16進ではありません" if written == "hex" else "Base32 ではありません"
