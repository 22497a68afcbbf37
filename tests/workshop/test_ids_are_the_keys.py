"""A scenario may be renamed and moved without touching anything else (specification.ids)."""

from __future__ import annotations

import itertools
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from otp_conformance.assets.consumption import load_table
from otp_conformance.cli import bundle
from otp_conformance.journal.events import OWN_SET
from otp_conformance.resources import bundle_root
from otp_conformance.run.request import EarlierRun
from otp_conformance.run.resume import same_scenarios
from otp_conformance.specification.scenarios import FeaturePlan, ScenarioPlan, plan_features
from otp_conformance.specification.selection import Selection, with_ids
from otp_conformance.verdict.verdict import Verdict
from workshop.benchmarks import bare
from workshop.faults.catalogue import whole
from workshop.faults.otherwise import OTHERWISE
from workshop.parameters.mapping import PARAMETERS
from workshop.refusals.narrow import NARROW
from workshop.teeth.product import set_of
from workshop.teeth.scope import Scope, scenarios_for

NAMED = re.compile(r"^(\s*シナリオ(?:アウトライン)?: ).*?((?:（[^）]*<[^）]*>[^）]*）)?)$")


@pytest.fixture(scope="module")
def before() -> tuple[FeaturePlan, ...]:
    return plan_features(bundle_root())


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> tuple[FeaturePlan, ...]:
    """The suite with every scenario under another name, and on another line."""
    root = tmp_path_factory.mktemp("reworded")
    shutil.copytree(bundle_root() / "features", root / "features")
    numbers = itertools.count(1)
    for path in (root / "features").rglob("*.feature"):
        found = ["# language: ja"]
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            if line.lstrip().startswith("@id:"):
                found.append("  # 行をずらす")
            found.append(NAMED.sub(rf"\1別の言い方 {next(numbers)}\2", line))
        path.write_text("\n".join(found) + "\n", encoding="utf-8")
    return plan_features(root)


def every(features: tuple[FeaturePlan, ...]) -> dict[str, ScenarioPlan]:
    return {s.scenario_id: s for feature in features for s in feature.scenarios}


def test_every_name_and_line_is_another(
    before: tuple[FeaturePlan, ...], after: tuple[FeaturePlan, ...]
) -> None:
    then, now = every(before), every(after)
    assert [i for i in then if then[i].name == now[i].name] == []
    assert [i for i in then if then[i].place == now[i].place] == []


def test_the_plan_is_the_same(
    before: tuple[FeaturePlan, ...], after: tuple[FeaturePlan, ...]
) -> None:
    def told(features: tuple[FeaturePlan, ...]) -> list[Any]:
        return [
            (i, s.uri, s.chapter, s.tags, s.requirements, [step.text for step in s.steps])
            for i, s in every(features).items()
        ]

    assert told(before) == told(after)


def test_what_scenarios_use_up_is_found(after: tuple[FeaturePlan, ...]) -> None:
    declaration = bundle.load_declaration(None).declaration
    table = load_table()
    assert [i for i in every(after) if not table.of(i, declaration).known] == []


@pytest.mark.parametrize("scope", list(Scope))
def test_faults_meet_the_same_scenarios(
    before: tuple[FeaturePlan, ...], after: tuple[FeaturePlan, ...], scope: Scope
) -> None:
    for fault in (each for each in whole().faults.values() if set_of(each) == OWN_SET):
        then = [s.scenario_id for s in scenarios_for(fault, before, scope)]
        assert [s.scenario_id for s in scenarios_for(fault, after, scope)] == then


def test_every_experiment_names_scenarios_that_there_are(after: tuple[FeaturePlan, ...]) -> None:
    named = [
        *(i for parameter in PARAMETERS for i in parameter.scenarios),
        *(other.scenario for other in OTHERWISE.values()),
        *(narrow.scenario for narrow in NARROW),
        *bare.FLOWS,
    ]
    assert with_ids(list(every(after).values()), named)


@pytest.mark.parametrize("failed", [True, False])
def test_the_same_scenarios_run_again(
    before: tuple[FeaturePlan, ...], after: tuple[FeaturePlan, ...], *, failed: bool
) -> None:
    planned = list(every(before).values())[::7]
    verdicts = {
        p.scenario_id: Verdict.FAIL if number % 2 else Verdict.PASS
        for number, p in enumerate(planned)
    }
    journal = SimpleNamespace(
        planned={p.scenario_id: p for p in planned},
        unplanned=(),
        outcome=lambda i: SimpleNamespace(verdict=verdicts[i]),
        header=SimpleNamespace(run_id="earlier"),
    )
    again = same_scenarios(EarlierRun(Path(), cast("Any", journal)), after, failed=failed)
    wanted = [i for i, v in verdicts.items() if v is Verdict.FAIL or not failed]
    assert [s.scenario_id for s in again] == wanted


def test_ids_select_what_they_selected(
    before: tuple[FeaturePlan, ...], after: tuple[FeaturePlan, ...]
) -> None:
    ids = Selection(ids=("LCK-01/1,LGN-05/3",)).ids
    found = with_ids(list(every(before).values()), ids)
    assert found == with_ids(list(every(after).values()), ids)
    assert len(found) > 2
