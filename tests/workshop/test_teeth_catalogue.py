"""A catalogue of faults is checked before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.cli import bundle
from otp_conformance.errors import UsageError
from otp_conformance.resources import bundle_root
from otp_conformance.specification.scenarios import plan_features
from workshop.teeth.catalogue import Fault, FaultClass, choose, load
from workshop.teeth.product import environment, faulty, ordinary
from workshop.teeth.scope import Scope, scenarios_for

KNOWN = {"LGN-06", "LGN-05"}
START = """
[start]
declaration = "{here}/bank.toml"
command = ["run-it", "--fault={fault}", "--", "{command}"]
environment = { HOUSE = "{here}/house" }
"""
FAULT = """
[[fault]]
id = "code-unverified"
title_ja = "確かめない"
title_en = "Unverified"
class = "core"
violates = ["LGN-06"]
caught_by = ["LGN-06"]
faults = ["F010"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[start", "TOML"),
        (FAULT, "start"),
        (START, "fault"),
        (START + FAULT + FAULT, "code-unverified"),
        (START + FAULT.replace('class = "core"', 'class = "odd"'), "code-unverified.class"),
        (START + FAULT + "severity = 1", "code-unverified.severity"),
        (START + FAULT.replace('"LGN-06"]\nfaults', '"LGN-05"]\nfaults'), "caught_by"),
        (START + FAULT.replace('violates = ["LGN-06"]', 'violates = ["LGN-96"]'), "LGN-96"),
        (START + FAULT.replace('caught_by = ["LGN-06"]', "caught_by = []"), "missing"),
    ],
)
def test_mistakes_are_named(tmp_path, text, named) -> None:
    with pytest.raises(UsageError) as error:
        load(write(tmp_path, text), KNOWN)
    assert named in str(error.value)
    assert "catalogue.toml" in str(error.value)


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        load(tmp_path / "none.toml", KNOWN)


def test_faults_are_chosen_by_id_number_and_class(tmp_path) -> None:
    found = load(write(tmp_path, START + FAULT), KNOWN)
    for wishes in ([], ["code-unverified"], ["F010"]):
        assert [fault.id for fault in choose(found, wishes)] == ["code-unverified"]
    with pytest.raises(UsageError, match="code-unverified"):
        choose(found, ["code-unverifed"])
    with pytest.raises(UsageError):
        choose(found, [], [FaultClass.DERIVED])


def test_the_start_command_takes_in_the_declared_one(tmp_path) -> None:
    declared = bundle.builtin_declaration()
    (tmp_path / "bank.toml").write_bytes(declared.read_bytes())
    found = load(write(tmp_path, START + FAULT), KNOWN)
    loaded = ordinary(found)
    changed = faulty(found, found.faults["code-unverified"], loaded).declaration.sut
    assert loaded.declaration.sut.start is not None
    assert changed.start is not None
    words = ("run-it", "--fault=code-unverified", "--", *loaded.declaration.sut.start.command)
    assert changed.start.command == words
    assert "code-unverified" in changed.product
    assert environment(found)["HOUSE"] == str(tmp_path / "house")


def test_faulty_products_that_are_not_there_are_named(tmp_path) -> None:
    start = START + 'requires = "{here}/banks"\n'
    found = load(write(tmp_path, start + FAULT), KNOWN)
    with pytest.raises(UsageError, match="banks"):
        ordinary(found)


def _fault(**more: object) -> Fault:
    row = {"id": "a", "title_ja": "あ", "title_en": "a", "class": "core"}
    violated = {"violates": ["LGN-06"], "caught_by": ["LGN-06"]}
    return Fault.model_validate(row | violated | more)


def test_a_fault_that_no_scenario_meets_is_refused() -> None:
    features = plan_features(bundle_root())
    with pytest.raises(UsageError, match=r"欠陥 a: .* LGN-06/999 はありません"):
        scenarios_for(_fault(scenarios=["LGN-06/999"]), features, Scope.QUICK)
    with pytest.raises(UsageError, match="LGN-06"):
        scenarios_for(_fault(scenarios=["LCK-19/1"]), features, Scope.QUICK)
    with pytest.raises(UsageError, match="CON-01"):
        scenarios_for(_fault(violates=["CON-01"], caught_by=[], missing="x"), features, Scope.FULL)


def test_full_holds_quick_and_everything_that_verifies_a_violated_requirement() -> None:
    features = plan_features(bundle_root())
    quick = scenarios_for(_fault(), features, Scope.QUICK)
    full = scenarios_for(_fault(), features, Scope.FULL)
    assert quick
    assert all("LGN-06" in plan.requirements for plan in quick)
    assert {plan.scenario_id for plan in quick} < {plan.scenario_id for plan in full}
