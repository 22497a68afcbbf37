"""Comparison of on-screen texts, as the specification's reading rules ask.

Two texts are the same when their normalised forms are equal: NFKC, no blanks
and brackets, no colons and arrows, one family of token words, no difference
of case (requirements section 0.3 rule 2; AMB-04, AMB-24, AMB-59).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_BRACKETS = "()「」『』【】[]"
_SEPARATORS = ":>→›»▶"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
# Icon fonts draw their pictures as private-use characters, which browsers count
# into the accessible name of a button.
_ICONS = range(0xE000, 0xF900)
_DROPPED = dict.fromkeys([*map(ord, _BRACKETS + _SEPARATORS + _INVISIBLE), *_ICONS])
# NFKC turns the full-width tilde into ~ but leaves the wave dash, which input
# methods and fonts use for the same thing (8～12桁, AMB-56).
_SAME_SIGN = {ord("〜"): "~"}
_FAMILIES = (
    ("ソフトウェアトークン", "ソフトトークン"),
    ("ハードウェアトークン", "ハードトークン"),
)
_CUT_OUT = "ウェア"
_LATIN_MARKS = range(0x0300, 0x0370)
_KANA_MARKS = (0x3099, 0x309A)


def _fold_once(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = folded.translate(_DROPPED).translate(_SAME_SIGN)
    return "".join(folded.split())


_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """Return a text for a report: what XML 1.0 cannot carry is replaced by U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def normalise(text: str) -> str:
    """Return the form in which on-screen texts are compared.

    Idempotent. Taking blanks away can bring a letter and its mark together
    (カ゛), hence the repetition until nothing changes any more.
    """
    before, folded = text, _fold_once(text)
    while folded != before:
        before, folded = folded, _fold_once(folded)
    for long, short in _FAMILIES:
        folded = folded.replace(long, short)
    return folded


def squeeze(text: str) -> str:
    """Return text with every run of blanks as one."""
    return " ".join(text.split())


def same(text: str, variants: Iterable[str]) -> bool:
    """Tell whether a text equals one of the variants after `normalise`."""
    wanted = normalise(text)
    return any(normalise(variant) == wanted for variant in variants)


def contains(text: str, variants: Iterable[str]) -> bool:
    """Tell whether a text contains one of the variants after `normalise`.

    A variant that normalises to nothing is contained nowhere: an empty label
    in a declaration must not make every page pass.
    """
    whole = normalise(text)
    return any(part in whole for part in map(normalise, variants) if part)


@lru_cache(maxsize=1)
def _written_forms() -> dict[str, str]:
    """Return normalised character -> all BMP characters that normalise to it.

    The key "" holds everything that is dropped. Characters that stand for
    several letters at once (㌔, ㍿) and those outside the BMP are left out.
    """
    forms: dict[str, list[str]] = {}
    for code in range(0x10000):
        if 0xD800 <= code <= 0xDFFF:
            continue
        folded = normalise(chr(code))
        if len(folded) <= 1:
            forms.setdefault(folded, []).append(chr(code))
    return {folded: "".join(written) for folded, written in forms.items()}


def _sign(code: int) -> str:
    return chr(code) if chr(code).isalnum() else f"\\u{code:04x}"


def _class(characters: Iterable[str]) -> str:
    """Return a character class that Python and JavaScript read alike."""
    codes = sorted(set(map(ord, characters)))
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    signs = [_sign(a) if a == b else f"{_sign(a)}-{_sign(b)}" for a, b in ranges]
    return "[" + "".join(signs) + "]"


@lru_cache(maxsize=1)
def _skip() -> str:
    return _class(_written_forms()[""]) + "*"


def _one(character: str) -> str:
    """Return the pattern of one normalised character in any written form."""
    direct = _class(_written_forms().get(character, character))
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 1:
        return direct
    composed = _skip().join(_class(_written_forms().get(part, part)) for part in parts)
    return f"(?:{direct}|{composed})"


def _sequence(normalised: str) -> str:
    return _skip().join(map(_one, normalised))


def _body(normalised: str) -> str:
    """Return the pattern of a normalised text, in both families of words."""
    parts = re.split("(" + "|".join(short for _, short in _FAMILIES) + ")", normalised)
    longs = {short: long for long, short in _FAMILIES}
    patterns = []
    for part in filter(None, parts):
        if part in longs:
            stem, rest = part[:-4], part[-4:]
            infix = f"(?:{_skip()}{_sequence(_CUT_OUT)})?"
            patterns.append(f"{_sequence(stem)}{infix}{_skip()}{_sequence(rest)}")
        else:
            patterns.append(_sequence(part))
    return _skip().join(patterns)


def _not_swallowed(normalised: str) -> str:
    """Return a look-ahead: the text goes on in no way that changes the match.

    A mark that follows would make another letter of the last one (か, ゛), and
    ソフトウェア that goes on with トークン is the other family's word.
    """
    last = normalised[-1]
    marks = [
        written
        for code in (*_LATIN_MARKS, *_KANA_MARKS)
        if len(unicodedata.normalize("NFC", last + chr(code))) == 1
        for written in _written_forms().get(chr(code), chr(code))
    ]
    guards = [_skip() + _class(marks)] if marks else []
    guards += [
        _skip() + _sequence(long[length:])
        for long, short in _FAMILIES
        for length in range(len(short) - 3, len(long))
        if normalised.endswith(long[:length])
    ]
    return f"(?!{'|'.join(guards)})" if guards else ""


def label_pattern(variants: Iterable[str], *, whole: bool) -> re.Pattern[str]:
    """Return a regular expression that finds a label in unprepared text.

    It matches (by ``search``) what `same` (``whole``) or `contains` would
    accept, and means the same in Python and in JavaScript without flags: no
    look-behind, no inline flags, every sign outside letters and digits
    escaped. Not tolerated: characters standing for several letters (㍿), and
    variants that begin in the middle of a family's word (ウェアトークン).

    Raises `ValueError` when no variant has a letter left after `normalise`.
    """
    wanted = sorted({n for n in map(normalise, variants) if n}, key=lambda n: (-len(n), n))
    if not wanted:
        raise ValueError("label_pattern needs at least one variant with a letter in it")
    if whole:
        return re.compile(f"^{_skip()}(?:{'|'.join(map(_body, wanted))}){_skip()}$")
    return re.compile("|".join(_body(n) + _not_swallowed(n) for n in wanted))
