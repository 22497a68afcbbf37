"""Whole runs against a tiny system: verdicts, exit codes, journal, trouble of every kind."""

import json
import os
import signal
import socket

import pytest
from tiny_suite import FAILS, PASSES, FakeWorld, scenario

from otp_conformance.errors import SuiteFaultError, UsageError
from otp_conformance.journal.case import Case
from otp_conformance.journal.journal import read
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.outcome import DeclarationMismatch
from otp_conformance.verdict.verdict import Cause, Verdict


def only(result):
    (outcome,) = [result.journal.outcome(i) for i in result.journal.planned]
    return outcome


def test_pass(suite):
    suite.feature(PASSES)
    result = suite.run()
    assert result.exit_code is ExitCode.PASS
    assert only(result).verdict is Verdict.PASS
    assert suite.built == [result.run_dir]
    assert result.journal.footer.exit_code == 0
    assert result.journal.footer.verdict is Verdict.PASS
    assert suite.browser.closed == 1


def test_a_system_without_functions_of_the_manual_is_no_pass_of_the_whole(suite):
    suite.feature(PASSES)
    suite.changes["ics"] = {"portal": False}
    result = suite.run()
    assert result.journal.verdict() is Verdict.PASS
    assert result.exit_code == 3


@pytest.mark.parametrize(
    ("steps", "verdict", "cause", "fault", "code"),
    [
        (["ならば 満たされる"], Verdict.PASS, None, False, 0),
        (["ならば 満たされない"], Verdict.FAIL, Cause.PRODUCT, False, 1),
        (
            ["前提 準備が整わない", "ならば 満たされる"],
            Verdict.INCONCLUSIVE,
            Cause.PRODUCT,
            False,
            3,
        ),
        (["ならば 拒否される"], Verdict.INCONCLUSIVE, Cause.SUITE, False, 3),
        (["ならば 拒否される", "かつ 対照は成功する"], Verdict.PASS, None, False, 0),
        (["ならば 何も確かめない"], Verdict.INCONCLUSIVE, Cause.SUITE, False, 3),
        (["ならば 試験装置がこわれる"], Verdict.INCONCLUSIVE, Cause.SUITE, True, 4),
        (["ならば 誰も知らない手順"], Verdict.INCONCLUSIVE, Cause.SUITE, True, 4),
        ([], Verdict.INCONCLUSIVE, Cause.SUITE, True, 4),
    ],
)
def test_every_end_of_a_scenario(suite, steps, verdict, cause, fault, code):
    suite.feature(scenario(*steps))
    result = suite.run()
    outcome = only(result)
    assert (outcome.verdict, outcome.cause, outcome.suite_fault) == (verdict, cause, fault)
    assert result.exit_code == code


def test_undefined_step_is_named_and_the_rest_skipped(suite):
    suite.feature(scenario("前提 準備がある", "もし 誰も知らない手順", "ならば 満たされる"))
    result = suite.run()
    outcome = only(result)
    assert outcome.failing_step == "もし 誰も知らない手順"
    assert "手順の定義がありません" in outcome.observed
    steps = result.journal.last(outcome.scenario_id).steps
    assert [step.status for step in steps] == ["passed", "undefined", "skipped"]
    assert [step.index for step in steps] == [0, 1, 2]


