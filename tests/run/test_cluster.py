"""A run on a cluster: the same verdicts, one journal, and what is told when somebody is gone."""

import dataclasses
import os
import sys
from concurrent.futures import CancelledError, Future
from queue import SimpleQueue

import pytest
from tiny_suite import FAILS, PASSES, scenario

from otp_conformance.agent.port import AgentOptions
from otp_conformance.errors import UnreadyError, UsageError
from otp_conformance.run import cluster
from otp_conformance.run.process import WorkerLostError
from otp_conformance.specification.words import AgentKind
from otp_conformance.verdict.exit_codes import ExitCode
from otp_conformance.verdict.verdict import Cause, Verdict

distributed = pytest.importorskip("distributed")

MANY = [scenario("前提 準備がある", "ならば 満たされる", name=f"合格 {n}") for n in range(3)]


@pytest.fixture(scope="module")
def address():
    """Start a scheduler with a worker in this process: what is apart is our own worker anyway."""
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as found:
        yield found.scheduler_address


@pytest.fixture
def run(suite, declared, address, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))

    def on_cluster(**changes):
        agent = AgentOptions(AgentKind.HTTP)
        return suite.run(**{"loaded": declared, "cluster": address, "agent": agent, **changes})

    return on_cluster


def test_verdicts_lines_and_pictures_arrive_in_the_one_journal(suite, run):
    suite.feature(*MANY, FAILS)
    result = run()
    verdicts = [result.journal.outcome(i).verdict for i in result.journal.planned]
    assert verdicts == [*[Verdict.PASS] * 3, Verdict.FAIL]
    assert result.exit_code is ExitCode.FAIL
    assert not result.journal.cut_off
    (picture,) = (result.run_dir / "evidence").rglob("*.jpg")
    assert picture.read_bytes().startswith(b"\xff\xd8")
    assert len(suite.watcher.finished) == 4
    assert cluster._KEPT == {}  # nobody is left behind


def test_the_cluster_is_told_to_hand_out_once(suite, run, address):
    suite.feature(PASSES)
    assert run().exit_code is ExitCode.PASS
    with distributed.Client(address, set_as_default=False) as client:
        assert client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.allowed_failures) == 0


def test_a_turn_whose_worker_dies_is_told_and_done_anew(suite, run):
    suite.feature(*MANY, scenario("もし 実施している側が落ちる", name="落ちる"))
    result = run(retries=1)
    ends = [result.journal.outcome(i) for i in result.journal.planned]
    assert [end.verdict for end in ends] == [*[Verdict.PASS] * 3, Verdict.INCONCLUSIVE]
    assert ends[-1].cause is Cause.ENVIRONMENT
    assert "ワーカーが終了しました" in ends[-1].observed
    assert len(result.journal.attempts[ends[-1].scenario_id]) == 2


def test_another_commit_over_there_is_named_and_nothing_begins(suite, run, monkeypatch):
    suite.feature(PASSES)
    monkeypatch.setattr(cluster, "setup_of", changed_suite(monkeypatch))
    with pytest.raises(UsageError, match="同じコミットではありません"):
        run()
    assert list((suite.root / "reports").iterdir()) == []


def changed_suite(monkeypatch):
    """Let the suite be another one from the moment when the run has read its own digest."""
    real = cluster.setup_of

    def setup_of(context, number):
        here = cluster.suite_digest()
        digests = iter([here])
        monkeypatch.setattr(cluster, "suite_digest", lambda: next(digests, "another"))
        return real(context, number)

    return setup_of


def test_a_scheduler_that_does_not_answer(suite, run, monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.2)
    with pytest.raises(UnreadyError, match="つながりません"):
        cluster.connect("tcp://127.0.0.1:9")


@pytest.mark.parametrize("what", ["clock", "headed"])
def test_what_a_cluster_cannot_do_is_refused_before_it_begins(suite, declared, what):
    declaration, changes = declared.declaration, {}
    if what == "clock":
        sut = declaration.sut.model_copy(update={"base_url": "http://127.0.0.1:9", "start": None})
        declaration = declaration.model_copy(update={"sut": sut})
    if what == "headed":
        changes = {"agent": AgentOptions(headed=True)}
    loaded = dataclasses.replace(declared, declaration=declaration)
    with pytest.raises(UsageError, match="--cluster"):
        cluster.check_cluster(suite.request(loaded=loaded, **changes))


class Gone:
    """A client whose scheduler has gone."""

    def __init__(self) -> None:
        self.status = "closed"


def place():
    found = object.__new__(cluster.There)
    found._address, found._client = "tcp://x:1", Gone()
    found._lost_since, found._cancelled = None, False
    found.inbox = SimpleQueue()
    return found


def test_turns_that_the_scheduler_forgot_are_lost_and_no_more_is_handed_out():
    there, future = place(), Future()
    future.set_exception(CancelledError("scheduler"))
    there._arrived(1, future)
    ticket, found = there.inbox.get_nowait()
    assert ticket == 1
    assert isinstance(found.exception(), WorkerLostError)
    assert "scheduler tcp://x:1 につながらなくなりました" in there.gone()


def test_a_scheduler_is_given_a_while_to_come_back(monkeypatch):
    there = place()
    now = [100.0]
    monkeypatch.setattr(cluster.time, "monotonic", lambda: now[0])
    assert there.gone() == ""
    now[0] += cluster._GONE_SECONDS + 1
    assert there.gone()
    there._client.status = "running"
    assert there.gone() == ""
    there._client.status = "closed"
    assert there.gone() == ""  # away anew: the time begins anew


def test_a_file_from_there_cannot_be_put_anywhere_else(tmp_path):
    for name in ("../out", "evidence/../../out", "journal.ndjson", str(tmp_path / "out")):
        cluster._keep(tmp_path / "run", name, b"x")
    assert list(tmp_path.rglob("*")) == []
    cluster._keep(tmp_path / "run", "evidence/LGN-01-1/0-00-001.jpg", b"x")
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1
