"""What a run has to carry out: all of it, or what an earlier part has left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from otp_conformance.declaration.needs import Unmet, unmet_need
from otp_conformance.journal.journal import Journal
from otp_conformance.language import Text
from otp_conformance.run.executor import Observer
from otp_conformance.run.order import Turn, turns
from otp_conformance.run.request import Request, RunResult
from otp_conformance.run.resume import Numbers, environment_trouble, left_turns
from otp_conformance.specification.scenarios import FeaturePlan, ScenarioPlan
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Cause


@dataclass(frozen=True)
class Work:
    """What is asked for: ``left`` of it is to be carried out, which is all of a new run."""

    features: Sequence[FeaturePlan]
    chosen: Sequence[ScenarioPlan]
    unmet: Mapping[str, Unmet]
    left: tuple[Turn, ...]


def left_of(
    request: Request, chosen: Sequence[ScenarioPlan], unmet: Mapping[str, Unmet]
) -> tuple[Turn, ...]:
    """Return the turns that the run carries out, which may be none."""
    if request.resume is None:
        runnable = [p for p in chosen if p.scenario_id not in unmet]
        return turns(runnable, repeat=request.repeat, seed=request.seed)
    order = turns(chosen, repeat=request.repeat, seed=request.seed)
    return left_turns(request.resume.journal, order, unmet, datetime.now(UTC))


def ended(journal: Journal) -> bool:
    """Tell whether a run came to its own end, with an exit code that says so."""
    return journal.footer is not None and journal.footer.exit_code in {
        ExitCode.PASS,
        ExitCode.FAIL,
        ExitCode.INCONCLUSIVE,
    }


def as_it_was(request: Request, observer: Observer) -> RunResult:
    """Say that the run to go on with has ended, and return how it did."""
    earlier = request.resume
    assert earlier is not None and earlier.journal.footer is not None  # noqa: S101, PT018
    due = [e.due for i in earlier.journal.planned if (e := earlier.journal.outcome(i)).due]
    later = Text("", "")
    if due:
        later = Text(
            f"時刻の来ていないシナリオが {len(due)} 件あります（早いもので {min(due)}）。",
            f" {len(due)} scenario(s) are not due yet (the first at {min(due)}).",
        )
    observer.notice(
        Text(
            f"実行 {earlier.run_id} は終わっています。実施し直すものはありません。{later.ja}",
            f"Run {earlier.run_id} has ended; there is nothing left to carry out.{later.en}",
        )
    )
    code = ExitCode(earlier.journal.footer.exit_code)
    reported = (earlier.run_dir / "index.html").is_file()
    return RunResult(code, earlier.run_dir, earlier.journal, (), reported)


def unmet_of(request: Request, chosen: Sequence[ScenarioPlan]) -> dict[str, Unmet]:
    """Return the scenarios that need what there is not, and why."""
    declaration = request.loaded.declaration
    found = {p.scenario_id: unmet_need(p.tags, declaration, request.agent) for p in chosen}
    return {scenario_id: unmet for scenario_id, unmet in found.items() if unmet is not None}


def spoilt(so_far: Journal, done: Sequence[Turn]) -> list[Turn]:
    """Return new turns in the place of those that trouble of the environment ended."""
    numbers = Numbers(so_far)
    found = []
    for turn in done:
        scenario_id = turn.plan.scenario_id
        end = so_far.attempt(scenario_id, turn.attempt).finished
        if end is not None and environment_trouble(end):
            number = numbers.next(scenario_id)
            found.append(Turn(turn.plan, number, instead_of=turn.attempt))
    return found


def announce_resumption(
    observer: Observer, run_id: str, before: Journal, work: Work, cut_off: int
) -> None:
    """Say that a run goes on, and with what."""
    done = len(work.chosen) - len({turn.plan.scenario_id for turn in work.left})
    torn_ja = "書きかけの最後の行は除きました。" if before.cut_line else ""
    torn_en = " A torn last line was left out." if before.cut_line else ""
    observer.notice(
        Text(
            f"実行 {run_id} を続けます: 済んだシナリオ {done} 件はそのまま、"
            f"途中で切れた {cut_off} 件はやり直し、実施するのは {len(work.left)} 件です。"
            f"{torn_ja}",
            f"Going on with run {run_id}: {done} scenarios stay as they are, "
            f"{cut_off} cut off are done anew, {len(work.left)} to be carried out.{torn_en}",
        )
    )


def announce_retries(observer: Observer, number: int) -> None:
    """Say that so many scenarios are carried out anew."""
    observer.notice(
        Text(
            f"試験環境の支障で判定できなかった {number} 件を、新しいお客さまでもう一度実施します。",
            f"{number} scenario(s) spoilt by the environment run again, with new customers.",
        )
    )


def not_reached(cause: Cause, reason: str) -> dict[str, Any]:
    """Return how a scenario ends that the run did not come to (template of `not_run`)."""
    return {
        "cause": cause,
        "expected": "シナリオを実施できること",
        "observed": reason,
        "hint": "原因を取り除いて、もう一度実行してください",
    }
