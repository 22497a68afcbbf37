"""Which OTP a customer enters: the phrases of the features and what they mean.

A wrong value must not be right by luck: it differs from everything that any
token of the scenario shows within ±40 steps (requirements.md, section 7.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from otp_conformance.people.timeline import Timeline
from otp_conformance.tokens.port import TokenDevice
from otp_conformance.verdict.outcome import NotRun, SetupFailed

GUARD_STEPS = 40
# How far to look for a code of a certain form; one in ten begins with a given digit.
MOST_STEPS = 400


@dataclass(frozen=True)
class CodeChoice:
    """How to arrive at a code.

    ``offset``: steps from the present one; None: see ``source``.
    ``source``: whose token, or a special way ("same", "noted", "unused", "wrong").
    ``fresh``: first move on to a step whose code was never used.
    ``spoil``: what is done to the right code.
    ``begins``: with what the right code begins; the clock moves on to such a one.
    ``zero``: it differs in a leading zero only. ``drifting``: it comes from a token whose
    clock goes on falling behind.
    """

    source: str = "own"
    offset: str = "0"
    fresh: bool = False
    spoil: Callable[[str], str] | None = None
    begins: str = ""
    zero: bool = False
    drifting: bool = False


def _letter(code: str) -> str:
    return code[:-1] + "A"


def _first_off(code: str) -> str:
    return f"{(int(code[0]) + 1) % 10}{code[1:]}"


def _swapped(code: str) -> str:
    """Exchange two neighbours that differ; of equal digits alone nothing comes but the same."""
    for i in range(len(code) - 1, 0, -1):
        if code[i] != code[i - 1]:
            return code[: i - 1] + code[i] + code[i - 1] + code[i + 1 :]
    return code


def _blank_inside(code: str) -> str:
    return f"{code[:3]} {code[3:]}"


def _plus(number: int) -> Callable[[str], str]:
    """Return what adds to a code as a number, round at its largest value."""
    return lambda code: f"{(int(code) + number) % 10 ** len(code):0{len(code)}d}"


def full_width(digits: str) -> str:
    """Return the same digits in full width (U+FF10 to U+FF19)."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isdigit() else c for c in digits)


ARABIC_INDIC, KANJI = "٠١٢٣٤٥٦٧٨٩", "〇一二三四五六七八九"


def written_in(digits: str, signs: str) -> str:
    """Return the same digits in other signs, given from nought to nine."""
    return "".join(signs[int(digit)] for digit in digits)


# The phrase before ワンタイムパスワード in a step.
CODE_PHRASES: dict[str, CodeChoice] = {
    "新しい": CodeChoice(fresh=True),
    "表示中の": CodeChoice(),
    "同じ": CodeChoice(source="same"),
    "控えておいた": CodeChoice(source="noted"),
    "使わずに控えた": CodeChoice(source="unused"),
    "誤った": CodeChoice(source="wrong"),
    "すべて0の": CodeChoice(source="zeros"),
    "1から順に並んだ": CodeChoice(source="ascending"),
    "別のお客さまの": CodeChoice(source="other_customer", fresh=True),
    "別のトークンの": CodeChoice(source="spare", fresh=True),
    "そのトークンの": CodeChoice(source="chosen", fresh=True),
    "利用解除したトークンの": CodeChoice(source="retired", fresh=True),
    "失効したトークンの": CodeChoice(source="retired", fresh=True),
    "許容幅でいちばん古い": CodeChoice(offset="-W", fresh=True),
    "許容幅より一つ古い": CodeChoice(offset="-W-1", fresh=True),
    "許容幅でいちばん先の": CodeChoice(offset="+F", fresh=True),
    "許容幅より一つ先の": CodeChoice(offset="+F+1", fresh=True),
    "10分前の": CodeChoice(offset="-10", fresh=True),
    "1時間前の": CodeChoice(offset="-60", fresh=True),
    "1日前の": CodeChoice(offset="-1440", fresh=True),
    "9時間前の": CodeChoice(offset="-540", fresh=True),
    "10分先の": CodeChoice(offset="+10", fresh=True),
    "9時間先の": CodeChoice(offset="+540", fresh=True),
    "さらに一つ遅れた": CodeChoice(offset="-W-1", fresh=True, drifting=True),
    "空の": CodeChoice(fresh=True, spoil=lambda _: ""),
    "空白だけの": CodeChoice(fresh=True, spoil=lambda code: " " * len(code)),
    "末尾の一桁が欠けた": CodeChoice(fresh=True, spoil=lambda code: code[:-1]),
    "末尾に一桁多い": CodeChoice(fresh=True, spoil=lambda code: code + "0"),
    "英字の混じった": CodeChoice(fresh=True, spoil=_letter),
    "途中に空白の入った": CodeChoice(fresh=True, spoil=_blank_inside),
    "前後に空白の付いた": CodeChoice(fresh=True, spoil=lambda code: f" {code} "),
    "全角数字の": CodeChoice(fresh=True, spoil=full_width),
    "アラビア文字の数字の": CodeChoice(
        fresh=True, spoil=lambda code: written_in(code, ARABIC_INDIC)
    ),
    "漢数字の": CodeChoice(fresh=True, spoil=lambda code: written_in(code, KANJI)),
    "正しい値より1大きい": CodeChoice(fresh=True, spoil=_plus(1)),
    "正しい値より1小さい": CodeChoice(fresh=True, spoil=_plus(-1)),
    "先頭の一桁だけ違う": CodeChoice(fresh=True, spoil=_first_off),
    "隣り合う桁の入れ替わった": CodeChoice(fresh=True, spoil=_swapped),
    "先頭が0の": CodeChoice(fresh=True, zero=True, begins="0"),
    "先頭に0を足した": CodeChoice(fresh=True, zero=True, spoil=lambda code: f"0{code}"),
    "先頭の0を省いた": CodeChoice(fresh=True, zero=True, begins="0", spoil=lambda code: code[1:]),
}

