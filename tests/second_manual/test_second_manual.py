"""A second institution's manual is a folder of data: no Python knows of it."""

from __future__ import annotations

import os
import pickle
import tomllib
from pathlib import Path

import pytest

from otp_conformance.cli import bundle
from otp_conformance.declaration.load import load
from otp_conformance.resources import bundle_root
from otp_conformance.run.request import RunResult
from otp_conformance.specification.manual import Manual
from otp_conformance.specification.manual import load as load_manual
from otp_conformance.specification.requirements import load as load_catalogue
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Verdict
from workshop.faults.runs import ALL, carry_out, to_toml
from workshop.variants.start import not_green

HERE = Path(__file__).parent
# Screens, words and each of the procedures, in one breath.
SOME = Selection(
    requirements=(
        *("TGE-01", "SCR-05", "SCR-06", "SCR-10", "SCR-20", "SCR-27", "SCR-35", "SCR-36", "SCR-39"),
        *("SCR-40", "SCR-44", "SCR-47", "SCR-53", "SCR-55", "CON-15"),
    )
)


def declaration(
    folder: Path, bank: str, *, manual: bool = True, titles: tuple[str, ...] = ()
) -> Path:
    """Write the declaration of the second manual's bank.

    ``manual``: it names the manual. ``titles``: screens whose title it says is the bundled one.
    """
    data = tomllib.loads(bundle.builtin_declaration().read_text(encoding="utf-8"))
    python, _, _, *arguments = data["sut"]["start"]["command"]
    data["sut"]["start"]["command"] = [python, str(HERE / "bank.py"), bank, "--", *arguments]
    del data["screen_ids"]  # they are the manual's
    if manual:
        data["sut"]["manual"] = os.path.relpath(HERE, folder)
    bundled = load(bundle.builtin_declaration()).declaration.labels
    said = {f"{screen}.title": list(bundled[f"{screen}.title"]) for screen in titles}
    data["labels"] = {**data.get("labels", {}), **said}
    path = folder / "declaration.toml"
    path.write_text(to_toml(data) + "\n", encoding="utf-8")
    return path


def run(
    folder: Path,
    bank: str,
    selection: Selection,
    *,
    manual: bool = True,
    titles: tuple[str, ...] = (),
) -> RunResult:
    path = declaration(folder, bank, manual=manual, titles=titles)
    known = load_catalogue(load(path).declaration.manual)
    return carry_out(path, folder / "reports", selection=selection, catalogue=known)


@pytest.fixture(scope="module")
def second() -> Manual:
    return load_manual(HERE)


def test_what_it_says_and_what_it_leaves_to_the_bundled_one(second: Manual) -> None:
    assert second.document.institution == "とうげ信用金庫"
    assert second.labels["portal.title"] == ("ワンタイム認証のお手続き",)
    assert second.labels["top.title"] == ("トップページ", "トップ画面")
    assert second.time_zone == "Asia/Tokyo"
    assert [c.folder for c in second.chapters][-2:] == ["10_otp", "11_contact"]
    catalogue = load_catalogue(second)
    assert "SCR-21" not in catalogue.requirements
    assert not any("SCR-21" in p.rows for p in catalogue.parameters.values())
    assert list(catalogue.requirements)[-1] == "TGE-01"
    assert len(catalogue.requirements) == 257


def test_a_worker_in_another_process_gets_it_whole(second: Manual) -> None:
    assert pickle.loads(pickle.dumps(second)) == second  # noqa: S301 - our own


def test_its_scenarios_are_planned_and_a_withdrawn_requirement_is_nobodys(second: Manual) -> None:
    plans = [p for f in plan_features(bundle_root(), second) for p in f.scenarios]
    mine = [p for p in plans if "TGE-01" in p.requirements]
    assert {(p.chapter, p.uri) for p in mine} == {
        ("お問い合わせ", "second_manual/11_contact/contact.feature")
    }
    assert not any("SCR-21" in (*p.requirements, *p.tags) for p in plans)
    theirs = [p for f in plan_features(bundle_root()) for p in f.scenarios]
    assert len(plans) == len(theirs) + len(mine)  # SCR-21 has no scenario to itself


def test_a_bank_of_that_kind_conforms(tmp_path: Path) -> None:
    result = run(tmp_path, "whole", SOME)
    assert not_green(result) == []
    assert {plan.chapter for plan in result.journal.planned.values()} >= {"お問い合わせ"}
    told = [c for i in result.journal.planned for c in result.journal.last(i).checks]
    assert not any("SCR-21" in c.requirements or "逆方向" in c.name for c in told)
    assert result.journal.header.requirement_set == "toge-card-token-2024-06-03 1.0.0"


@pytest.mark.parametrize(
    ("titles", "verdict"),
    [
        pytest.param((), Verdict.INCONCLUSIVE, id="whose titles nobody declared"),
        pytest.param(("portal", "kind"), Verdict.FAIL, id="whose titles are declared otherwise"),
    ],
)
def test_the_same_bank_does_not_conform_to_the_bundled_manual(
    tmp_path: Path, titles: tuple[str, ...], verdict: Verdict
) -> None:
    selection = Selection(requirements=("SCR-06", "SCR-27"))
    result = run(tmp_path, "whole", selection, manual=False, titles=titles)
    ends = {result.journal.outcome(i).verdict for i in result.journal.planned}
    assert Verdict.PASS not in ends
    assert (Verdict.FAIL in ends) is (verdict is Verdict.FAIL)


def test_a_fault_in_the_added_requirement_is_found(tmp_path: Path) -> None:
    result = run(tmp_path, "unreachable", Selection(requirements=("TGE-01",)))
    assert result.exit_code is ExitCode.FAIL
    failed = [
        check.requirements
        for i in result.journal.planned
        for check in result.journal.last(i).checks
        if check.verdict is Verdict.FAIL
    ]
    assert failed == [["TGE-01"], ["TGE-01"]]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_whole_suite_is_green(tmp_path: Path) -> None:
    assert not_green(run(tmp_path, "whole", ALL)) == []
