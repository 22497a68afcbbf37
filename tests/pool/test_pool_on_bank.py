"""A pool made for the reference bank: scenarios run on it, and nothing is used twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bank_process import ROOT, running
from pool_kit import ENV, PoolMaker

from otp_conformance.assets.consumption import load_table
from otp_conformance.journal.journal import JOURNAL_FILE, read
from otp_conformance.resources import bundle_root
from otp_conformance.specification.scenarios import plan_features


@pytest.fixture
def maker(tmp_path):
    with running(tmp_path) as bank:
        yield PoolMaker(bank, tmp_path)


def command(
    folder: Path, *words: str, declared: bool = True, seconds: int = 280
) -> subprocess.CompletedProcess[str]:
    named = ("-d", str(folder / "bank.toml")) if declared else ()
    return subprocess.run(
        [sys.executable, "-m", "otp_conformance", *words, *named],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, **ENV, "OTP_CONFORMANCE_LANG": "ja"},
        stdin=subprocess.DEVNULL,
        timeout=seconds,
    )


def run(folder: Path, *words: str, seconds: int = 280) -> subprocess.CompletedProcess[str]:
    reports = ("--reports", str(folder / "reports"))
    return command(folder, "run", "--agent", "http", *reports, *words, seconds=seconds)


def lines(folder: Path) -> list[dict[str, object]]:
    text = (folder / "ledger.ndjson").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def handed_out(folder: Path) -> list[str]:
    return [
        str(line.get("customer") or line["token"])
        for line in lines(folder)
        if line["what"] == "handed_out"
    ]


@pytest.mark.parametrize(
    ("feature", "at_least"),
    [
        ("features/05_suspension/staff_unlock.feature", 4),
        pytest.param("features/05_suspension/suspension.feature", 20, marks=pytest.mark.slow),
    ],
)
def test_scenarios_run_on_a_pool_and_nothing_is_used_twice(maker, tmp_path, feature, at_least):
    table = load_table()
    place = "features/05_suspension/login_password.feature"
    keys = [
        scenario.scenario_id
        for found in plan_features(bundle_root())
        if found.uri in (place, feature)
        for scenario in found.scenarios
    ]
    assert len(keys) >= at_least
    wanted: dict[str, int] = {}
    for key in keys:
        for what, number in table.file.scenarios[key].items():
            wanted[what] = wanted.get(what, 0) + number
    for what, number in wanted.items():
        if what.startswith("customer:"):
            status, kind = what.removeprefix("customer:").split(",")[:2]
            for _ in range(number):
                maker.customer(status, kind)
        elif what.startswith("token:"):
            for _ in range(number):
                maker.token()
    maker.write()

    refused = run(tmp_path, place, feature)
    assert refused.returncode == 2
    assert "停止させ" in refused.stderr
    assert "--yes" in refused.stderr
    assert not (tmp_path / "ledger.ndjson").exists()

    planned = command(tmp_path, "plan", "--agent", "http", place, feature)
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert "のお客さま" in planned.stdout

    done = run(tmp_path, "--yes", place, feature)
    assert done.returncode == 0, done.stdout + done.stderr
    journal = read(tmp_path / "reports" / "latest" / JOURNAL_FILE)
    assert {journal.outcome(s).verdict.ja for s in journal.planned} == {"合格"}

    first = handed_out(tmp_path)
    assert len(first) == len(set(first))
    run_id = journal.header.run_id
    assert {line["run"] for line in lines(tmp_path)} == {run_id}
    assert {"code", "wrong_attempt", "unlocked"} <= {str(line["what"]) for line in lines(tmp_path)}

    short = run(tmp_path, "--yes", feature)
    assert short.returncode == 2
    assert "足りません" in short.stderr
    assert handed_out(tmp_path) == first

    planned = command(tmp_path, "plan", "--agent", "http", feature)
    assert planned.returncode == 3
    assert "残り 0" in planned.stdout

    listed = command(tmp_path, "assets", "--list")
    assert listed.returncode == 0
    assert "使用済み" in listed.stdout

    # More entries: the next run goes on with the free ones.
    maker.customer("in_service")
    maker.write()
    again = run(tmp_path, "--yes", "--partial", place)
    assert again.returncode in (0, 3), again.stdout + again.stderr
    later = handed_out(tmp_path)
    assert later[: len(first)] == first
    assert len(later) == len(first) + 2
    assert len(later) == len(set(later))

    everything = (
        "\n".join(
            path.read_text(encoding="utf-8")
            for path in [tmp_path / "ledger.ndjson", *tmp_path.glob("reports/*/*.ndjson")]
        )
        + done.stdout
    )
    assert not [secret for secret in maker.secrets if secret in everything]


def test_partial_leaves_lacking_scenarios_out(maker, tmp_path):
    maker.customer("in_service")
    maker.write()
    place = "LCK-01/1"
    other = "LCK-03/1"
    done = run(tmp_path, "--yes", "--partial", place, other)
    assert done.returncode == 3, done.stdout + done.stderr
    journal = read(tmp_path / "reports" / "latest" / JOURNAL_FILE)
    ends = [journal.outcome(scenario) for scenario in journal.planned]
    assert sorted(end.verdict.ja for end in ends) == ["合格", "未実施"]
    left_out = next(end for end in ends if end.verdict.ja == "未実施")
    assert left_out.cause is not None
    assert left_out.cause.ja == "宣言・設定"
    assert "サービス利用中のお客さまが 1 名足りません（必要 2、残り 1）" in left_out.observed
