"""Ways in which a run cannot begin or cannot go on, each with its exit code.

The table of all exit codes is in docs/exit-codes.md.
"""

from __future__ import annotations

import errno
from pathlib import Path

from otp_conformance.language import Text
from otp_conformance.verdict.exit_codes import ExitCode

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


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


class UnrecordableError(RunError):
    """What happens can be written down no more: a full disk, a folder that is gone (試験環境)."""

    exit_code = ExitCode.INCONCLUSIVE

    def __init__(self, folder: Path, error: OSError) -> None:
        self.why = why_unwritten(error)
        super().__init__(
            f"{folder} に記録できなくなりました（{self.why.ja}）。",
            f"Nothing more can be recorded in {folder} ({self.why.en}).",
        )


def is_full(error: BaseException | None) -> bool:
    """Tell whether something failed because a disk, a quota or a file is full."""
    return isinstance(error, OSError) and error.errno in _FULL


def why_unwritten(error: OSError) -> Text:
    """Return why a file cannot be written."""
    if is_full(error):
        return Text("空き容量がありません", "no space is left")
    said = error.strerror or type(error).__name__
    return Text(said, said)


class SuiteFaultError(RunError):
    """The suite itself is broken (試験装置異常): never a statement about a product."""

    exit_code = ExitCode.SUITE_FAULT
