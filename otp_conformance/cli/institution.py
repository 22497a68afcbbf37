"""The institution's own text of its manual, and the user's mapping, as they are read from files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from otp_conformance.errors import UsageError
from otp_conformance.language import did_you_mean
from otp_conformance.report.placing import Told
from otp_conformance.text import normalise

_MOST_BYTES = 5_000_000
_NO_TEXT = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xfe\xff")
_LINES = re.compile(r"L(\d+)(?:-(\d+))?")
_KEYS = ("first", "last", "headings", "lines")


def read_text(path: Path) -> list[str]:
    """Return a text's lines; it is UTF-8 (with or without its mark) or CP932.

    Raises `UsageError` for a file that is missing, too long, empty or no text.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= _MOST_BYTES else b""
    except OSError as error:
        raise UsageError(
            f"手順書の本文 {path} を読めません（{error.strerror}）。"
            "--text の場所を確かめてください。",
            f"The manual's text {path} cannot be read ({error.strerror}). Mind --text.",
        ) from error
    if size > _MOST_BYTES:
        raise UsageError(
            f"手順書の本文 {path} が大きすぎます（{size} バイト、{_MOST_BYTES} まで）。",
            f"The manual's text {path} is too big ({size} bytes, {_MOST_BYTES} at most).",
        )
    if data.startswith(_NO_TEXT) or b"\0" in data:
        raise UsageError(
            f"{path} はテキストファイルではありません（PDF や Word、UTF-16 は読めません）。"
            "UTF-8 か CP932（Shift_JIS）のテキストとして保存し直してください。",
            f"{path} is no text file (PDF, Word and UTF-16 are not read). Save it as text in "
            "UTF-8 or CP932 (Shift_JIS).",
        )
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
    else:
        raise UsageError(
            f"{path} の {line} 行目の文字コードを読み取れません。"
            "UTF-8 か CP932（Shift_JIS）で保存し直してください。",
            f"{path}:{line} is neither UTF-8 nor CP932 (Shift_JIS). Save it as one of them.",
        )
    lines = re.split(r"\r\n|\r|\n", text)
    if not any(line.strip() for line in lines):
        raise UsageError(f"手順書の本文 {path} は空です。", f"The manual's text {path} is empty.")
    return lines


def read_mapping(
    path: Path, text: Sequence[str], spots: Collection[str], ids: Collection[str]
) -> Told:
    """Return what the user says about a text, checked against it.

    ``spots``: the names of all headings; ``ids``: of all requirements. Raises `UsageError`
    that names file, key and mend.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"対応づけ {path} を読めません（{error.strerror}）。"
            "--mapping の場所を確かめてください。",
            f"The mapping {path} cannot be read ({error.strerror}). Mind --mapping.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"対応づけ {path} を TOML（UTF-8）として読めません: {error}。",
            f"The mapping {path} is no TOML in UTF-8: {error}.",
        ) from error
    check = _Checked(path, text)
    for key in data:
        if key not in _KEYS:
            raise check.unknown(key, key, _KEYS)
    first, last = (check.line(key, data[key]) if key in data else None for key in _KEYS[:2])
    if first and last and first > last:
        raise check.wrong("last", f"first（{first}）より前です", f"is before first ({first})")
    headings = check.table("headings", data, spots)
    lines = check.table("lines", data, ids)
    return Told(
        first,
        last,
        {name: check.line(f"headings.{name}", value) for name, value in headings.items()},
        {name: check.lines(f"lines.{name}", value) for name, value in lines.items()},
    )


class _Checked:
    """Reads the values of a mapping against a text; what is wrong raises `UsageError`."""

    def __init__(self, path: Path, text: Sequence[str]) -> None:
        self._path = path
        self._text = text
        self._folded = [normalise(line) for line in text]

    def wrong(self, key: str, ja: str, en: str) -> UsageError:
        return UsageError(
            f"{self._path}: {key} は{ja}。直してください。", f"{self._path}: {key} {en}. Mend it."
        )

    def unknown(self, key: str, word: str, known: Collection[str]) -> UsageError:
        hint = did_you_mean(word, known)
        return UsageError(
            f"{self._path}: {key} という名前はありません。{hint.ja}",
            f"{self._path}: there is no {key}.{hint.en}",
        )

    def table(
        self, key: str, data: Mapping[str, Any], known: Collection[str]
    ) -> Mapping[str, object]:
        """Return a table whose keys are all known."""
        table = data.get(key, {})
        if not isinstance(table, dict):
            raise self.wrong(key, "表（[…]）ではありません", "is no table")
        for name in table:
            if name not in known:
                raise self.unknown(f"{key}.{name}", name, known)
        return table

    def line(self, key: str, value: object) -> int:
        """Return one line's number."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, "行番号（整数）ではありません", "is no line number")
        if not 1 <= value <= len(self._text):
            last = len(self._text)
            raise self.wrong(
                key, f"本文の行（1 から {last}）ではありません", f"is not in 1 to {last}"
            )
        return value

    def lines(self, key: str, value: object) -> tuple[int, ...]:
        """Return the lines that ``L12, L14-16`` names, or the one that has the quoted words."""
        if not isinstance(value, str) or not normalise(value):
            raise self.wrong(
                key,
                '"L12, L14-16" のような行か、その行の言葉ではありません',
                'is neither lines such as "L12, L14-16" nor words of a line',
            )
        ranges = [_LINES.fullmatch(part.strip()) for part in value.split(",")]
        if all(ranges):
            found = [(int(m[1]), int(m[2] or m[1])) for m in ranges if m]
            for number in (each for pair in found for each in pair):
                self.line(key, number)
            return tuple(n for start, end in found for n in range(start, end + 1))
        wanted = normalise(value)
        here = [n for n, line in enumerate(self._folded, start=1) if wanted in line]
        if len(here) != 1:
            count = len(here)
            raise self.wrong(
                key,
                f"ちょうど一行にある言葉ではありません（{count} 行にあります）",
                f"are words that stand on {count} lines, not on one",
            )
        return (here[0],)
