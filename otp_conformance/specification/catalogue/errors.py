"""What can be wrong with the catalogue's files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from otp_conformance.errors import UsageError


@dataclass(frozen=True)
class Fault:
    """One thing to put right. ``row`` is an ID or a line; empty: the whole file."""

    file: str
    row: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.row}" if self.row else self.file
        return f"{place}: {self.message}"


class CatalogueError(UsageError):
    """A manual or its requirements cannot be used. One line a fault."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        told = "\n".join(map(str, faults))
        super().__init__(told, told)
