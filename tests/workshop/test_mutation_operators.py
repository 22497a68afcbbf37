"""The blunting operators do what their examples say."""

from __future__ import annotations

import pytest
from cosmic_ray.mutating import mutate_code

from workshop.mutation.operators import OPERATORS
from workshop.mutation.runner import statement
from workshop.mutation.trail import Passage
from workshop.mutation.trees import mutated

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


def test_a_condition_belongs_to_the_whole_of_its_call() -> None:
    source = "def f():\n    case.confirm(\n        'a',\n        x,\n    )\n    g()\n"
    assert statement(source, 4, 4) == (2, 5)
    assert statement(source, 6, 6) == (6, 6)


def test_a_judgement_is_seen_at_every_line_that_it_came_through() -> None:
    passage = Passage("confirm", False, (("a.py", 3), ("steps/b.py", 9)))
    assert passage.touches("a.py", 2, 5)
    assert passage.touches("steps/b.py", 9, 9)
    assert not passage.touches("a.py", 4, 5)
    assert not passage.touches("b.py", 9, 9)
