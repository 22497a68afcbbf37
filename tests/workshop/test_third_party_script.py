"""scripts/third-party.sh with a product and a suite that are stand-ins."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The server and a worker of its own, both of which must be gone in the end.
SERVE = """#!/bin/sh
cd "$(dirname "$0")"
echo $$ > pids
sleep 300 & echo $! >> pids
{server}
"""
LISTEN = "exec {python} -m http.server {port} --bind 127.0.0.1"
SUITE = """#!/bin/sh
echo "$1" >> "$0.calls"
case $1 in check) exit {check} ;; run) {during}; exit {run} ;; esac
"""


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Place:
    """A folder with the script and everything that it calls."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        (folder / "scripts").mkdir()
        shutil.copy(ROOT / "scripts" / "third-party.sh", folder / "scripts")
        self.product = folder / "third_party" / "toy"
        self.product.mkdir(parents=True)
        (folder / "third_party" / ".state" / "toy").mkdir(parents=True)
        declarations = folder / "fixtures" / "declarations" / "third-party"
        declarations.mkdir(parents=True)
        (declarations / "toy.toml").write_text(f'base_url = "http://127.0.0.1:{port}/"\n')
        (folder / "bin").mkdir()
        (folder / "bin" / "python").symlink_to(sys.executable)
        self.write(self.product / "setup.sh", "#!/bin/sh\n")
        self.serve(LISTEN.format(python=sys.executable, port=port))
        self.suite()

    def write(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def serve(self, server: str) -> None:
        self.write(self.product / "serve.sh", SERVE.format(server=server))

    def suite(self, check: int = 0, run: int = 0, during: str = ":") -> None:
        text = SUITE.format(check=check, run=run, during=during)
        self.write(self.folder / "bin" / "otp-conformance", text)

    def run(self, *products: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", str(self.folder / "scripts" / "third-party.sh"), *products],
            capture_output=True,
            text=True,
            env={**os.environ, "BIN": str(self.folder / "bin"), **environment},
            stdin=subprocess.DEVNULL,
            timeout=120,
        )

    def left(self) -> list[str]:
        """Return the server's processes that still live."""
        pids = (self.product / "pids").read_text().split()
        return [pid for pid in pids if Path(f"/proc/{pid}").exists() and not _is_zombie(pid)]

    def calls(self) -> list[str]:
        calls = self.folder / "bin" / "otp-conformance.calls"
        return calls.read_text().split() if calls.exists() else []


def _is_zombie(pid: str) -> bool:
    """Tell whether a process has ended and only waits to be collected."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.fixture
def place(tmp_path, port) -> Place:
    return Place(tmp_path, port)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Linux only")


@needs_proc
@pytest.mark.parametrize(
    ("run", "code"), [(0, 0), (1, 0), (3, 0), (2, 2), (4, 4), (130, 130)], ids=str
)
def test_a_run_that_was_carried_out_is_enough_and_the_servers_are_gone(place, run, code):
    place.suite(check=3, run=run)
    done = place.run("toy")
    assert done.returncode == code, done.stderr
    assert place.calls() == ["check", "run"]
    assert place.left() == []


@needs_proc
def test_a_declaration_that_does_not_fit_ends_before_the_run(place):
    place.suite(check=2)
    done = place.run("toy")
    assert done.returncode == 2
    assert "does not fit" in done.stderr
    assert place.calls() == ["check"]
    assert place.left() == []


@needs_proc
def test_a_server_that_dies_during_the_run_is_told(place):
    place.suite(run=3, during=f"kill $(head -n 1 {place.product}/pids); sleep 1")
    done = place.run("toy")
    assert done.returncode == 2
    assert "died" in done.stderr


def test_a_server_that_does_not_start_is_told(place):
    place.serve("kill %1; exit 1")
    done = place.run("toy")
    assert done.returncode == 2
    assert "did not start" in done.stderr
    assert place.calls() == []


def test_a_setup_that_fails_is_told(place):
    place.write(place.product / "setup.sh", "#!/bin/sh\necho 'needs root' >&2\nexit 2\n")
    done = place.run("toy")
    assert done.returncode == 2
    assert "needs root" in done.stderr
    assert "could not be set up" in done.stderr


def test_somebody_elses_server_is_not_taken_for_ours(place, port):
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()  # it listens now
        done = place.run("toy")
        other.kill()
    assert done.returncode == 2
    assert "in use" in done.stderr


@pytest.mark.parametrize(
    ("products", "environment", "word"),
    [(["nothing"], {}, 'no product "nothing"'), (["toy"], {"BIN": "/nowhere"}, "is missing")],
)
def test_bad_usage_is_told(place, products, environment, word):
    done = place.run(*products, **environment)
    assert done.returncode == 2
    assert word in done.stderr
