"""What a requirement rests on, and how a scenario shows that it goes beyond the manual's words.

The catalogue's column ``basis`` says whether the manual states a requirement, whether it
follows from the manual's words, or whether the manual is silent and the vendor declares it.
A scenario none of whose requirements the manual states carries the mark of the nearest one.
"""

from __future__ import annotations

from collections.abc import Iterable

from otp_conformance.language import Text

BASES = {
    "stated": Text("明記", "stated"),
    "implied": Text("解釈", "implied"),
    "silent": Text("記載なし", "silent"),
}
"""The words of the column, in the order of their weight."""

MARKS = {"stated": "", "implied": "@解釈", "silent": "@記載なし"}
"""The tag of a scenario whose weightiest requirement has that basis; none where it is stated."""

MEANINGS = {
    "@解釈": Text(
        "手順書の文から導いたこと（手順書にその言葉はない）を確かめます。",
        "verifies what follows from the manual's words, though not stated there.",
    ),
    "@記載なし": Text(
        "手順書に記載がなく、宣言に従うことを確かめます。",
        "verifies what the manual is silent about and the declaration says.",
    ),
}
"""What the tags tell readers of the specification."""


def mark_of(bases: Iterable[str]) -> str:
    """Return the mark of a scenario with requirements of these bases; empty without a need."""
    found = set(bases)
    return next((MARKS[basis] for basis in BASES if basis in found), "")
