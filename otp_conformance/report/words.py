"""Outcomes and checks as plain text, for readers of every format."""

from __future__ import annotations

from otp_conformance.verdict.events import Check, ScenarioFinished
from otp_conformance.verdict.verdict import Cause, Verdict


def cause_text(cause: Cause | None, *, suite_fault: bool = False) -> str:
    """Return whose matter a non-pass is, or nothing."""
    word = cause.ja if cause else ""
    return f"{word}・試験装置異常" if suite_fault else word


def outcome_text(outcome: ScenarioFinished) -> str:
    """Return a scenario's end in words: verdict, cause, expected, observed, hint."""
    cause = cause_text(outcome.cause, suite_fault=outcome.suite_fault)
    lines = [f"{outcome.verdict.ja}（原因: {cause}）" if cause else outcome.verdict.ja]
    if outcome.verdict is not Verdict.PASS:
        lines += [f"期待: {outcome.expected}", f"観測: {outcome.observed}"]
        lines += [f"手順: {outcome.failing_step}"] if outcome.failing_step else []
        lines += [f"次の一手: {outcome.hint}"] if outcome.hint else []
    return "\n".join(lines)


def check_text(check: Check) -> str:
    """Return a check in words."""
    ids = "・".join(check.requirements)
    lines = [f"{check.verdict.ja} {check.name}{f'（{ids}）' if ids else ''}"]
    lines += [f"  期待: {check.expected}"] if check.expected else []
    lines += [f"  観測: {check.observed}"] if check.observed else []
    lines += [f"  時刻: {check.sut_time}"] if check.sut_time else []
    return "\n".join(lines)
