"""A simulated token: what a key fob computes, from its seed (RFC 6238).

pyotp is the suite's oracle. It is never asked for the present time: every code
is computed for a moment that the caller names.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

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

    def shown_with(self, step_seconds: int, moment: datetime) -> str:
        """Return the code of an aware moment if the token's step had this length (a secret)."""
        totp = self._totp
        other = pyotp.TOTP(
            totp.secret, digits=totp.digits, digest=totp.digest, interval=step_seconds
        )
        code = other.at(require_aware(moment))
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
# Ways in which nobody writes Base32: 0x…, and pairs between colons or commas.
_SURELY_HEX = re.compile(
    r"\s*(0[xX].*|[0-9A-Fa-f]{2}(\s*[:,]\s*[0-9A-Fa-f]{2})+[:,]?\s*)", re.DOTALL
)
_SIGNS_BETWEEN = re.compile(r"0[xX]|[\s:,-]")
_ADDRESS = "otpauth://"
_FORMS = (
    "（書けるのは、Base32（例 GEZDGNBV…）、16進（例 31323334… や 31:32:33:34…）、"
    "otpauth:// で始まるアドレスです）"
)
_NAMES = {"hex": "16進では", "base32": "Base32 では"}


class SeedError(ValueError):
    """A seed cannot be read. The message (Japanese) never holds it."""


def read_seed(text: str, written: SeedFormat = "auto", display: Display | None = None) -> bytes:
    """Return the bytes of a written seed; blanks, hyphens, colons and padding do not count.

    ``auto`` takes the one notation that fits. An address ``otpauth://…`` holds Base32
    whatever is declared, and must not speak of another ``display``. Raises `SeedError`
    when no notation fits, when two do, and for fewer than 14 bytes.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain[: len(_ADDRESS)].lower() == _ADDRESS:
        return _in_address(plain, display)
    surely_hex = bool(_SURELY_HEX.fullmatch(plain))
    compact = _SIGNS_BETWEEN.sub("", plain) if surely_hex else re.sub(r"[\s-]", "", plain)
    compact = compact.rstrip("=")
    as_hex = bool(_HEX.fullmatch(compact)) and len(compact) % 2 == 0
    as_base32 = bool(_BASE32.fullmatch(compact)) and not surely_hex
    if written == "auto" and as_hex and as_base32:
        raise SeedError(
            "Base32 とも16進とも読めます（adapters.tokens.seed_format に base32 か hex を"
            "書いてください）"
        )
    if as_hex and written != "base32":
        seed = bytes.fromhex(compact)
    elif as_base32 and written != "hex":
        seed = _base32(compact)
    else:
        named = "Base32 でも16進でも" if written == "auto" else _NAMES[written]
        raise SeedError(f"{named}ありません{_FORMS}")
    return long_enough(seed)


def _base32(compact: str) -> bytes:
    try:
        return base64.b32decode(compact.upper() + "=" * (-len(compact) % 8))
    except binascii.Error:
        raise SeedError("Base32 の文字数ではありません") from None


def _in_address(address: str, display: Display | None) -> bytes:
    """Return the seed of an address ``otpauth://totp/…?secret=…``.

    (Key URI Format of the google-authenticator project; what it leaves out is not compared.)
    """
    parts = urlsplit(address)
    if parts.netloc.lower() != "totp":
        raise SeedError("otpauth:// のアドレスが、時刻同期型（totp）のものではありません")
    values = {name.lower(): value for name, value in parse_qsl(parts.query)}
    if display is not None:
        declared = {
            "period": (str(display.step_seconds), "otp.step_seconds"),
            "digits": (str(display.digits), "otp.digits"),
            "algorithm": (display.algorithm, "adapters.tokens.algorithm"),
        }
        for name, (wanted, key) in declared.items():
            if values.get(name, wanted).upper() != wanted:
                raise SeedError(
                    f"otpauth:// のアドレスの {name} が、宣言の {key} = {wanted} と違います"
                )
    compact = re.sub(r"[\s=-]", "", values.get("secret", ""))
    if not _BASE32.fullmatch(compact):
        raise SeedError("otpauth:// のアドレスに、Base32 の secret= がありません")
    return long_enough(_base32(compact))


def long_enough(seed: bytes) -> bytes:
    """Return a seed that codes can be computed from. Raises `SeedError` for fewer than 14 bytes."""
    if len(seed) < LEAST_SEED_BYTES:
        raise SeedError(
            f"{len(seed) * 8} ビットしかありません（{LEAST_SEED_BYTES * 8} ビット以上が必要です）"
        )
    return seed