def test_suite_fault_keeps_a_traceback_for_maintainers(suite):
    suite.feature(scenario("ならば 試験装置がこわれる"))
    result = suite.run()
    faults = (result.run_dir / "faults.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in faults
    assert "tiny_steps.py" in faults


def test_verdicts_together_give_the_worst_exit_code(suite):
    suite.feature(PASSES, FAILS)
    result = suite.run()
    assert result.exit_code is ExitCode.FAIL
    assert result.journal.footer.verdict is Verdict.FAIL
    verdicts = [f.verdict for f in suite.watcher.finished]
    assert verdicts == [Verdict.PASS, Verdict.FAIL]


def test_rules_backgrounds_and_outline_rows(suite):
    head = "@ACT-01\n"
    body = """\
  背景:
    前提 準備がある

  @LGN-01
  シナリオ: 規則の外
    ならば 満たされる

  @DEA-01
  ルール: 規則
    背景:
      もし 1 を確かめる

    @LGN-02
    シナリオアウトライン: 行ごと
      もし <数> を確かめる
      ならば <結果>

      例:
        | 数 | 結果         |
        | 2  | 満たされる   |
        | 3  | 満たされない |
"""
    suite.feature(body, head=head)
    result = suite.run()
    planned = list(result.journal.planned.values())
    assert [p.rule for p in planned] == ["", "規則", "規則"]
    assert [p.name for p in planned] == [
        "規則の外",
        "行ごと（2、満たされる）",
        "行ごと（3、満たされない）",
    ]
    assert planned[1].requirements == ["ACT-01", "DEA-01", "LGN-02"]
    assert planned[0].chapter == "ログイン"
    verdicts = [result.journal.outcome(i).verdict for i in result.journal.planned]
    assert verdicts == [Verdict.PASS, Verdict.PASS, Verdict.FAIL]
    steps = result.journal.last(planned[2].scenario_id).steps
    assert [s.text for s in steps] == ["準備がある", "1 を確かめる", "3 を確かめる", "満たされない"]
    assert [s.text for s in planned[2].steps] == [s.text for s in steps]


def test_journal_holds_everything_in_order(suite):
    suite.feature(PASSES)
    result = suite.run()
    lines = (result.run_dir / "journal.ndjson").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert events == [
        "run_started",
        "source",
        "scenario_planned",
        "scenario_started",
        "step_finished",
        "check",
        "step_finished",
        "scenario_finished",
        "run_finished",
    ]
    header = result.journal.header
    assert header.planned == 1
    assert header.run_id == result.run_dir.name
    assert header.environment["browser"] == "fake 1.0"
    assert header.base_url.startswith("http://127.0.0.1:")
    assert header.declaration_file == "reference.toml"
    assert "/" not in header.declaration_file


def test_the_products_commit_is_journalled_where_somebody_tells_it(suite, monkeypatch):
    monkeypatch.setenv("GITHUB_SHA", "of the tests, perhaps")
    suite.feature(PASSES)
    assert "commit" not in suite.run().journal.header.environment
    monkeypatch.setenv("OTP_CONFORMANCE_COMMIT", "3f2c1a9")
    assert suite.run().journal.header.environment["commit"] == "3f2c1a9"


def test_a_page_asked_for_again_is_journalled_with_its_step(suite):
    suite.feature(scenario("前提 準備がある", "もし 画面が一時出ない", "ならば 満たされる"))
    result = suite.run()
    assert result.exit_code is ExitCode.PASS
    (told,) = result.journal.last(next(iter(result.journal.planned))).reconnected
    assert (told.step_index, told.number) == (1, 1)
    assert "503" in told.why


def test_step_durations_come_from_a_monotonic_timer(suite):
    suite.feature(PASSES)
    result = suite.run()
    outcome = only(result)
    steps = result.journal.last(outcome.scenario_id).steps
    assert all(step.duration_s > 0 for step in steps)
    assert sum(step.duration_s for step in steps) <= outcome.duration_s
    assert outcome.duration_s <= result.journal.footer.duration_s


def test_evidence_of_a_failure_belongs_to_the_failing_step(suite):
    suite.feature(
        scenario(
            "前提 準備がある", "ならば 試験装置がこわれる", "かつ 満たされる", "かつ 満たされる"
        )
    )
    result = suite.run()
    (kept,) = result.journal.last(only(result).scenario_id).evidence
    assert kept.step_index == 1
    assert (result.run_dir / kept.file).is_file()


def test_secrets_never_reach_the_run_folder(suite):
    suite.feature(scenario("ならば 秘密を観測する"))
    result = suite.run()
    assert only(result).verdict is Verdict.FAIL
    for file in result.run_dir.rglob("*"):
        if file.is_file():
            content = file.read_bytes().decode("utf-8", "replace")
            assert "himitsu-no-mojiretsu" not in content, file
    log = (result.run_dir / "sut.log").read_text(encoding="utf-8")
    assert "secret is ＊＊＊" in log


def test_a_world_for_each_scenario(suite):
    FakeWorld.made = 0
    suite.feature(PASSES, FAILS)
    suite.run()
    assert FakeWorld.made == 2


def test_trouble_in_preparing_is_inconclusive_and_the_run_goes_on(suite):
    calls = []

    def make_world(sut, declaration, case, *, keep_secret):
        calls.append(case.scenario_id)
        if len(calls) == 1:
            raise DeclarationMismatch(expected="あること", observed="ないこと")
        return FakeWorld(sut, declaration, case, keep_secret=keep_secret)

    suite.make_world = make_world
    suite.feature(PASSES, scenario("ならば 満たされる", name="次"))
    result = suite.run()
    outcomes = [result.journal.outcome(i) for i in result.journal.planned]
    assert [o.verdict for o in outcomes] == [Verdict.INCONCLUSIVE, Verdict.PASS]
    assert outcomes[0].cause is Cause.DECLARATION


def test_dead_system_stops_the_rest_quickly(suite):
    suite.feature(
        PASSES,
        scenario("もし 検査対象が落ちる", "ならば 満たされる", name="落ちる"),
        scenario("ならば 満たされる", name="残り一"),
        scenario("ならば 満たされる", name="残り二"),
    )
    result = suite.run()
    outcomes = [result.journal.outcome(i) for i in result.journal.planned]
    assert [o.verdict for o in outcomes] == [
        Verdict.PASS,
        Verdict.INCONCLUSIVE,
        Verdict.NOT_RUN,
        Verdict.NOT_RUN,
    ]
    assert {o.cause for o in outcomes[1:]} == {Cause.ENVIRONMENT}
    assert "終了コード 7" in outcomes[1].observed
    assert "終了コード 7" in outcomes[3].observed
    assert result.journal.last(outcomes[2].scenario_id).started is None
    assert result.exit_code is ExitCode.INCONCLUSIVE


@pytest.mark.parametrize("mode", ["crash"])
def test_system_that_does_not_start(suite, mode):
    suite.mode = mode
    suite.feature(PASSES)
    result = suite.run()
    assert result.exit_code is ExitCode.INCONCLUSIVE
    assert only(result).verdict is Verdict.NOT_RUN
    assert only(result).cause is Cause.ENVIRONMENT
    assert "out of order" in suite.watcher.notices[0].ja
    assert suite.built


def test_system_that_refuses_its_settings_is_bad_usage(suite):
    suite.mode = "refuse"
    suite.feature(PASSES)
    with pytest.raises(UsageError, match="設定に誤りがあります"):
        suite.run()
    assert list((suite.root / "reports").iterdir()) == []


def test_start_command_that_does_not_exist(suite):
    suite.feature(PASSES)
    loaded = suite.loaded()
    start = loaded.declaration.sut.start.model_copy(update={"command": ("/no/such/program",)})
    suite.changes = {"sut": {"start": start}}
    with pytest.raises(UsageError, match="/no/such/program"):
        suite.run()


def test_port_in_use(suite):
    suite.feature(PASSES)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"ポート {port} は使用中"):
            suite.run(port=port)
    assert not (suite.root / "reports").exists()


