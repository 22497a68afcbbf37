"""Whether what a journal concludes follows from what it says was seen.

A journal is text, and may have been changed by anybody who had it. Whatever its
digest says, or whether it still has one, a verdict stands on its checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from otp_conformance.journal.events import (
    Check,
    Evidence,
    RunFinished,
    ScenarioFinished,
    ScenarioPlanned,
    StepFinished,
)
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Verdict, worst

_NOT_DONE = frozenset({"failed", "undefined", "ambiguous"})


class Seen(Protocol):
    """What an attempt's end is to follow from."""

    @property
    def steps(self) -> Sequence[StepFinished]:
        """Its steps."""

    @property
    def checks(self) -> Sequence[Check]:
        """What was judged, in its order."""

    @property
    def evidence(self) -> Sequence[Evidence]:
        """What was kept for readers."""


def end_contradicts(planned: ScenarioPlanned, seen: Seen, end: ScenarioFinished) -> str:
    """Return why a scenario's end cannot be believed, or nothing."""
    who = f"シナリオ {end.scenario_id} の判定「{end.verdict.ja}」"
    kept = {evidence.evidence_id for evidence in seen.evidence}
    for name in (name for check in seen.checks for name in check.evidence):
        if name not in kept:
            return f"シナリオ {end.scenario_id} の確認が挙げる証拠 {name} が記録にありません"
    found = [check.verdict for check in seen.checks]
    if found and worst(found).severity > end.verdict.severity:
        return f"{who}は、その確認の結果（{worst(found).ja}）と合いません"
    failed = any(step.status in _NOT_DONE for step in seen.steps)
    if end.verdict is Verdict.FAIL and Verdict.FAIL not in found and not failed:
        return f"{who}の元になる確認が記録にありません"
    if end.verdict is not Verdict.PASS:
        return ""
    if failed:
        return f"{who}は、途中で終わった手順と合いません"
    judged = (c for c in seen.checks if c.role != "control")
    if not any(check.step_index not in planned.setup_steps for check in judged):
        return f"{who}の元になる確認が記録にありません"
    if _uncontrolled(seen.checks):
        return f"{who}は、拒否の対照がないので成り立ちません"
    return ""


def _uncontrolled(checks: Sequence[Check]) -> bool:
    """Tell whether a refusal is followed by no control."""
    lonely = False
    for check in checks:
        lonely = check.role == "refusal" or (lonely and check.role != "control")
    return lonely


def footer_contradicts(verdicts: Sequence[Verdict], footer: RunFinished) -> str:
    """Return why the end of a run cannot be believed, or nothing.

    A run's exit code may be worse than its scenarios (it was interrupted, the suite
    broke), and never better.
    """
    said = footer.exit_code
    if footer.verdict is not worst(verdicts):
        return f"実行の判定「{footer.verdict.ja}」は、シナリオの判定と合いません"
    spoilt = {Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_RUN} & set(verdicts)
    fine = said == ExitCode.PASS and not spoilt and Verdict.PASS in verdicts
    failed = said == ExitCode.FAIL and Verdict.FAIL in verdicts
    if said in {ExitCode.PASS, ExitCode.FAIL} and not fine and not failed:
        return f"終了コード {said} は、シナリオの判定と合いません"
    if said == ExitCode.INCONCLUSIVE and Verdict.FAIL in verdicts:
        return f"終了コード {said} は、シナリオの判定と合いません"
    return ""
