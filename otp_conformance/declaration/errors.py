"""What can be wrong with a declaration, said in one line each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from otp_conformance.language import say


@dataclass(frozen=True)
class Problem:
    """One thing to put right.

    ``line`` counts from 1; 0 means the file as a whole. ``key`` is the dotted
    key, or empty. ``found``, ``expected`` and ``fix`` are in the language that
    was current when the file was read; they never hold a secret.
    """

    file: str
    line: int
    key: str
    found: str
    expected: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f"{self.key}: " if self.key else ""
        body = say(
            f"実際は{self.found}、必要なのは{self.expected}。{self.fix}",
            f"found {self.found}, expected {self.expected}. {self.fix}",
        )
        return f"{place}: {key}{body}".rstrip()


class DeclarationError(Exception):
    """The declaration cannot be used. ``problems`` are in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.key)))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[DeclarationError], tuple[tuple[Problem, ...]]]:
        """Travel between processes with its problems, not with its text."""
        return type(self), (self.problems,)
