"""Finished runs as short as can be: told through the real journal, read back by the real reader."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from otp_conformance.journal.events import (
    Check,
    PlannedStep,
    RunStarted,
    ScenarioFinished,
    ScenarioPlanned,
    ScenarioStarted,
)
from otp_conformance.journal.journal import JOURNAL_FILE, JournalWriter, read
from otp_conformance.report.digest import digest
from otp_conformance.verdict.exit_codes import exit_code_for
from otp_conformance.verdict.verdict import Cause, Verdict, worst

FIRST = datetime.fromisoformat("2026-04-01T09:00:00+09:00")
WORDS = {v.value: v for v in Verdict}


def tell(
    reports: Path,
    run_id: str,
    ends: dict[str, object],
    *,
    day: int = 0,
    steps: str = "ログインできない",
    finished: bool = True,
    **header: object,
) -> Path:
    """Write a run and return its folder.

    ``ends``: scenario to verdict, or to verdict, what was observed, and seconds; None: it
    was planned and never began. ``day``: days after the first.
    """
    folder = reports / run_id
    folder.mkdir(parents=True)
    at = (FIRST + timedelta(days=day)).isoformat()
    journal = JournalWriter(folder / JOURNAL_FILE)
    known = {
        "suite_version": "0.1.0",
        "requirement_set": "set 1.0.0",
        "sut_name": "見本の銀行",
        "sut_version": "1.0",
        "base_url": "http://127.0.0.1",
        "declaration_file": "mine.toml",
        "declaration_sha256": "ab" * 32,
        "selection": "すべて",
        "environment": {"agent": "http"},
        "planned": len(ends),
    }
    journal.write(RunStarted(at=at, run_id=run_id, **{**known, **header}))
    for each in ends:
        step = PlannedStep(keyword="ならば", text=steps, line=1)
        journal.write(
            ScenarioPlanned(
                at=at, scenario_id=each, uri="features/04_login/a.feature", line=1,
                name=f"シナリオ {each}", feature="機能", chapter="ログイン",
                tags=[], requirements=[each.partition("/")[0]], steps=[step],
            )
        )  # fmt: skip
    for each, end in ends.items():
        if end is not None:
            _carry_out(journal, at, each, *(end if isinstance(end, tuple) else (end,)))
    if finished:
        told = [
            WORDS[end[0] if isinstance(end, tuple) else end or "not_run"] for end in ends.values()
        ]
        journal.finish(worst(told), int(exit_code_for(told)), 12.0)
    else:
        journal.close()
    return folder


def _carry_out(journal, at, scenario_id, word, observed="見えたもの", seconds=1.0):
    verdict = WORDS[word]
    cause = {Verdict.PASS: None, Verdict.FAIL: Cause.PRODUCT}.get(verdict, Cause.ENVIRONMENT)
    told = {"scenario_id": scenario_id, "verdict": verdict, "cause": cause}
    journal.write(ScenarioStarted(at=at, scenario_id=scenario_id))
    seen = {"expected": "拒否される", "observed": observed}
    if verdict in {Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE}:
        requirements = [scenario_id.partition("/")[0]]
        check = {"step_index": 0, "name": "確認", "requirements": requirements}
        journal.write(Check(at=at, **told, **check, **seen))
    if verdict is Verdict.PASS:
        seen = {}
    journal.write(ScenarioFinished(at=at, **told, **seen, duration_s=seconds))


def digested(folder: Path, catalogue=None):
    return digest(folder, read(folder / JOURNAL_FILE), catalogue)
