"""Cut-off runs that go on: a tiny suite, cut at every line of its journal."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pytest
from tiny_suite import PASSES, FakeWorld, scenario

from otp_conformance.agent.port import AgentOptions
from otp_conformance.errors import UsageError
from otp_conformance.journal.journal import JournalWriter, read
from otp_conformance.run import behave
from otp_conformance.run.folder import find_run
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.outcome import EnvironmentTrouble, NotYet
from otp_conformance.verdict.verdict import Cause, Verdict

FAILS_LATE = scenario(
    "前提 準備がある",
    "ならば 満たされる",
    "かつ 満たされない",
    name="後で不合格",
    tags="@LGN-02",
)


def verdicts(journal):
    return {i: journal.outcome(i).verdict for i in journal.planned}


def resumed(suite, run_dir, **changes):
    return suite.run(resume=find_run(str(run_dir), suite.root / "reports"), **changes)


@pytest.fixture
def whole(suite):
    suite.feature(PASSES, FAILS_LATE, scenario("ならば 満たされる", name="最後"))
    return suite.run()


def cut(result, size):
    path = result.run_dir / "journal.ndjson"
    path.write_bytes(path.read_bytes()[:size])


def ends_of_lines(path):
    size, found = 0, []
    for line in path.read_bytes().splitlines(keepends=True):
        size += len(line)
        found.append((json.loads(line)["event"], size))
    return found


def test_cut_anywhere_it_ends_with_the_same_verdicts(suite, whole):
    path = whole.run_dir / "journal.ndjson"
    data = path.read_bytes()
    lines = ends_of_lines(path)
    last_planned = max(n for n, (event, _) in enumerate(lines) if event == "scenario_planned")
    # After each line, in its middle, and just before its end.
    places = [
        size - back
        for _, size in lines[last_planned:-1]
        for back in (0, 1, 40)
        if size - back >= lines[last_planned][1]
    ]
    for place in places[::3] + places[1::9] + places[2::9]:
        path.write_bytes(data[:place])
        torn = not data[:place].endswith(b"\n") and data[place : place + 1] != b"\n"
        result = resumed(suite, whole.run_dir)
        assert result.exit_code is ExitCode.FAIL, place
        assert verdicts(result.journal) == verdicts(whole.journal), place
        assert (result.journal.resumed[0].torn_bytes > 0) == torn
        assert not result.journal.cut_off


def test_the_scenario_that_was_cut_off_is_done_anew_and_both_attempts_stay(suite, whole):
    lines = ends_of_lines(whole.run_dir / "journal.ndjson")
    started = [size for event, size in lines if event == "scenario_started"]
    cut(whole, started[1])
    made = FakeWorld.made
    result = resumed(suite, whole.run_dir)
    assert FakeWorld.made - made == 2  # the cut-off one and the last, not the first
    _, second, _ = result.journal.planned
    first_try = result.journal.attempt(second, 0)
    assert first_try.finished.verdict is Verdict.NOT_RUN
    assert first_try.finished.cut_short
    assert result.journal.attempt(second, 1).started.instead_of == 0
    assert result.journal.replaced(second) == 1
    assert not result.journal.wavers(second)


def test_a_failure_seen_before_the_cut_is_never_undone(suite, whole):
    path = whole.run_dir / "journal.ndjson"
    failing = [
        size
        for (event, size), line in zip(
            ends_of_lines(path), path.read_text(encoding="utf-8").splitlines(), strict=True
        )
        if event == "check" and json.loads(line)["verdict"] == "fail"
    ]
    cut(whole, failing[0])
    steps = suite.root / "steps" / "tiny_steps.py"
    text = steps.read_text(encoding="utf-8")
    steps.write_text(text.replace('"事実", False', '"事実", True'), encoding="utf-8")
    behave._loaded.clear()  # a new process would read them anew
    result = resumed(suite, whole.run_dir)
    _, second, _ = result.journal.planned
    assert result.journal.attempt(second, 1).finished.verdict is Verdict.PASS
    assert result.journal.outcome(second).verdict is Verdict.FAIL


def test_a_finished_run_says_so_and_keeps_its_exit_code(suite, whole):
    before = (whole.run_dir / "journal.ndjson").read_bytes()
    result = resumed(suite, whole.run_dir)
    assert result.exit_code is whole.exit_code
    assert "終わっています" in suite.watcher.notices[-1].ja
    assert (whole.run_dir / "journal.ndjson").read_bytes() == before


def test_killed_between_the_last_scenario_and_the_footer(suite, whole):
    lines = ends_of_lines(whole.run_dir / "journal.ndjson")
    cut(whole, lines[-2][1])
    made = FakeWorld.made
    result = resumed(suite, whole.run_dir)
    assert FakeWorld.made == made
    assert result.exit_code is ExitCode.FAIL
    assert not result.journal.cut_off


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"agent": AgentOptions(AgentKind.HTTP)}, "--agent"),
        ({"repeat": 2}, "--repeat"),
        ({"seed": 5}, "--shuffle"),
        ({"tags": ("@LGN-01",)}, "シナリオの条件"),
        ({"requirement_set": "another"}, "要件集合"),
        ({"sut_arguments": ("--settings", "x")}, "--settings"),
    ],
)
def test_what_differs_is_named(suite, whole, changes, named):
    cut(whole, ends_of_lines(whole.run_dir / "journal.ndjson")[-2][1])
    with pytest.raises(UsageError, match="続けられません") as error:
        resumed(suite, whole.run_dir, **changes)
    assert named in error.value.text.ja


def test_another_declaration_or_feature_text_is_named(suite, whole):
    cut(whole, ends_of_lines(whole.run_dir / "journal.ndjson")[-2][1])
    other = dataclasses.replace(suite.loaded(), sha256="0" * 64)
    with pytest.raises(UsageError, match="実装宣言"):
        resumed(suite, whole.run_dir, loaded=other)
    suite.feature(PASSES)
    with pytest.raises(UsageError, match="シナリオの文面"):
        resumed(suite, whole.run_dir)


def test_a_run_that_still_goes_on_is_left_alone(suite, whole):
    path = whole.run_dir / "journal.ndjson"
    cut(whole, ends_of_lines(path)[-2][1])
    with (
        JournalWriter(path, size=read(path).size),
        pytest.raises(UsageError, match="まだ続いています"),
    ):
        resumed(suite, whole.run_dir)


def test_what_is_no_run_is_refused_in_one_line(suite):
    with pytest.raises(UsageError, match="見つかりません"):
        find_run("latest", suite.root / "reports")
    (suite.root / "reports" / "x").mkdir(parents=True)
    (suite.root / "reports" / "x" / "journal.ndjson").write_text("{}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="実行記録を読めません"):
        find_run("x", suite.root / "reports")


def test_the_system_that_died_is_back(suite):
    suite.feature(
        PASSES,
        scenario("もし 検査対象が落ちる", "ならば 満たされる", name="落ちる"),
        scenario("ならば 満たされる", name="後"),
    )
    first = suite.run()
    assert first.exit_code is ExitCode.INCONCLUSIVE
    assert list(verdicts(first.journal).values()) == [
        Verdict.PASS,
        Verdict.INCONCLUSIVE,
        Verdict.NOT_RUN,
    ]
    suite.mode = "immortal"
    result = resumed(suite, first.run_dir)
    assert set(verdicts(result.journal).values()) == {Verdict.PASS}
    assert result.exit_code is ExitCode.PASS
    assert len(result.journal.resumed) == 1


# -- trouble, tried again ------------------------------------------------------


class TroubledWorld(FakeWorld):
    """Meets trouble of the environment the first so many times."""

    left = 0

    def __init__(self, sut, declaration, case, *, keep_secret):
        super().__init__(sut, declaration, case, keep_secret=keep_secret)
        if type(self).left:
            type(self).left -= 1
            raise EnvironmentTrouble(expected="応答", observed="時間切れ")


@pytest.mark.parametrize(
    ("trouble", "retries", "verdict", "attempts"),
    [
        (1, 0, Verdict.INCONCLUSIVE, 1),
        (1, 1, Verdict.PASS, 2),
        (2, 1, Verdict.INCONCLUSIVE, 2),
        (2, 2, Verdict.PASS, 3),
    ],
)
def test_trouble_of_the_environment_is_tried_again_within_bounds(
    suite, trouble, retries, verdict, attempts
):
    TroubledWorld.left = trouble
    suite.feature(PASSES)
    suite.make_world = TroubledWorld
    result = suite.run(retries=retries)
    (scenario_id,) = result.journal.planned
    assert result.journal.outcome(scenario_id).verdict is verdict
    assert len(result.journal.attempts[scenario_id]) == attempts
    assert result.journal.replaced(scenario_id) == attempts - 1
    assert result.journal.attempt(scenario_id, 0).finished.cause is Cause.ENVIRONMENT


def test_a_failure_is_never_tried_again(suite):
    suite.feature(FAILS_LATE)
    result = suite.run(retries=3)
    (scenario_id,) = result.journal.planned
    assert len(result.journal.attempts[scenario_id]) == 1
    assert result.exit_code is ExitCode.FAIL


class LaterWorld(FakeWorld):
    due = None

    def __init__(self, sut, declaration, case, *, keep_secret):
        super().__init__(sut, declaration, case, keep_secret=keep_secret)
        if type(self).due is not None:
            raise NotYet(due=type(self).due, expected="翌日", observed="まだ")


@pytest.mark.parametrize(("days", "anew"), [(1, False), (-1, True)])
def test_what_was_not_due_is_carried_out_once_it_is(suite, days, anew):
    LaterWorld.due = datetime.now(UTC) + timedelta(days=days)
    suite.feature(PASSES)
    suite.make_world = LaterWorld
    first = suite.run()
    assert first.exit_code is ExitCode.INCONCLUSIVE
    LaterWorld.due = None
    result = resumed(suite, first.run_dir)
    assert result.exit_code is (ExitCode.PASS if anew else ExitCode.INCONCLUSIVE)
    if not anew:
        assert "時刻の来ていない" in suite.watcher.notices[-1].ja


# -- the same again ---------------------------------------------------------------


def test_only_what_did_not_pass_runs_again(suite, whole):
    earlier = find_run("latest", suite.root / "reports")
    result = suite.run(rerun=earlier, failed=True)
    assert [p.name for p in result.journal.planned.values()] == ["後で不合格"]
    assert result.journal.header.rerun_of == whole.run_dir.name
    assert result.journal.header.partial
    assert result.run_dir != whole.run_dir


def test_the_whole_selection_runs_again(suite, whole):
    result = suite.run(rerun=find_run("latest", suite.root / "reports"))
    assert list(result.journal.planned) == list(whole.journal.planned)
    assert not result.journal.header.partial


def test_a_scenario_that_was_moved_and_renamed_is_found_and_one_that_is_gone_is_named(suite, whole):
    suite.feature(
        scenario("ならば 満たされる", name="新しい", tags="@id:LGN-01/9 @LGN-01"),
        PASSES,
        FAILS_LATE.replace("後で不合格", "別の名前"),
    )
    earlier = find_run("latest", suite.root / "reports")
    result = suite.run(rerun=earlier, failed=True)
    assert [p.name for p in result.journal.planned.values()] == ["別の名前"]
    with pytest.raises(UsageError, match="最後"):
        suite.run(rerun=earlier)
