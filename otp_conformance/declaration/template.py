"""Writes a new declaration: every key with what it asks, the answered ones in force.

Made from the model itself, so that a template never lacks a key or invents one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from otp_conformance.declaration.fields import section_of
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.schema import SCHEMA_FILE
from otp_conformance.declaration.unread import closed
from otp_conformance.language import say
from otp_conformance.specification.manual import bundled

HEAD = f"""\
#:schema ./{SCHEMA_FILE}
# 実装宣言：検査対象について検査側が知るべきことのすべて
#   「# 」で始まる項目は既定値のままです。違うときは「# 」を消して値を直してください。
#   いまの答えでは読まれない項目（ほかの kind のものなど）は省いてあります。
#   秘密の値はここに書かず、env:名前・file:場所・command:コマンド で参照してください。
#   書き終えたら: otp-conformance declaration check このファイル
# Declaration of a system under test. Keys behind "# " have their defaults;
# remove "# " and change them where your system differs. Secrets by reference only.
# Keys that nobody reads as you answered, such as those of another kind, are left out.
"""
_RECIPES = "adapters.staff.recipes"
_RECIPE = """\
# [adapters.staff.recipes]
# unlock = [
#     { open = "/office/customers" },
#     { fill = "お客さま番号", value = "{login_id}" },
#     { press = "検索" },
#     { press = "詳細", row = "{login_id}" },
#     { fill = "確認した状況", value = "{circumstances}" },
#     { press = "停止を解除" },
#     { see = "解除しました" },
# ]
"""
_ROOT_SCALARS = ("declaration_version",)


def literal(value: object) -> str:
    """Return a value as TOML writes it."""
    match value:
        case date():
            return value.isoformat()
        case tuple() | list():
            return "[" + ", ".join(literal(item) for item in value) + "]"
        case Mapping():
            return (
                "{" + ", ".join(f"{json.dumps(k)} = {literal(v)}" for k, v in value.items()) + "}"
            )
        case _:
            return json.dumps(value, ensure_ascii=False)


def choices(info: FieldInfo) -> tuple[str, ...]:
    """Return the values that a key may have, empty where they cannot be listed."""
    found: list[str] = []
    todo: list[Any] = [info.annotation]
    while todo:
        kind = todo.pop()
        if get_origin(kind) is Literal:
            found += [str(value) for value in get_args(kind)]
        else:
            todo += [inner for inner in get_args(kind) if inner is not Ellipsis]
    return tuple(dict.fromkeys(found))


def is_list_of_tables(info: FieldInfo) -> bool:
    """Tell whether a field is an array of tables, such as ``[[known_deviations]]``."""
    return get_origin(info.annotation) is tuple and section_of(info) is not None


def usual(key: str) -> object:
    """Return the default of a dotted key, as if its table were there; None for none."""
    section: type[BaseModel] | None = Declaration
    table: BaseModel | None = None
    value: object = None
    for name in key.split("."):
        if section is None or name not in section.model_fields:
            return None
        info = section.model_fields[name]
        value = None if info.is_required() else info.default
        value = getattr(table, name) if table is not None else value
        table = value if isinstance(value, BaseModel) else None
        section = section_of(info)
    return value


def suggested(key: str, default: object) -> object:
    """Return what is offered for a dotted key: the manual's own screen ID, else its default."""
    table, _, name = key.rpartition(".")
    return bundled().screens[name].id if table == "screen_ids" else default


def in_force(answers: Mapping[str, object], key: str) -> object:
    """Return what a key says by the answers: the answer, or the default; True for a used table."""
    return answers[key] if key in answers else _used(key, answers) or usual(key)


def render(answers: Mapping[str, object]) -> str:
    """Return the file. ``answers``: dotted key to value.

    A table that is absent by default, such as ``sut.start``, is in force only
    when an answer stands in it. What nobody reads as answered is left out.
    """
    lines = [HEAD.rstrip(), ""]
    for name in _ROOT_SCALARS:
        lines += [f"{name} = 1", ""]
    writer = _Writer(answers, closed(partial(in_force, answers)))
    for name, info in Declaration.model_fields.items():
        if name in _ROOT_SCALARS:
            continue
        if name == "labels":
            lines += _labels(answers)
        elif name in {"screen_marks", "selectors"}:
            lines += [f"# ---- {_note(info).strip()}", f"[{name}]", ""]
        else:
            lines += writer.table(name, info)
    return "\n".join(lines).rstrip() + "\n"


def _note(info: FieldInfo) -> str:
    extra = info.json_schema_extra
    notes: Mapping[str, Any] = extra if isinstance(extra, dict) else {}
    return f"{notes.get('ixit', '')} {say(str(notes.get('ja', '')), str(notes.get('en', '')))}"


def _used(path: str, answers: Mapping[str, object]) -> bool:
    return any(key.startswith(f"{path}.") for key in answers)


