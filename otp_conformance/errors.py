"""Ways in which a run cannot begin or cannot go on, each with its exit code.

The table of all exit codes is in docs/exit-codes.md.
"""

from __future__ import annotations

from otp_conformance.language import Text
from otp_conformance.verdict.exit_codes import ExitCode


class RunError(Exception):
    """Base: one message for readers and the exit code that goes with it."""

    exit_code = ExitCode.SUITE_FAULT

    def __init__(self, ja: str, en: str) -> None:
        self.text = Text(ja, en)
        super().__init__(ja, en)

    def __str__(self) -> str:
        """Return the message in the current language."""
        return str(self.text)


class UsageError(RunError):
    """The command line or a file named on it cannot be used as it is (宣言・設定)."""

    exit_code = ExitCode.USAGE


class UnreadyError(RunError):
    """The surroundings are not ready for a run: no browser, no answer (試験環境)."""

    exit_code = ExitCode.INCONCLUSIVE


class EvidenceError(RunError):
    """A run's journal or pictures are not as they were written: they show nothing any more."""

    exit_code = ExitCode.EVIDENCE


class SuiteFaultError(RunError):
    """The suite itself is broken (試験装置異常): never a statement about a product."""

    exit_code = ExitCode.SUITE_FAULT
