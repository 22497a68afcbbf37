"""The bank as a process of its own, for tests that kill it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[2]
KEY = "made-up-test-control-key"
FROZEN = "2026-11-24T10:00:20+09:00"


@dataclass
class BankProcess:
    """A running bank; ``lines``: what it printed before and with READY."""

    process: subprocess.Popen[str]
    lines: list[str]

    @property
    def url(self) -> str:
        return self.lines[-1].removeprefix("READY ")

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call test control; AssertionError with the answer unless it is 2xx."""
        request = Request(
            f"{self.url}/test-control/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Test-Control-Key": KEY, "Content-Type": "application/json"},
        )
        try:
            with urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read()!r}") from error


def not_started_by_a_run(declaration: str) -> str:
    """Return a declaration's text without what needs a system that a run starts itself."""
    for table in ("[sut.start]", "[adapters.restart]"):
        begin = declaration.index(table)
        end = declaration.find("\n[", begin)
        declaration = declaration[:begin] + ("" if end < 0 else declaration[end + 1 :])
    return declaration


def start(
    folder: Path,
    *more: str,
    zone: str = "UTC",
    frozen: bool = True,
    module: str = "reference_impl",
) -> subprocess.Popen[str]:
    arguments = [
        *("--port", "0", "--database", f"sqlite:///{folder}/bank.sqlite3", "--profile", "test"),
        *("--test-control", "--test-control-key-env", "BANK_TEST_KEY"),
        *(("--frozen-at", FROZEN) if frozen else ()),
        *more,
    ]
    environment = {**os.environ, "BANK_TEST_KEY": KEY, "TZ": zone, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@contextmanager
def running(
    folder: Path,
    *more: str,
    zone: str = "UTC",
    frozen: bool = True,
    module: str = "reference_impl",
) -> Iterator[BankProcess]:
    """Start, wait for READY, and end it at last if the test did not."""
    process = start(folder, *more, zone=zone, frozen=frozen, module=module)
    try:
        yield BankProcess(process, _until_ready(process))
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


def children(run: subprocess.Popen[str], marker: bytes) -> list[int]:
    """Return the processes that ``run`` has started and whose command line contains ``marker``."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # ended while we looked
        if int(parent) == run.pid and marker in command:
            found.append(int(folder.name))
    return found


def _until_ready(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or not lines[-1].startswith("READY "):
        line = process.stdout.readline()
        if not line:
            assert process.stderr is not None
            raise AssertionError(f"the bank did not start: {process.stderr.read()}")
        lines.append(line.rstrip("\n"))
    return lines
