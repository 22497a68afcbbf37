"""Errors of the store."""

from __future__ import annotations


class StoreError(Exception):
    """The database cannot be used; one line, Japanese / English."""

    def __init__(self, japanese: str, english: str) -> None:
        super().__init__(f"{japanese} / {english}")


class ConflictError(Exception):
    """Somebody else changed the row first; the transaction must be done again."""
