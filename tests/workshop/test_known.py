"""Every known fault is planted or accounted for; every obligation has teeth."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import Any

from otp_conformance.report.teeth import load as load_teeth
from otp_conformance.resources import fixtures_dir
from otp_conformance.specification.catalogue.model import Force
from workshop.faults.catalogue import load
from workshop.sets import whole_catalogue, whole_suite
from workshop.teeth.catalogue import FaultClass

KNOWN: dict[str, Any] = tomllib.loads(
    (fixtures_dir() / "faults" / "known.toml").read_text(encoding="utf-8")
)
FAULTS = load()
CLASS_OF = {number: name for name, numbers in KNOWN["known"].items() for number in numbers}
PLANTED = {number for fault in FAULTS.values() for number in fault.numbers}
#: Requirements whose checks look at something other than the bank, with the reason.
TOOTHLESS = {
    "TOK-08": "its check reads the token, and the tokens of the catalogue are the suite's own",
}


def test_the_list_names_each_fault_once() -> None:
    numbers = [number for numbers in KNOWN["known"].values() for number in numbers]
    assert [number for number, times in Counter(numbers).items() if times > 1] == []
    assert Counter(CLASS_OF.values()) == {"core": 53, "hardening": 67, "accessibility": 20}


def test_every_known_fault_is_planted_or_accounted_for() -> None:
    left_out = set(KNOWN["not_planted"])
    assert PLANTED - set(CLASS_OF) == set(), "numbers that the list does not hold"
    assert left_out - set(CLASS_OF) == set(), "numbers that the list does not hold"
    assert set(CLASS_OF) - PLANTED - left_out == set(), "neither planted nor accounted for"
    assert PLANTED & left_out == set(), "planted, and said not to be"


def test_every_core_fault_is_planted() -> None:
    core = {number for number, name in CLASS_OF.items() if name == FaultClass.CORE}
    assert core - PLANTED == set()


def test_what_is_not_planted_has_a_reason() -> None:
    for number, entry in KNOWN["not_planted"].items():
        assert entry["why"] in KNOWN["reasons"], number
        assert entry["ja"], number
        assert entry["en"], number
    used = {entry["why"] for entry in KNOWN["not_planted"].values()}
    assert used == set(KNOWN["reasons"])


def test_every_obligation_with_a_scenario_has_teeth() -> None:
    verified = {
        requirement
        for feature in whole_suite()
        for scenario in feature.scenarios
        for requirement in scenario.requirements
    }
    obligations = {
        requirement.id
        for requirement in whole_catalogue().requirements.values()
        if requirement.force in {Force.MUST, Force.MUST_NOT}
    }
    teeth = load_teeth(fixtures_dir() / "faults" / "teeth.json")
    assert teeth is not None
    assert {i for i in obligations & verified if not teeth.finds(i)} == set(TOOTHLESS)
