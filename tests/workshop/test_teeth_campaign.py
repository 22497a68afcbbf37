"""Many faults: in order, in other processes, and stopped in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small import fault, meeting

from otp_conformance.run.interrupt import Interrupt
from workshop.teeth import campaign
from workshop.teeth.matrix import FaultRow, Status
from workshop.teeth.meeting import Bench, Meeting, broken, not_run

MEETINGS = [meeting(fault(id=name)) for name in ("a", "b", "c")]


def no_bench() -> Bench:
    raise OSError("no bench")


@pytest.fixture
def interrupt():
    with Interrupt() as found:
        yield found


def _carry_out(interrupt, jobs=1, make=lambda: None):
    heard: list[str] = []
    rows = campaign.carry_out(
        MEETINGS, make, jobs=jobs, interrupt=interrupt, heard=lambda row: heard.append(row.id)
    )
    return rows, heard


def test_rows_come_in_the_order_of_the_catalogue(monkeypatch, interrupt) -> None:
    monkeypatch.setattr(campaign, "hold", lambda m, bench: broken(m, OSError(m.fault.id)))
    rows, heard = _carry_out(interrupt)
    assert [row.id for row in rows] == heard == ["a", "b", "c"]


def test_an_interrupt_leaves_the_rest_as_not_run(monkeypatch, interrupt) -> None:
    def hold(m: Meeting, bench: Bench) -> FaultRow:
        return not_run(m) if m.fault.id == "b" else broken(m, OSError("x"))

    monkeypatch.setattr(campaign, "hold", hold)
    rows, heard = _carry_out(interrupt)
    assert [row.status for row in rows] == [Status.ERROR, Status.NOT_RUN, Status.NOT_RUN]
    assert heard == ["a"]
    assert interrupt.requested


def test_what_breaks_in_another_process_is_told_for_each_fault(interrupt) -> None:
    rows, _ = _carry_out(interrupt, jobs=2, make=no_bench)
    assert [(row.status, row.problem) for row in rows] == [(Status.ERROR, "OSError: no bench")] * 3


def test_interrupted_before_anything_began(interrupt) -> None:
    interrupt.requested = True
    rows, heard = _carry_out(interrupt, jobs=2, make=no_bench)
    assert {row.status for row in rows} <= {Status.NOT_RUN, Status.ERROR}
    assert not [row for row in rows if row.status is Status.ERROR and row.id not in heard]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_leaves_a_partial_matrix_and_130(tmp_path: Path) -> None:
    faults = ["used-code-accepted", "cancel-activates", "used-code-revives", "status-missing"]
    command = [sys.executable, "-u", "-m", "workshop.teeth", *faults]
    process = subprocess.Popen(
        [*command, "--jobs", "1", "--out", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("○"):
            process.send_signal(signal.SIGINT)
            break
    process.stdout.read()
    assert process.wait() == 130
    rows = json.loads((tmp_path / "kill-matrix.json").read_text(encoding="utf-8"))["faults"]
    statuses = [row["status"] for row in rows]
    assert len(rows) == len(faults)
    assert statuses[0] == "caught"
    assert "not_run" in statuses
    assert (tmp_path / "kill-matrix.html").is_file()