# Ways to a code whose fate does not hang on the step in which it is sent.
TIMELESS_SOURCES = ("same", "noted", "wrong", "zeros", "ascending")

AGAIN = "同じ"
WRONG = frozenset(
    phrase
    for phrase, choice in CODE_PHRASES.items()
    if choice.spoil is not None or choice.source in {"wrong", "zeros", "ascending"}
)
"""What no token displays: wrong whatever the time."""

MALFORMED = ("末尾の一桁が欠けた", "英字の混じった", "途中に空白の入った")


def offset_of(choice: CodeChoice, backward: int, forward: int) -> int:
    """Return the offset in steps under a declared window (IX-08)."""
    match choice.offset:
        case "-W":
            return -backward
        case "-W-1":
            return -backward - 1
        case "+F":
            return forward
        case "+F+1":
            return forward + 1
        case number:
            return int(number)


def shown_around(devices: Iterable[TokenDevice], timeline: Timeline, step: int) -> set[str]:
    """Return what the devices show within ±40 steps of a step.

    Of a device without foresight nothing is known: a value that is meant to be
    wrong is right with it once in a million times the accepted steps.
    """
    return {
        device.code_at(timeline.moment_in(step + k))
        for device in devices
        if device.foresees
        for k in range(-GUARD_STEPS, GUARD_STEPS + 1)
    }


def guess(devices: Iterable[TokenDevice], timeline: Timeline, value: str) -> str:
    """Return a guessed value, after moving on in the unlikely case that a device shows it now."""
    held = list(devices)
    while value in shown_around(held, timeline, timeline.step()):
        timeline.to_step(timeline.step() + 2 * GUARD_STEPS)
    return value


class Ledger:
    """Remembers, per token, the newest time step that may have been used."""

    def __init__(self) -> None:
        self._newest: dict[str, int] = {}

    def book(self, device: TokenDevice, step: int) -> None:
        """Book a step as used."""
        serial = device.asset.serial
        self._newest[serial] = max(step, self._newest.get(serial, step))

    def newest(self, device: TokenDevice) -> int | None:
        """Return the newest used step, or None."""
        return self._newest.get(device.asset.serial)


def right_code(
    device: TokenDevice,
    timeline: Timeline,
    ledger: Ledger,
    *,
    offset: int,
    fresh: bool,
    suits: Callable[[int, str], bool] = lambda _step, _code: True,
) -> str:
    """Return the code of the present step plus ``offset``, booking it as used.

    With ``fresh`` the SUT's clock first moves on until that step is one that
    was never used on this token. It moves on further to the first present step
    and code that ``suits``. Raise `SetupFailed` if none of the next 400 does;
    `NotRun` where a device without foresight cannot know the code.
    """
    if not device.foresees:
        return _read_code(device, timeline, ledger, offset=offset, fresh=fresh, suits=suits)
    step = timeline.settle()
    newest = ledger.newest(device)
    if fresh and newest is not None and step + offset <= newest:
        step = newest + 1 - offset
    while True:
        for candidate in range(step, step + MOST_STEPS):
            code = device.code_at(timeline.moment_in(candidate + offset))
            if suits(candidate, code):
                break
        else:
            raise SetupFailed(
                expected="確認に使う形のワンタイムパスワードが表示されること",
                observed=f"続く{MOST_STEPS}個の値の中にありません",
            )
        step = timeline.settle(candidate)
        if step == candidate:
            ledger.book(device, candidate + offset)
            return code


def _read_code(
    device: TokenDevice,
    timeline: Timeline,
    ledger: Ledger,
    *,
    offset: int,
    fresh: bool,
    suits: Callable[[int, str], bool],
) -> str:
    """Return a code that is read from a display, as `right_code` does.

    An old one is noted while it is displayed, and then time goes on. The next
    that suits is not sought: that could ask somebody for hundreds of codes.
    """
    ahead, ago = max(offset, 0), max(-offset, 0)
    step = timeline.settle()
    newest = ledger.newest(device)
    if fresh and newest is not None and step + ahead <= newest:
        step = timeline.settle(newest + 1 - ahead)
    while True:
        code = device.code_at(timeline.moment_in(step + ahead))
        if not suits(step, code):
            raise NotRun(
                expected="確認に使う形のワンタイムパスワードが表示されること",
                observed="表示を読むトークンでは、その形の値が出る時を前もって知れません",
                hint="種の分かるトークン（simulated か pskc）を宣言すると実施できます。",
            )
        reached = timeline.settle(step + ago)
        if reached == step + ago:
            ledger.book(device, step + ahead)
            return code
        step = reached


def wrong_code(devices: Iterable[TokenDevice], timeline: Timeline, *, digits: int, nth: int) -> str:
    """Return the ``nth`` well-formed value that no device shows within ±40 steps."""
    shown = shown_around(devices, timeline, timeline.step())
    value, found = 271_828, -1
    while True:
        candidate = f"{value % 10**digits:0{digits}d}"
        if candidate not in shown:
            found += 1
            if found == nth:
                return candidate
        value += 7_919