@dataclass
class _Writer:
    """Writes the tables. ``closed``: keys that nobody reads; ``met``: kinds of tables so far."""

    answers: Mapping[str, object]
    closed: frozenset[str]
    met: set[type[BaseModel]] = field(default_factory=set)

    def _left_out(self, key: str) -> bool:
        return key in self.closed and key not in self.answers and not _used(key, self.answers)

    def table(self, path: str, info: FieldInfo, *, within_hidden: bool = False) -> Iterator[str]:
        """Yield the lines of a table and of those that it holds."""
        if self._left_out(path):
            return
        if path == _RECIPES and not _used(path, self.answers):
            yield from _recipes(info)
            return
        section = section_of(info)
        assert section is not None  # noqa: S101 - the root holds tables besides its scalars
        array = is_list_of_tables(info)
        absent = array or (not info.is_required() and info.default is None)
        hidden = within_hidden or (absent and not _used(path, self.answers))
        off = "# " if hidden else ""
        mine = [(n, i) for n, i in section.model_fields.items() if section_of(i) is None]
        same = say("（項目の意味は上と同じ）", " (keys as above)") if section in self.met else ""
        yield f"# ---- {_note(info).strip()}{same}"
        yield f"{off}[[{path}]]" if array else f"{off}[{path}]"
        default = info.default if isinstance(info.default, BaseModel) else None
        for name, inner in mine:
            if not self._left_out(f"{path}.{name}"):
                if section not in self.met:
                    yield _explained(inner)
                yield self._key(path, name, inner, hidden=hidden, default=default)
        self.met.add(section)
        yield ""
        for name, inner in section.model_fields.items():
            if section_of(inner) is not None:
                yield from self.table(f"{path}.{name}", inner, within_hidden=hidden)

    def _key(
        self, path: str, name: str, info: FieldInfo, *, hidden: bool, default: BaseModel | None
    ) -> str:
        key = f"{path}.{name}"
        if key in self.answers and not hidden:
            return f"{name} = {literal(self.answers[key])}"
        if info.is_required() and default is not None:
            return f"{name} = {literal(getattr(default, name))}"
        if info.is_required():
            # A value must be given; nothing that looks like one is invented.
            return f"# {name} ="
        value = suggested(key, info.default)
        return f"# {name} = {literal(value) if value is not None else ''}".rstrip()


def _explained(info: FieldInfo) -> str:
    return f"# {_note(info).strip()}"


def _recipes(info: FieldInfo) -> Iterator[str]:
    """Yield one verb's steps as an example: what they may be is told in the guide."""
    yield f"# ---- {_note(info).strip()}"
    yield "# " + say(
        "login / orders / dispatch / unlock / revoke ごとに書きます。例:",
        "One list each of login, orders, dispatch, unlock, revoke. For example:",
    )
    yield from _RECIPE.splitlines()
    yield ""


def _labels(answers: Mapping[str, object]) -> Iterator[str]:
    yield "# ---- IX-02 IX-40 " + say(
        "画面の文言が手順書と違うものだけ（複数の表記を並べられます）",
        "on-screen texts, where they differ from the manual's (several may be listed)",
    )
    yield "[labels]"
    for key, texts in bundled().labels.items():
        answer = answers.get(f"labels.{key}")
        off, value = ("# ", texts) if answer is None else ("", answer)
        yield f"{off}{json.dumps(key)} = {literal(value)}"
    yield ""


def required_keys(section: type[BaseModel] = Declaration, prefix: str = "") -> Iterator[str]:
    """Yield the keys that must be declared, leaving out tables that may be absent."""
    for name, info in section.model_fields.items():
        inner = section_of(info)
        if inner is not None:
            if not is_list_of_tables(info) and info.is_required():
                yield from required_keys(inner, f"{prefix}{name}.")
        elif info.is_required() and name not in _ROOT_SCALARS:
            yield f"{prefix}{name}"


def field_at(key: str) -> FieldInfo | None:
    """Return the field of a dotted key, None for an unknown one."""
    section: type[BaseModel] | None = Declaration
    info: FieldInfo | None = None
    for part in key.split("."):
        if section is None or part not in section.model_fields:
            return None
        info = section.model_fields[part]
        section = section_of(info)
    return info


def note(key: str) -> str:
    """Return what a key asks, in the current language; empty for an unknown one."""
    info = field_at(key)
    return _note(info).strip() if info is not None else ""


def value_of(key: str, text: str) -> object:
    """Return what was typed for a key, as the key's type. Raises `ValueError` saying why not."""
    info = field_at(key)
    if info is None or section_of(info) is not None:
        raise ValueError(say("知らない項目です", "an unknown key"))
    kinds = _leaf_types(info)
    word = text.strip()
    if Mapping in kinds:
        pairs = [part.partition("=") for part in word.split(",") if part.strip()]
        if not all(equals for _, equals, _ in pairs):
            raise ValueError(say("名前=値 の形で入れてください", "give NAME=VALUE"))
        return {name.strip(): value.strip() for name, _, value in pairs}
    if tuple in kinds:
        parts = [part.strip() for part in word.replace("、", ",").split(",")]
        return [part for part in parts if part]
    if bool in kinds:
        return _yes(word)
    if int in kinds:
        if not word.lstrip("-").isdigit():
            raise ValueError(say("数を入れてください", "give a number"))
        return int(word)
    return word


def _yes(word: str) -> bool:
    lowered = word.casefold()
    if lowered in {"y", "yes", "true", "はい", "有", "あり"}:
        return True
    if lowered in {"n", "no", "false", "いいえ", "無", "なし"}:
        return False
    raise ValueError(say("はい（y）か いいえ（n）で答えてください", "answer y or n"))


def _leaf_types(info: FieldInfo) -> set[Any]:
    found: set[Any] = set()
    todo: Sequence[Any] = [info.annotation]
    while todo:
        inner: list[Any] = []
        for kind in todo:
            origin = get_origin(kind)
            found.add(origin or kind)
            if origin is not tuple and origin is not Literal:
                inner += [k for k in get_args(kind) if k is not Ellipsis]
        todo = inner
    return found