def test_no_browser(suite):
    suite.browser.missing = True
    suite.feature(PASSES)
    result = suite.run()
    assert result.exit_code is ExitCode.INCONCLUSIVE
    assert only(result).verdict is Verdict.NOT_RUN
    assert "chromium-headless-shell" in suite.watcher.notices[0].ja


def test_running_system_that_is_not_there(suite):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    suite.changes = {"sut": {"start": None, "base_url": f"http://127.0.0.1:{port}"}}
    suite.feature(PASSES)
    result = suite.run()
    assert result.exit_code is ExitCode.INCONCLUSIVE
    assert f"127.0.0.1:{port}" in only(result).observed


def test_declaration_that_does_not_match_when_connecting(suite):
    suite.connect_error = DeclarationMismatch(expected="試験用API", observed="ありません")
    suite.feature(PASSES)
    result = suite.run()
    assert only(result).cause is Cause.DECLARATION
    assert result.exit_code is ExitCode.INCONCLUSIVE


def test_interrupt_leaves_a_complete_journal(suite):
    suite.feature(PASSES, scenario("もし 止まるまで待つ", "ならば 満たされる", name="待つ"), FAILS)

    class Waiting(FakeWorld):
        def wait(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            super().wait()

    suite.make_world = Waiting
    result = suite.run()
    assert result.exit_code is ExitCode.INTERRUPTED
    outcomes = [result.journal.outcome(i) for i in result.journal.planned]
    assert [o.verdict for o in outcomes] == [Verdict.PASS, Verdict.NOT_RUN, Verdict.NOT_RUN]
    assert result.journal.footer.exit_code == 130
    assert suite.built == [result.run_dir]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("after", range(1, 4))
def test_wherever_a_signal_comes_the_scenario_under_way_is_not_run(suite, monkeypatch, after):
    suite.feature(scenario("もし 1 を確かめる", "ならば 拒否される", "かつ 対照は成功する"))
    real, left = Case.leave_step, []

    def leave_step(case, **more):
        real(case, **more)
        left.append(case)
        if len(left) == after:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Case, "leave_step", leave_step)
    result = suite.run()
    end = result.journal.outcome(next(iter(result.journal.planned)))
    done = after == 3
    assert end.verdict is (Verdict.PASS if done else Verdict.NOT_RUN)
    assert end.cause is (None if done else Cause.ENVIRONMENT)


