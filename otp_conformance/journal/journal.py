"""The run's journal: written as things happen, read back (`recorded`) by every report."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from otp_conformance.errors import UnrecordableError
from otp_conformance.journal.events import (
    EVENT,
    Event,
    Resumed,
    RunFinished,
    RunStarted,
    ScenarioFinished,
)
from otp_conformance.journal.lock import hold
from otp_conformance.journal.masking import Masker
from otp_conformance.journal.recorded import AlteredError, Attempt, Journal, JournalError, read
from otp_conformance.verdict.verdict import Verdict

__all__ = [
    "JOURNAL_FILE",
    "AlteredError",
    "Attempt",
    "Journal",
    "JournalError",
    "JournalExistsError",
    "JournalWriter",
    "read",
    "without_secrets",
]

E = TypeVar("E", bound=Event)

# Values by which lines refer to each other, and digests: a code that happens to
# stand in one of them must not tear the journal apart. None of them holds text
# from the system under test.
_STRUCTURAL = frozenset(
    {"event", "at", "sut_time", "verdict", "cause", "role", "status", "scenario_id", "run_id"}
    | {"uri", "evidence_id", "file", "sha256", "journal_sha256", "declaration_sha256"}
    | {"media_type", "evidence", "requirements", "tags", "settings_sha256", "rerun_of", "due"}
    | {"suite_sha256", "division", "merged_from"}
    | {"sent_at", "screen", "key"}
)


# The journal's name in a run's folder.
JOURNAL_FILE = "journal.ndjson"


class JournalExistsError(Exception):
    """A journal stands where a new one was to be written; it is never overwritten."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path}: 実行記録がすでにあります。上書きはしません。別の出力先を指定してください。"
        )


class JournalWriter:
    """Append-only NDJSON, one event a line, flushed at once.

    The bytes are forced to the disk at the header, at each scenario's end and
    at the footer. Once a line cannot be written (a full disk), `UnrecordableError` tells so,
    and again for every further one. Every text goes through the masker first. Safe to share
    between threads.
    """

    def __init__(
        self,
        path: Path,
        masker: Masker | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        size: int | None = None,
    ) -> None:
        """Create the file, or go on after the first ``size`` bytes of one that exists.

        Raise `JournalExistsError` when there is one already (without ``size``),
        `JournalBusyError` when another process is writing it.
        """
        self.path = path
        self.masker = masker or Masker()
        self._now = now
        self._hash = hashlib.sha256()
        self._lock = threading.Lock()
        self._lost: UnrecordableError | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._file = path.open("xb" if size is None else "r+b", buffering=0)
        except FileExistsError:
            raise JournalExistsError(path) from None
        hold(self._file, path)
        if size is not None:
            self._go_on_after(path.read_bytes()[:size])

    def _go_on_after(self, kept: bytes) -> None:
        self._hash.update(kept)
        self._file.truncate(self._file.seek(len(kept)))
        if not kept.endswith(b"\n"):  # cut between a line and its end
            self._hash.update(b"\n")
            self._file.write(b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def appear_as(self, path: Path) -> None:
        """Take a name in the same folder, once the plan is complete: never half of it is seen."""
        os.replace(self.path, path)  # noqa: PTH105 - in one step, whatever happens
        self.path = path

    def stamp(self) -> str:
        """Return the harness machine's time for an event's ``at`` (RFC 3339)."""
        return self._now().isoformat(timespec="milliseconds")

    def write(self, event: E) -> E:
        """Append one event; return it as it was written, without secrets."""
        event = without_secrets(event, self.masker)
        data = event.model_dump(mode="json")
        line = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            if self._lost is not None:
                raise self._lost
            try:
                self._append(line)
                if isinstance(event, RunStarted | Resumed | ScenarioFinished | RunFinished):
                    os.fsync(self._file.fileno())
            except OSError as error:
                self._lost = UnrecordableError(self.path.parent, error)
                raise self._lost from error
        return event

    def _append(self, line: bytes) -> None:
        """Write a whole line; what was written of one that finds no room is taken back."""
        whole = self._file.tell()
        left = memoryview(line)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError:
            with suppress(OSError):  # else it reads as cut while being written
                self._file.truncate(whole)
            raise
        self._hash.update(line)

    def finish(self, verdict: Verdict, exit_code: int, duration_s: float) -> RunFinished:
        """Write the footer with the hash of all bytes before it, and close."""
        footer = RunFinished(
            at=self.stamp(),
            verdict=verdict,
            exit_code=exit_code,
            duration_s=duration_s,
            journal_sha256=self._hash.hexdigest(),
        )
        written = self.write(footer)
        self.close()
        return written

    def close(self) -> None:
        """Close the file; without `finish` the journal reads as cut off. Idempotent."""
        self._file.close()


def without_secrets(event: E, masker: Masker) -> E:
    """Return an event with every registered secret replaced."""
    plain = event.model_dump(mode="json")
    data = _masked(plain, masker)
    return event if data == plain else cast("E", EVENT.validate_python(data))


def _masked(value: Any, masker: Masker) -> Any:  # noqa: ANN401 - JSON is what it is
    if isinstance(value, str):
        return masker.mask(value)
    if isinstance(value, list):
        return [_masked(item, masker) for item in value]
    if isinstance(value, dict):
        return {k: v if k in _STRUCTURAL else _masked(v, masker) for k, v in value.items()}
    return value
