"""Outcomes and checks as plain text, for readers of every format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from otp_conformance.journal.events import Check, CodeSent, Reconnected, ScenarioFinished
from otp_conformance.journal.journal import Attempt
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
        lines += [f"対処: {outcome.hint}"] if outcome.hint else []
    return "\n".join(lines)


def check_text(check: Check) -> str:
    """Return a check in words."""
    ids = "・".join(check.requirements)
    lines = [f"{check.verdict.ja} {check.name}{f'（{ids}）' if ids else ''}"]
    lines += [f"  期待: {check.expected}"] if check.expected else []
    lines += [f"  観測: {check.observed}"] if check.observed else []
    lines += [f"  時刻: {check.sut_time}"] if check.sut_time else []
    return "\n".join(lines)


def code_text(sent: CodeSent) -> str:
    """Return which code was sent, and when, on the token's clock; the code is in no journal."""
    length = round(sent.since_start_s + sent.until_end_s)
    shown, chosen_at, answered_at = (
        _displayed(step * length) for step in (sent.time_step, sent.chosen_step, sent.answered_step)
    )
    chosen = "" if chosen_at == shown else f"、{chosen_at} に選択"
    answered = "" if answered_at == shown else f"、応答は {answered_at}"
    edge = "。境目に掛かったため、製品の合否は言えません" if sent.edge else ""
    return (
        f"ワンタイムパスワードを送信: {shown} の値（表示から {sent.since_start_s:g} 秒後{chosen}）"
        f"{answered}{edge}"
    )


def _displayed(timestamp: float) -> str:
    """Return when a token began to display a value, in Japan."""
    moment = datetime.fromtimestamp(timestamp, ZoneInfo("Asia/Tokyo"))
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def reconnection_text(told: Reconnected) -> str:
    """Return that a page was asked for again, and why."""
    return f"つなぎ直し {told.number} 回目（{told.paused_s:g} 秒後）: {told.why}"


def stamps(attempt: Attempt, here: Callable[[int], bool]) -> list[tuple[str, str]]:
    """Return sent codes and reconnections of the steps ``here``: time (RFC 3339) and text."""
    codes = [(sent.at, code_text(sent)) for sent in attempt.codes if here(sent.step_index)]
    again = [(r.at, reconnection_text(r)) for r in attempt.reconnected if here(r.step_index)]
    return sorted(codes + again)
