"""What exploration prints can be pasted: it fails on the bank it was found on, and only there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from otp_conformance.declaration.load import load
from otp_conformance.resources import bundle_root
from otp_conformance.specification.requirements import load as load_catalogue
from otp_conformance.specification.selection import Selection
from otp_conformance.verdict.verdict import Cause, Verdict
from workshop.faults.runs import ROOT, carry_out, write_declaration

FAULT = "used-code-accepted"


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "otp_conformance", *words, "--lang", "ja"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the scenario that exploring a faulty bank prints, without the feature around it."""
    folder = tmp_path_factory.mktemp("found")
    declared = str(write_declaration(folder, fault=FAULT))
    rounds = ("--minutes", "20", "--seed", "1", "--rounds", "1")
    done = command("explore", "-d", declared, "--agent", "http", *rounds, "--output", str(folder))
    assert done.returncode == 1, done.stdout + done.stderr
    written = (folder / "seed-1.feature").read_text(encoding="utf-8")
    assert written in done.stdout
    assert "--seed 1 --rounds 1" in done.stdout
    return written[written.index("  @id:") :]


@pytest.fixture
def manual(printed: str, tmp_path: Path) -> Path:
    """Return the manual with the scenario pasted into a feature, and its number registered."""
    folder = tmp_path / "features"
    shutil.copytree(bundle_root() / "features", folder)
    feature = folder / "10_otp" / "once_only.feature"
    text = feature.read_text(encoding="utf-8")
    before = text.index("  ルール: 利用開始登録に使った値は")
    pasted = f"  ルール: 探索\n\n{printed}\n"
    feature.write_text(text[:before] + pasted + text[before:], encoding="utf-8")
    under, number = identifier(printed).split("/")
    register = folder / "requirements" / "ids.toml"
    register.write_text(
        re.sub(
            rf"^{under} = \d+$",
            f"{under} = {number}",
            register.read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        ),
        encoding="utf-8",
    )
    return folder


def identifier(printed: str) -> str:
    found = re.search(r"@id:(\S+)", printed)
    assert found
    return found[1]


def test_it_keeps_the_rules_of_the_house(manual: Path) -> None:
    done = command("lint", "--manual", str(manual))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("fault", "verdict"), [(FAULT, Verdict.FAIL), ("", Verdict.PASS)])
def test_it_fails_where_it_was_found_and_passes_where_nothing_is_wrong(
    manual: Path, printed: str, tmp_path: Path, fault: str, verdict: Verdict
) -> None:
    said = {"sut.manual": "features"}
    declared = write_declaration(tmp_path, fault=fault, declared=said)
    known = load_catalogue(load(declared).declaration.manual)
    chosen = Selection(ids=(identifier(printed),))
    result = carry_out(declared, tmp_path / "reports", selection=chosen, catalogue=known)
    end = result.journal.outcome(identifier(printed))
    assert end.verdict is verdict
    assert end.cause is (Cause.PRODUCT if fault else None)
