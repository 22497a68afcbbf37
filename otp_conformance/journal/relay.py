"""A journal that is written elsewhere: a worker's lines go to the one who writes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from otp_conformance.journal.events import Event
from otp_conformance.journal.journal import JournalWriter, without_secrets
from otp_conformance.journal.masking import Masker

E = TypeVar("E", bound=Event)


class RelayWriter(JournalWriter):
    """Passes events on instead of writing them; ``tell`` is given each as plain data."""

    def __init__(self, tell: Callable[[dict[str, Any]], None], masker: Masker) -> None:
        # No file, hence not the base's: whoever is told has the file.
        self.masker = masker
        self._tell = tell
        self._now = lambda: datetime.now(UTC)

    def write(self, event: E) -> E:
        """Pass one event on; return it as it was, without secrets."""
        event = without_secrets(event, self.masker)
        self._tell(event.model_dump(mode="json"))
        return event

    def close(self) -> None:
        """Nothing to close."""
