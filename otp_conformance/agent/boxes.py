"""Boxes that a page puts before itself: which button a person takes to go on, or to go back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from otp_conformance.text import normalise

_GO_ON = re.compile(
    r"^\s*(OK|ＯＫ|はい|実行|続行|続ける|送信|確定|進む|次へ|申し?込む|する|Yes)", re.IGNORECASE
)
_DECLINE = re.compile(
    r"^\s*(いいえ|キャンセル|取り?消|やめ|と?りやめ|取りやめ|戻|もど|閉じ|とじ|中止|続け|"
    r"cancel|no\b|back|close|[×✕✖])|(ない|ません)$",
    re.IGNORECASE,
)
_PUT_AWAY = re.compile(r"(閉じる|とじる|OK|ＯＫ|確認|了解|戻る|はい|close|[×✕✖xX])", re.IGNORECASE)
_ASKS = re.compile(r"か[。？?！]?(\s|$)|[？?]|よろし")
# What is left of 「はい、解除します」 or 「終了する」 is what the button does.
_YES, _ENDING = (
    re.compile(r"^(はい|OK|ok)[、,。!]?"),
    re.compile(r"(します|する|しました|る|む|す)$"),
)
_SHORTEST_DEED = 2


def going_on(names: Sequence[str], pressed: Sequence[str], text: str) -> int | None:
    """Return the place of the button that goes on with what was pressed, None where none is sure.

    ``names``: the buttons of the box; ``pressed``: the names of what was pressed; ``text``:
    what the box says, its buttons included. A button that says what was pressed, or what the
    box asks, is surer than one that merely agrees: 「中止しますか [続ける][中止する]」.
    """
    if len(names) < 2:
        return None
    asked = text
    for name in names:
        asked = asked.replace(name, " ")
    does, declines = [_deed(name) for name in names], [_declines(name) for name in names]
    signs: tuple[Callable[[int], bool], ...] = (
        lambda i: not _negates(names[i]) and _within(does[i], pressed),
        lambda i: not declines[i] and _within(does[i], [asked]),
        lambda i: bool(_GO_ON.match(names[i])),
        lambda i: not declines[i] and bool(_ASKS.search(asked)),
    )
    for sign in signs:
        fitting = [place for place in range(len(names)) if sign(place)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def putting_away(names: Sequence[str]) -> int | None:
    """Return the place of the button that closes a box that tells, None where it asks."""
    closing = [place for place, name in enumerate(names) if _PUT_AWAY.search(name)]
    if len(names) > 1 and not closing:
        return None
    return (closing or [0])[0] if names else None


def _declines(name: str) -> bool:
    return bool(_DECLINE.search(name.strip()))


def _negates(name: str) -> bool:
    return name.strip().endswith(("ない", "ません"))


def _deed(name: str) -> str:
    return normalise(_ENDING.sub("", _YES.sub("", name.strip())))


def _within(deed: str, texts: Sequence[str]) -> bool:
    return len(deed) >= _SHORTEST_DEED and any(deed in normalise(text) for text in texts)
