"""Language of messages to people: Japanese first, English on request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

Language = Literal["ja", "en"]

_VARIABLES = ("OTP_CONFORMANCE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
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
