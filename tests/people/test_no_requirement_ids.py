"""Which requirement a check verifies stands in the manual's data, not in Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import otp_conformance

HOUSE = Path(otp_conformance.__file__).parent
ROOMS = ("people", "judging", "screens", "staff")
ID = re.compile(r"[A-Z]{3}-\d{2}")


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of the strings that are values (docstrings are none)."""
    beside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in beside:
                yield node.lineno, text


@pytest.mark.parametrize("room", ROOMS)
def test_no_requirement_stands_as_data_in_python(room: str) -> None:
    found = [
        f"{path.name}:{line} {text}"
        for path in sorted((HOUSE / room).rglob("*.py"))
        for line, text in literals(ast.parse(path.read_text(encoding="utf-8")))
        if ID.fullmatch(text)
    ]
    assert found == []


def test_such_a_literal_would_be_found() -> None:
    tree = ast.parse('"""ACT-11."""\nA = ["SCR-03"]\n\n\ndef f():\n    """ACT-12."""\n')
    assert [text for _, text in literals(tree)] == ["SCR-03"]
