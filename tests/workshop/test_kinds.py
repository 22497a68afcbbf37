"""Banks of another kind: green where they declare it, red where they do not keep to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from otp_conformance.run.request import RunResult
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.verdict import Verdict
from workshop.faults.runs import carry_out, reds
from workshop.parameters.kinds import KINDS, UNLIKE
from workshop.variants.start import not_green, write_declaration


def _run(
    folder: Path, name: str, declared: Mapping[str, object], requirements: tuple[str, ...]
) -> RunResult:
    module = "workshop.parameters.kinds"
    kind = KINDS.get(name)
    declared = {**(kind.always if kind else {}), **declared}
    policy = kind.settings if kind else None
    declaration = write_declaration(folder, module, name, policy=policy, declared=declared)
    selection = Selection(requirements=requirements)
    return carry_out(declaration, folder / "reports", selection=selection)


def _red(result: RunResult) -> set[str]:
    found = reds(result.journal)
    assert all(red.expected and red.observed for red in found)
    assert not any(result.journal.outcome(i).suite_fault for i in result.journal.planned)
    return {requirement for red in found for requirement in red.requirements}


@pytest.mark.parametrize("name", KINDS)
def test_a_bank_that_is_as_it_declares_passes(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    result = _run(tmp_path, name, kind.declared, kind.concerned)
    assert not_green(result) == []
    verdicts = {result.journal.outcome(i).verdict for i in result.journal.planned}
    assert Verdict.PASS in verdicts


@pytest.mark.parametrize("name", KINDS)
def test_a_bank_that_does_not_declare_it_is_found(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    assert kind.red in _red(_run(tmp_path, name, {}, (kind.red,)))


@pytest.mark.parametrize("name", UNLIKE)
def test_a_bank_that_does_not_keep_to_it_is_found(name: str, tmp_path: Path) -> None:
    unlike = UNLIKE[name]
    bank = unlike.bank or "reference"
    assert unlike.red in _red(_run(tmp_path, bank, unlike.declared, (unlike.red,)))
