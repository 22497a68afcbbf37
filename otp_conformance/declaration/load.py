"""Reading a declaration: one file in, a checked model or a list of problems out."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from otp_conformance.declaration.checks import check, check_labels
from otp_conformance.declaration.errors import DeclarationError, Problem
from otp_conformance.declaration.explain import Source, explain
from otp_conformance.declaration.fields import Value, defaulted, flatten
from otp_conformance.declaration.locate import key_lines
from otp_conformance.declaration.model import MANUAL, Declaration
from otp_conformance.journal.events import OWN_SET
from otp_conformance.language import say
from otp_conformance.specification.manual import Manual, at, beyond, bundled

_BOM = b"\xef\xbb\xbf"
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


@dataclass(frozen=True)
class LoadedDeclaration:
    """A declaration with its origin; ``sha256`` is of the file's bytes, in hex."""

    declaration: Declaration
    path: Path
    sha256: str

    def effective(self) -> dict[str, Value]:
        """Return dotted key -> value in force; secrets as references only."""
        return flatten(self.declaration)

    def defaulted(self) -> tuple[str, ...]:
        """Return the keys that the file left to their default."""
        return tuple(defaulted(self.declaration))


def _whole(path: Path, found: str, expected: str, fix: str, line: int = 0) -> DeclarationError:
    return DeclarationError([Problem(str(path), line, "", found, expected, fix)])


def _read(path: Path, expected: str = "") -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        found = say("ファイルなし", "no such file")
    except IsADirectoryError:
        found = say("フォルダー", "a directory")
    except OSError as error:
        found = say(
            f"読めないファイル（{error.strerror}）", f"an unreadable file ({error.strerror})"
        )
    raise _whole(
        path,
        found,
        expected or say("実装宣言（TOML）", "a declaration (TOML)"),
        say("場所と権限を確かめてください。", "Check the path and the rights."),
    )


def _decode(path: Path, content: bytes) -> str:
    if content.startswith(_BOM):
        raise _whole(
            path,
            say("先頭の BOM", "a byte order mark"),
            say("BOM のない UTF-8", "UTF-8 without it"),
            say("BOM なしで保存し直してください。", "Save the file without BOM."),
            line=1,
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _whole(
            path,
            say("UTF-8 でないバイト", "bytes that are not UTF-8"),
            "UTF-8",
            say("UTF-8 で保存し直してください。", "Save the file as UTF-8."),
            line=content.count(b"\n", 0, error.start) + 1,
        ) from None


_COMPLAINTS = (
    ("Invalid value", "値になっていません（文字列は引用符で囲み、真偽は true か false）"),
    ("Unterminated string", "引用符が閉じていません"),
    ("Expected '='", "キーの後に等号がありません"),
    ("Expected ']", "表の名前の角括弧が閉じていません"),
    ("Expected newline", "値の後に余分なものがあります"),
    ("Illegal character", "使えない文字があります"),
    ("Found invalid character", "使えない文字があります"),
    ("Invalid statement", "キーでも表でもありません"),
    ("Invalid initial character", "キーに使えない文字です"),
    ("Invalid date", "日時になっていません"),
    ("Unescaped", "円記号（バックスラッシュ）は二つ続けて書くか、'…' で囲みます"),
    ("Escaped character", "円記号（バックスラッシュ）の後の番号が文字になりません"),
    ("Invalid hex", "円記号（バックスラッシュ）の後は16進です"),
    ("Unclosed", "括弧が閉じていません"),
    ("Cannot", "同じキーか表が二度あります"),
    ("Duplicate", "同じキーが二度あります"),
)
"""How the sentences of `tomllib` begin, and what they mean."""


def _in_japanese(complaint: str) -> str:
    return next((f": {ja}" for en, ja in _COMPLAINTS if complaint.startswith(en)), "")


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _PLACE.search(message)
        last = text.rstrip("\n").count("\n") + 1
        line = int(place.group(1)) if place and place.group(1) else last
        column = f"{place.group(2)}" if place and place.group(2) else ""
        what = _PLACE.sub("", message)
        where = say(f"（{column} 文字目）", f" (column {column})") if column else ""
        raise _whole(
            path,
            say(
                f"TOML の文法の誤り{where}{_in_japanese(what)}",
                f"a TOML syntax error{where}: {what}",
            ),
            say("正しい TOML", "valid TOML"),
            say(
                "引用符・括弧・等号と、キーの重なりを確かめてください。",
                "Check quotes, brackets, equals signs and repeated keys.",
            ),
            line=line,
        ) from None


@dataclass(frozen=True)
class TomlFile:
    """A TOML file that parsed: its data, its bytes, and where its keys stand."""

    data: dict[str, Any]
    content: bytes
    text: str
    path: Path

    def source(self) -> Source:
        """Return where the keys stand, for problems."""
        last = self.text.rstrip("\n").count("\n") + 1
        return Source(str(self.path), key_lines(self.text), last)


def read_toml(path: Path, expected: str) -> TomlFile:
    """Read a TOML file; ``expected`` says what it should be, where there is none.

    Raises `DeclarationError` naming the file, and the line if any.
    """
    return _toml(path, _read(path, expected))


def _toml(path: Path, content: bytes) -> TomlFile:
    text = _decode(path, content)
    return TomlFile(_parse(path, text), content, text, path)


def load(path: Path, manual: Manual | None = None, set_name: str = OWN_SET) -> LoadedDeclaration:
    """Read and check a declaration; ``manual``: instead of the one that it names.

    ``set_name``: the set beyond the manual that is judged. Raises `DeclarationError` with
    every problem found, each with its line.
    """
    return parse(path, _read(path), manual, set_name)


def parse(
    path: Path, content: bytes, manual: Manual | None = None, set_name: str = OWN_SET
) -> LoadedDeclaration:
    """Check the content of a declaration that stands, or is to stand, at ``path``.

    Raises `DeclarationError` with every problem found, each with its line, and
    `CatalogueError` for a folder of a manual that cannot be used.
    """
    file = _toml(path, content)
    data, source = file.data, file.source()
    manual = beyond(manual or _manual_named(path, data), set_name)
    problems = list(check_labels(source, data, manual))
    declaration: Declaration | None = None
    try:
        declaration = Declaration.model_validate(data, context={MANUAL: manual})
    except ValidationError as error:
        problems += explain(source, error.errors(include_url=False))
    else:
        declaration.check_manual()
        declaration.keep_lines(source.lines)
        problems += check(source, declaration)
    if problems or declaration is None:
        raise DeclarationError(problems)
    return LoadedDeclaration(declaration, path, hashlib.sha256(content).hexdigest())


def _manual_named(path: Path, data: dict[str, Any]) -> Manual:
    """Return the manual of ``sut.manual``, relative to the declaration's file."""
    sut = data.get("sut")
    named = sut.get("manual") if isinstance(sut, dict) else None
    if not isinstance(named, str) or not named:
        return bundled()
    return at(path.parent / named)
