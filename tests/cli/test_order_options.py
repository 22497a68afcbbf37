"""--shuffle, --repeat and --keep-work on the command line."""

import re
from pathlib import Path

import pytest
from tiny_suite import FAILS, PASSES

from otp_conformance.journal.journal import read


def test_seed_is_printed_and_can_be_given_back(cli, suite):
    suite.feature(PASSES, FAILS)
    code, out, _ = cli("run", "--shuffle")
    assert code == 1
    seed = re.search(r"同じ順番でもう一度実施する: --shuffle (\d+)", out).group(1)
    assert f"乱数による（--shuffle {seed}）" in out
    assert read(Path("reports/latest/journal.ndjson")).header.seed == int(seed)
    _, again, _ = cli("run", f"--shuffle={seed}")
    assert f"（--shuffle {seed}）" in again


@pytest.mark.parametrize("value", ["-3", "abc", "1.5"])
def test_seed_that_is_none(cli, suite, value):
    suite.feature(PASSES)
    code, _, err = cli("run", f"--shuffle={value}")
    assert code == 2
    assert value in err


def test_attempts_are_told_apart(cli, suite):
    suite.feature(PASSES)
    code, out, _ = cli("run", "--repeat", "2")
    assert code == 0
    assert "各シナリオを 2 回" in out
    assert "[1/2]" in out
    assert "（1 回目）" in out
    assert "（2 回目）" in out
    assert "揺らぎ" not in out


def test_wavering_is_in_the_summary_and_in_the_reports(cli, suite):
    (suite.root / "steps" / "wavering.py").write_text(
        "from behave import then\n"
        "SEEN = []\n"
        "@then('一度だけ満たされない')\n"
        "def step_wavers(context):\n"
        "    SEEN.append(1)\n"
        "    context.case.confirm('事実', len(SEEN) > 1, expected='満たす', observed='観測')\n",
        encoding="utf-8",
    )
    suite.feature(PASSES.replace("満たされる", "一度だけ満たされない"))
    code, out, _ = cli("run", "--repeat", "2")
    assert code == 1
    assert "揺らぎ 1 件" in out
    assert "不合格 → 合格" in out
    page = Path("reports/latest/requirements.html").read_text(encoding="utf-8")
    assert "2 回のうち 1 回目の結果" in page
    assert "揺らぎ" in page
    messages = Path("reports/latest/messages.ndjson").read_text(encoding="utf-8")
    ended = [line for line in messages.splitlines() if '"testCaseFinished"' in line]
    assert ['"willBeRetried": true' in e or '"willBeRetried":true' in e for e in ended] == [
        False,
        True,
    ]
    _, told, _ = cli("report", "reports/latest")
    assert "揺らぎ" in told


def test_system_has_a_folder_of_its_own_that_goes(cli, suite, tmp_path):
    suite.feature(PASSES)
    suite.work = "{work_dir}"
    cli("run")
    log = Path("reports/latest/sut.log").read_text(encoding="utf-8")
    folder = Path(log.splitlines()[0].split()[-1])
    assert folder.is_absolute()
    assert not folder.is_relative_to(tmp_path / "reports")
    assert not folder.exists()


def test_folder_is_kept_when_asked(cli, suite):
    suite.feature(PASSES)
    suite.work = "{work_dir}"
    _, _, err = cli("run", "--keep-work")
    folder = Path(re.search(r"残します: (\S+?)（", err).group(1))
    try:
        assert folder.is_dir()
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        folder.rmdir()
