"""The suite follows the declaration: each parameter changed in the bank, then in both.

Bank and declaration agree: every scenario concerned passes. Only the bank
differs: a check of the right requirement fails, because of the product.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from otp_conformance.cli import bundle
from otp_conformance.run.request import RunResult
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.verdict import Verdict
from reference_impl.domain.policy import Policy
from workshop.faults.runs import ALL, carry_out, reds, to_toml, write_declaration
from workshop.parameters.mapping import DECLARED, PARAMETERS, Parameter
from workshop.variants.start import not_green

CATALOGUE = bundle.catalogue()


def _alike(parameter: Parameter):
    marks = [pytest.mark.xfail(reason=parameter.unfollowed, strict=True)]
    return pytest.param(parameter, id=parameter.name, marks=marks if parameter.unfollowed else [])


EVERY = [_alike(parameter) for parameter in PARAMETERS]
SEEN = [pytest.param(parameter, id=parameter.name) for parameter in PARAMETERS if parameter.red]


def _run(parameter: Parameter, folder: Path, selection: Selection, *, declared: bool) -> RunResult:
    settings = folder / "settings.toml"
    settings.write_text(to_toml({"policy": parameter.settings}) + "\n", encoding="utf-8")
    declaration = write_declaration(
        folder, settings=settings, declared=parameter.declared() if declared else None
    )
    return carry_out(declaration, folder / "reports", selection=selection, catalogue=CATALOGUE)


def _concerned(parameter: Parameter) -> Selection:
    return Selection(requirements=parameter.concerned, ids=parameter.scenarios)


def test_every_policy_of_the_bank_has_its_place_in_the_declaration() -> None:
    assert {field.name for field in fields(Policy)} == set(DECLARED)


def test_parameters_that_nothing_notices_say_why() -> None:
    assert [p.name for p in PARAMETERS if bool(p.red) == bool(p.unseen)] == []


@pytest.mark.parametrize("parameter", EVERY)
def test_bank_and_declaration_changed_alike_pass(parameter: Parameter, tmp_path: Path) -> None:
    result = _run(parameter, tmp_path, _concerned(parameter), declared=True)
    assert not_green(result) == []
    verdicts = {result.journal.outcome(i).verdict for i in result.journal.planned}
    assert Verdict.PASS in verdicts


@pytest.mark.parametrize("parameter", SEEN)
def test_a_bank_unlike_its_declaration_is_found(parameter: Parameter, tmp_path: Path) -> None:
    result = _run(parameter, tmp_path, _concerned(parameter), declared=False)
    found = reds(result.journal)
    print(f"\n  {parameter.name}  ×  {sorted({r for red in found for r in red.requirements})}")
    assert set(parameter.red) <= {r for red in found for r in red.requirements}
    assert all(red.expected and red.observed for red in found)
    assert not any(result.journal.outcome(i).suite_fault for i in result.journal.planned)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("parameter", EVERY)
def test_the_whole_suite_follows_the_declaration(parameter: Parameter, tmp_path: Path) -> None:
    assert not_green(_run(parameter, tmp_path, ALL, declared=True)) == []
