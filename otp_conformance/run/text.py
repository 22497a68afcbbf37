"""Text for readers in the two languages of the suite, Japanese first."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

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
    folded = _fold(word)
    nearest = difflib.get_close_matches(folded, by_folded, n=9, cutoff=0.6)
    if not nearest:
        return Text("", "")
    # Of equally near ones the one that begins alike: LGN-91 is rather LGN-01 than CON-91.
    best = max(nearest, key=lambda near: _alike_from_start(near, folded))
    found = by_folded[best]
    return Text(f"「{found}」のことですか。", f' Did you mean "{found}"?')


def _alike_from_start(a: str, b: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
