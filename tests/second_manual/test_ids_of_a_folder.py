"""Scenario ids of a folder that extends another manual: a register of its own, no number twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance.cli.bundle import sets_beyond
from otp_conformance.lint.check import check
from otp_conformance.lint.ids import IdRules
from otp_conformance.resources import bundle_root, features_dir, steps_dir
from otp_conformance.specification.ids import LAST, load
from otp_conformance.specification.manual import load as load_manual
from otp_conformance.specification.requirements import load as load_catalogue
from otp_conformance.specification.scenarios import plan_feature

HERE = Path(__file__).parent
SCENARIO = "# language: ja\n機能: 小さな機能\n  {tags}\n  シナリオ: 加えたもの\n    前提 何か\n"


@pytest.mark.parametrize(
    ("tags", "given", "code", "told"),
    [
        ("@id:TGE-01/1 @TGE-01", "TGE-01 = 1", None, ""),
        ("@id:SCR-05/1001 @SCR-05", "SCR-05 = 1001", None, ""),
        ("@SCR-05", "", "OC070", "@id:SCR-05/1001"),
        ("@SCR-05", "SCR-05 = 1001", "OC070", "@id:SCR-05/1002"),
        ("@TGE-01", "", "OC070", "@id:TGE-01/1"),
        ("@id:SCR-05/2 @SCR-05", "SCR-05 = 1001", "OC071", "SCR-05/1002"),
        ("@id:TGE-01/1001 @TGE-01", "TGE-01 = 1", "OC071", "TGE-01/2"),
        ("@id:SCR-05/1001 @SCR-05", "", "OC073", "mine/requirements/ids.toml"),
        ("@id:TGE-01/1 @TGE-01", "TGE-01 = 1\nSCR-05 = 1001", "OC074", "SCR-05/1001"),
    ],
)
def test_numbers_under_its_own_and_under_borrowed_requirements(
    tmp_path: Path, tags: str, given: str, code: str | None, told: str
) -> None:
    mine = tmp_path / "mine"
    (mine / "requirements").mkdir(parents=True)
    (mine / "requirements" / "ids.toml").write_text(f"[given]\n{given}\n", encoding="utf-8")
    (mine / "a.feature").write_text(SCENARIO.format(tags=tags), encoding="utf-8")
    rules = IdRules(
        [plan_feature(mine / "a.feature", tmp_path)], mine, {"SCR-05", "TGE-01"}, {"SCR-05"}
    )
    found = list(rules.findings())
    if code is None:
        assert found == []
    else:
        finding = next(f for f in found if f.code == code)
        assert told in finding.ja
        assert told in finding.en


def test_the_bundled_manual_leaves_the_numbers_beyond_to_such_folders(tmp_path: Path) -> None:
    (tmp_path / "a.feature").write_text(
        SCENARIO.format(tags=f"@id:SCR-05/{LAST + 1} @SCR-05"), encoding="utf-8"
    )
    rules = IdRules([plan_feature(tmp_path / "a.feature", tmp_path)], tmp_path, {"SCR-05"})
    (finding,) = rules.findings()
    assert (finding.code, "SCR-05/1" in finding.en) == ("OC071", True)
    assert max(load(features_dir() / "requirements").given.values()) <= LAST


def test_the_second_manual_s_ids_are_in_order() -> None:
    second = load_manual(HERE)
    known = {*load_catalogue(second).requirements, *second.withdrawn}
    sets = sets_beyond(second)
    known |= {identifier for each in sets for identifier in load_catalogue(each).requirements}
    found, files = check(bundle_root(), steps_dir(), known, manual=second, sets=sets)
    assert found == ()
    assert files == sum(len(each.feature_files(bundle_root())) for each in (second, *sets))
