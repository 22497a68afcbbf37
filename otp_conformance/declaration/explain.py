"""Findings of the model's validation, put into words for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from otp_conformance.declaration.errors import Problem
from otp_conformance.declaration.fields import section_of
from otp_conformance.declaration.locate import line_of
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.removed import REMOVED
from otp_conformance.language import closest, did_you_mean, say

_SHOWN = 60
_CREDENTIALS = re.compile(r"//[^/@\s]*@")
Path = tuple[str | int, ...]
_root: ContextVar[type[BaseModel]] = ContextVar("otp_conformance_root", default=Declaration)
"""The model of the whole file that is being explained."""


@dataclass(frozen=True)
class Source:
    """The file that problems are about. ``last_line`` is where one would append."""

    file: str
    lines: Mapping[tuple[str, ...], int]
    last_line: int

    def problem(self, path: Sequence[str | int], found: str, expected: str, fix: str) -> Problem:
        """Return a problem at a key, which may be absent from the file."""
        # Label keys hold dots; a vendor may have written them with or without quotes.
        split = [part for key in path for part in str(key).split(".")]
        line = max(line_of(self.lines, path), line_of(self.lines, split))
        if (str(path[0]),) not in self.lines:
            line = self.last_line
        return Problem(self.file, line, _dotted(path), found, expected, fix)


def _dotted(path: Sequence[str | int]) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


def _field_at(path: Sequence[str | int]) -> FieldInfo | None:
    section: type[BaseModel] | None = _root.get()
    info: FieldInfo | None = None
    for part in path:
        if str(part).isdigit():
            continue  # an entry of an array of tables
        if section is None or part not in section.model_fields:
            break
        info = section.model_fields[str(part)]
        section = section_of(info)
    return info


def _note(path: Sequence[str | int], name: str) -> str:
    info = _field_at(path)
    extra = info.json_schema_extra if info else None
    return str(extra.get(name, "")) if isinstance(extra, dict) else ""


def _is_secret(path: Sequence[str | int]) -> bool:
    return _note(path, "secret") == "True"


def shown(value: object) -> str:
    """Return a value as a person wrote it, shortened; tables and arrays by kind."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            public = _CREDENTIALS.sub("//…@", value)
            short = public if len(public) <= _SHOWN else public[:_SHOWN] + "…"
            return say(f"「{short}」", f'"{short}"')
        case int() | float():
            return str(value)
        case Mapping():
            return say("表", "a table")
        case list() | tuple():
            return say("配列", "an array")
        case _:
            return say("日時", "a date or time")


def _choices(expected: str) -> str:
    return expected.replace(" or ", ", ").replace("'", "").replace(", ", " / ")


def _secret_form() -> str:
    return say(
        "env:名前、file:場所、command:コマンド のどれかによる参照",
        "a reference, env:NAME, file:PATH or command:WORDS",
    )


def _pattern(path: Sequence[str | int]) -> str:
    if _is_secret(path):
        return _secret_form()
    if path[-1] == "serial":
        return say("数字だけの文字列", "a string of digits")
    if path[-1] == "requirement":
        return say("要件の番号（例 LCK-01）", "the ID of a requirement, such as LCK-01")
    if path[-1] == "base_url":
        return say("auto か http(s):// で始まるアドレス", "auto, or an http(s):// address")
    return say("/ で始まる場所", "a path that begins with /")


def _expected(error: ErrorDetails) -> str:
    """Return what the model would have accepted."""
    context: dict[str, Any] = error.get("ctx", {})
    words = {
        "int_type": say("整数", "an integer"),
        "bool_type": say("true か false", "true or false"),
        "string_type": say("文字列", "a string"),
        "tuple_type": say("文字列の配列", "an array of strings"),
        "mapping_type": say("表", "a table"),
        "model_type": say("表", "a table"),
        "string_too_short": say("空でない文字列", "a string that is not empty"),
        "too_short": say("空でない配列", "an array that is not empty"),
        "datetime_type": say("日時", "a date with time"),
        "timezone_aware": say(
            "時差のある日時（例 2031-03-31T23:59:00+09:00）",
            "a moment with its offset, such as 2031-03-31T23:59:00+09:00",
        ),
        "value_error": say("IANA の時間帯名", "an IANA time zone name"),
    }
    match error["type"]:
        case "literal_error":
            return _choices(str(context["expected"]))
        case "greater_than_equal":
            return say(f"{context['ge']} 以上", f"at least {context['ge']}")
        case "less_than_equal":
            return say(f"{context['le']} 以下", f"at most {context['le']}")
        case "string_pattern_mismatch":
            return _pattern(error["loc"])
        case kind:
            return words.get(kind, error["msg"])


