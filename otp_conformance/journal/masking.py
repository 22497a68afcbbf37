"""Keeps passwords, seeds and codes out of everything that is written down."""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from urllib.parse import quote, quote_plus

MASK = "＊＊＊"

_DIGITS = re.compile(r"\d+")
_SHORT = 4
_LONGEST_CODE = 12  # longer runs of digits may be a seed in hex
_LEAST_SEED_BYTES = 10


class Masker:
    """Replaces registered secrets by ＊＊＊ in any text.

    A secret of digits alone (a code, a PIN) is replaced only where it is a
    whole run of digits, half or full width, so that serials, years and line
    numbers that merely contain it survive. Any other secret is replaced
    wherever it stands, also URL-encoded, HTML-escaped, in hex, base32 and
    base64; a base32 or hex seed also in the other two notations.
    A non-digit secret of fewer than 4 characters is replaced as a whole word only.
    """

    def __init__(self) -> None:
        self._codes: set[str] = set()
        self._forms: set[str] = set()
        self._ordered: list[str] = []
        self._words: set[str] = set()

    def add(self, *secrets: str) -> None:
        """Register secrets; empty ones are ignored."""
        known = len(self._forms)
        for secret in secrets:
            if not secret.strip():
                continue
            if secret.isdecimal():
                self._codes.add(unicodedata.normalize("NFKC", secret))
            if secret.isdecimal() and len(secret) <= _LONGEST_CODE:
                continue
            if len(secret) < _SHORT:
                self._words.add(secret)
            else:
                self._forms |= {form for form in _forms(secret) if len(form) >= _SHORT}
        if len(self._forms) > known:  # codes come by the thousand, and are no forms
            self._ordered = sorted(self._forms, key=lambda form: (-len(form), form))

    def mask(self, text: str) -> str:
        """Return the text without any registered secret."""
        for form in self._ordered:
            if form in text:
                text = text.replace(form, MASK)
        for word in self._words:
            if word in text:
                text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", MASK, text)
        return _DIGITS.sub(self._mask_run, text) if self._codes else text

    def _mask_run(self, match: re.Match[str]) -> str:
        run = match.group()
        return MASK if unicodedata.normalize("NFKC", run) in self._codes else run


def _forms(secret: str) -> set[str]:
    full_width = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in secret)
    forms = {secret, full_width, html.escape(secret), quote(secret, safe=""), quote_plus(secret)}
    forms |= _notations(secret.encode())
    for seed in _as_seed(secret):
        forms |= _notations(seed)
    lower_percent = {re.sub("%[0-9A-F]{2}", lambda m: m.group().lower(), f) for f in forms}
    return forms | lower_percent


def _notations(raw: bytes) -> set[str]:
    b32 = base64.b32encode(raw).decode()
    b64 = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    plain = {raw.hex(), raw.hex().upper(), b32, b32.lower()} | b64
    plain |= {form.rstrip("=") for form in plain}
    return plain | {quote(form, safe="") for form in plain if not form.isalnum()}


def _as_seed(text: str) -> list[bytes]:
    seeds: list[bytes] = []
    compact = re.sub(r"[\s-]", "", text).upper().rstrip("=")
    try:
        seeds.append(base64.b32decode(compact + "=" * (-len(compact) % 8)))
    except ValueError:
        seeds.clear()  # not base32; it may still be hex
    if len(compact) % 2 == 0 and re.fullmatch("[0-9A-F]+", compact):
        seeds.append(bytes.fromhex(compact))
    return [seed for seed in seeds if len(seed) >= _LEAST_SEED_BYTES]
