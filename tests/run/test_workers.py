"""Several workers: one journal, one end, and nobody left behind."""

import dataclasses
import os
import signal

import pytest
from tiny_suite import FAILS, PASSES, scenario

from otp_conformance.agent.port import AgentOptions
from otp_conformance.errors import UsageError
from otp_conformance.language import Text
from otp_conformance.run import behave, engine, pool
from otp_conformance.run.folder import find_run
from otp_conformance.run.pool import Workers, free_cores, usual_workers, worth_it
from otp_conformance.run.process import WorkerLostError, WorkerProcess
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Cause, Verdict

MANY = [scenario("前提 準備がある", "ならば 満たされる", name=f"合格 {n}") for n in range(5)]


def run(suite, loaded, workers=2, **changes):
    return suite.run(loaded=loaded, workers=workers, agent=AgentOptions(AgentKind.HTTP), **changes)


def test_two_workers_write_one_journal(suite, declared):
    suite.feature(*MANY, FAILS)
    result = run(suite, declared)
    assert result.exit_code is ExitCode.FAIL
    verdicts = [result.journal.outcome(i).verdict for i in result.journal.planned]
    assert verdicts == [*[Verdict.PASS] * 5, Verdict.FAIL]
    assert not result.journal.cut_off
    assert len(suite.watcher.finished) == 6
    assert set(suite.watcher.begun_names) == {p.name for p in result.journal.planned.values()}
    assert result.journal.header.environment["workers"] == "2"
    assert result.journal.header.base_url.startswith("http://127.0.0.1:")
    # A system of its own for each, and a picture of the failure in the run's one folder.
    assert {p.name for p in result.run_dir.glob("sut-*.log")} == {"sut-1.log", "sut-2.log"}
    assert len(list((result.run_dir / "evidence").rglob("*.jpg"))) >= 1
    assert "himitsu" not in (result.run_dir / "journal.ndjson").read_text(encoding="utf-8")


def test_never_more_workers_than_scenarios(suite, declared):
    suite.feature(PASSES)
    result = run(suite, declared, workers=8)
    assert result.exit_code is ExitCode.PASS
    assert list(result.run_dir.glob("sut-*.log")) == []


def test_a_worker_that_is_killed_is_replaced(suite, declared):
    suite.feature(*MANY, scenario("もし 実施している側が落ちる", name="落ちる"), *MANY)
    result = run(suite, declared, retries=1)
    ends = [result.journal.outcome(i) for i in result.journal.planned]
    assert [e.verdict for e in ends].count(Verdict.PASS) == 10
    (lost,) = [e for e in ends if e.verdict is not Verdict.PASS]
    assert (lost.verdict, lost.cause) == (Verdict.INCONCLUSIVE, Cause.ENVIRONMENT)
    assert "ワーカーが終了しました" in lost.observed
    assert len(result.journal.attempts[lost.scenario_id]) == 2
    assert result.exit_code is ExitCode.INCONCLUSIVE


def test_a_worker_that_dies_after_its_last_line_has_done_its_turn(suite, declared, monkeypatch):
    suite.feature(*MANY)
    told = WorkerProcess.do

    def and_dies(process, order, hear):
        told(process, order, hear)
        monkeypatch.undo()  # the first alone
        process.close()
        raise WorkerLostError("ワーカーが終了しました")

    monkeypatch.setattr(WorkerProcess, "do", and_dies)
    result = run(suite, declared)
    assert [result.journal.outcome(i).verdict for i in result.journal.planned] == (
        [Verdict.PASS] * 5
    )
    assert [len(tries) for tries in result.journal.attempts.values()] == [1] * 5
    assert result.exit_code is ExitCode.PASS


def test_interrupted_workers_end_and_the_run_goes_on_later(suite, declared):
    suite.feature(*MANY, scenario("もし 止まるまで待つ", name="待つ"))
    seen = []

    def interrupt_late(finished):
        seen.append(finished)
        if len(seen) == 5:
            os.kill(os.getpid(), signal.SIGINT)

    suite.watcher.on_scenario = interrupt_late
    result = run(suite, declared)
    assert result.exit_code is ExitCode.INTERRUPTED
    waits = list(result.journal.planned)[-1]
    assert result.journal.outcome(waits).verdict is Verdict.NOT_RUN
    suite.watcher.on_scenario = None
    steps = suite.root / "steps" / "tiny_steps.py"
    text = steps.read_text(encoding="utf-8")
    replaced = text.replace("    context.world.wait()", "    step_holds(context)")
    steps.write_text(replaced, encoding="utf-8")
    behave._loaded.clear()  # a new process would read them anew
    earlier = find_run("latest", suite.root / "reports")
    again = run(suite, declared, resume=earlier)
    assert again.run_dir == result.run_dir
    assert again.exit_code is ExitCode.PASS