def _fix(error: ErrorDetails) -> str:
    path, value = error["loc"], error["input"]
    if _is_secret(path):
        return say(
            "秘密の値をファイルに書かず、参照に直してください。",
            "Never write the secret into the file; refer to it.",
        )
    if error["type"] == "literal_error":
        options = _choices(str(error.get("ctx", {}).get("expected", ""))).split(" / ")
        hint = str(did_you_mean(value, options)).strip() if isinstance(value, str) else ""
        return hint or say("どれかを選んでください。", "Choose one of them.")
    if error["type"] == "value_error":
        return str(did_you_mean(str(value), available_timezones())).strip()
    asked = say(_note(path, "ja"), _note(path, "en"))
    return say(f"値を直してください（{asked}）。", f"Correct the value ({asked}).")


def _required(section: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the required keys of a required table, its required tables' included."""
    for name, info in section.model_fields.items():
        inner = section_of(info)
        if info.is_required() and inner is not None:
            yield from _required(inner, (*path, name))
        elif info.is_required():
            yield (*path, name)


def _missing(source: Source, path: Path) -> Iterator[Problem]:
    """Yield one problem for each key that a missing key or table stands for."""
    info = _field_at(path)
    inner = section_of(info) if info else None
    names = tuple(map(str, path))
    for key in _required(inner, names) if inner else [names]:
        asked = say(_note(key, "ja"), _note(key, "en"))
        ids = _note(key, "ixit")
        yield source.problem(
            key,
            say("記載なし", "nothing"),
            say("宣言（既定値なし）", "a declaration (must be declared, there is no default)"),
            say(f"{asked}（{ids}）を書き足してください。", f"Declare it: {asked} ({ids})."),
        )


def _known(path: Path) -> list[str]:
    """Return the keys that the table around a key may hold."""
    info = _field_at(path[:-1])
    section = (section_of(info) if info else None) or _root.get()
    return list(section.model_fields)


def _unknown(source: Source, path: Path) -> Problem:
    gone = REMOVED.get(_dotted(path)) if _root.get() is Declaration else None
    if gone is not None:
        return source.problem(
            path,
            say("以前の版にだけあったキー", "a key of an earlier version"),
            say("いまの版のキー", "a key of this version"),
            str(gone),
        )
    known = _known(path)
    hint = str(did_you_mean(str(path[-1]), known)).strip()
    listed = " / ".join(known)
    return source.problem(
        path,
        say("知らないキー", "an unknown key"),
        say(f"次のどれか（{listed}）", f"one of ({listed})"),
        hint or say("消すか、正しい表へ移してください。", "Remove it or move it to its table."),
    )


def explain(
    source: Source, errors: Sequence[ErrorDetails], root: type[BaseModel] = Declaration
) -> list[Problem]:
    """Return the problems behind the validation errors of ``root``, the file's model.

    A misspelt key is one mistake, so that the key it stands for is not
    reported as missing besides.
    """
    token = _root.set(root)
    try:
        return list(_explain(source, errors))
    finally:
        _root.reset(token)


def _explain(source: Source, errors: Sequence[ErrorDetails]) -> Iterator[Problem]:
    unknown = [e["loc"] for e in errors if e["type"] == "extra_forbidden"]
    meant = {(*path[:-1], closest(str(path[-1]), _known(path))) for path in unknown}
    for error in errors:
        path = error["loc"]
        if error["type"] == "missing":
            if path not in meant:
                yield from _missing(source, path)
        elif error["type"] == "extra_forbidden":
            yield _unknown(source, path)
        else:
            hidden = say("直接書かれた値（表示しません）", "a value written inline (not shown)")
            found = hidden if _is_secret(path) else shown(error["input"])
            yield source.problem(path, found, _expected(error), _fix(error))