def test_interrupt_between_scenarios_is_not_lost(suite):
    suite.feature(PASSES, scenario("ならば 満たされる", name="次"))
    suite.watcher.on_scenario = lambda _: os.kill(os.getpid(), signal.SIGTERM)
    result = suite.run()
    assert result.exit_code is ExitCode.INTERRUPTED
    verdicts = [result.journal.outcome(i).verdict for i in result.journal.planned]
    assert verdicts == [Verdict.PASS, Verdict.NOT_RUN]


def test_reports_that_cannot_be_built_are_a_suite_fault(suite):
    suite.report_error = RuntimeError("型紙がない")
    suite.feature(PASSES)
    result = suite.run()
    assert result.exit_code is ExitCode.SUITE_FAULT
    assert not result.reported
    assert only(result).verdict is Verdict.PASS
    assert "型紙がない" in suite.watcher.notices[0].ja


def test_fault_of_the_runner_itself_still_gives_a_complete_journal(suite):
    def broken(_):
        raise RuntimeError("観測者の誤り")

    suite.watcher.on_scenario = broken
    suite.feature(PASSES, FAILS)
    result = suite.run()
    assert result.exit_code is ExitCode.SUITE_FAULT
    assert result.journal.footer.exit_code == 4
    assert result.journal.outcome(list(result.journal.planned)[1]).verdict is Verdict.NOT_RUN


def test_bad_step_module_is_a_suite_fault_before_anything_starts(suite):
    (suite.root / "steps" / "broken.py").write_text("import no_such_module\n", encoding="utf-8")
    suite.feature(PASSES)
    with pytest.raises(SuiteFaultError, match="no_such_module"):
        suite.run()
    assert not (suite.root / "reports").exists()


