"""Small journals, faults and matrices to judge."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from otp_conformance.journal.events import (
    Check,
    RunStarted,
    ScenarioFinished,
    ScenarioPlanned,
    ScenarioStarted,
    StepFinished,
)
from otp_conformance.journal.journal import JOURNAL_FILE, Journal, JournalWriter, read
from otp_conformance.run.request import RunResult
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode
from workshop.teeth.catalogue import Fault
from workshop.teeth.matrix import FaultRow, KillMatrix
from workshop.teeth.meeting import Meeting, judge

AT = "2026-04-01T00:00:00+00:00"
ADDRESS = "http://127.0.0.1:40001"


def fault(**more: Any) -> Fault:
    row = {
        "id": "code-unverified",
        "title_ja": "確かめない",
        "title_en": "Unverified",
        "class": "core",
        "violates": ["LGN-06", "LGN-05"],
        "caught_by": ["LGN-06"],
    }
    return Fault.model_validate(row | more)


def ended(verdict: str, cause: str | None = None, **more: Any) -> dict[str, Any]:
    return {"verdict": verdict, "cause": cause, **more}


def checked(verdict: str, *requirements: str, cause: str | None = None) -> dict[str, Any]:
    return {
        "name": "拒否される",
        "requirements": list(requirements),
        "verdict": verdict,
        "cause": cause,
        "expected": "拒否されること",
        "observed": f"{ADDRESS}/top が出た",
    }


def journal(
    folder: Path, *scenarios: tuple[list[dict[str, Any]], dict[str, Any] | None]
) -> Journal:
    """Each scenario: its checks and its end (None: cut off)."""
    folder.mkdir(parents=True, exist_ok=True)
    with JournalWriter(folder / JOURNAL_FILE) as writer:
        writer.write(
            RunStarted(
                at=AT,
                run_id="run",
                suite_version="1",
                requirement_set="set 1",
                sut_name="bank",
                sut_version="1",
                base_url=ADDRESS,
                declaration_file="a.toml",
                declaration_sha256="0" * 64,
                selection="x",
                planned=len(scenarios),
            )
        )
        for number in range(len(scenarios)):
            writer.write(
                ScenarioPlanned(
                    at=AT,
                    scenario_id=f"LGN-06/{number + 1}",
                    uri="features/a.feature",
                    line=number,
                    name=f"シナリオ{number}",
                    feature="機能",
                    chapter="章",
                    tags=["@LGN-06", "@LGN-05"],
                    requirements=["LGN-06", "LGN-05"],
                    steps=[],
                )
            )
        for number, (checks, end) in enumerate(scenarios):
            same = {"at": AT, "scenario_id": f"LGN-06/{number + 1}"}
            writer.write(ScenarioStarted.model_validate(same))
            for check in checks:
                writer.write(Check.model_validate({**same, "step_index": 0, **check}))
            if end is not None and not checks and end["verdict"] == "fail":
                step = {"index": 0, "keyword": "もし", "text": "x", "line": number}
                failed = {**same, **step, "status": "failed", "duration_s": 0.0}
                writer.write(StepFinished.model_validate(failed))
            if end is not None:
                writer.write(ScenarioFinished.model_validate({**same, "duration_s": 0.0, **end}))
    return read(folder / JOURNAL_FILE)


def meeting(of: Fault | None = None) -> Meeting:
    return Meeting(of or fault(), SimpleNamespace(), ("LGN-06/1",), AgentKind.HTTP)  # type: ignore[arg-type]


def row(found: Journal, of: Fault | None = None) -> FaultRow:
    result = RunResult(ExitCode.FAIL, Path(), found, (), reported=True)
    return judge(meeting(of), result)


def matrix(*rows: FaultRow, **more: Any) -> KillMatrix:
    same = {
        "requirement_set": "set 1",
        "suite_version": "1",
        "product": "bank",
        "catalogue": "catalogue.toml",
        "catalogue_sha256": "0" * 64,
        "scope": "quick",
        "made_at": AT,
        "faults": rows,
    }
    return KillMatrix.model_validate(same | more)
