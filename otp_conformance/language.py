"""Text for readers in the two languages of the suite, Japanese first."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal


@dataclass(frozen=True)
class Text:
    """One message in Japanese and English; both must say the same."""

    ja: str
    en: str

    def __str__(self) -> str:
        """Return the wording in the current language."""
        return say(self.ja, self.en)


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that resembles a word most, or nothing.

    Compared after NFKC and case folding, so that full-width slips are found.
    """
    by_folded = {_fold(candidate): candidate for candidate in known}
    folded = _fold(word)
    nearest = difflib.get_close_matches(folded, by_folded, n=9, cutoff=0.6)
    if not nearest:
        return ""
    # Of equally near ones the one that begins alike: LGN-91 is rather LGN-01 than CON-91.
    best = max(nearest, key=lambda near: _alike_from_start(near, folded))
    return by_folded[best]


def did_you_mean(word: str, known: Iterable[str]) -> Text:
    """Return a sentence that names the nearest known word, or an empty one.

    The English one begins with a blank: it follows another sentence.
    """
    found = closest(word, known)
    return (
        Text(f"「{found}」のことですか。", f' Did you mean "{found}"?') if found else Text("", "")
    )


def _alike_from_start(a: str, b: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


Language = Literal["ja", "en"]

VARIABLE = "OTP_CONFORMANCE_LANG"
"""The environment variable that names a language as ``--lang`` does."""

_VARIABLES = (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
_NO_LANGUAGE = {"c", "posix"}
_current: ContextVar[Language] = ContextVar("otp_conformance_language", default="ja")


def choose(option: str | None, environ: Mapping[str, str]) -> Language:
    """Return the language asked for by ``--lang`` or else by the environment.

    The first of OTP_CONFORMANCE_LANG, LC_ALL, LC_MESSAGES and LANG that is
    set decides: ja… is Japanese, another language English. Nothing set, or
    the C locale of a bare server, names no language: Japanese.
    """
    for value in (option, *(environ.get(name) for name in _VARIABLES)):
        word = (value or "").split(".")[0].split("@")[0].strip().lower()
        if word:
            return "ja" if word in _NO_LANGUAGE or word.startswith("ja") else "en"
    return "ja"


def current() -> Language:
    """Return the language of this context."""
    return _current.get()


def set_language(language: Language) -> None:
    """Speak this language from here on, in this context."""
    _current.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language for the length of a ``with`` block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def say(ja: str, en: str) -> str:
    """Return the text in the current language."""
    return ja if _current.get() == "ja" else en
