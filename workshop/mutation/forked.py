"""Processes that judge one mutant: forked from one that has loaded every library already.

A process started afresh spends most of its time on importing pydantic, pytest and
others; a forked one begins with them. Only third-party modules are loaded beforehand:
the suite's own are read from the mutant's tree.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_LIBRARIES = (
    *(
        "pytest",
        "_pytest.assertion.rewrite",
        "hypothesis",
        "pydantic",
        "click",
        "httpx",
        "lxml.html",
    ),
    *("bs4", "gherkin", "behave.runner", "jinja2", "pyotp", "cryptography.fernet", "tomllib"),
    *("cucumber_tag_expressions", "importlib.metadata", "logging.config", "multiprocessing.pool"),
)
TIMED_OUT = -1


@dataclass(frozen=True)
class Ended:
    """How a process ended: ``code`` 0 when all was green, `TIMED_OUT`, else not green."""

    code: int
    output: str
    wall_s: float
    cpu_s: float


def preload() -> None:
    """Import the libraries once."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    own = [name for name in sys.modules if name.split(".")[0] == "otp_conformance"]
    if own:
        raise RuntimeError(f"loaded too early, mutants would not be seen: {own}")


@dataclass
class Child:
    """A process under way; ``deadline`` by the monotonic clock."""

    pid: int
    output: Path
    begun: float
    deadline: float

    def poll(self) -> Ended | None:
        """Return how it ended, or None while it is under way; end it when its time is over."""
        late = time.monotonic() > self.deadline
        if late:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        pid, status, usage = os.wait4(self.pid, 0 if late else os.WNOHANG)
        if pid == 0:
            return None
        with suppress(ProcessLookupError):  # whatever it started and left behind
            os.killpg(self.pid, signal.SIGKILL)
        return Ended(
            TIMED_OUT if late else os.waitstatus_to_exitcode(status),
            self.output.read_text(encoding="utf-8", errors="replace"),
            time.monotonic() - self.begun,
            usage.ru_utime + usage.ru_stime,
        )


def start(
    command: Callable[[], int], tree: Path, output: Path, timeout_s: float, *, keep: bool = False
) -> Child:
    """Fork; the child works in a tree and ends with the command's result.

    ``keep``: compiled files are written (for the first run in a tree, without mutant).
    """
    begun = time.monotonic()
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            with _apart(tree, output):
                sys.dont_write_bytecode = not keep
                code = command()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code & 0xFF)
    with suppress(OSError):
        os.setpgid(pid, pid)
    return Child(pid, output, begun, begun + timeout_s)


@contextmanager
def _apart(tree: Path, output: Path) -> Iterator[None]:
    with suppress(OSError):
        os.setpgid(0, 0)
    os.chdir(tree)
    os.environ["PYTHONPATH"] = str(tree)
    sys.path.insert(0, str(tree))
    importlib.invalidate_caches()
    handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    yield