def foreign(declared, **clock):
    """Return a declaration of a system that somebody else has started, one for all workers."""
    declaration = declared.declaration
    adapter = declaration.adapters.clock.model_copy(update=clock)
    adapters = declaration.adapters.model_copy(update={"clock": adapter})
    sut = declaration.sut.model_copy(update={"base_url": "http://127.0.0.1:9", "start": None})
    changed = declaration.model_copy(update={"sut": sut, "adapters": adapters})
    return dataclasses.replace(declared, declaration=changed)


@pytest.mark.parametrize("clock", [{"stands_still": False}, {"goes_back": False}])
def test_a_clock_that_goes_on_or_only_forward_has_one_worker(suite, declared, clock):
    suite.feature(*MANY)
    with pytest.raises(UsageError, match=r"adapters\.clock\.stands_still"):
        run(suite, foreign(declared, **clock))


GIGABYTE = 10**9


def usual(suite, declared, declaration=None, cores=4, memory=64 * GIGABYTE, **changes):
    loaded = declared
    if declaration is not None:
        loaded = dataclasses.replace(declared, declaration=declaration)
    request = suite.request(loaded=loaded, **changes)
    return usual_workers(request, cores=cores, memory=memory).number


def test_usually_as_many_workers_as_the_machine_and_the_deployment_allow(suite, declared):
    declaration = declared.declaration
    assert usual(suite, declared) == 4
    assert usual(suite, declared, cores=500) == 32
    assert usual(suite, declared, memory=2 * GIGABYTE) == 3
    assert usual(suite, declared, memory=1) == 1
    assert usual(suite, declared, memory=GIGABYTE, agent=AgentOptions(AgentKind.HTTP)) == 4
    assert usual(suite, declared, port=8000) == 1
    assert usual(suite, declared, agent=AgentOptions(headed=True)) == 1
    assert usual(suite, foreign(declared)) == 4
    assert usual(suite, foreign(declared, goes_back=False)) == 1
    clock = declaration.adapters.clock.model_copy(update={"kind": "real"})
    adapters = declaration.adapters.model_copy(update={"clock": clock})
    sut = declaration.sut.model_copy(update={"base_url": "http://127.0.0.1:9", "start": None})
    real = declaration.model_copy(update={"adapters": adapters, "sut": sut})
    assert usual(suite, declared, real) == 8
    tokens = adapters.tokens.model_copy(update={"kind": "person"})
    by_hand = adapters.model_copy(update={"tokens": tokens})
    assert usual(suite, declared, real.model_copy(update={"adapters": by_hand})) == 1


def test_a_worker_is_started_only_where_it_pays():
    four = Workers(4, Text("", ""))
    assert [worth_it(four, s) for s in (0, 29, 31, 1000)] == [1, 1, 2, 4]


def test_a_run_says_in_one_line_how_many_workers_it_has(suite, declared, monkeypatch):
    monkeypatch.setattr(engine, "free_cores", lambda: 2)
    monkeypatch.setattr(pool, "_WORTH_SECONDS", 0.01)
    suite.feature(*MANY)
    result = run(suite, declared, workers=None)
    assert result.exit_code is ExitCode.PASS
    assert result.journal.header.environment["workers"] == "2"
    (said,) = [notice.ja for notice in suite.watcher.notices]
    assert said == "ワーカー 2 つで実施します（CPU 2 個による。変えるときは --workers）。"


@pytest.mark.parametrize(("text", "cores"), [("max 100000", 8), ("150000 100000", 1), ("", 8)])
def test_a_container_with_fewer_cpus_counts(tmp_path, monkeypatch, text, cores):
    file = tmp_path / "cpu.max"
    if text:
        file.write_text(text, encoding="ascii")
    monkeypatch.setattr(pool, "_CPU_LIMIT", file)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert free_cores() == cores
