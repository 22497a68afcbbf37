"""What a rule found. All codes: docs/lint.md."""

from __future__ import annotations

from dataclasses import dataclass

from otp_conformance.language import Text


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to put right. ``file`` as readers know it; ``line`` from 1."""

    file: str
    line: int
    code: str
    ja: str
    en: str

    def __str__(self) -> str:
        """Return the line that editors understand, in the current language."""
        return f"{self.file}:{self.line}: {self.code}: {Text(self.ja, self.en)}"
