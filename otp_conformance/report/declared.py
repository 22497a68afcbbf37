"""The product's own value beside a sentence that leaves it to the declaration.

The features say 一定回数, 宣言された時間 or 「…かは、宣言による」, whatever the product. A
reader of a report wants to know which: 「宣言：5回」, 「宣言：続けて数える」. What a step with a
table 宣言 | 結果 decided stands in the step's record; other values are those that the
scenario read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from otp_conformance.journal.events import RECORDED_ANSWER
from otp_conformance.journal.journal import Attempt
from otp_conformance.language import Text, say
from otp_conformance.report.phrases import english

_LEFT_OPEN = re.compile("宣言による|宣言により|宣言に応じて|宣言された欄")


@dataclass(frozen=True)
class _Said:
    """Words of a sentence, the keys of their values, and how readers are told them.

    ``unless``: words that give the same another meaning. ``told``: with {} for each value.
    """

    words: str
    keys: tuple[str, ...]
    told: Text
    unless: str = "(?!)"


_TIMES = Text("{}回", "{} times")
_THERE = {"true": Text("ある", "there is one"), "false": Text("ない", "there is none")}
_SAID = (
    _Said("一定回数", ("lockout.threshold",), _TIMES),
    _Said(
        "停止の一回手前", ("lockout.threshold",), Text("停止は{}回", "suspended at {}"), "一定回数"
    ),
    _Said("操作をしないまま宣言された時間", ("sessions.idle_minutes",), Text("{}分", "{} min")),
    _Said("ログインから宣言された時間", ("sessions.absolute_minutes",), Text("{}分", "{} min")),
    _Said(
        "停止状態を解除し、宣言された時間",
        ("lockout.unlock.delay_seconds",),
        Text("{}秒", "{} s"),
    ),
    _Said(
        "宣言された回数", ("confirmation_password.failure_limit",), _TIMES, unless="シリアル番号"
    ),
    _Said("シリアル番号を、宣言された回数", ("activation.failure_limit",), _TIMES),
    _Said("値は宣言された桁数", ("otp.digits",), Text("{}桁", "{} digits")),
    _Said(
        "宣言された桁数",
        ("serial.min_length", "serial.max_length"),
        Text("{}から{}桁", "{} to {} digits"),
        unless="値は宣言された",
    ),
    _Said(
        "宣言された最短",
        ("confirmation_password.min_length",),
        Text("{}文字", "{} characters"),
    ),
    _Said(
        "宣言された最長",
        ("confirmation_password.max_length",),
        Text("{}文字", "{} characters"),
    ),
    *(
        _Said(
            words,
            (f"otp.window.{function}.backward", f"otp.window.{function}.forward"),
            Text("古い値は{}つ、先の値は{}つまで", "{} earlier value(s), {} later"),
            unless=unless,
        )
        for words, function, unless in (
            ("許容幅.*利用開始登録|利用開始登録.*許容幅", "activation", "(?!)"),
            ("許容幅.*利用解除|利用解除.*許容幅", "deactivation", "利用開始登録"),
            ("許容幅", "login", "利用開始登録|利用解除"),
        )
    ),
)


def answers(attempt: Attempt, step_index: int | None = None) -> list[str]:
    """Return what the tables 宣言 | 結果 were answered with: of one step, or of all.

    In the current language.
    """
    found = [
        recorded["answer"]
        for kept in attempt.evidence
        if step_index in (None, kept.step_index)
        and (recorded := RECORDED_ANSWER.fullmatch(kept.label))
    ]
    return [say(answer, english(answer)) for answer in dict.fromkeys(found)]


def values(attempt: Attempt, sentence: str) -> list[str]:
    """Return the values that a sentence's own words stand for, in the current language."""
    read = {each.key: each.value for each in attempt.declared}
    return [
        told
        for said in _SAID
        if re.search(said.words, sentence) and not re.search(said.unless, sentence)
        if (told := _filled(said, read))
    ]


def _filled(said: _Said, read: Mapping[str, str]) -> str:
    found = [read.get(key, "").strip('"') for key in said.keys]
    return str(said.told).format(*found) if all(found) else ""


def of_name(attempt: Attempt, name: str) -> str:
    """Return what was declared of all that a scenario's name leaves open; nothing for none."""
    found = answers(attempt) if _LEFT_OPEN.search(name) else []
    if not found and "ソフトウェアキーボードの操作部" in name:
        read = {each.key: each.value for each in attempt.declared}
        there = _THERE.get(read.get("ics.on_screen_keyboard", ""))
        found = [str(there)] if there else []
    return say("／", "; ").join([*found, *values(attempt, name)])


def of_step(attempt: Attempt, index: int | None, sentence: str) -> str:
    """Return what was declared of all that a step's sentence leaves open; nothing for none."""
    found = answers(attempt, index) if index is not None else []
    return say("／", "; ").join([*found, *values(attempt, sentence)])


def beside(sentence: str, declared: str) -> str:
    """Return a sentence with its declared value in plain text."""
    if not declared:
        return sentence
    return sentence + say(f"（宣言：{declared}）", f" (declared: {declared})")
