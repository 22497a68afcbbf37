"""What a scenario costs when there are many: ``python -m workshop.benchmarks.growth FOLDER``.

One run of the fastest scenarios with many repetitions, watched from outside: processor time
and memory of the run itself, of its workers and of the system, when 300, 1,000, 3,000 and
10,000 scenarios have ended. Then the journal is cut to each of these sizes, and what a start
from it (``run --resume`` with one scenario left), ``report`` and ``coverage`` cost is measured.
Run it again with the same folder to measure the second part alone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from otp_conformance.journal.evidence import FOLDER
from otp_conformance.journal.journal import JOURNAL_FILE
from otp_conformance.run.durations import load_table
from otp_conformance.specification.ids import order

SIZES = (300, 1_000, 3_000, 10_000)
_SCENARIOS = 100
_LOOK_SECONDS = 1.0
_WORKER, _COMMAND = "otp_conformance.run.worker", "otp_conformance"
_MB = 1_000_000


@dataclass
class Party:
    """One of those who take part: seconds of processor time so far, and memory in bytes."""

    cpu: float = 0.0
    now: int = 0
    peak: int = 0


@dataclass
class Look:
    """What was seen when so many scenarios had ended, ``wall`` seconds after the beginning."""

    ended: int
    wall: float
    journal: int
    run: Party = field(default_factory=Party)
    workers: Party = field(default_factory=Party)
    system: Party = field(default_factory=Party)


def fastest(number: int = _SCENARIOS) -> list[str]:
    """Return the scenarios that were measured to be the fastest without a browser."""
    known = [(seconds.http, order(i), i) for i, seconds in load_table().items() if seconds.http]
    return [i for _, _, i in sorted(known)[:number]]


def _command(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", _COMMAND, *more, "--reports", str(folder)]


class _Watch:
    """Adds up what the processes of a run have used, whether or not they still live."""

    def __init__(self, pid: int) -> None:
        self._run = psutil.Process(pid)
        self._begun = time.monotonic()
        self._cpu: dict[int, tuple[str, float]] = {}
        self._peaks: dict[str, int] = {}

    def look(self, ended: int, journal: int) -> Look:
        found = Look(ended, time.monotonic() - self._begun, journal)
        memory = dict.fromkeys(("run", "workers", "system"), 0)
        everybody: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            everybody = [self._run, *self._run.children(recursive=True)]
        for process in everybody:
            try:
                who = self._who(process)
                used = process.cpu_times()
                self._cpu[process.pid] = (who, used.user + used.system)
                # Of several workers the biggest: each is the size that one machine needs.
                memory[who] = max(memory[who], process.memory_info().rss)
            except psutil.Error:
                continue
        for who, size in memory.items():
            self._peaks[who] = max(self._peaks.get(who, 0), size)
            cpu = sum(seconds for name, seconds in self._cpu.values() if name == who)
            setattr(found, who, Party(cpu, size, self._peaks[who]))
        return found

    def _who(self, process: psutil.Process) -> str:
        if process.pid == self._run.pid:
            return "run"
        return "workers" if _WORKER in process.cmdline() else "system"


def watch(folder: Path, repeat: int, workers: int) -> list[Look]:
    """Carry the run out and return what was seen at each size, and at its end."""
    asked = ["run", "--id", ",".join(fastest()), "--agent", "http", "--quiet"]
    command = _command(folder, *asked, "--repeat", str(repeat), "--workers", str(workers))
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        return list(_looks(process, folder))


def _looks(process: subprocess.Popen[bytes], folder: Path) -> Iterator[Look]:
    watched, left = _Watch(process.pid), [*SIZES]
    ended = read = 0
    last = Look(0, 0.0, 0)
    while True:
        over = process.poll() is not None  # what was written before is all there is
        for path in folder.glob(f"2*/{JOURNAL_FILE}"):
            with path.open("rb") as file:
                file.seek(read)
                new = file.read()
            whole = new[: new.rfind(b"\n") + 1]
            read += len(whole)
            ended += whole.count(b'"event":"scenario_finished"')
        if not over:
            last = watched.look(ended, read)
        while left and ended >= left[0]:
            yield replace(last, ended=left.pop(0))
        if over:
            break
        time.sleep(_LOOK_SECONDS)
    yield last


def cut(source: Path, target: Path, wanted: int) -> None:
    """Write the journal as it was when so many scenarios were done but for the last one."""
    target.mkdir(parents=True)
    repeat = -(-wanted // _SCENARIOS)
    kept: list[bytes] = []
    ended = 0
    for line in (source / JOURNAL_FILE).read_bytes().splitlines(keepends=True):
        event = json.loads(line)
        if event["event"] == "run_started":
            line = _line({**event, "repeat": repeat, "run_id": target.name})
        if event.get("attempt", 0) >= repeat or event["event"] == "run_finished":
            continue
        ended += event["event"] == "scenario_finished"
        if ended == repeat * _SCENARIOS:
            break
        kept.append(line)
    (target / JOURNAL_FILE).write_bytes(b"".join(kept))
    if (source / FOLDER).is_dir():  # pictures behind links would count as altered
        shutil.copytree(source / FOLDER, target / FOLDER, copy_function=os.link)


def _line(event: dict[str, object]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def cost(command: list[str]) -> tuple[float, int]:
    """Return processor seconds of a command with its children, and its own peak in bytes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def main() -> None:
    """Measure and print two tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--repeat", type=int, default=SIZES[-1] // _SCENARIOS)
    options.add_argument("--workers", type=int, default=2)
    given = options.parse_args()
    whole = given.folder / "whole"
    if not whole.exists():
        whole.mkdir(parents=True)
        _print_looks(watch(whole, given.repeat, given.workers))
    (source,) = (path.parent for path in whole.glob(f"2*/{JOURNAL_FILE}"))
    print("\n| scenarios | journal MB | resume s, MB | report s, MB | coverage s, MB |")
    print("|---|---|---|---|---|")
    for size in (each for each in SIZES if each <= given.repeat * _SCENARIOS):
        folder = given.folder / f"cut-{size}"
        shutil.rmtree(folder, ignore_errors=True)  # of an earlier measurement, gone on with
        cut(source, folder / "20260101-000000-0000", size)
        (run_dir,) = folder.iterdir()
        weight = (run_dir / JOURNAL_FILE).stat().st_size / _MB
        cells = [str(size), f"{weight:.1f}"]
        for more in (
            ["run", "--resume", run_dir.name, "--quiet", "--workers", "1"],
            ["report", run_dir.name],
            ["coverage", run_dir.name],
        ):
            seconds, peak = cost(_command(folder, *more))
            cells.append(f"{seconds:.1f} s, {peak / _MB:.0f} MB")
        print(f"| {' | '.join(cells)} |", flush=True)


def _print_looks(seen: list[Look]) -> None:
    print("\n| scenarios | run ms each, MB | workers ms each, MB | system ms each, MB | wall s |")
    print("|---|---|---|---|---|")
    before = Look(0, 0.0, 0)
    for each in seen[:-1]:
        number = each.ended - before.ended
        cells = [f"{before.ended:,} to {each.ended:,}"]
        for who in ("run", "workers", "system"):
            now, then = getattr(each, who), getattr(before, who)
            spent = 1000 * (now.cpu - then.cpu) / number
            cells.append(f"{spent:.1f} ms, {now.now / _MB:.0f} MB")
        print(f"| {' | '.join(cells)} | {each.wall:.0f} |")
        before = each
    end = seen[-1].run
    print(f"| the end, with reports | {end.cpu - before.run.cpu:.1f} s, {end.peak / _MB:.0f} MB |")


if __name__ == "__main__":
    main()
