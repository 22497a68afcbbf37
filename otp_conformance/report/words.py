"""Outcomes and checks as plain text, for readers of every format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from otp_conformance.journal.events import Check, CodeSent, Reconnected, ScenarioFinished
from otp_conformance.journal.journal import Attempt
from otp_conformance.language import Text, say
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


def _wrong(ja: str, en: str) -> Text:
    return Text(f"誤った値（{ja}）", f"a wrong value ({en})")


# How a code was come by (`CodeSent.made`). What is right or wrong as declared is told as it is.
MADE = {
    "誤った": _wrong("どのトークンにも表示されない数字", "digits that no token shows"),
    "すべて0の": _wrong("すべて0", "noughts alone"),
    "1から順に並んだ": _wrong("1から順に並べた数字", "digits counted from 1"),
    "正しい値より1大きい": _wrong("正しい値に1を足したもの", "the right one plus 1"),
    "正しい値より1小さい": _wrong("正しい値から1を引いたもの", "the right one minus 1"),
    "先頭の一桁だけ違う": _wrong("正しい値の先頭の一桁を変えたもの", "its first digit altered"),
    "隣り合う桁の入れ替わった": _wrong(
        "正しい値の隣り合う二桁を入れ替えたもの", "two neighbouring digits exchanged"
    ),
    "空の": _wrong("空", "empty"),
    "空白だけの": _wrong("空白だけ", "blanks alone"),
    "末尾の一桁が欠けた": _wrong("正しい値の末尾の一桁を除いたもの", "its last digit left out"),
    "末尾に一桁多い": _wrong("正しい値の末尾に一桁足したもの", "a digit added at the end"),
    "先頭に0を足した": _wrong("正しい値の先頭に0を足したもの", "a nought added at the beginning"),
    "先頭の0を省いた": _wrong("正しい値の先頭の0を省いたもの", "its leading nought left out"),
    "英字の混じった": _wrong("正しい値に英字を混ぜたもの", "a letter in it"),
    "途中に空白の入った": _wrong("正しい値の途中に空白を入れたもの", "a blank in it"),
    "アラビア文字の数字の": _wrong("正しい値をアラビア文字の数字で書いたもの", "in Arabic digits"),
    "漢数字の": _wrong("正しい値を漢数字で書いたもの", "in kanji digits"),
    "前後に空白の付いた": Text(
        "正しい値の前後に空白を付けたもの", "the right value with blanks around"
    ),
    "全角数字の": Text("正しい値を全角数字で書いたもの", "the right value in full-width digits"),
    "別のトークンの": _wrong("別のトークンの値", "that of another token"),
    "別のお客さまの": Text(
        "本人のものでない値（別のお客さまのトークンの値）",
        "a value of somebody else (of the other customer's token)",
    ),
    "そのトークンの": Text("シリアル番号を入力したトークンの値", "the value of the token entered"),
    "利用解除したトークンの": Text("利用解除したトークンの値", "the value of a deactivated token"),
    "失効したトークンの": Text("失効したトークンの値", "the value of a revoked token"),
    "同じ": Text("前に入力した値をもう一度", "the value entered before, once more"),
    "控えておいた": Text(
        "前に使い、控えておいた値をもう一度", "a value noted when it was used, once more"
    ),
    "使わずに控えた": Text("使わずに控えておいた値", "a value noted and not used"),
    "許容幅でいちばん古い": Text(
        "許容幅でいちばん古い時間枠の値", "the earliest value of the window"
    ),
    "許容幅でいちばん先の": Text(
        "許容幅でいちばん先の時間枠の値", "the latest value of the window"
    ),
    "さらに一つ遅れた": Text("さらに一つ遅れた時間枠の値", "the value of one more step behind"),
    "許容幅より一つ古い": _wrong("許容幅より一つ古い時間枠の値", "one time step before the window"),
    "許容幅より一つ先の": _wrong("許容幅より一つ先の時間枠の値", "one time step after the window"),
    "10分前の": _wrong("10分前の時間枠の値", "of 10 minutes before"),
    "1日前の": _wrong("1日前の時間枠の値", "of a day before"),
    "1時間前の": _wrong("1時間前の時間枠の値", "of an hour before"),
    "9時間前の": _wrong("9時間前の時間枠の値", "of 9 hours before"),
    "10分先の": _wrong("10分先の時間枠の値", "of 10 minutes ahead"),
    "9時間先の": _wrong("9時間先の時間枠の値", "of 9 hours ahead"),
}


def code_text(sent: CodeSent) -> str:
    """Return which code was sent, and when, on the token's clock; the code is in no journal.

    A wrong one is told as wrong, and how it was made.
    """
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
    made = MADE.get(sent.made)
    if made is not None:
        return say(
            f"ワンタイムパスワードを送信: {made.ja}。"
            f"{shown} の値が表示されてから {since} 秒後{chosen}{answered}{edge}",
            f"one-time password sent: {made.en}, "
            f"{since} s after the value of {shown} was shown{chosen}{answered}{edge}",
        )
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
