"""Findings of the model's validation, put into words for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, get_origin
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
from otp_conformance.specification.words import KIND_NAMES, STATUS_NAMES

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

    def unknown_name(self, path: Sequence[str | int], name: str, known: Sequence[str]) -> Problem:
        """Return the problem of a name in braces that is none of the known ones."""
        listed = " ".join(f"{{{each}}}" for each in known)
        return self.problem(
            path,
            f"{{{name}}}",
            say(f"{listed} のどれか", f"one of {listed}"),
            str(did_you_mean(name, known)).strip()
            or say("書き直すか消してください。", "Mend or remove it."),
        )


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
        case datetime() if value.tzinfo is None:
            return say(f"時差のない日時 {value}", f"the moment {value}, without its offset")
        case datetime():
            return say(f"日時 {value}", f"the moment {value}")
        case date():
            return say(f"日付だけの {value}", f"the date {value} alone")
        case _:
            return say(f"時刻だけの {value}", f"the time {value} alone")


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
    match path[-1]:
        case "serial" | "token":
            return say("数字だけの文字列", "a string of digits")
        case "requirement":
            return say("要件の番号（例 LCK-01）", "the ID of a requirement, such as LCK-01")
        case "base_url":
            return say("auto か http(s):// で始まるアドレス", "auto, or an http(s):// address")
        case "url":
            return say("/ か http(s):// で始まるアドレス", "an address that begins with / or http")
    return say("/ で始まる場所", "a path that begins with /")


def _named(path: Sequence[str | int], brackets: str) -> str:
    """Return a table's header as one writes it: ``[…]``, or ``[[…]]`` for one of several."""
    names = ".".join(str(part) for part in path if not isinstance(part, int))
    return f"{brackets}{names}{brackets.replace('[', ']')}"


def _expected(error: ErrorDetails) -> str:
    """Return what the model would have accepted."""
    context: dict[str, Any] = error.get("ctx", {})
    path = error["loc"]
    several, one = _named(path, "[["), _named(path, "[")
    words = {
        "int_type": say("整数", "an integer"),
        "bool_type": say("true か false", "true or false"),
        "string_type": say("文字列", "a string"),
        "tuple_type": say(f"{several} の表を並べたもの", f"tables, each under {several}")
        if _of_tables(path)
        else say("文字列の配列", "an array of strings"),
        "mapping_type": say(f"{one} の表", f"a table {one}"),
        "model_type": say(f"{one} の表", f"a table {one}"),
        "string_too_short": say("空でない文字列", "a string that is not empty"),
        "too_short": say("空でない配列", "an array that is not empty"),
        "datetime_type": _moment(),
        "timezone_aware": _moment(),
        "value_error": say("IANA の時間帯名", "an IANA time zone name"),
    }
    match error["type"]:
        case "literal_error" | "enum":
            return _choices(str(context["expected"]))
        case "greater_than_equal":
            return say(f"{context['ge']} 以上", f"at least {context['ge']}")
        case "less_than_equal":
            return say(f"{context['le']} 以下", f"at most {context['le']}")
        case "string_pattern_mismatch":
            return _pattern(error["loc"])
        case kind:
            return words.get(kind) or say("ほかの値", error["msg"])


def _moment() -> str:
    return say(
        "時刻と時差のある日時（例 2031-03-31T23:59:00+09:00）",
        "a moment with time and offset, such as 2031-03-31T23:59:00+09:00",
    )


def _of_tables(path: Sequence[str | int]) -> bool:
    """Tell whether a key holds an array of tables."""
    info = _field_at(path)
    return info is not None and get_origin(info.annotation) is tuple and bool(section_of(info))


def _meant(value: str, options: Sequence[str]) -> str:
    """Return the allowed word that somebody meant, who may have written its meaning."""
    meanings = {
        name: str(word)
        for word, text in (*STATUS_NAMES.items(), *KIND_NAMES.items())
        if word in options
        for name in (text.ja, text.en)
    }
    word = closest(value, [*options, *meanings])
    word = meanings.get(word, word)
    return say(f"「{word}」のことですか。", f'Did you mean "{word}"?') if word else ""


_TRUTH = {"true": "true", "false": "false", "yes": "true", "no": "false", "はい": "true"}
_TRUTH |= {"いいえ": "false", "on": "true", "off": "false", "1": "true", "0": "false"}


def _written_otherwise(error: ErrorDetails) -> str:
    """Return how to write a value whose meaning is clear, empty where it is not."""
    value = error["input"]
    match error["type"], value:
        case "bool_type", str() | int():
            wanted = _TRUTH.get(str(value).strip().lower())
            if wanted is None:
                return ""
            bare = say(f"引用符なしで {wanted} と", f"Write {wanted} without quotes")
            plain = say(f"{wanted} と", f"Write {wanted}")
            return (bare if isinstance(value, str) else plain) + say("書いてください。", ".")
        case "int_type", str() if value.strip().isdecimal():
            return say(
                f"引用符なしで {int(value)} と書いてください。",
                f"Write {int(value)} without quotes.",
            )
        case "string_type", int() | float() | date() | time() if not isinstance(value, bool):
            return say(
                "引用符で囲んでください（先頭の 0 も書いてください）。",
                "Put it in quotes (with its leading zeros).",
            )
        case "datetime_type" | "timezone_aware", _:
            return _completed(value)
    return _bracketed(error)


def _completed(value: object) -> str:
    """Return how to write a moment that lacks something."""
    match value:
        case datetime():
            return say("時差を書き足してください: ", "Add the offset: ") + f"{value:%FT%T}+09:00"
        case date():
            more = say("時刻と時差を書き足してください: ", "Add time and offset: ")
            return f"{more}{value}T23:59:00+09:00"
        case str():
            return say(
                "引用符を外し、時差まで書いてください。", "Leave the quotes out; give the offset."
            )
    return ""


def _bracketed(error: ErrorDetails) -> str:
    """Return which brackets are wanted: of an array, of a table, of one of several tables."""
    path, value = error["loc"], error["input"]
    one, several = _named(path, "["), _named(path, "[[")
    match error["type"], value:
        case "tuple_type", str():
            return say("角括弧で囲んで [ … ] と書いてください。", "Put it in brackets: [ … ].")
        case "tuple_type", Mapping() if _of_tables(path):
            return say(f"{one} を {several} に直してください。", f"Write {several} for {one}.")
        case "model_type" | "mapping_type", list():
            return say(f"{several} を {one} に直してください。", f"Write {one} for {several}.")
    return ""


def _fix(error: ErrorDetails) -> str:
    path, value = error["loc"], error["input"]
    if _is_secret(path):
        return say(
            "秘密の値をファイルに書かず、参照に直してください。",
            "Never write the secret into the file; refer to it.",
        )
    if error["type"] in {"literal_error", "enum"}:
        options = _choices(str(error.get("ctx", {}).get("expected", ""))).split(" / ")
        hint = _meant(value, options) if isinstance(value, str) else ""
        return hint or say("どれかを選んでください。", "Choose one of them.")
    if error["type"] == "value_error":
        near = str(did_you_mean(str(value), available_timezones())).strip()
        return near or say("例: Asia/Tokyo", "Example: Asia/Tokyo")
    if written := _written_otherwise(error):
        return written
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
