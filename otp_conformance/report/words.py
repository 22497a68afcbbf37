"""Outcomes and checks as plain text, for readers of every format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from otp_conformance.journal.events import Check, CodeSent, Reconnected, ScenarioFinished
from otp_conformance.journal.journal import Attempt
from otp_conformance.language import say
from otp_conformance.report.phrases import english
from otp_conformance.verdict.verdict import Cause, Verdict


def told(text: str) -> str:
    """Return a finding in the current language: a journal holds it in Japanese."""
    return say(text, english(text))


def cause_text(cause: Cause | None, *, suite_fault: bool = False) -> str:
    """Return whose matter a non-pass is, or nothing."""
    word = say(cause.ja, cause.en) if cause else ""
    return say(f"{word}・試験装置異常", f"{word}, suite fault") if suite_fault else word


def outcome_text(outcome: ScenarioFinished) -> str:
    """Return a scenario's end in words: verdict, cause, expected, observed, hint."""
    cause = cause_text(outcome.cause, suite_fault=outcome.suite_fault)
    verdict = say(outcome.verdict.ja, outcome.verdict.en)
    lines = [f"{verdict}{say(f'（原因: {cause}）', f' (cause: {cause})')}" if cause else verdict]
    if outcome.verdict is not Verdict.PASS:
        lines += [
            say("期待: ", "expected: ") + told(outcome.expected),
            say("観測: ", "observed: ") + told(outcome.observed),
        ]
        if outcome.failing_step:
            lines += [say("手順: ", "step: ") + outcome.failing_step]
        lines += [say("対処: ", "what to do: ") + told(outcome.hint)] if outcome.hint else []
    return "\n".join(lines)


def check_text(check: Check) -> str:
    """Return a check in words."""
    ids = say("・", ", ").join(check.requirements)
    head = f"{say(check.verdict.ja, check.verdict.en)} {told(check.name)}"
    lines = [head + (say(f"（{ids}）", f" ({ids})") if ids else "")]
    for value, ja, en in (
        (told(check.expected), "  期待: ", "  expected: "),
        (told(check.observed), "  観測: ", "  observed: "),
        (check.sut_time, "  時刻: ", "  time: "),
    ):
        lines += [say(ja, en) + value] if value else []
    return "\n".join(lines)


def code_text(sent: CodeSent) -> str:
    """Return which code was sent, and when, on the token's clock; the code is in no journal."""
    length = round(sent.since_start_s + sent.until_end_s)
    shown, chosen_at, answered_at = (
        _displayed(step * length) for step in (sent.time_step, sent.chosen_step, sent.answered_step)
    )
    chosen = "" if chosen_at == shown else say(f"、{chosen_at} に選択", f", chosen at {chosen_at}")
    answered = (
        ""
        if answered_at == shown
        else say(f"、応答は {answered_at}", f", answered at {answered_at}")
    )
    edge = (
        say(
            "。境目に掛かったため、製品の合否は言えません",
            ". It met an edge: no verdict on the product",
        )
        if sent.edge
        else ""
    )
    since = f"{sent.since_start_s:g}"
    return say(
        f"ワンタイムパスワードを送信: {shown} の値（表示から {since} 秒後{chosen}）"
        f"{answered}{edge}",
        f"one-time password sent: the value of {shown} ({since} s after it was shown{chosen})"
        f"{answered}{edge}",
    )


def _displayed(timestamp: float) -> str:
    """Return when a token began to display a value, in Japan."""
    moment = datetime.fromtimestamp(timestamp, ZoneInfo("Asia/Tokyo"))
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def reconnection_text(event: Reconnected) -> str:
    """Return that a page was asked for again, and why."""
    return say(
        f"つなぎ直し {event.number} 回目（{event.paused_s:g} 秒後）: {event.why}",
        f"connected again, {event.number} (after {event.paused_s:g} s): {english(event.why)}",
    )


def stamps(attempt: Attempt, here: Callable[[int], bool]) -> list[tuple[str, str]]:
    """Return sent codes and reconnections of the steps ``here``: time (RFC 3339) and text."""
    codes = [(sent.at, code_text(sent)) for sent in attempt.codes if here(sent.step_index)]
    again = [(r.at, reconnection_text(r)) for r in attempt.reconnected if here(r.step_index)]
    return sorted(codes + again)
