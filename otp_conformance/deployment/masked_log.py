"""The log of a system's output: without secrets, also those that several lines tell together."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from otp_conformance.journal.masking import Masker, replaced
from otp_conformance.text import visible

_LOOKS_BACK = 200
"""So many characters of what was written may still turn out to be part of a secret."""


class MaskedLog:
    """Appends lines to a file; its last ones are written anew as long as they may tell a secret.

    On a full disk the log ends; the system must not, at a pipe that nobody reads.
    """

    def __init__(self, path: Path, masker: Masker) -> None:
        """Open it, after what is there. `OSError` where that cannot be done."""
        path.touch()
        self._file = path.open("r+b", buffering=0)
        self._masker = masker
        self._settled = self._file.seek(0, 2)
        self._tail = ""

    def write(self, line: str) -> None:
        """Write a line at once."""
        self._tail += line
        spans = self._masker.spans(self._tail)
        shown = visible(replaced(self._tail, spans)).encode()
        with suppress(OSError):
            self._file.seek(self._settled)
            self._file.truncate()
            self._file.write(shown)
        cut = self._tail.rfind("\n", 0, max(len(self._tail) - _LOOKS_BACK, 0)) + 1
        cut = max([end for start, end in spans if start < cut < end], default=cut)
        before = [span for span in spans if span[1] <= cut]
        self._settled += len(visible(replaced(self._tail[:cut], before)).encode())
        self._tail = self._tail[cut:]

    def close(self) -> None:
        """Close it. Idempotent."""
        with suppress(OSError):
            self._file.close()

    @property
    def closed(self) -> bool:
        """Whether nothing is written any more."""
        return self._file.closed
