"""--rerun RUN [--failed] on the command line: what runs again, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_suite import FAILS, PASSES

from otp_conformance.journal.journal import Journal, read


def latest() -> Journal:
    return read(Path("reports/latest/journal.ndjson"))


@pytest.fixture
def mixed(suite, cli) -> Journal:
    """One passed, one failed."""
    suite.feature(PASSES, FAILS)
    code, _, _ = cli("run")
    assert code == 1
    return latest()


def test_what_failed_runs_again_in_a_run_of_its_own(cli, mixed):
    code, out, _ = cli("run", "--rerun", "latest", "--failed")
    again = latest()
    assert code == 1
    assert [p.name for p in again.planned.values()] == ["不合格になる"]
    assert again.header.run_id != mixed.header.run_id
    assert again.header.rerun_of == mixed.header.run_id
    assert f"前の実行 {mixed.header.run_id} からの変化: 0 件（変わらないもの 1 件）" in out


def test_a_change_is_told_with_both_verdicts(suite, cli, mixed):
    suite.feature(PASSES, FAILS.replace("満たされない", "満たされる"))
    code, out, _ = cli("run", "--rerun", mixed.header.run_id, "--failed")
    assert code == 0
    assert "からの変化: 1 件" in out
    assert "不合格 → " in out
    assert "合格  LGN-02/1  不合格になる" in out


def test_without_failed_everything_runs_again(cli, mixed):
    code, _, _ = cli("run", "--rerun", "latest")
    assert code == 1
    assert list(latest().planned) == list(mixed.planned)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_run_without_failures_leaves_nothing_to_repeat(suite, cli, language):
    suite.feature(PASSES)
    assert cli("run")[0] == 0
    before = latest().header.run_id
    code, _, err = cli("run", "--lang", language, "--rerun", "latest", "--failed")
    assert code == 2
    assert before in err
    assert ("すべて合格" if language == "ja" else "Nothing failed") in err
    assert latest().header.run_id == before


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("reports/2020-nothing", "見つかりません"),
        ("features", "実行記録（journal.ndjson）がありません"),
        ("no-such-run", "見つかりません"),
    ],
)
def test_a_wrong_path_is_named(cli, mixed, wrong, why):
    code, _, err = cli("run", "--rerun", wrong, "--failed")
    assert code == 2
    assert wrong in err
    assert why in err
    assert latest().header.run_id == mixed.header.run_id


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--rerun", "latest", "--resume", "latest"), "--resume と --rerun は同時に使えません"),
        (("--rerun", "latest", "--failed", "--resume", "latest"), "同時に使えません"),
        (("--failed",), "--failed は --rerun とともに"),
        (("--failed", "--resume", "latest"), "--failed は --rerun とともに"),
        (("--rerun", "latest", "--requirement", "LGN-01"), "シナリオの条件とは同時に使えません"),
        (("--rerun", "latest", "--failed", "features"), "シナリオの条件とは同時に使えません"),
    ],
)
def test_what_contradicts_itself_is_refused(cli, mixed, arguments, named):
    code, out, err = cli("run", *arguments)
    assert code == 2
    assert named in err
    assert "Traceback" not in out + err
    assert latest().header.run_id == mixed.header.run_id


@pytest.mark.parametrize("failed", [1, 12])
def test_the_command_to_run_again_is_short_however_much_failed(suite, cli, failed):
    suite.feature(PASSES, *(FAILS.replace("不合格になる", f"不合格 {n}") for n in range(failed)))
    _, out, _ = cli("run")
    (told,) = [line for line in out.splitlines() if line.startswith("  otp-conformance run")]
    assert len(told) < 100
    cli(*told.split()[1:])
    assert len(latest().planned) == failed
