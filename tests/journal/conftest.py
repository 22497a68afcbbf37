from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from otp_conformance.journal.case import Case
from otp_conformance.journal.events import RunStarted, ScenarioPlanned
from otp_conformance.journal.evidence import EvidenceStore, Look
from otp_conformance.journal.journal import JOURNAL_FILE, JournalWriter, read
from otp_conformance.journal.masking import Masker

NOW = datetime(2026, 4, 1, tzinfo=UTC)


class Run:
    """A journal with its header and some planned scenarios."""

    def __init__(self, folder: Path, *scenario_ids: str) -> None:
        self.folder = folder
        self.path = folder / JOURNAL_FILE
        self.masker = Masker()
        self.writer = JournalWriter(self.path, self.masker, now=lambda: NOW)
        self.writer.write(
            RunStarted(
                at=self.writer.stamp(),
                run_id="r1",
                suite_version="0.1.0",
                requirement_set="1.0.0",
                sut_name="bank",
                sut_version="1",
                base_url="http://127.0.0.1",
                declaration_file="bank.toml",
                declaration_sha256="0" * 64,
                selection="",
                planned=len(scenario_ids),
            )
        )
        for line, scenario_id in enumerate(scenario_ids, start=10):
            self.plan(scenario_id, line)

    def plan(self, scenario_id: str, line: int) -> None:
        self.writer.write(
            ScenarioPlanned(
                at=self.writer.stamp(),
                scenario_id=scenario_id,
                uri="features/x.feature",
                line=line,
                name=f"シナリオ {scenario_id}",
                feature="機能",
                chapter="ログイン",
                tags=["@LGN-04"],
                requirements=["LGN-04"],
                steps=[],
            )
        )

    def read(self):
        return read(self.path)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path, "s1", "s2")


PICTURE = Look("http://127.0.0.1/login", 200, b"\x89PNG picture")


@pytest.fixture
def case(run):
    case = Case(
        "s1",
        requirements=["LGN-04"],
        journal=run.writer,
        evidence=EvidenceStore(run.folder, run.writer),
        look=lambda: PICTURE,
    )
    case.start()
    case.enter_step(1, "ならば ログインできない")
    return case
