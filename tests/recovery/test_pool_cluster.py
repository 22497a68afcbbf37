"""A prepared list on a cluster in real time: booked by the run alone, and nothing used twice.

One bank and three scenarios: what is prepared is nothing that a fake could show.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pool_kit import ENV, PoolMaker
from standing_bank import ROOT, running, verdicts
from test_pool_workers import QUICK, Pooled

from otp_conformance.cli import main

distributed = pytest.importorskip("distributed")


@pytest.fixture
def pooled(tmp_path: Path) -> Iterator[Pooled]:
    with running(tmp_path, frozen=False) as bank:
        yield Pooled(PoolMaker(bank, tmp_path))


def test_the_run_books_what_goes_along_with_a_turn(
    pooled: Pooled, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**ENV, "PYTHONPATH": str(ROOT)}.items():
        monkeypatch.setenv(name, value)
    ids = ",".join(QUICK.split(",")[:3])
    pooled.stock(ids, times=2)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as cluster:
        code = main.main(
            [
                *("run", "--agent", "http", "--yes", "--id", ids),
                *("--declaration", str(pooled.folder / "bank.toml")),
                *("--reports", str(pooled.folder / "reports")),
                *("--cluster", cluster.scheduler_address),
            ]
        )
    assert code == 0
    journal = pooled.journal()
    assert set(verdicts(journal).values()) == {("pass", None)}
    assert "cluster" in journal.header.environment
    handed_out = pooled.handed_out()
    assert handed_out
    assert len(handed_out) == len(set(handed_out))
