"""Lists of customers and tokens as spreadsheets save them: CSV beside pool.toml (IX-44)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from otp_conformance.declaration.errors import DeclarationError, Problem
from otp_conformance.language import did_you_mean, say

_SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
# What a spreadsheet makes of a long number; its last digits are lost.
_ROUNDED = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")
_DIGITS = ("serial", "token")
_MOMENTS = ("expires_at", "last_used")


@dataclass(frozen=True)
class Sheet:
    """One CSV file: its rows as tables, and the line of each (from 1, the heading's being 1)."""

    path: Path
    rows: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def read_sheet(path: Path, model: type[BaseModel], shortest_serial: int) -> Sheet:
    """Read a CSV file whose heading names keys of ``model``, or what they mean in Japanese.

    UTF-8 (with or without byte order mark) or CP932, as spreadsheets save it. Numbers
    stay as they are written, leading zeros included. ``shortest_serial``: the declared
    least number of digits. Raises `DeclarationError` with every problem, each with its line.
    """
    reader = csv.reader(io.StringIO(_decoded(path)), strict=True)
    try:
        return _Reading(path, model, shortest_serial).of(reader)
    except csv.Error:
        raise _problem(
            path,
            reader.line_num,
            say("引用符の閉じていない行", "a line with an unclosed quotation mark"),
            "CSV",
            say("表計算ソフトで CSV として保存し直してください。", "Save it as CSV again."),
        ) from None


def _decoded(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _problem(
            path,
            0,
            say(f"読めないファイル（{error.strerror}）", f"an unreadable file ({error.strerror})"),
            say("お客さまかトークンの一覧（CSV）", "a list of customers or tokens (CSV)"),
            say("場所と権限を確かめてください。", "Check the path and the rights."),
        ) from None
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
        else:
            if "\0" not in text:
                return text
            line = 1
    raise _problem(
        path,
        line,
        say("UTF-8 でも CP932 でもない文字", "letters that are neither UTF-8 nor CP932"),
        say("UTF-8 か CP932（Shift_JIS）", "UTF-8 or CP932 (Shift_JIS)"),
        say("「CSV UTF-8」として保存し直してください。", "Save it as CSV UTF-8."),
    )


def _problem(
    path: Path, line: int, found: str, expected: str, fix: str, key: str = ""
) -> DeclarationError:
    return DeclarationError([Problem(str(path), line, key, found, expected, fix)])


class _Reading:
    def __init__(self, path: Path, model: type[BaseModel], shortest_serial: int) -> None:
        self._path = path
        self._keys = list(model.model_fields)
        self._names: Mapping[str, str] = {
            str(extra["ja"]): key
            for key, info in model.model_fields.items()
            if isinstance(extra := info.json_schema_extra, dict)
        }
        self._shortest = shortest_serial
        self._problems: list[Problem] = []

    def of(self, reader: Any) -> Sheet:  # noqa: ANN401 - the csv module has no public class for it
        sheet = Sheet(self._path)
        columns: list[str] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = [self._column(cell.strip(), reader.line_num) for cell in cells]
                continue
            sheet.rows.append(self._row(columns, cells, reader.line_num))
            sheet.lines.append(reader.line_num)
        if self._problems:
            raise DeclarationError(self._problems)
        return sheet

    def _wrong(self, line: int, key: str, found: str, expected: str, fix: str) -> None:
        self._problems.append(Problem(str(self._path), line, key, found, expected, fix))

    def _column(self, name: str, line: int) -> str:
        key = self._names.get(name, name)
        if key not in self._keys:
            self._wrong(
                line,
                name,
                say("知らない見出し", "an unknown heading"),
                " / ".join(self._keys),
                str(did_you_mean(name, [*self._keys, *self._names])).strip()
                or say(
                    "一行目を見出しにし、コンマで区切ってください。",
                    "Give headings in the first line, separated by commas.",
                ),
            )
        return key

    def _row(self, columns: list[str], cells: list[str], line: int) -> dict[str, Any]:
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            self._wrong(
                line,
                "",
                say(f"{len(cells)} 列", f"{len(cells)} columns"),
                say(f"見出しと同じ {len(columns)} 列", f"{len(columns)}, as the heading has"),
                say(
                    "コンマを含む値は引用符で囲んでください。", "Put values with a comma in quotes."
                ),
            )
        pairs = zip(columns, (cell.strip() for cell in cells), strict=False)
        return {key: self._value(key, _bare(cell), line) for key, cell in pairs if cell}

    def _value(self, key: str, cell: str, line: int) -> object:
        if key in _MOMENTS:
            return _moment(cell)
        if key == "confirmation_length" and cell.isdecimal():
            return int(cell)
        if key in _DIGITS:
            self._look_at_digits(key, cell, line)
        return cell

    def _look_at_digits(self, key: str, cell: str, line: int) -> None:
        fix = say(
            "表計算ソフトでこの列を「文字列」にしてから、元の番号を入れ直してください。",
            "Make the column text in the spreadsheet, and enter the number again.",
        )
        if _ROUNDED.fullmatch(cell):
            self._wrong(
                line,
                key,
                say(f"丸められた数 {cell}", f"the rounded number {cell}"),
                say("すべての桁", "all its digits"),
                fix,
            )
        elif cell.isdecimal() and len(cell) < self._shortest:
            self._wrong(
                line,
                key,
                say(f"{len(cell)} 桁の {cell}", f"{cell}, of {len(cell)} digits"),
                say(
                    f"{self._shortest} 桁以上（先頭の 0 が失われていませんか）",
                    f"at least {self._shortest} digits (have leading zeros been lost?)",
                ),
                fix,
            )


def _bare(cell: str) -> str:
    """Return a cell without what makes spreadsheets take it for text: ``="012"``, ``'012``."""
    formula = re.fullmatch(r'="(.*)"', cell)
    return formula[1] if formula else re.sub(r"^'(?=\d)", "", cell)


def _moment(cell: str) -> object:
    """Return a moment, or as much of one as is there; the model says what is missing."""
    if found := _SLASHED.fullmatch(cell):
        year, month, day, hour, minute, second = (int(part) for part in found.groups("0"))
        cell = f"{year:04}-{month:02}-{day:02}"
        cell += f"T{hour:02}:{minute:02}:{second:02}" if found[4] else ""
    parse = datetime.fromisoformat if len(cell) > len("2031-03-31") else date.fromisoformat
    try:
        return parse(cell)
    except ValueError:
        return cell