def test_unmet_needs_are_told_without_running(suite):
    suite.changes = {
        "ics": {"software_tokens": False},
        "adapters": {
            "clock": suite.loaded().declaration.adapters.clock.model_copy(update={"kind": "real"})
        },
    }
    suite.feature(
        scenario("ならば 満たされない", name="ソフト", tags="@LGN-01 @needs.software"),
        scenario("ならば 満たされない", name="時刻", tags="@LGN-01 @needs.clock"),
        PASSES,
    )
    result = suite.run()
    outcomes = [result.journal.outcome(i) for i in result.journal.planned]
    assert [o.verdict for o in outcomes] == [
        Verdict.NOT_APPLICABLE,
        Verdict.NOT_RUN,
        Verdict.PASS,
    ]
    assert "ics.software_tokens" in outcomes[0].observed
    assert "adapters.clock.kind" in outcomes[1].observed
    assert result.journal.last(outcomes[0].scenario_id).started is None
    assert result.exit_code is ExitCode.INCONCLUSIVE


def test_nothing_but_not_applicable_is_not_a_pass_and_starts_nothing(suite):
    suite.changes = {"ics": {"software_tokens": False}}
    suite.feature(scenario("ならば 満たされる", tags="@LGN-01 @needs.software"))
    result = suite.run()
    assert result.exit_code is ExitCode.INCONCLUSIVE
    assert not (result.run_dir / "sut.log").exists()


def test_not_applicable_beside_a_pass_is_a_pass(suite):
    suite.changes = {"ics": {"software_tokens": False}}
    suite.feature(scenario("ならば 満たされる", tags="@LGN-01 @needs.software"), PASSES)
    assert suite.run().exit_code is ExitCode.PASS


def test_whoever_watches_hears_what_is_to_run_and_what_runs(suite):
    suite.feature(PASSES, scenario("ならば 満たされる", name="職員", tags="@LGN-01 @needs.staff"))
    suite.changes = {"ics": {"staff_access": False}}
    suite.run(repeat=2)
    assert suite.watcher.left == ["合格する", "合格する"]
    assert suite.watcher.begun_names == ["合格する", "合格する"]


def test_only_the_selected_scenarios_run(suite):
    suite.feature(PASSES, FAILS)
    result = suite.run(requirements=("LGN-01",))
    assert list(result.journal.planned) == ["LGN-01/1"]
    assert result.exit_code is ExitCode.PASS
    assert result.journal.header.selection == "--requirement LGN-01"


def test_latest_points_to_the_newest_run(suite):
    suite.feature(PASSES)
    first = suite.run()
    second = suite.run()
    latest = suite.root / "reports" / "latest"
    assert first.run_dir != second.run_dir
    assert latest.resolve() == second.run_dir.resolve()


def test_latest_never_overwrites_a_folder(suite):
    (suite.root / "reports" / "latest").mkdir(parents=True)
    suite.feature(PASSES)
    result = suite.run()
    assert result.exit_code is ExitCode.PASS
    assert any("latest" in notice.ja for notice in suite.watcher.notices)


def test_reports_folder_that_is_a_file(suite):
    (suite.root / "reports").write_text("", encoding="utf-8")
    suite.feature(PASSES)
    with pytest.raises(UsageError, match="--reports"):
        suite.run()


def test_nothing_of_the_system_outlives_the_run(suite):
    suite.feature(PASSES)
    result = suite.run()
    port = int(result.journal.header.base_url.rsplit(":", 1)[1])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)


def test_a_run_is_silent(suite, capfd):
    suite.feature(PASSES, FAILS, scenario("ならば 誰も知らない手順", name="未定義"))
    suite.run()
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_journal_can_be_read_while_the_run_goes_on(suite):
    seen = []

    def look(finished):
        (run_dir,) = [d for d in (suite.root / "reports").iterdir() if not d.is_symlink()]
        seen.append(read(run_dir / "journal.ndjson").cut_off)

    suite.watcher.on_scenario = look
    suite.feature(PASSES)
    suite.run()
    assert seen == [True]


def test_fault_while_starting_is_journalled(suite):
    suite.connect_error = RuntimeError("思いがけない誤り")
    suite.feature(PASSES)
    result = suite.run()
    assert result.exit_code is ExitCode.SUITE_FAULT
    assert only(result).verdict is Verdict.NOT_RUN
    assert "思いがけない誤り" in (result.run_dir / "faults.log").read_text(encoding="utf-8")
