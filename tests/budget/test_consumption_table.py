"""The table of what scenarios use up: complete, readable, and rebuilt from a run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from otp_conformance.assets.consumption import Table, load_table, measure, write_table
from otp_conformance.assets.port import Need
from otp_conformance.cli.bundle import sets_beyond
from otp_conformance.declaration.load import load
from otp_conformance.journal.journal import JOURNAL_FILE, read
from otp_conformance.resources import bundle_root, fixtures_dir
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.specification.words import Kind, Status

ROOT = Path(__file__).parents[2]
SAMPLE = (
    "features/05_suspension/login_password.feature",
    "features/08_switching/handset_change.feature",
)


@pytest.fixture(scope="module")
def reference():
    return load(fixtures_dir() / "declarations" / "reference.toml").declaration


def suite_keys() -> set[str]:
    every = (bundled(), *sets_beyond(bundled()))
    features = [feature for manual in every for feature in plan_features(bundle_root(), manual)]
    return {p.scenario_id for feature in features for p in feature.scenarios}


def test_every_scenario_is_in_the_table_and_nothing_else():
    assert set(load_table().file.scenarios) == suite_keys(), (
        "otp-conformance run; otp-conformance plan --measure reports/latest"
    )


def test_every_row_can_be_read(reference):
    table = load_table()
    for key in table.file.scenarios:
        assert table.of(key, reference).known
    assert not table.of("features/none.feature#なし", reference).known


def test_a_run_uses_up_what_the_table_says(tmp_path, reference):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "otp_conformance", "run", "--agent", "http"),
            *("--reports", str(tmp_path), *SAMPLE),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    keys = {key for key in suite_keys() if key.startswith(SAMPLE)}
    run = measure(read(tmp_path / "latest" / JOURNAL_FILE), reference, None, keys)
    assert set(run.scenarios) == keys
    shipped = load_table().file.scenarios
    assert run.scenarios == {key: shipped[key] for key in sorted(keys)}


def test_needs_survive_their_text():
    for need in (
        Need(Status.IN_SERVICE),
        Need(Status.ISSUED, Kind.SOFTWARE, 8, "0", 6),
        Need(kind=Kind.HARDWARE, serial_length=10, to_send=False),
    ):
        assert Need.parse(str(need)) == need
    with pytest.raises(ValueError, match="nowhere"):
        Need.parse("nowhere,hardware")


def test_amounts_follow_the_declaration(tmp_path, reference):
    path = tmp_path / "table.json"
    row = {
        "customer:not_registered,hardware,confirmation_length=shortest": 2,
        "token:hardware": 1,
        "software_token": 1,
        "wrong_attempt": 10,
    }
    write_table(
        load_table().file.model_copy(
            update={"threshold": 5, "scenarios": {"a#b": row, "a#few": {"wrong_attempt": 2}}}
        ),
        path,
    )
    assert json.loads(path.read_text(encoding="utf-8"))["scenarios"]["a#b"] == row
    table: Table = load_table(path)
    lockout = reference.lockout.model_copy(update={"threshold": 3})
    rules = reference.confirmation_password.model_copy(update={"min_length": 4})
    other = reference.model_copy(update={"lockout": lockout, "confirmation_password": rules})
    found = table.of("a#b", other)
    assert found.wrong_attempts == 6
    assert found.needs[:2] == (Need(Status.NOT_REGISTERED, confirmation_length=4),) * 2
    assert found.needs[2:] == (Need(),)
    assert found.software_tokens == 1
    assert table.applies_for_software("a#b")
    assert table.of("a#few", other).wrong_attempts == 2
