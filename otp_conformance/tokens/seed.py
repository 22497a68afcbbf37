"""A token's seed as people write it: Base32 or hexadecimal."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Literal

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
    if len(seed) < LEAST_SEED_BYTES:
        raise SeedError(
            f"{len(seed) * 8} ビットしかありません（{LEAST_SEED_BYTES * 8} ビット以上が必要です）"
        )
    return seed


def _not(written: SeedFormat) -> str:
    return "16進ではありません" if written == "hex" else "Base32 ではありません"
