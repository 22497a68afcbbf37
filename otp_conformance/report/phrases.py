"""The findings of a run in English: a phrase book, used when a report is written.

A journal holds its findings in Japanese, as they were told. What is fixed in them stands
in phrases.toml beside its English; what is filled in (a title, a number, another phrase)
is put over where it is a phrase itself, and else stays as it is: a product's own words
are quoted. Older journals are read by the same book.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from markupsafe import Markup, escape

_JAPANESE = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]"
    "(?:[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef0-9・ー]*"
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f])?"
)
_HOLE = re.compile(r"\{(\d)\}")
_OPENING, _CLOSING = "「『（(", "」』）)"
_SIGNS = str.maketrans(
    {"（": " (", "）": ")", "「": "“", "」": "”", "、": ", ", "：": ": ", "。": ". ", "／": " / "}
)


@dataclass(frozen=True)
class _Phrase:
    """One entry: how it is recognised, what of it is fixed, and its English."""

    pattern: re.Pattern[str]
    holes: tuple[str, ...]
    begins: str
    ends: str
    longest: str
    english: str

    def values(self, text: str) -> tuple[str, ...] | None:
        """Return what a text fills in, or None for another text."""
        if not (self.longest in text and text.startswith(self.begins) and text.endswith(self.ends)):
            return None
        found = self.pattern.fullmatch(text)
        return found.groups() if found and all(map(_balanced, found.groups())) else None


def _phrase(japanese: str, english: str) -> _Phrase:
    parts = _HOLE.split(japanese)
    fixed, holes = parts[::2], tuple(parts[1::2])
    pattern = "".join(
        re.escape(text) + ("(.*?)" if place < len(holes) else "")
        for place, text in enumerate(fixed)
    )
    return _Phrase(
        re.compile(pattern, re.DOTALL), holes, fixed[0], fixed[-1], max(fixed, key=len), english
    )


@lru_cache(maxsize=1)
def _book() -> tuple[dict[str, str], tuple[_Phrase, ...]]:
    """Return the phrases without holes, and those with, what has most that is fixed first."""
    text = (files("otp_conformance.report") / "phrases.toml").read_text("utf-8")
    entries: dict[str, str] = {
        japanese: english
        for part in tomllib.loads(text).values()
        for japanese, english in part.items()
    }
    whole = {japanese: english for japanese, english in entries.items() if "{" not in japanese}
    order = sorted(
        (japanese for japanese in entries if japanese not in whole),
        key=lambda japanese: -len(_HOLE.sub("", japanese)),
    )
    return whole, tuple(_phrase(japanese, entries[japanese]) for japanese in order)


def is_japanese(text: str) -> bool:
    """Tell whether a text has anything Japanese in it."""
    return _JAPANESE.search(text) is not None


def english(text: str) -> str:
    """Return a finding in English; what is in no phrase of the book stays as it is."""
    return _english(text) or text


@lru_cache(maxsize=20_000)
def _english(text: str) -> str:
    """Return the English, or nothing where no phrase fits."""
    if not is_japanese(text):
        return text.translate(_SIGNS)
    whole, phrases = _book()
    if text in whole:
        return whole[text]
    best = ""
    for phrase in phrases:
        values = phrase.values(text)
        if values is None:
            continue
        told = _filled(phrase, values)
        if _left(told) == 0:
            return told
        best = best or told
    parts = _in_parts(text)
    return min((way for way in (best, parts) if way), key=_left, default="")


def _filled(phrase: _Phrase, groups: tuple[str, ...]) -> str:
    values = dict(zip(phrase.holes, groups, strict=True))

    def said(hole: re.Match[str]) -> str:
        value = values[hole[1]]
        quoted = phrase.english[hole.start() - 1 : hole.start()] == "“"
        return value if quoted else _english(value) or value

    return _HOLE.sub(said, phrase.english)


def _left(told: str) -> int:
    """Return how much Japanese is left outside of quotation marks."""
    return len(_JAPANESE.findall(re.sub("“[^”]*”|「[^」]*」", "", told)))


def _balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if depth < 0:
            return False
    return depth == 0


def _in_parts(text: str) -> str:
    """Return what is said in several phrases, put over one by one, if any of them is known."""
    japanese, bar, tail = text.rpartition(" / ")
    if bar and is_japanese(japanese) and not is_japanese(tail):
        return tail  # some findings are bilingual themselves
    for sign, between in (("。", ". "), ("／", " / "), ("、", ", "), ("：", ": "), ("・", ", ")):
        parts = _split(text, sign)
        if len(parts) > 1:
            told = [_english(part) for part in parts]
            if any(new for part, new in zip(parts, told, strict=True) if is_japanese(part)):
                said = [new or part for part, new in zip(parts, told, strict=True)]
                return between.join(piece.rstrip(".") for piece in said if piece)
    remark = _remark(text)
    if remark:
        told = [_english(part) for part in remark]
        if any(told):
            said = [new or part for part, new in zip(remark, told, strict=True)]
            return f"{said[0]} ({said[1]})"
    quoted = re.fullmatch(r"「([^「」]*)」", text)
    return f"“{quoted[1]}”" if quoted else ""


def _remark(text: str) -> tuple[str, str] | None:
    """Return a text and the remark in brackets at its end, or None without one."""
    if not text.endswith("）"):
        return None
    depth = 0
    for place in range(len(text) - 1, 0, -1):
        depth += (text[place] in _CLOSING) - (text[place] in _OPENING)
        if depth == 0:
            return text[:place], text[place + 1 : -1]
    return None


def _split(text: str, sign: str) -> list[str]:
    """Return the parts of a text between a sign, where that stands in no bracket."""
    parts, depth, last = [], 0, 0
    for place, each in enumerate(text):
        depth += (each in _OPENING) - (each in _CLOSING)
        if each == sign and depth == 0:
            parts.append(text[last:place])
            last = place + 1
    return [part for part in (*parts, text[last:]) if part]


def spoken(text: str) -> Markup:
    """Return a finding for an English page: what is Japanese in it is marked as such."""
    return marked(english(text))


def marked(told: str) -> Markup:
    """Return an English text in which what is Japanese is marked as such."""
    pieces = [Markup("")]
    last = 0
    for found in _JAPANESE.finditer(told):
        pieces += [escape(told[last : found.start()])]
        pieces += [Markup('<span lang="ja">{}</span>').format(found[0])]
        last = found.end()
    return Markup("").join([*pieces, escape(told[last:])])
