"""Comparison of on-screen texts, as the specification's reading rules ask.

Two texts are the same when their normalised forms are equal: NFKC, no blanks
and brackets, no colons and arrows, one family of token words, no difference
of case (requirements section 0.3 rule 2; AMB-04, AMB-24, AMB-59).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_BRACKETS = "()「」『』【】[]"
_SEPARATORS = ":>→›»▶"
# Signs that stand before a title or a caption to set it off, and name nothing.
_ORNAMENTS = "■□●◆◇▲△▼▽►▸◀◁★☆❖✔✓◎"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
# Icon fonts draw their pictures as private-use characters, which browsers count
# into the accessible name of a button.
_ICONS = range(0xE000, 0xF900)
_DROPPED = dict.fromkeys([*map(ord, _BRACKETS + _SEPARATORS + _ORNAMENTS + _INVISIBLE), *_ICONS])
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


_SIGNS_OF_A_WORD = "[0-9A-Za-z_]"


def has_word(text: str, word: str) -> bool:
    """Tell whether a text contains a word that no further letter or digit goes on from.

    A customer ``c1`` is not in the row of ``c10``. Only Latin letters and digits go on:
    Japanese has no blanks between words. Full and half width, and case, are one.
    """
    wanted, whole = (
        " ".join(unicodedata.normalize("NFKC", each).casefold().split()) for each in (word, text)
    )
    if not wanted:
        return False
    # A word may be printed in groups (1011 0998): blanks and hyphens in it count as nothing.
    signs = r"[ -]?".join(re.escape(sign) for sign in wanted.replace(" ", ""))
    found = f"(?<!{_SIGNS_OF_A_WORD}){signs}(?!{_SIGNS_OF_A_WORD})"
    return re.search(found, whole) is not None


def contains(text: str, variants: Iterable[str]) -> bool:
    """Tell whether a text contains one of the variants after `normalise`.

    A variant that normalises to nothing is contained nowhere: an empty label
    in a declaration must not make every page pass.
    """
    whole = normalise(text)
    return any(part in whole for part in map(normalise, variants) if part)
