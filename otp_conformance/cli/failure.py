"""What the terminal says of a scenario that did not pass: its failure card, from the journal."""

from __future__ import annotations

import re
from pathlib import Path

from otp_conformance.journal.events import EVENT, ScenarioFinished
from otp_conformance.journal.journal import JOURNAL_FILE, Attempt
from otp_conformance.journal.recorded import IN_ATTEMPT, put
from otp_conformance.report import card
from otp_conformance.specification.scenarios import ScenarioPlan

_WHOSE = re.compile(rb'"scenario_id":"([^"]*)"')


class Failures:
    """Makes the cards while the run goes on: it reads the journal's new lines as they come."""

    def __init__(self, maker: card.Maker) -> None:
        self._maker = maker
        self._path: Path | None = None
        self._read = 0
        self._lines: dict[str, list[bytes]] = {}

    def begun(self, run_dir: Path) -> None:
        """Note where the journal is; what stands there already is history."""
        self._path = run_dir / JOURNAL_FILE
        self._read = self._path.stat().st_size if self._path.is_file() else 0

    def rows(self, plan: ScenarioPlan, finished: ScenarioFinished) -> list[tuple[str, str]]:
        """Return the card of a scenario that has just ended: captions and texts."""
        attempt = self._attempt(finished)
        return card.rows(card.card(self._maker, plan, finished, attempt))

    def forget(self, scenario_id: str) -> None:
        """Let go of what was read of a scenario that has ended."""
        self._look()
        self._lines.pop(scenario_id, None)

    def _attempt(self, finished: ScenarioFinished) -> Attempt:
        self._look()
        attempt = Attempt(finished=finished)
        for line in self._lines.get(finished.scenario_id, ()):
            event = EVENT.validate_json(line)
            if isinstance(event, IN_ATTEMPT) and event.attempt == finished.attempt:
                put(attempt, event)
        return attempt

    def _look(self) -> None:
        """Take in the lines that were written since the last look."""
        if self._path is None or not self._path.is_file():
            return
        with self._path.open("rb") as journal:
            journal.seek(self._read)
            new = journal.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            if found := _WHOSE.search(line):
                self._lines.setdefault(found[1].decode(), []).append(line)
