"""From files to entries: form only, no look across entries."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from otp_conformance.language import say
from otp_conformance.specification.catalogue.errors import CatalogueError, Fault
from otp_conformance.specification.catalogue.model import Requirement

Entry = TypeVar("Entry", bound=BaseModel)
_BOM = b"\xef\xbb\xbf"
_LISTS = ("ambiguities", "ixit")
_SOURCE = "source"
_COLUMNS = tuple(name for name in Requirement.model_fields if name != _SOURCE)


def failed(file: str, row: str, ja: str, en: str) -> CatalogueError:
    """Return the error of a single fault, in the current language."""
    return CatalogueError([Fault(file, row, say(ja, en))])


def content(folder: Path, file: str) -> bytes:
    """Return a file's bytes with line ends as LF, so that checkouts agree.

    Raises `CatalogueError` when it cannot be read.
    """
    try:
        return (folder / file).read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        raise failed(
            str(folder / file),
            "",
            f"読めません（{error.strerror}）。要件のフォルダーを確かめてください。",
            f"cannot be read ({error.strerror}). Check the folder of requirements.",
        ) from None


def _text(folder: Path, file: str) -> str:
    raw = content(folder, file)
    if raw.startswith(_BOM):
        raise failed(
            file,
            "1",
            "先頭に BOM があります。BOM なしの UTF-8 で保存してください。",
            "begins with a byte order mark. Save as UTF-8 without BOM.",
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise failed(
            file,
            str(raw.count(b"\n", 0, error.start) + 1),
            "UTF-8 ではありません。UTF-8 で保存してください。",
            "is not UTF-8. Save as UTF-8.",
        ) from None


def toml(folder: Path, file: str) -> dict[str, Any]:
    """Return a TOML file's tables. Raises `CatalogueError`."""
    try:
        return tomllib.loads(_text(folder, file))
    except tomllib.TOMLDecodeError as error:
        raise failed(
            file, "", f"TOML の文法の誤り: {error}", f"TOML syntax error: {error}"
        ) from None


def entry(model: type[Entry], data: Mapping[str, object], file: str, row: str) -> Entry:
    """Return one checked entry. Raises `CatalogueError` with each wrong field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = []
        for found in error.errors(include_url=False):
            name = ".".join(map(str, found["loc"]))
            value = "" if found["type"] == "missing" else f" {found['input']!r}"
            message = say(
                f"項目 {name} の値{value}が正しくありません（{found['msg']}）",
                f"field {name}{value} is wrong ({found['msg']})",
            )
            faults.append(Fault(file, row, message))
        raise CatalogueError(faults) from None


def entries(model: type[Entry], folder: Path, file: str, table: str, key: str) -> Iterator[Entry]:
    """Yield the entries of a TOML array of tables, in order."""
    found = toml(folder, file)
    stray = sorted(set(found) - {table})
    if stray or not isinstance(found.get(table), list):
        raise failed(
            file,
            stray[0] if stray else "",
            f"[[{table}]] だけが必要です。",
            f"must hold [[{table}]] and nothing else.",
        )
    for number, item in enumerate(found[table], start=1):
        row = str(item.get(key, f"[[{table}]] {number}"))
        yield entry(model, item, file, row)


def requirements(folder: Path, file: str) -> Iterator[Requirement]:
    """Yield the rows of the CSV file, in order. Raises `CatalogueError`."""
    reader = csv.reader(io.StringIO(_text(folder, file), newline=""), strict=True)
    header = tuple(next(reader, ()))
    if header not in (_COLUMNS, (*_COLUMNS, _SOURCE)):
        raise failed(
            file,
            "1",
            f"見出し行は {','.join(_COLUMNS)} でなければなりません"
            f"（要件のセットでは最後に {_SOURCE}）。",
            f"the header must be {','.join(_COLUMNS)} (in a set, {_SOURCE} follows).",
        )
    try:
        for cells in reader:
            row = f"{reader.line_num} ({cells[0] if cells else ''})"
            if len(cells) != len(header):
                raise failed(
                    file,
                    row,
                    f"列が {len(cells)} あります。{len(header)} 列にしてください。",
                    f"has {len(cells)} columns instead of {len(header)}.",
                )
            data: dict[str, object] = dict(zip(header, cells, strict=True))
            data |= {name: tuple(str(data[name]).split()) for name in _LISTS}
            yield entry(Requirement, data, file, row)
    except csv.Error as error:
        line = str(reader.line_num)
        raise failed(file, line, f"CSV の誤り: {error}", f"CSV error: {error}") from None
