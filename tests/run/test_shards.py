"""A run divided over machines, and its parts put together again: the same verdicts, or why not."""

import dataclasses
import hashlib
import json
from dataclasses import replace

import pytest
from tiny_suite import FAILS, PASSES, scenario

from otp_conformance.assets.pool.ledger import HANDED_OUT, Assets
from otp_conformance.errors import EvidenceError, UsageError
from otp_conformance.journal.journal import JOURNAL_FILE, read
from otp_conformance.resources import bundle_root
from otp_conformance.run.budget import pool_of
from otp_conformance.run.division import by_duration, divide
from otp_conformance.run.durations import durations_with
from otp_conformance.run.folder import find_run
from otp_conformance.run.header import suite_digest
from otp_conformance.run.merge import merge
from otp_conformance.run.request import Part
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Verdict

MANY = [scenario("前提 準備がある", "ならば 満たされる", name=f"合格 {n}") for n in range(4)]


@pytest.fixture
def parts(suite):
    """Carry all parts of a run out, each as if on a machine of its own."""
    suite.feature(*MANY, FAILS)

    def carry_out(of=3, **changes):
        return [
            find_run(str(suite.run(shard=Part(k, of), **changes).run_dir), suite.root)
            for k in range(1, of + 1)
        ]

    return carry_out


def altered(run, **changes):
    """Rewrite a run's header, as another machine might have written it."""
    path = run.run_dir / JOURNAL_FILE
    lines = path.read_bytes().splitlines(keepends=True)
    lines[0] = json.dumps(json.loads(lines[0]) | changes).encode() + b"\n"
    footer = json.loads(lines[-1])
    footer["journal_sha256"] = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    path.write_bytes(b"".join(lines[:-1]) + json.dumps(footer).encode() + b"\n")
    return dataclasses.replace(run, journal=read(path))


def test_the_parts_together_are_the_whole_run(suite, parts):
    three = parts()
    whole = suite.run().journal
    merged = merge([three[2], three[0], three[1]], suite.root / "merged")
    found = merged.journal
    assert list(found.planned) == list(whole.planned)
    assert found.verdicts() == whole.verdicts()
    assert found.footer.exit_code == ExitCode.FAIL
    assert found.header.planned == 5
    assert not found.header.partial
    assert found.header.merged_from == [run.run_id for run in three]
    pictures = list((merged.run_dir / "evidence").rglob("*.jpg"))
    assert len(pictures) == 1
    assert (suite.root / "merged" / "latest" / JOURNAL_FILE).is_file()


def test_each_part_says_that_it_is_one_and_nothing_is_done_twice(parts):
    three = parts()
    ids = [i for run in three for i in run.journal.planned]
    assert len(ids) == len(set(ids)) == 5
    assert [str(run.journal.header.shard) for run in three] == ["1/3", "2/3", "3/3"]
    assert all(run.journal.header.partial for run in three)
    assert {run.journal.header.suite_sha256 for run in three} == {suite_digest()}


def test_a_part_that_was_cut_off_is_no_pass(suite, parts):
    three = parts()
    three.sort(key=lambda part: part.journal.verdict() is Verdict.FAIL)  # the failure elsewhere
    path = three[0].run_dir / JOURNAL_FILE
    lines = path.read_bytes().splitlines(keepends=True)
    head = {"run_started", "source", "scenario_planned"}
    path.write_bytes(b"".join(line for line in lines if json.loads(line)["event"] in head))
    three[0] = dataclasses.replace(three[0], journal=read(path))
    merged = merge(three, suite.root / "merged")
    assert merged.journal.outcome(next(iter(three[0].journal.planned))).verdict.value == "not_run"
    assert merged.journal.footer.exit_code == ExitCode.FAIL


def refused(runs, suite):
    with pytest.raises(UsageError) as raised:
        merge(runs, suite.root / "merged")
    assert not (suite.root / "merged").exists()
    return raised.value.text


def test_a_missing_part_is_named(suite, parts):
    five = parts(of=5)
    told = refused(five[:3] + five[4:], suite)
    assert "4/5 がありません" in told.ja
    assert "4/5 missing" in told.en


