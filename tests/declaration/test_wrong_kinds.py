"""Whatever kind of value stands at whatever key: one line in the reader's language, and a fix."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from otp_conformance.assets.pool.file import PoolFile
from otp_conformance.declaration.errors import DeclarationError, Problem
from otp_conformance.declaration.explain import Source, explain
from otp_conformance.declaration.fields import section_of
from otp_conformance.declaration.load import parse
from otp_conformance.declaration.model import Declaration
from otp_conformance.language import speaking
from otp_conformance.resources import fixtures_dir

REFERENCE = fixtures_dir() / "declarations" / "reference.toml"
POOL = fixtures_dir() / "declarations" / "pool-example.toml"
WRITTEN = (
    *('"text"', '"true"', '"12"', "12", "-7", "1.5", "true", '""', "[]", "[1]", '["a"]', "{}"),
    *("{ a = 1 }", "[{ a = 1 }]", "2031-03-31", "2031-03-31T23:59:00", "23:59:00", "inf"),
    *("2031-03-31T23:59:00+09:00", '"2031-03-31"', '"はい"', '"サービス利用中"'),
)


def _paths(section: type[BaseModel], before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return every key and table, those of arrays of tables included."""
    found: list[tuple[str, ...]] = []
    for name, info in section.model_fields.items():
        found.append((*before, name))
        inner = section_of(info)
        if inner is not None:
            found += _paths(inner, (*before, name))
    return found


def _put(data: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    *tables, last = path
    for name in tables:
        inner = data.setdefault(name, {})
        data = inner[0] if isinstance(inner, list) else inner
    data[last] = value


def _problems(root: type[BaseModel], data: dict[str, Any]) -> list[Problem]:
    try:
        root.model_validate(data)
    except ValidationError as error:
        return explain(Source("f.toml", {}, 1), error.errors(include_url=False), root)
    return []


@given(
    case=st.sampled_from(
        [(Declaration, REFERENCE, path) for path in _paths(Declaration)]
        + [(PoolFile, POOL, path) for path in _paths(PoolFile)]
    ),
    written=st.sampled_from(WRITTEN),
)
def test_no_english_in_japanese_and_always_a_fix(
    case: tuple[type[BaseModel], Path, tuple[str, ...]], written: str
) -> None:
    root, file, path = case
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    _put(data, path, tomllib.loads(f"x = {written}")["x"])
    with speaking("ja"):
        told = _problems(root, data)
    for problem in told:
        line = str(problem)
        assert not re.search(r"Input|should|valid|[a-z]+ [a-z]+ [a-z]+ [a-z]+", line), line
        assert problem.fix, line
        # The same words for what is there and what is wanted would help nobody.
        assert problem.found != problem.expected, line


CASES = [
    ("expires_at = 2031-03-31T23:59:00+09:00", "expires_at = 2031-03-31",
     ["2031-03-31", "日付だけ", "時差", "2031-03-31T23:59:00+09:00"]),
    ("expires_at = 2031-03-31T23:59:00+09:00", "expires_at = 23:59:00", ["時刻だけ", "時差"]),
    ("expires_at = 2031-03-31T23:59:00+09:00", 'expires_at = "2031-03-31T23:59:00+09:00"',
     ["引用符を外し"]),
    ('status = "in_service"', 'status = "サービス利用中"',
     ["not_registered / issued / in_service / suspended / deactivated", "「in_service」のこと"]),
    ('status = "in_service"', 'status = "サービス 利用中"', ["「in_service」のこと"]),
    ('status = "in_service"', 'status = "停止"', ["「suspended」のこと"]),
    ('status = "in_service"', 'status = "In Service"', ["「in_service」のこと"]),
    ('kind = "software"', 'kind = "ソフトウェア"', ["「software」のこと"]),
    ('[[customer]]\nlogin_id = "u1"', '[customer]\nlogin_id = "u1"',
     ["[customer] を [[customer]] に"]),
    ("[defaults]", "[[defaults]]", ["[[defaults]] を [defaults] に"]),
    ('serial = "1', "serial = 1", ["引用符で囲んで"]),
]  # fmt: skip
TEXT = """\
[defaults]
expires_at = 2031-03-31T23:59:00+09:00
[[customer]]
login_id = "u1"
status = "in_service"
[[token]]
serial = "1"
kind = "software"
"""


@pytest.mark.parametrize(("old", "new", "words"), CASES)
def test_what_was_meant_is_said(old: str, new: str, words: list[str]) -> None:
    assert old in TEXT
    new = new.replace("serial = 1", "serial = 1 #")
    with speaking("ja"):
        told = " ".join(map(str, _problems(PoolFile, tomllib.loads(TEXT.replace(old, new, 1)))))
    for word in words:
        assert word in told, told


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("software_tokens = true", 'software_tokens = "true"', "引用符なしで true"),
        ("software_tokens = true", 'software_tokens = "いいえ"', "引用符なしで false"),
        ("software_tokens = true", "software_tokens = 1", "true と書いて"),
        ("digits = 6", 'digits = "6"', "引用符なしで 6"),
        ('allowed_hosts = ["127.0.0.1", "localhost"]', 'allowed_hosts = "127.0.0.1"', "角括弧"),
    ],
)
def test_quotes_and_brackets(old: str, new: str, word: str) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert old in text
    with speaking("ja"), pytest.raises(DeclarationError, match=word):
        parse(REFERENCE, text.replace(old, new, 1).encode())


@pytest.mark.parametrize(
    "text",
    [
        *("a = True", "a = yes", 'a = "b', "a b", "a = 1 2", "[a", "[[a]", "a = 2031-13-45"),
        *("a = 1\na = 2", "[a]\n[a]", 'a = "\\q"', "a = [1", "a = {b = 1", "a = {b=1,b=2}"),
        *('a = "\\uD800"', "あ = 1", "a = 'b\n'", "a = \x01", "= 1", "a = #"),
    ],
)
def test_a_syntax_error_in_the_readers_language(text: str) -> None:
    with speaking("ja"), pytest.raises(DeclarationError) as caught:
        parse(Path("d.toml"), text.encode())
    line = str(caught.value)
    assert "TOML の文法の誤り" in line
    assert not re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", line), line
