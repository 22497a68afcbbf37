"""One executor for campaigns: here and on a cluster the same results and errors."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

import pytest

from workshop.executor import executor

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0"
    ) as found:
        yield found.scheduler_address


@pytest.mark.parametrize("where", ["here", "there"])
def test_results_and_errors_are_the_same_everywhere(where: str, address: str) -> None:
    cluster = address if where == "there" else ""
    with executor(1, cluster, begin=os.umask, given=(0o057,)) as pool:
        assert pool.submit(os.umask, 0).result() == 0o057  # begun before its first work
        failed, elsewhere = pool.submit(math.sqrt, -1), pool.submit(os.getpid)
        assert isinstance(failed.exception(), ValueError)
        assert elsewhere.result() != os.getpid()


def test_a_process_that_dies_on_a_cluster_costs_its_own_work_alone(address: str) -> None:
    with executor(1, address) as pool:
        dead, alive = pool.submit(os._exit, 3), pool.submit(math.factorial, 4)
        assert "ended with 3" in str(dead.exception())
        assert alive.result() == 24


def test_what_a_process_of_the_cluster_was_given_when_it_died_is_done_anew_once(
    address: str,
) -> None:
    with executor(1, address), distributed.Client(address, set_as_default=False) as client:
        assert client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.allowed_failures) == 1
