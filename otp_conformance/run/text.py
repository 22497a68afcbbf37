"""Text for readers in the two languages of the suite, Japanese first."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from otp_conformance.language import say


@dataclass(frozen=True)
class Text:
    """One message in Japanese and English; both must say the same."""

    ja: str
    en: str

    def __str__(self) -> str:
        """Return the wording in the current language."""
        return say(self.ja, self.en)


def did_you_mean(word: str, known: Iterable[str]) -> Text:
    """Return a sentence that names the nearest known word, or an empty one.

    Compared after NFKC and case folding, so that full-width slips are found.
    """
    by_folded = {_fold(candidate): candidate for candidate in known}
    nearest = difflib.get_close_matches(_fold(word), by_folded, n=1, cutoff=0.6)
    if not nearest:
        return Text("", "")
    found = by_folded[nearest[0]]
    return Text(f"「{found}」のことですか。", f' Did you mean "{found}"?')


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
