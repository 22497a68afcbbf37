"""Forty shapes in which a product may repeat a secret, and what they are called."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import quote

Shape = Callable[[str], str]


def _digits_from(zero: int) -> Shape:
    """Digits of another script; letters stay as they are."""
    return lambda s: "".join(chr(zero + int(c)) if c.isdecimal() else c for c in s)


def _each(how: Callable[[str], str], between: str = "") -> Shape:
    return lambda s: between.join(map(how, s))


def _halves(between: str) -> Shape:
    return lambda s: f"{s[: len(s) // 2]}{between}{s[len(s) // 2 :]}"


def _swapped_halves(s: str) -> str:
    return f"後半は {s[len(s) // 2 :]} で、前半は {s[: len(s) // 2]}"


def _grouped(size: int, between: str) -> Shape:
    return lambda s: between.join(s[i : i + size] for i in range(0, len(s), size))


SHAPES: dict[str, Shape] = {
    "as it is": str,
    "in a sentence": lambda s: f"あなたの値は「{s}」です",
    "blanks": _each(str, " "),
    "ideographic blanks": _each(str, "\u3000"),
    "no-break blanks": _each(str, "\u00a0"),
    "dashes": _each(str, "-"),
    "dots": _each(str, "."),
    "middle dots": _each(str, "・"),
    "slashes": _each(str, "/"),
    "commas and blanks": _each(str, ", "),
    "line breaks": _each(str, "\n"),
    "brackets": lambda s: "".join(f"[{c}]" for c in s),
    "groups of three": _grouped(3, " "),
    "groups of two": _grouped(2, "-"),
    "thousands": _grouped(3, ","),
    "zero-width blanks": _each(str, "\u200b"),
    "word joiners": _each(str, "\u2060"),
    "soft hyphens": _each(str, "\u00ad"),
    "marks of direction": _each(str, "\u200e"),
    "zero-width and blanks": _each(str, "\u200b \u200b"),
    "backwards": lambda s: s[::-1],
    "backwards, spaced": lambda s: " ".join(s[::-1]),
    "halves in a sentence": lambda s: _halves("、続いて後半は ")(f"{s}"),
    "halves on two lines": _halves("\n"),
    "halves swapped": _swapped_halves,
    "upper case": str.upper,
    "lower case": str.lower,
    "case swapped": str.swapcase,
    "full width": lambda s: "".join(chr(ord(c) + 0xFEE0) for c in s),
    "Arabic digits": _digits_from(0x660),
    "Devanagari digits": _digits_from(0x966),
    "mathematical digits": _digits_from(0x1D7CE),
    "percent": _each(lambda c: f"%{ord(c):02x}"),
    "percent twice": _each(lambda c: f"%25{ord(c):02X}"),
    "percent in a URL": lambda s: "/next?to=%2Fa%3Fcode%3D" + quote(s, safe=""),
    "HTML decimal": _each(lambda c: f"&#{ord(c)};"),
    "HTML hexadecimal": _each(lambda c: f"&#x{ord(c):x};"),
    "JSON": _each(lambda c: f"\\u{ord(c):04x}"),
    "JSON in JSON": _each(lambda c: f"\\\\u{ord(c):04X}"),
    "bytes of a script": _each(lambda c: f"\\x{ord(c):02x}"),
    "braced": _each(lambda c: f"\\u{{{ord(c):x}}}"),
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 of more": lambda s: base64.b64encode(f'{{"otp":"{s}"}}'.encode()).decode(),
    "base64 of base64": lambda s: base64.b64encode(base64.b64encode(s.encode())).decode(),
    "base32": lambda s: base64.b32encode(s.encode()).decode(),
    "base32, small": lambda s: base64.b32encode(s.encode()).decode().lower().rstrip("="),
    "hexadecimal": lambda s: s.encode().hex(),
    "hexadecimal, spaced": lambda s: s.encode().hex(" "),
    "hexadecimal, by colons": lambda s: s.encode().hex(":").upper(),
}
