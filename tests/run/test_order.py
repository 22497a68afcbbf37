"""Random order and repetition: every scenario in its turn, every attempt told apart."""

import json

from tiny_suite import FAILS, PASSES, scenario

from otp_conformance.run import behave
from otp_conformance.run.plan import parts_of_files, turns
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Verdict

WAVERS = scenario("ならば 二度目だけ満たされない", name="揺れる", tags="@LGN-01")
STEP = """
from behave import then

SEEN = []

@then("二度目だけ満たされない")
def step_wavers(context):
    SEEN.append(1)
    context.case.confirm("事実", len(SEEN) != 2, expected="満たす", observed="観測")
"""


def several(suite, count=6):
    for letter in "ab":
        suite.feature(
            *(scenario("ならば 満たされる", name=f"{letter}{n}") for n in range(count)),
            path=f"04_login/{letter}.feature",
        )
    return [p for feature in plan_features(suite.root) for p in feature.scenarios]


def begun(result):
    lines = (result.run_dir / "journal.ndjson").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    names = {i: p.name for i, p in result.journal.planned.items()}
    return [
        (names[e["scenario_id"]], e["attempt"]) for e in events if e["event"] == "scenario_started"
    ]


def test_plan_order_is_the_default(suite):
    plans = several(suite)
    assert [turn.plan for turn in turns(plans)] == plans
    result = suite.run()
    assert [name for name, _ in begun(result)] == [p.name for p in plans]
    assert result.journal.header.seed is None


def test_same_seed_same_order_across_features(suite):
    several(suite)
    first, again, other = (begun(suite.run(seed=seed)) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert sorted(first) == sorted(other)
    files = [name[0] for name, _ in first]
    assert files not in (sorted(files), sorted(files, reverse=True))


def test_seed_and_repeat_are_journalled(suite):
    suite.feature(PASSES)
    header = suite.run(seed=7, repeat=2).journal.header
    assert (header.seed, header.repeat, header.planned) == (7, 2, 1)


def test_each_round_has_an_order_of_its_own(suite):
    plans = several(suite)
    rounds = turns(plans, repeat=2, seed=7)
    one, two = ([t.plan.name for t in rounds if t.attempt == n] for n in (0, 1))
    assert sorted(one) == sorted(two)
    assert one != two


def test_a_part_never_holds_a_scenario_twice_or_backwards(suite):
    plans = several(suite, 2)
    order = turns([plans[1], plans[0], plans[2]], repeat=2)
    parts = parts_of_files(order)
    assert [t for part in parts for t in part] == list(order)
    assert [[t.plan.name for t in part] for part in parts] == [
        ["a1"], ["a0"], ["b0"], ["a1"], ["a0"], ["b0"],
    ]  # fmt: skip


def test_worst_attempt_counts_and_wavering_is_told(suite):
    (suite.root / "steps" / "wavering.py").write_text(STEP, encoding="utf-8")
    suite.feature(PASSES, WAVERS)
    result = suite.run(repeat=3)
    steady, wavering = result.journal.planned
    journal = result.journal
    verdicts = [journal.outcome(wavering, n).verdict for n in journal.numbers(wavering)]
    assert verdicts == [Verdict.PASS, Verdict.FAIL, Verdict.PASS]
    assert journal.outcome(wavering).verdict is Verdict.FAIL
    assert journal.outcome(wavering).attempt == 1
    assert journal.wavers(wavering)
    assert not journal.wavers(steady)
    assert result.exit_code is ExitCode.FAIL


def test_interrupted_between_rounds_leaves_the_rest_not_run(suite):
    suite.feature(PASSES)

    def stop(finished):
        raise KeyboardInterrupt

    suite.watcher.on_scenario = stop
    result = suite.run(repeat=2)
    (scenario_id,) = result.journal.planned
    assert result.journal.outcome(scenario_id, 0).verdict is Verdict.PASS
    assert result.journal.outcome(scenario_id).verdict is Verdict.NOT_RUN
    assert result.exit_code is ExitCode.INTERRUPTED


def test_dead_system_leaves_later_attempts_not_run_with_the_reason(suite):
    suite.feature(PASSES, scenario("もし 検査対象が落ちる", "ならば 満たされる", name="落とす"))
    result = suite.run(repeat=2)
    first, _ = result.journal.planned
    assert result.journal.outcome(first, 0).verdict is Verdict.PASS
    again = result.journal.outcome(first, 1)
    assert again.verdict is Verdict.NOT_RUN
    assert "終了しました" in again.observed


def test_what_is_declared_absent_is_told_once(suite):
    suite.changes = {"ics": {"software_tokens": False}}
    suite.feature(
        PASSES, scenario("ならば 満たされる", name="なし", tags="@ACT-01 @needs.software")
    )
    result = suite.run(repeat=3)
    _, absent = result.journal.planned
    assert result.journal.outcome(absent).verdict is Verdict.NOT_APPLICABLE
    assert len(result.journal.attempts[absent]) == 1
    assert result.exit_code is ExitCode.PASS


def test_failing_once_in_every_round_does_not_waver(suite):
    suite.feature(FAILS)
    result = suite.run(repeat=2)
    (scenario_id,) = result.journal.planned
    assert not result.journal.wavers(scenario_id)
    assert result.exit_code is ExitCode.FAIL


def test_features_are_read_when_their_turn_has_come(suite, monkeypatch):
    """With many turns there would be as many of them in memory."""
    several(suite, 2)
    read, seen = [], []
    real = behave.parse_file
    monkeypatch.setattr(behave, "parse_file", lambda path: read.append(path) or real(path))
    suite.watcher.on_scenario = lambda _: seen.append(len(read))
    suite.run(repeat=3)
    assert seen == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
