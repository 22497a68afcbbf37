"""Encodings by the names that pages and files give them, read as browsers read them.

What calls itself Shift_JIS or EUC-JP holds Windows' letters (①, ～, 髙), too; so says the
Encoding Standard (https://encoding.spec.whatwg.org/), which Python's codecs do not follow.
"""

from __future__ import annotations

import codecs

_WINDOWS = dict.fromkeys(
    ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"), "cp932"
)
_BY_WINDOWS = "otp-conformance-euc-by-windows"
_HIGH = 0xA1


def codec_of(name: str) -> str:
    """Return Python's name for an encoding that a page or file declares, as it is if unknown."""
    return _WINDOWS.get(name.strip().lower(), name.strip())


def read(content: bytes, name: str) -> str:
    """Return a page's text; what cannot be read becomes U+FFFD.

    LookupError for an encoding that nobody knows.
    """
    codec = codecs.lookup(codec_of(name)).name
    return content.decode(codec, _BY_WINDOWS if codec == "euc_jp" else "replace")


def _by_windows(error: UnicodeError) -> tuple[str, int]:
    """Read two bytes of EUC-JP by the table that Windows has for the same place."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = error.object[error.start : error.start + 2]
    if len(pair) < 2 or min(pair) < _HIGH:
        return "\ufffd", error.start + 1
    row, cell = pair[0] - _HIGH, pair[1] - _HIGH
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    trail = cell + 0x9F if row % 2 else cell + (0x40 if cell < 63 else 0x41)
    return bytes((lead, trail)).decode("cp932", "replace"), error.start + 2


codecs.register_error(_BY_WINDOWS, _by_windows)
