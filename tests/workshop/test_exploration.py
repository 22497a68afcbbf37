"""Which banks are explored, and that each is declared as it is."""

from __future__ import annotations

from pathlib import Path

from otp_conformance.declaration.load import load
from workshop.exploration.run import chosen, declared
from workshop.faults import catalogue


def test_faults_are_drawn_by_the_seed_from_the_core_ones() -> None:
    names = chosen(["core:3", "reference"], 1)
    assert names == chosen(["core:3", "reference"], 1) != chosen(["core:3", "reference"], 2)
    assert names[3:] == ["reference"]
    assert {catalogue.load()[name].fault_class for name in names[:3]} == {"core"}


def test_each_bank_is_started_and_declared_as_it_is(tmp_path: Path) -> None:
    for name, module in (
        ("used-code-accepted", "workshop.faults.serve"),
        ("strict-policies", "workshop.relatives.serve"),
        ("reference", "reference_impl"),
    ):
        (tmp_path / name).mkdir()
        declaration = load(declared(name, tmp_path / name)).declaration
        assert declaration.sut.start is not None
        assert module in declaration.sut.start.command
    strict = load(tmp_path / "strict-policies" / "declaration.toml").declaration
    assert strict.lockout.threshold == 3
