"""`make profile`: where the time of the benchmark's scenarios goes, as a table.

    python workshop/benchmarks/where.py [--repetitions 3] [--id LGN-04/1,...]

The suite runs in this process, in the browser, with one worker. Each part has its own time
only: what a press waits for is the waiting's, what is written during a step the journal's.
Below it, the processor time of the browser, of Playwright's driver, of the suite and of the
system under test.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bare
import psutil
from behave.model import Scenario
from compare import columns, machine, row

from otp_conformance.agent.browser import snapshot
from otp_conformance.agent.browser.agent import BrowserAgent
from otp_conformance.agent.browser.launch import BrowserAgents
from otp_conformance.calls.test_control import TestControl
from otp_conformance.cli.main import main as suite
from otp_conformance.journal.evidence import EvidenceStore
from otp_conformance.journal.journal import JournalWriter

PROFILE = Path(__file__).with_name("profile.json")
_SAMPLE_SECONDS = 0.2
_REST = "ステップと判定、ほか / steps and judgements, the rest"
_PEOPLE = "画面を開く前後 / contexts opened and closed"
_ACTING = "操作 / acting"
_WAITING = "落ち着くのを待つ、読み取りを含む / waiting, with the reading at rest"
_READING = "改めて読む / reading anew"
_MODEL = "読み取りを組み立てる / making the model"
_PICTURES = "画像 / pictures"
_EVIDENCE = "証拠の保存 / keeping evidence"
_JOURNAL = "記録 / journal"
_CONTROL = "試験用API / test control"
_PARTS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    (_REST, Scenario, ("run",)),
    (_PEOPLE, BrowserAgents, ("new",)),
    (_PEOPLE, BrowserAgent, ("close",)),
    (
        _ACTING,
        BrowserAgent,
        (
            *("open", "back", "reload", "forget_cookies", "cookies", "take_cookies", "fill"),
            *("choose", "press", "press_twice", "type_by_clicks", "type_again", "form_request"),
            *("field_name", "send", "send_from_elsewhere"),
        ),
    ),
    (_WAITING, BrowserAgent, ("_settle",)),
    (_READING, BrowserAgent, ("_last_reading",)),
    (_MODEL, snapshot.Snapshot, ("__init__",)),
    (_PICTURES, BrowserAgent, ("screenshot", "marks")),
    (_EVIDENCE, EvidenceStore, ("keep",)),
    (_JOURNAL, JournalWriter, ("write",)),
    (_CONTROL, TestControl, ("call",)),
)
_WHO = {
    "browser": "ブラウザー / browser",
    "driver": "Playwright の駆動部 / Playwright's driver",
    "suite": "スイート / the suite",
    "system": "検査対象 / the system under test",
}


@dataclass
class Clock:
    """Adds up each part's own time, in seconds, and how often it was entered."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    times: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _within: list[str] = field(default_factory=list)
    _since: float = 0.0

    @contextmanager
    def within(self, part: str) -> Iterator[None]:
        """Count what is done in the ``with`` block for a part, within a scenario only."""
        if part != _REST and not self._within:
            yield
            return
        self._book()
        self.times[part] += part not in self._within[-1:]
        self._within.append(part)
        try:
            yield
        finally:
            self._book()
            self._within.pop()

    def _book(self) -> None:
        now = time.perf_counter()
        if self._within:
            self.seconds[self._within[-1]] += now - self._since
        self._since = now

    def watch(self, part: str, owner: type, name: str) -> None:
        """Have a method's time counted for a part."""
        act: Callable[..., Any] = getattr(owner, name)

        @functools.wraps(act)
        def timed(*given: Any, **named: Any) -> Any:
            with self.within(part):
                return act(*given, **named)

        setattr(owner, name, timed)


class Processors:
    """Looks at what the processes below this one have used of the processors."""

    def __init__(self) -> None:
        self._used: dict[tuple[int, float], tuple[str, float]] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> dict[str, float]:
        """Return seconds by who used them; of a process that has ended, all but its last moment."""
        self._over.set()
        self._thread.join()
        found: dict[str, float] = defaultdict(float)
        for who, seconds in self._used.values():
            found[who] += seconds
        return found

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._over.wait(_SAMPLE_SECONDS):
            for process in [me, *me.children(recursive=True)]:
                with suppress(psutil.Error):
                    used, key = process.cpu_times(), (process.pid, process.create_time())
                    # One that has just ended does not say any more who it was.
                    who = self._who(process, me) or self._used.get(key, ("system", 0.0))[0]
                    self._used[key] = who, used.user + used.system

    def _who(self, process: psutil.Process, me: psutil.Process) -> str:
        if process == me:
            return "suite"
        line = " ".join(process.cmdline()).casefold()
        if not line:
            return ""
        if "run-driver" in line:
            return "driver"
        return "browser" if "--type=" in line or "--remote-debugging" in line else "system"


def table(clock: Clock, processors: dict[str, float], scenarios: int) -> str:
    """Return what was measured, for people."""
    whole = sum(clock.seconds.values())
    parts = sorted(clock.seconds, key=lambda part: -clock.seconds[part])
    width = max(columns(name) for name in (*parts, *_WHO.values())) + 2
    lines = [row("", ["s", "%", "回/times", "ms"], width)]
    for part in parts:
        seconds, times = clock.seconds[part], clock.times[part]
        each = f"{seconds / times * 1000:.1f}" if times else ""
        lines.append(
            row(
                part,
                [f"{seconds:.2f}", f"{seconds / whole * 100:.0f}", str(times), each],
                width,
            )
        )
    lines.append(row(f"計 / total, {scenarios}", [f"{whole:.2f}", "100"], width))
    lines += ["", row("CPU", ["s"], width)]
    lines += [row(name, [f"{processors.get(key, 0.0):.2f}"], width) for key, name in _WHO.items()]
    return "\n".join(lines)


def main() -> int:
    """Run, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=3, metavar="N")
    parser.add_argument("--id", default=",".join(bare.FLOWS), help="scenarios / シナリオ")
    options = parser.parse_args()
    facts, clock = machine(), Clock()
    for part, owner, names in _PARTS:
        for name in names:
            clock.watch(part, owner, name)
    processors = Processors()
    with (
        tempfile.TemporaryDirectory() as folder,
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
    ):
        code = suite(
            [
                *("run", "--quiet", "--workers", "1", "--reports", folder),
                *("--repeat", str(options.repetitions), "--id", options.id),
            ]
        )
    used = processors.end()
    print(table(clock, used, clock.times[_REST]))
    found = {"machine": facts, "seconds": clock.seconds, "times": clock.times, "cpu": used}
    PROFILE.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
