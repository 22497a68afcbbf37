"""The blunting operators do what their examples say. Without the extra `mutation`: skipped."""

from __future__ import annotations

import pytest

pytest.importorskip("cosmic_ray", reason="pip install '.[mutation]'")

from cosmic_ray.mutating import mutate_code

from mutation.operators import OPERATORS
from mutation.trees import mutated

EXAMPLES = [
    pytest.param(operator, example, id=f"{name}-{number}")
    for name, operator in OPERATORS.items()
    for number, example in enumerate(operator.examples())
]


@pytest.mark.parametrize(("operator", "example"), EXAMPLES)
def test_an_example(operator, example) -> None:
    changed = mutate_code(example.pre_mutation_code, operator(), example.occurrence)
    assert (changed or example.pre_mutation_code) == example.post_mutation_code


def test_a_file_is_as_it_was_afterwards(tmp_path) -> None:
    file = tmp_path / "module.py"
    file.write_text("a = 1\n", encoding="utf-8")
    before = file.stat().st_mtime_ns
    with mutated(file, "a = 2\n"):
        assert file.read_text(encoding="utf-8") == "a = 2\n"
        assert file.stat().st_mtime_ns != before
    assert file.read_text(encoding="utf-8") == "a = 1\n"
    assert file.stat().st_mtime_ns == before