def test_a_doubled_part_is_named_with_both_runs(suite, parts):
    three = parts()
    again = find_run(str(suite.run(shard=Part(2, 3)).run_dir), suite.root)
    told = refused([*three, again], suite).ja
    assert "2/3 が 2 つあります" in told
    assert three[1].run_id in told
    assert again.run_id in told


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"suite_sha256": "0" * 64}, "スイートの中身（コミット）"),
        ({"suite_version": "0.0.9"}, "スイートの版"),
        ({"declaration_sha256": "0" * 64}, "実装宣言"),
        ({"selection": "--id LGN-01/1"}, "シナリオの条件"),
        ({"set": "hardening"}, "要件のセット"),
        ({"shard": {"number": 2, "of": 3, "division": "0" * 64}}, "分け方"),
    ],
)
def test_the_odd_one_is_named_alone(suite, parts, changes, what):
    three = parts()
    told = refused([three[0], altered(three[1], **changes), three[2]], suite).ja
    assert f"2/3 {three[1].run_id}: {what}" in told
    assert told.count("\n") == 1


def test_a_whole_run_is_no_part(suite, parts):
    three = parts()
    whole = find_run(str(suite.run().run_dir), suite.root)
    assert (
        f"{whole.run_id}: --shard を付けた実行ではありません" in refused([*three, whole], suite).ja
    )


def test_an_exchanged_picture_is_not_taken_over(suite, parts):
    three = parts()
    (picture,) = [p for run in three for p in run.run_dir.glob("evidence/**/*.jpg")]
    picture.write_bytes(b"\xff\xd8another")
    with pytest.raises(EvidenceError):
        merge(three, suite.root / "merged")


def test_more_parts_than_scenarios_are_refused_on_every_machine(suite):
    suite.feature(PASSES)
    with pytest.raises(UsageError, match="1 件しかありません"):
        suite.run(shard=Part(1, 2))


def test_one_clock_that_all_would_move_is_refused(suite):
    suite.feature(*MANY)
    suite.changes["sut"] = {"base_url": "http://127.0.0.1:9", "start": None}
    loaded = suite.loaded()
    sut = loaded.declaration.sut.model_copy(update={"start": None})
    declaration = loaded.declaration.model_copy(update={"sut": sut})
    with pytest.raises(UsageError, match="時刻を進める"):
        suite.run(shard=Part(1, 2), loaded=replace(loaded, declaration=declaration))


def test_a_part_goes_on_as_the_part_it_was(suite, parts):
    two = parts()[1]
    path = two.run_dir / JOURNAL_FILE
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))
    cut = dataclasses.replace(two, journal=read(path))
    with pytest.raises(UsageError, match="--shard"):
        suite.run(resume=cut, shard=Part(1, 3))
    again = suite.run(resume=cut)
    assert set(again.journal.planned) == set(two.journal.planned)
    assert str(again.journal.header.shard) == "2/3"


# -- how it is divided ---------------------------------------------------------


def test_parts_take_about_as_long_in_whatever_order_they_come():
    features = plan_features(bundle_root())
    plans = [plan for feature in features for plan in feature.scenarios]
    takes = durations_with(AgentKind.BROWSER).of
    divided = by_duration(plans, takes, 5)
    took = [sum(takes(p.scenario_id) for p in part) for part in divided]
    assert max(took) - min(took) < 0.01 * sum(took)
    assert by_duration(plans[::-1], takes, 5) == divided
    assert sorted(p.scenario_id for part in divided for p in part) == sorted(
        p.scenario_id for p in plans
    )


def chosen():
    wanted = {"LGN-01/1", "LGN-03/1", "CON-15/1", "CON-19/1", "CON-19/2", "LCK-01/1"}
    features = plan_features(bundle_root())
    return [p for f in features for p in f.scenarios if p.scenario_id in wanted]


def test_what_is_prepared_is_divided_so_that_nothing_is_used_twice(listed):
    plans, (pool, ledger) = chosen(), pool_of(listed.loaded)
    with ledger.taking() as book:
        book(HANDED_OUT, Assets(frozenset({"u0"}), frozenset({"1000"})), {"run": "r"})
    shares = [divide(replace(listed, shard=Part(k, 3)), plans).share for k in (1, 2, 3)]
    together = [name for share in shares for name in (*share.customers, *share.tokens)]
    assert len(together) == len(set(together)) == 39 + 39 + 10
    assert "u0" not in together
    for share in shares:
        held = {e.token.serial for e in pool.entries if e.login_id in share.customers}
        assert held <= share.tokens  # a customer's own token goes along


def test_another_ledger_is_another_division(listed):
    plans = chosen()
    before = divide(replace(listed, shard=Part(1, 3)), plans).shard.division
    assert divide(replace(listed, shard=Part(2, 3)), plans[::-1]).shard.division == before
    with pool_of(listed.loaded)[1].taking() as book:
        book(HANDED_OUT, Assets(frozenset({"u0"})), {"run": "r"})
    assert divide(replace(listed, shard=Part(1, 3)), plans).shard.division != before
