"""A set beyond the manual is judged alone, over the screens of whatever manual there is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from otp_conformance.cli.bundle import all_requirements, builtin_declaration
from otp_conformance.declaration.load import load
from otp_conformance.journal.events import OWN_SET
from otp_conformance.resources import bundle_root, features_dir
from otp_conformance.specification import manual as manuals
from otp_conformance.specification import requirements, untested
from otp_conformance.specification.catalogue.errors import CatalogueError
from otp_conformance.specification.manual import SETS, Manual, beyond, bundled, sets
from otp_conformance.specification.manual import load as load_manual
from otp_conformance.specification.scenarios import plan_features

SECOND = Path(__file__).parents[1] / "second_manual"
ROOT = bundle_root()


def areas(manual: Manual) -> set[str]:
    """Return the areas of everything that is planned."""
    plans = [plan for feature in plan_features(ROOT, manual) for plan in feature.scenarios]
    return {identifier.partition("-")[0] for plan in plans for identifier in plan.requirements}


def test_the_sets_are_the_folders() -> None:
    assert sets() == tuple(sorted(p.name for p in (features_dir() / SETS).iterdir() if p.is_dir()))
    assert "hardening" in sets()


@pytest.mark.parametrize("name", sets())
@pytest.mark.parametrize("base", ["bundled", "second"])
def test_only_a_set_s_own_is_planned_over_any_manual(name: str, base: str) -> None:
    manual = bundled() if base == "bundled" else load_manual(SECOND)
    found = beyond(manual, name)
    catalogue = requirements.load(found)
    own = {area.id for area in found.areas}
    assert areas(found) <= own
    assert {row.chapter for row in catalogue.requirements.values()} == own
    assert all(row.source for row in catalogue.requirements.values())
    assert (found.labels, found.screens) == (manual.labels, manual.screens)
    assert not untested.load(found, ROOT).keys() & set(requirements.load(manual).requirements)


def test_the_manual_itself_knows_nothing_of_the_sets() -> None:
    own = {area.id for area in bundled().areas}
    assert areas(bundled()) <= own
    assert not own & {area.id for name in sets() for area in beyond(bundled(), name).areas}
    assert beyond(bundled(), OWN_SET) is bundled()


def test_checks_of_the_screens_are_the_manual_s_matter() -> None:
    assert bundled().verifies("refusal_told")
    assert beyond(bundled(), "hardening").verifies("refusal_told") == ()


def test_a_declaration_may_own_up_to_requirements_of_any_set() -> None:
    assert {"LCK-01", "HRD-01"} <= all_requirements(load(builtin_declaration()).declaration.manual)


def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a set's folder that may be changed."""
    features = tmp_path / "features"
    shutil.copytree(features_dir() / SETS, features / SETS)
    monkeypatch.setattr(manuals, "features_dir", lambda: features)
    return features / SETS / "hardening"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("requirements/requirements.csv", ',"OWASP ASVS 5.0 6.5.6, 7.4.5"', ",", "HRD-01"),
        ("manual.toml", 'title = "', 'titel = "', "title"),
        ("screens.toml", "", "[login]\n", "screens.toml"),
    ],
)
def test_a_set_without_sources_or_title_or_with_screens_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str, told: str
) -> None:
    manual = bundled()
    path = copied(tmp_path, monkeypatch) / file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new) or new, encoding="utf-8")
    with pytest.raises(CatalogueError, match=told):
        requirements.load(beyond(manual, "hardening"))
