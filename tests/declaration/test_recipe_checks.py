"""Errors in the steps of the staff's work: each with its key, found by the check of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.load import load
from otp_conformance.resources import fixtures_dir

REFERENCE = (fixtures_dir() / "declarations" / "reference.toml").read_text(encoding="utf-8")
GOOD = """
[adapters.staff.recipes]
dispatch = [
  { open = "/orders" },
  { read = "番号", row = "{login_id}", into = "order" },
  { fill = "機番", value = "{serial}", row = "{order}" },
  { press = "発送" },
  { see = "発送しました" },
]
"""


def complaints(tmp_path: Path, steps: str) -> list[tuple[str, str]]:
    file = tmp_path / "bank.toml"
    file.write_text(REFERENCE + steps, encoding="utf-8")
    try:
        load(file)
    except DeclarationError as error:
        return [(problem.key, str(problem)) for problem in error.problems]
    return []


def test_steps_that_are_right(tmp_path: Path) -> None:
    assert complaints(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("before", "after", "key", "word"),
    [
        ("press =", "pres =", "dispatch[3].pres", "press"),
        ("{serial}", "{serail}", "dispatch[2].fill", "serial"),
        ('into = "order"', 'into = "number"', "dispatch[2].fill", "{order}"),
        (
            "{ see",
            '{ read = "x", row = "{late}", into = "late" },\n  { see',
            "dispatch[4].read",
            "late",
        ),
        ('{ see = "発送しました" },', "", "dispatch", "see"),
        ('press = "発送"', 'press = ""', "dispatch[3].press", "css:"),
        ('press = "発送"', 'press = "css:a["', "dispatch[3].press", "CSS"),
        ('press = "発送"', 'press = "label:staff.nowhere"', "dispatch[3].press", "labels"),
        ('press = "発送"', 'press = "発送", see = "x"', "dispatch[3]", "press"),
        ('press = "発送"', 'press = "発送", into = "x"', "dispatch[3].into", "press"),
    ],
)
def test_a_wrong_step_is_named(
    tmp_path: Path, before: str, after: str, key: str, word: str
) -> None:
    found = complaints(tmp_path, GOOD.replace(before, after, 1))
    assert any(at == f"adapters.staff.recipes.{key}" and word in told for at, told in found), found


def test_no_steps(tmp_path: Path) -> None:
    ((key, _),) = complaints(tmp_path, "\n[adapters.staff.recipes]\nunlock = []\n")
    assert key == "adapters.staff.recipes.unlock"


def test_a_secret_in_the_file_is_not_shown(tmp_path: Path) -> None:
    steps = '\n[adapters.staff.recipes]\nlogin = [{ fill = "パスワード", value = "hunter2" }]\n'
    ((key, told),) = complaints(tmp_path, steps)
    assert key == "adapters.staff.recipes.login[0].value"
    assert "hunter2" not in told
