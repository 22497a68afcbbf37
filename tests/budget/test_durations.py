"""How long scenarios take: the shipped table, and the pace of an earlier run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from otp_conformance.cli import main
from otp_conformance.declaration.load import LoadedDeclaration, load
from otp_conformance.journal.journal import JOURNAL_FILE, read
from otp_conformance.resources import fixtures_dir
from otp_conformance.run.durations import (
    Durations,
    Seconds,
    durations_with,
    expected,
    load_table,
    measure,
    side_by_side,
    useful_workers,
    write_table,
)
from otp_conformance.specification.words import AgentKind

REFERENCE = fixtures_dir() / "declarations" / "reference.toml"
IDS = ["LCK-01/1", "LGN-01/1"]


def journal(
    folder: Path,
    seconds: float,
    *,
    agent: str = "http",
    sha256: str = "",
    name: str = "20261101-120000-0000",
) -> Path:
    """Write the journal of a run of two scenarios that took so long; return its folder."""
    head = {
        "at": "2026-11-01T12:00:00+09:00",
        "event": "run_started",
        "run_id": name,
        "suite_version": "0",
        "requirement_set": "x 1",
        "sut_name": "銀行",
        "sut_version": "1",
        "base_url": "http://localhost",
        "declaration_file": "reference.toml",
        "declaration_sha256": sha256 or load(REFERENCE).sha256,
        "selection": "すべて",
        "planned": len(IDS),
        "environment": {"agent": agent},
    }
    lines = [head]
    for each in IDS:
        planned = {"event": "scenario_planned", "scenario_id": each, "uri": "a.feature", "line": 1}
        planned |= {"name": "n", "feature": "f", "chapter": "c", "tags": [], "requirements": []}
        lines.append(planned | {"at": head["at"], "steps": []})
    for each in IDS:
        began = {"event": "scenario_started", "scenario_id": each, "at": head["at"]}
        ended = {"event": "scenario_finished", "scenario_id": each, "at": head["at"]}
        check = {"event": "check", "scenario_id": each, "at": head["at"], "name": "満たされる"}
        check |= {"step_index": 0, "requirements": [], "verdict": "pass"}
        lines += [began, check, ended | {"verdict": "pass", "duration_s": seconds}]
    run = folder / name
    run.mkdir(parents=True)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (run / JOURNAL_FILE).write_text(text, encoding="utf-8")
    return run


@pytest.fixture
def reference() -> LoadedDeclaration:
    return load(REFERENCE)


def test_the_shipped_table_knows_both_agents_and_a_browser_takes_longer() -> None:
    browser, fast = (durations_with(kind) for kind in (AgentKind.BROWSER, AgentKind.HTTP))
    both = browser.measured.keys() & fast.measured.keys()
    assert len(both) > 300
    assert browser.total(both) > 3 * fast.total(both) > 0


def test_what_was_never_measured_takes_as_long_as_others_usually_do() -> None:
    known = durations_with(AgentKind.HTTP, {f"LGN-01/{n}": Seconds(http=n) for n in (1, 2, 9)})
    assert known.of("LGN-01/9") == 9
    assert known.of("LGN-99/1") == 2
    assert durations_with(AgentKind.HTTP, {}).of("LGN-99/1") > 0


def test_several_at_a_time_take_as_long_as_the_longest_at_least() -> None:
    known = Durations({"a": 10.0, "b": 1.0, "c": 1.0}, 1.0)
    assert known.total("abc") == 12.0
    assert known.total("abc", workers=2) == 10.0
    assert known.total("bc", workers=2) == 1.0


def test_each_worker_takes_the_next_scenario_as_it_becomes_free() -> None:
    assert side_by_side([4.0, 1.0, 1.0, 1.0, 4.0], 2) == 7.0  # the last begins when 3 have passed
    assert side_by_side([], 3) == 0.0
    assert useful_workers([4.0, 1.0, 1.0, 1.0, 4.0]) == 3


@pytest.mark.parametrize(
    ("workers", "why"), [(2, "数で決まり"), (64, "つより増やしても縮みません")]
)
def test_plan_tells_what_bounds_several_workers(
    workers: int, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = "LCK-01/1,LGN-01/1,LGN-01/2,LGN-04/1,LGN-04/3,LGN-05/1.1"
    asked = ["plan", "--id", ids, "--reports", str(tmp_path)]
    assert main.main([*asked, "--workers", str(workers)]) == 0
    assert f"{workers} つ同時なら全部で約" in (told := capsys.readouterr().out)
    assert why in told
    assert main.main(asked) == 0
    assert "つ同時なら" not in capsys.readouterr().out


@pytest.mark.parametrize("shared", [True, False])
def test_plan_tells_what_workers_cost_each_other(
    shared: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    before, _, rest = text.partition("[sut.start]")
    text = before.replace('base_url = "auto"', 'base_url = "http://127.0.0.1:9"')
    text += rest[rest.index("\n[") :]
    text = text.replace('kind = "process"', 'kind = "command"\ncommand = ["true"]')
    stands = f"[adapters.clock]\nstands_still = {'true' if shared else 'false'}"
    (tmp_path / "bank.toml").write_text(text.replace("[adapters.clock]", stands), encoding="utf-8")
    asked = ["plan", "-d", str(tmp_path / "bank.toml"), "--id", "LGN-01/1,LGN-01/2"]
    assert main.main([*asked, "--workers", "2", "--reports", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert ("一つの時計を全員で使う" in told) is shared
    assert ("同時に実施できません" in told) is not shared


def test_the_pace_is_that_of_the_latest_run_of_the_declaration(
    reference: LoadedDeclaration, tmp_path: Path
) -> None:
    usual = sum(durations_with(AgentKind.HTTP).of(each) for each in IDS)
    journal(tmp_path, 30.0, name="20261101-120000-0000")
    journal(tmp_path, 100.0, name="20261102-120000-0000")
    journal(tmp_path, 99.0, name="20261103-120000-0000", agent="browser")
    journal(tmp_path, 99.0, name="20261104-120000-0000", sha256="another")
    (tmp_path / "20261105-120000-0000").mkdir()
    (tmp_path / "20261105-120000-0000" / JOURNAL_FILE).write_text("no journal\n")
    found = expected(AgentKind.HTTP, reference, tmp_path)
    assert found.run_id == "20261102-120000-0000"
    assert found.pace == pytest.approx((200.0 + 30.0) / (usual + 30.0))  # two are no proof yet
    assert found.total(IDS) == pytest.approx(found.pace * usual)


def test_without_an_earlier_run_it_is_the_reference_banks(
    reference: LoadedDeclaration, tmp_path: Path
) -> None:
    found = expected(AgentKind.HTTP, reference, tmp_path / "nowhere")
    assert (found.pace, found.run_id) == (1.0, "")


def test_a_table_is_rebuilt_from_a_run(tmp_path: Path) -> None:
    run = read(journal(tmp_path, 2.26) / JOURNAL_FILE)
    former = {"LCK-01/1": Seconds(browser=9.0, http=8.0), "LCK-01/2": Seconds(http=7.0)}
    gone = {"GON-01/1": Seconds(http=1.0)}
    table = measure(run, former | gone, [*IDS, "LCK-01/2"])
    write_table(table, tmp_path / "t.json")
    assert load_table(tmp_path / "t.json") == {
        "LCK-01/1": Seconds(browser=9.0, http=2.3),
        "LCK-01/2": Seconds(http=7.0),
        "LGN-01/1": Seconds(http=2.3),
    }
    assert (tmp_path / "t.json").read_text().count("\n") == 5


def test_plan_tells_minutes_for_both_agents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = ["--reports", str(tmp_path)]
    assert main.main(["plan", *reports]) == 0
    told = capsys.readouterr().out
    assert "ブラウザーで約 " in told
    assert "高速エージェント（ブラウザーなし）で約 " in told
    assert told.count("参照実装での実測から") == 2
    run = journal(tmp_path, 500.0).name
    assert main.main(["plan", *reports, "--id", ",".join(IDS), "--workers", "2"]) == 0
    told = capsys.readouterr().out
    assert re.search(rf"（ブラウザーなし）で約 \d+ 秒（前の実行 {run} の速さから、2 つ同時", told)
    assert main.main(["plan", *reports, "--id", ",".join(IDS), "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["working_seconds"]["http"] > 20
    assert data["working_at_the_pace_of"] == {"http": run}
