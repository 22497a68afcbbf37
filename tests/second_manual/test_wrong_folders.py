"""Whatever is wrong in a manual's folder: one clear error with file, key and fix, exit code 2."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from otp_conformance.declaration.load import load as load_declaration
from otp_conformance.language import speaking
from otp_conformance.resources import bundle_root, features_dir, fixtures_dir
from otp_conformance.specification.catalogue.errors import CatalogueError
from otp_conformance.specification.manual import Manual, bundled, load
from otp_conformance.specification.requirements import load as load_catalogue
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.verdict.exit_codes import ExitCode

HEAD = 'extends = "bundled"\n[requirement_set]\nid = "mine"\nversion = "1.0.0"\n'
ROW = "id,chapter,section,step,lines,ja,en,basis,kind,force,observability,ambiguities,ixit\n"
CSV = "requirements/requirements.csv"
REFERENCE = fixtures_dir() / "declarations" / "reference.toml"


def added(identifier: str, chapter: str = "SCR", ixit: str = "IX-02") -> str:
    what = "stated,screen content,MUST,yes"
    return f"{ROW}{identifier},{chapter},章,—,L1,画面がある。,There is a screen.,{what},,{ixit}\n"


def withdrawn(*identifiers: str) -> str:
    return "".join(
        f'[[withdrawn]]\nid = "{each}"\nreason_ja = "ない。"\nreason_en = "None."\n'
        for each in identifiers
    )


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in {"manual.toml": HEAD, **files}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def use(path: Path) -> Manual:
    """Do all that a command does with a manual."""
    manual = load(path)
    load_catalogue(manual)
    load_declaration(REFERENCE, manual)
    plan_features(bundle_root(), manual)
    return manual


# (what is wrong, file, its text, file named, key named, word of the fix in both languages)
CASES = [
    ("bad TOML", "screens.toml", "[portal\n", "screens.toml", "", "TOML"),
    ("bad TOML", "manual.toml", "extends =\n", "manual.toml", "", "TOML"),
    ("unknown screen", "screens.toml", '[portl]\nid = "A"', "screens.toml", "portl", "portal"),
    (
        "unknown staff screen",
        "screens.toml",
        '[staff.logn]\ntitle = ["x"]',
        "screens.toml",
        "staff.logn",
        "login",
    ),
    (
        "unknown key of a screen",
        "screens.toml",
        '[portal]\ntitel = ["x"]',
        "screens.toml",
        "portal.titel",
        "title",
    ),
    (
        "unknown label",
        "screens.toml",
        '[portal.texts]\nleda1 = ["x"]',
        "screens.toml",
        "portal.leda1",
        "portal.lead1",
    ),
    (
        "unknown shared label",
        "screens.toml",
        '[labels]\nnotice.isue = ["x"]',
        "screens.toml",
        "notice.isue",
        "notice.issue",
    ),
    (
        "what cannot be changed",
        "screens.toml",
        '[portal]\nway = "x"',
        "screens.toml",
        "portal.way",
        "",
    ),
    (
        "title without text",
        "screens.toml",
        "[portal]\ntitle = []",
        "screens.toml",
        "portal.title",
        "",
    ),
    ("id of a wrong type", "screens.toml", "[portal]\nid = 3", "screens.toml", "portal.id", "3"),
    (
        "item about an unknown label",
        "screens.toml",
        '[portal.items]\n"文" = { heading = "portal.notice_hedding" }',
        "screens.toml",
        "portal.items.文",
        "portal.notice_heading",
    ),
    (
        "item that says nothing",
        "screens.toml",
        '[portal.items]\n"文" = { required = true }',
        "screens.toml",
        "portal.items.文",
        "heading",
    ),
    (
        "item twice",
        "screens.toml",
        '[kind.items]\n"「トップページへ」の操作部" = { title = true }',
        "screens.toml",
        "kind.items.「トップページへ」の操作部",
        "portal",
    ),
    (
        "unknown kind of check",
        "screens.toml",
        '[portal.items]\n"文" = { check = "one_stat" }',
        "screens.toml",
        "portal.items.文.check",
        "one_stat",
    ),
    (
        "unknown key of the declaration",
        "screens.toml",
        '[top.when]\nlogout = { "login.logout_controll" = true }',
        "screens.toml",
        "login.logout_controll",
        "logout_control",
    ),
    (
        "unknown requirement verified",
        "screens.toml",
        '[verifies]\nrefusal_told = ["SCR-99"]',
        "screens.toml",
        "verifies",
        "SCR-9",
    ),
    ("unknown head", "manual.toml", HEAD + "titel = 1", "manual.toml", "", "titel"),
    (
        "unknown manual extended",
        "manual.toml",
        'extends = "bundle"',
        "manual.toml",
        "extends",
        "bundled",
    ),
    (
        "no version",
        "manual.toml",
        'extends = "bundled"',
        "manual.toml",
        "requirement_set",
        "version",
    ),
    ("not whole", "manual.toml", 'title = "x"', "manual.toml", "institution", "extends"),
    (
        "chapter without folder",
        "manual.toml",
        HEAD + '[[chapter]]\nfolder = "01_isue"\nja = "x"\nen = "x"',
        "manual.toml",
        "chapter 01_isue",
        "01_issue",
    ),
    (
        "unknown requirement withdrawn",
        "manual.toml",
        HEAD + withdrawn("SCR-91"),
        "manual.toml",
        "withdrawn SCR-91",
        "SCR-",
    ),
    (
        "chapter twice",
        "manual.toml",
        HEAD + '[[chapter]]\nfolder = "01_issue"\nja = "x"\nen = "x"\n' * 2,
        "manual.toml",
        "chapter 01_issue",
        "",
    ),
    (
        "withdrawn twice",
        "manual.toml",
        HEAD + withdrawn("SCR-21", "SCR-21"),
        "manual.toml",
        "withdrawn SCR-21",
        "",
    ),
    ("requirement there already", CSV, added("SCR-21"), "requirements.csv", "SCR-21", "ID"),
    (
        "requirement of no area",
        CSV,
        added("SKR-01", "SKR"),
        "requirements.csv",
        "SKR-01",
        "[[area]]",
    ),
    (
        "requirement by an unknown parameter",
        CSV,
        added("SCR-63", ixit="IX-99"),
        "requirements.csv",
        "SCR-63",
        "IX-",
    ),
]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    ("file", "text", "named", "key", "word"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_one_clear_error(
    tmp_path: Path, file: str, text: str, named: str, key: str, word: str, language: str
) -> None:
    with speaking("ja" if language == "ja" else "en"), pytest.raises(CatalogueError) as caught:
        use(folder(tmp_path, **{file: text}))
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{tmp_path}/")
    assert named in line.partition(": ")[0]
    assert key in line
    assert word in line
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_folder_that_is_no_manual(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"manual\.toml"):
        load(tmp_path)


def test_a_feature_of_the_same_name_as_one_of_the_suite(tmp_path: Path) -> None:
    mine = tmp_path / "features"
    (mine / "01_issue").mkdir(parents=True)
    (mine / "manual.toml").write_text(HEAD, encoding="utf-8")
    (mine / "01_issue" / "issue.feature").write_text("# language: ja\n機能: x\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"issue\.feature"):
        use(mine)


def test_a_scenario_of_withdrawn_requirements_alone_is_not_planned(tmp_path: Path) -> None:
    manual = use(folder(tmp_path, **{"manual.toml": HEAD + withdrawn("SCR-60", "SCR-33")}))
    before = {p.scenario_id: p for f in plan_features(bundle_root()) for p in f.scenarios}
    after = {p.scenario_id: p for f in plan_features(bundle_root(), manual) for p in f.scenarios}
    gone = {i for i, p in before.items() if set(p.requirements) <= {"SCR-60", "SCR-33"}}
    assert gone
    assert set(after) == set(before) - gone
    for identifier, plan in after.items():
        kept = [r for r in before[identifier].requirements if r not in {"SCR-60", "SCR-33"}]
        assert list(plan.requirements) == kept


def test_a_part_that_this_manual_does_not_have(tmp_path: Path) -> None:
    manual = use(folder(tmp_path, **{"screens.toml": "[activation.buttons]\ncancel = []\n"}))
    assert "activation.cancel" not in manual.screens["activation"].buttons
    assert "activation.cancel" in manual.labels  # and a declaration may still speak of it


def test_a_whole_folder_of_its_own_is_read_like_the_bundled_one(tmp_path: Path) -> None:
    copy = tmp_path / "other"
    shutil.copytree(features_dir(), copy)
    manual = use(copy)
    assert manual.labels == bundled().labels
    first = plan_features(bundle_root(), manual)[0]
    assert first.uri.startswith("other/00_start/")
