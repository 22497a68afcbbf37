"""Line numbers of TOML keys."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_conformance.declaration.locate import key_lines, line_of
from otp_conformance.resources import fixtures_dir

TEXT = '''\
# comment with [table] and key = 1
a = 1 # b = 2
"quoted.key" = "x = 1 # no comment"
'single' = 'C:\\'
long = """
inner = 1
[not.a.table]
""" # after
raw = \'\'\'
x = 1\'\'\'
[ table . "sub.key" ] # comment
b.c = true
list = [
  "one", # [x]
  { k = 1, "l.m" = [2,
    3] },
  ["n]", 4],
]
date = 1979-05-27T07:32:00Z
[[items]]
name = "a"
[[items]]
name = "b"
[last]
z = { y = { x = 1 } }'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 2),
        (("quoted.key",), 3),
        (("single",), 4),
        (("long",), 5),
        (("raw",), 9),
        (("table",), 11),
        (("table", "sub.key"), 11),
        (("table", "sub.key", "b"), 12),
        (("table", "sub.key", "b", "c"), 12),
        (("table", "sub.key", "list"), 13),
        (("table", "sub.key", "list", 0), 14),
        (("table", "sub.key", "list", 1, "l.m"), 15),
        (("table", "sub.key", "list", 1, "l.m", 1), 16),
        (("table", "sub.key", "list", 2), 17),
        (("table", "sub.key", "date"), 19),
        (("items",), 20),
        (("items", 0, "name"), 21),
        (("items", 1), 22),
        (("items", 1, "name"), 23),
        (("last", "z", "y", "x"), 25),
        (("last", "absent"), 24),
        (("absent",), 1),
    ],
)
def test_lines(path: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(TEXT)
    assert line_of(key_lines(TEXT), path) == line


def test_what_looks_like_a_key_is_none() -> None:
    lines = key_lines(TEXT)
    assert ("inner",) not in lines
    assert ("not",) not in lines
    assert ("x",) not in lines
    assert ("b",) not in lines


def _paths(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield (*path, key)
            yield from _paths(value, (*path, key))


@pytest.mark.parametrize("name", ["reference.toml", "minimal-example.toml"])
def test_every_key_of_our_declarations_is_found_where_it_stands(name: str) -> None:
    text = (fixtures_dir() / "declarations" / name).read_text(encoding="utf-8")
    lines = key_lines(text)
    for path in _paths(tomllib.loads(text)):
        assert path[-1] in text.splitlines()[lines[path] - 1]


_KEYS = st.sampled_from(["a", "b-c", '"d.e"', "'f g'", '"h\\"i"', "1"])
_VALUES = st.sampled_from(
    ["1", '"x"', '"\\""', "'''\n]\n'''", '"""\na = 1\n"""', "[1, [2],\n 3]", "{ q = 1, r = '}' }"]
)


@given(st.lists(st.tuples(_KEYS, _VALUES), max_size=6, unique_by=lambda pair: pair[0]))
def test_keys_are_found_whatever_stands_before(pairs: list[tuple[str, str]]) -> None:
    text, expected = "", {}
    for key, value in pairs:
        expected[next(iter(tomllib.loads(f"{key} = 1")))] = text.count("\n") + 1
        text += f"{key} = {value} # z = 1\n"
    lines = key_lines(text)
    assert {path[0]: line for path, line in lines.items() if len(path) == 1} == expected
