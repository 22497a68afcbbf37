"""Folders of killed runs: found and removed at the next start, and never those of anybody else."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from otp_conformance.agent.browser import BrowserAgents
from otp_conformance.leftovers import kept_folder, private_folder

KEY = "made-up-key"
HOLDS = """
import sys
from otp_conformance.leftovers import private_folder
with private_folder() as folder:
    (folder / "key").write_text("made-up-key")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def started() -> tuple[subprocess.Popen[str], Path]:
    """Start a process that has a private folder until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_what_a_killed_process_has_left_is_removed_at_the_next_start() -> None:
    living, its = started()
    killed, left = started()
    killed.kill()
    killed.wait()
    assert (left / "key").read_text() == KEY
    kept = kept_folder()
    with private_folder() as mine:
        assert not left.exists()
        assert (its / "key").exists()
        assert kept.exists()
        with private_folder():
            assert mine.exists()
    assert not mine.exists()
    living.communicate("")
    assert not its.exists()


def test_nobody_else_can_look_in() -> None:
    with private_folder() as mine:
        assert stat.S_IMODE(mine.stat().st_mode) == 0o700
    assert stat.S_IMODE(kept_folder().stat().st_mode) == 0o700


@pytest.mark.parametrize("what", ["link", "file", "unmarked"])
def test_what_only_looks_like_one_stays(temporary: Path, tmp_path: Path, what: str) -> None:
    looks, target = temporary / "otp-conformance-abc", tmp_path / "elsewhere"
    target.mkdir()
    (target / ".held").touch()
    (target / "precious").touch()
    if what == "link":
        looks.symlink_to(target)
    elif what == "file":
        looks.touch()
    else:
        looks.mkdir()
    with private_folder():
        assert looks.exists()
        assert (target / "precious").exists()


@pytest.mark.browser
def test_a_browser_leaves_no_profile_behind(temporary: Path) -> None:
    agents = BrowserAgents(["127.0.0.1"])
    agents.new()
    assert list(temporary.glob("otp-conformance-*/playwright*"))
    assert not list(temporary.glob("playwright*"))
    agents._processes.end_driver()
    agents.close()
    assert not list(temporary.glob("*playwright*"))
    assert not list(temporary.glob("otp-conformance-*"))
