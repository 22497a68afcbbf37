"""No requirement passes on a product that does nothing, but those it truly meets."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.cli import bundle
from otp_conformance.errors import UnreadyError
from otp_conformance.run.request import RunResult
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.outcome import Outcome
from otp_conformance.verdict.verdict import Verdict
from workshop.null_products.allowed import allowed, load
from workshop.null_products.products import PRODUCTS
from workshop.null_products.run import NAMES, requirements, run

#: Where a product that shows something came nearest to a pass: the quick part.
NEAR = Selection(
    requirements=(
        "CON-16",
        "LGN-02",
        "ISS-12",
        "ISS-15",
        "ACT-27",
        "ACT-35",
        "DEA-22",
        "SCR-02",
        "SCR-11",
        "SHP-06",
    )
)

#: How many requirements one reason may speak about.
A_FEW = 8


def _passed(result: RunResult) -> set[str]:
    return {r for r, verdict in requirements(result).items() if verdict is Verdict.PASS}


def _suite_faults(result: RunResult) -> list[str]:
    journal = result.journal
    return [plan.name for i, plan in journal.planned.items() if journal.outcome(i).suite_fault]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_near_a_pass_passes(name: str, tmp_path: Path) -> None:
    result = run(name, tmp_path, selection=NEAR)
    assert sorted(_passed(result) & set(NEAR.requirements) - allowed(name)) == []
    assert _suite_faults(result) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", NAMES)
def test_exactly_what_is_allowed_passes(name: str, tmp_path: Path) -> None:
    result = run(name, tmp_path)
    passed = _passed(result)
    print(f"\n  {name}: {sorted(passed)}")
    assert sorted(passed - allowed(name)) == [], "unexpected passes"
    assert sorted(allowed(name) - passed) == [], "allowances that nothing needs any more"
    assert _suite_faults(result) == []


@pytest.mark.parametrize("name", PRODUCTS)
def test_without_test_control_nothing_passes(name: str, tmp_path: Path) -> None:
    try:
        result = run(f"{name}/bare", tmp_path, selection=Selection(requirements=("LGN-03",)))
    except (UnreadyError, Outcome):
        return  # the run does not begin at all
    assert _passed(result) == set()


def test_allowances_speak_of_what_exists_and_are_argued() -> None:
    known = bundle.catalogue().requirements
    for allowance in load():
        assert set(allowance.products) <= set(NAMES), allowance
        assert set(allowance.requirements) <= set(known), allowance
        assert allowance.reason_ja.strip(), allowance
        assert allowance.reason_en.strip(), allowance
    pairs = [(p, r) for a in load() for p in a.products for r in a.requirements]
    assert len(pairs) == len(set(pairs))


def test_each_allowance_is_argued_for_a_few_requirements() -> None:
    allowances = load()
    assert max(len(allowance.requirements) for allowance in allowances) <= A_FEW
    assert len({allowance.reason_ja for allowance in allowances}) == len(allowances)
    assert len({allowance.reason_en for allowance in allowances}) == len(allowances)


def test_what_only_shows_screens_is_allowed_nothing_but_screens_and_ways() -> None:
    known = bundle.catalogue().requirements
    kinds = {known[r].kind for name in PRODUCTS for r in allowed(name)}
    assert kinds <= {"screen content", "navigation"}


def test_what_does_nothing_at_all_has_no_allowance() -> None:
    shows_nothing = ("blank", "error-500", "error-200", "always-success")
    assert {name for name in shows_nothing if allowed(name)} == set()
