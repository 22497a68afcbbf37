"""Comparison of on-screen texts, as the specification's reading rules ask; and how they are shown.

Two texts are the same when their normalised forms are equal: NFKC, no blanks
and brackets, no colons and arrows, one family of token words, no difference
of case (requirements section 0.3 rule 2; AMB-04, AMB-24, AMB-59).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

_BRACKETS = "()「」『』【】[]"
_SEPARATORS = ":>→›»▶"
# Signs that stand before a title or a caption to set it off, and name nothing.
_ORNAMENTS = "■□●◆◇▲△▼▽►▸◀◁★☆❖✔✓◎"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
# Icon fonts draw their pictures as private-use characters, which browsers count
# into the accessible name of a button.
_ICONS = "\ue000-\uf8ff"
_DROPPED = re.compile(
    rf"[\s{re.escape(_BRACKETS + _SEPARATORS + _ORNAMENTS + _INVISIBLE)}{_ICONS}]+"
)
# NFKC turns the full-width tilde into ~ but leaves the wave dash, which input
# methods and fonts use for the same thing (8～12桁, AMB-56).
_WAVE_DASH = "〜"
_FAMILIES = (
    ("ソフトウェアトークン", "ソフトトークン"),
    ("ハードウェアトークン", "ハードトークン"),
)
_LATIN_MARKS = range(0x0300, 0x0370)
_KANA_MARKS = (0x3099, 0x309A)


def _fold_once(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _DROPPED.sub("", folded).replace(_WAVE_DASH, "~")


_ORDINARY = re.compile(
    "[\n\t -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482"
    "\u2010-\u2027\u202f-\u205e\u2190-\u27ff\u2801-\u2bff"
    "\u3000-\u3029\u3030-\u3098\u309b-\u3163\u3165-\ud7ff\uf900-\ufaff\uff01-\uff9f\uffa1-\uffef]*"
)
# Letters, marks and unassigned places that draw nothing (Default_Ignorable_Code_Point).
_DRAWS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufdd0-\ufdef\uffa0"
    "\ufff0-\ufff8\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Numbers in Arabic and Syriac script are begun by signs that are drawn, though of category Cf.
_DRAWN_SIGNS = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]")
_JOINERS = "\u200c\u200d"
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
_VIRAMA = 9
_MOST_MARKS = 4


def _notation(sign: str) -> str:
    return f"⟨U+{ord(sign):04X}⟩"


def visible(text: str, shown: Callable[[str], str] = _notation) -> str:
    """Return a text in which nothing acts unseen: the one door from a product to a reader.

    What a product sends may move the cursor of a terminal, turn the direction of
    writing round, hide between letters or tear a file apart. Each such character
    is written as ⟨U+202E⟩: controls (C0, C1), directions, what has no width, line
    and paragraph separators, lone surrogates, what is no character, and combining
    marks that stand on none or pile up. Left alone are line breaks and tabs, blanks,
    private-use characters (icons), and joiners and variation selectors where
    they belong: within an emoji, after a kanji, in scripts that join. Idempotent.
    ``shown`` writes them otherwise, where a file has a notation of its own.
    """
    if _ORDINARY.fullmatch(text):
        return text
    return "".join(
        shown(sign) if _acts_unseen(text, place) else sign for place, sign in enumerate(text)
    )


def one_line(text: str) -> str:
    """Return a text as `visible` does, in one line (⏎): nobody but us begins lines of a report."""
    return visible(text).replace("\n", "⏎").replace("\t", " ")


def _acts_unseen(text: str, place: int) -> bool:
    sign = text[place]
    if sign in "\n\t":
        return False
    before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    if sign in _JOINERS:
        return not _joins(sign, before, after)
    if _VARIANT.match(sign):
        return not before or _VARIANT.match(before) is not None or not _has_variants(before)
    category = unicodedata.category(sign)
    if category in {"Mn", "Me"} and not _DRAWS_NOTHING.match(sign):
        return _piles_up(text, place)
    hidden = category in {"Cc", "Cf", "Cs", "Zl", "Zp"} and not _DRAWN_SIGNS.match(sign)
    no_character = ord(sign) & 0xFFFE == 0xFFFE
    return hidden or no_character or _DRAWS_NOTHING.match(sign) is not None


def _joins(sign: str, before: str, after: str) -> bool:
    """Tell whether a joiner stands where writing needs one (as RFC 5892 A.1 and A.2 have it)."""
    if not before or not after:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return True
    if sign == "\u200c":  # Persian keeps letters apart with it
        return all(unicodedata.bidirectional(each) in {"AL", "NSM"} for each in (before, after))
    drawn = unicodedata.category(before) == "So" or before == "\ufe0f" or _SKIN.match(before)
    return bool(drawn) and unicodedata.category(after) == "So"


def _has_variants(base: str) -> bool:
    """Tell whether a character may come in variants: kanji, symbols, digits of keys."""
    return unicodedata.category(base) in {"So", "Sm", "Sk", "Po", "Nd"} or base > "\u2e7f"


def _piles_up(text: str, place: int) -> bool:
    """Tell whether a mark stands on nothing that bears one, or on too many others."""
    base = place
    while base >= 0 and unicodedata.category(text[base]) in {"Mn", "Me"}:
        base -= 1
        if place - base > _MOST_MARKS:
            return True
    return base < 0 or unicodedata.category(text[base])[0] not in "LNSM"


def normalise(text: str) -> str:
    """Return the form in which on-screen texts are compared.

    Idempotent. The same captions and labels are compared again and again, so that the
    latest results are kept, of long texts a few only.
    """
    return _of_short(text) if len(text) <= _SHORT else _of_long(text)


def _normalised(text: str) -> str:
    """Fold until nothing changes: without blanks a letter and its mark can meet (カ゛)."""
    before, folded = text, _fold_once(text)
    while folded != before:
        before, folded = folded, _fold_once(folded)
    for long, short in _FAMILIES:
        folded = folded.replace(long, short)
    return folded


_SHORT = 200
_of_short = lru_cache(maxsize=16384)(_normalised)
_of_long = lru_cache(maxsize=16)(_normalised)


_BETWEEN_GROUPS = re.compile(r"[\s\-\u2010-\u2015\u2212・.]")


def ungrouped(number: str) -> str:
    """Return a number as it is meant where it is shown in groups: 1234-5678 is 12345678."""
    return _BETWEEN_GROUPS.sub("", unicodedata.normalize("NFKC", number))


def tells_value(text: str, value: str) -> bool:
    """Tell whether a text gives a value with digits, whole, whatever signs or words are around."""
    return re.search(rf"(?<!\d){re.escape(normalise(value))}(?!\d)", normalise(text)) is not None


def squeeze(text: str) -> str:
    """Return text with every run of blanks as one."""
    return " ".join(text.split())


def same(text: str, variants: Iterable[str]) -> bool:
    """Tell whether a text equals one of the variants after `normalise`."""
    return normalise(text) in map(normalise, variants)


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
