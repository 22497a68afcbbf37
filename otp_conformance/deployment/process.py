"""The system under test as a process of our own: start, watch, stop."""

from __future__ import annotations

import ctypes
import errno
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import urlsplit

from otp_conformance.calls.proxy import environment_proxies
from otp_conformance.commands import end_group, filled
from otp_conformance.deployment.masked_log import MaskedLog
from otp_conformance.errors import UnreadyError, UsageError
from otp_conformance.journal.masking import Masker
from otp_conformance.text import one_line

LOG_NAME = "sut.log"
_GRACE_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_USAGE_EXIT = 2  # by the test-control contract: bad usage or settings
_PORT_EXIT = 3  # by the same contract: the port is in use


@dataclass(frozen=True)
class StartPlan:
    """How to start it. ``command`` may hold {python}, {port}, {run_dir} and {work_dir}.

    ``env`` is the complete environment of the process, generated secrets
    included; ``port`` 0 leaves the choice to the system.
    """

    command: tuple[str, ...]
    ready_line: str
    ready_timeout_seconds: float
    env: Mapping[str, str]
    port: int = 0
    more_arguments: tuple[str, ...] = ()

    def arguments(self, run_dir: Path, work_dir: Path) -> list[str]:
        """Return the command line with its placeholders filled in.

        Only our own placeholders are replaced, so that braces elsewhere in
        a vendor's command stay what they are.
        """
        values = {
            "python": sys.executable,
            "port": str(self.port),
            "run_dir": str(run_dir.resolve()),
            "work_dir": str(work_dir.resolve()),
        }
        return [*(filled(part, values) for part in self.command), *self.more_arguments]


def generate_secrets(names: Sequence[str], masker: Masker) -> dict[str, str]:
    """Return a random value for each environment variable, known to the masker."""
    made = {name: secrets.token_urlsafe(24) for name in names}
    masker.add(*made.values())
    return made


def require_free_port(port: int, host: str = "127.0.0.1") -> None:
    """Raise `UsageError` when nothing can listen there, with the reason.

    The port may be taken or reserved, and the host no address of this machine.
    """
    if port == 0:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _unusable(port, host, error) from error


def _unusable(port: int, host: str, error: OSError) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return port_in_use(port)
    if error.errno in {errno.EACCES, errno.EPERM}:
        return UsageError(
            f"ポート {port} を使う権限がありません。1024 以上の番号を --port で指定してください。",
            f"No right to use port {port}. Give a --port of 1024 or more.",
        )
    why = error.strerror or str(error)
    return UsageError(
        f"{host} では待ち受けられません（{why}）。この機械のアドレスを --host で指定してください。",
        f"Nothing can listen on {host} ({why}). Give an address of this machine with --host.",
    )


def port_in_use(port: int) -> UsageError:
    """Return the one clear line for a port that is taken."""
    return UsageError(
        f"ポート {port} は使用中です。別の番号を --port で指定するか、"
        "--port 0 で空きポートを使ってください。",
        f"Port {port} is in use. Give another --port, or --port 0 for a free one.",
    )


def refuses_connections(base_url: str, timeout_seconds: float = 2.0) -> bool:
    """Tell whether nobody listens at an address any more.

    Only a refused connection counts: a name that cannot be resolved or a slow
    answer says nothing about the system itself, nor does the way past a proxy.
    """
    if environment_proxies().of(base_url):
        return False
    parts = urlsplit(base_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout_seconds).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


def end_with_parent() -> Callable[[], None] | None:
    """Return what makes a child end when this process is killed; None off Linux.

    A run that is killed outright cannot stop what it has started.
    """
    if not sys.platform.startswith("linux"):
        return None
    # Loaded here, not in the child: between fork and exec nothing may be imported.
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask


class SutProcess:
    """A started system; use as a context manager, so that it is always stopped.

    It gets a session of its own: Ctrl-C at the terminal is then ours to
    handle, and the whole process group can be ended with it.
    """

    def __init__(
        self,
        plan: StartPlan,
        run_dir: Path,
        masker: Masker,
        work_dir: Path | None = None,
        *,
        log_name: str = LOG_NAME,
    ) -> None:
        """Start it and wait for its READY line. ``work_dir``: for {work_dir}, else ``run_dir``.

        Its output goes, without secrets, to ``log_name`` in ``run_dir``.

        Raises `UnreadyError` when it ends or stays silent, `UsageError`
        when its command cannot be started or it refuses its settings.
        """
        self._log_path = run_dir / log_name
        self._folders = (run_dir, work_dir or run_dir)
        self._plan = plan
        self._masker = masker
        self._log_lock = threading.Lock()
        self._last_words = ""
        self._address = ""
        self._ready = threading.Event()
        self._log = MaskedLog(self._log_path, masker)
        try:
            self._process, self._readers = self._started(plan)
        except UsageError:
            self._log.close()
            raise
        try:
            self.base_url = self._wait_until_ready(plan)
        except BaseException:
            self.stop()
            raise

    def _started(
        self, plan: StartPlan
    ) -> tuple[subprocess.Popen[str], tuple[threading.Thread, ...]]:
        """Return the process and the threads that read what it says."""
        arguments = plan.arguments(*self._folders)
        self._write_log(f"$ {shlex.join(arguments)}\n")
        try:
            process = subprocess.Popen(  # noqa: S603 - the declaration's own command
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                env=dict(plan.env),
                start_new_session=True,
                preexec_fn=end_with_parent(),
            )
        except OSError as error:
            raise UsageError(
                f"宣言の sut.start.command を起動できません: {arguments[0]}（{error.strerror}）",
                f"sut.start.command of the declaration cannot be started: "
                f"{arguments[0]} ({error.strerror})",
            ) from error
        output = self._read(process.stdout, plan.ready_line)
        return process, (output, self._read(process.stderr, None))

    def restart(self) -> None:
        """End it and start it again at the same address, with the same data and secrets.

        Raises what starting it raises, and `UnreadyError` when it comes back elsewhere.
        """
        self._end()
        self._ready.clear()
        plan = replace(self._plan, port=urlsplit(self.base_url).port or self._plan.port)
        self._process, self._readers = self._started(plan)
        address = self._wait_until_ready(plan)
        if address != self.base_url:
            raise UnreadyError(
                f"検査対象が、再起動すると別のアドレスになりました（{self.base_url} → {address}）",
                f"The system came back at another address ({self.base_url}, now {address})",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Return the process's id."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return its exit code, or None while it lives."""
        return self._process.poll()

    def wait_for_exit(self, seconds: float) -> int | None:
        """Return its exit code, waiting a little for a process that is about to end."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """End it: SIGTERM, after ten seconds SIGKILL. Idempotent."""
        self._end()
        with self._log_lock:
            self._log.close()

    def _end(self) -> None:
        if self._process.poll() is None:
            end_group(self._process, signal.SIGTERM)
            try:
                self._process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                end_group(self._process, signal.SIGKILL)
                self._process.wait()
        for reader in self._readers:
            # A grandchild may hold the pipe open; the readers are daemons then.
            reader.join(timeout=1.0)

    def _wait_until_ready(self, plan: StartPlan) -> str:
        deadline = time.monotonic() + plan.ready_timeout_seconds
        while not self._ready.wait(0.05):
            code = self._process.poll()
            if code is not None:
                for reader in self._readers:
                    reader.join(timeout=1.0)
                if self._ready.is_set():
                    break
                raise self._ended_early(code, plan.port)
            if time.monotonic() > deadline:
                seconds = plan.ready_timeout_seconds
                raise UnreadyError(
                    f"検査対象が {seconds:g} 秒以内に準備完了（{plan.ready_line.strip()}）を"
                    f"知らせませんでした。記録: {self._log_path}",
                    f"The system did not report {plan.ready_line.strip()} within {seconds:g} s. "
                    f"Log: {self._log_path}",
                )
        return self._address

    def _ended_early(self, code: int, port: int) -> UnreadyError | UsageError:
        if code == _PORT_EXIT and port:
            return port_in_use(port)
        why = self._last_words or f"終了コード / exit code {code}"
        if code == _USAGE_EXIT:
            return UsageError(
                f"検査対象が設定を受け付けませんでした: {why}",
                f"The system refused its settings: {why}",
            )
        return UnreadyError(
            f"検査対象が起動できずに終了しました（終了コード {code}）: {why}。"
            f"記録: {self._log_path}",
            f"The system ended while starting (exit code {code}): {why}. Log: {self._log_path}",
        )

    def _read(self, stream: IO[str] | None, ready_line: str | None) -> threading.Thread:
        def pump() -> None:
            # Iteration gives whole lines, however piecemeal they arrive.
            for line in stream or ():
                if ready_line is not None and line.startswith(ready_line):
                    if not self._ready.is_set():
                        self._address = line.removeprefix(ready_line).strip().rstrip("/")
                        self._ready.set()
                elif line.strip():
                    self._last_words = one_line(self._masker.mask(line.strip()))
                self._write_log(line)

        thread = threading.Thread(target=pump, name="sut-output", daemon=True)
        thread.start()
        return thread

    def _write_log(self, line: str) -> None:
        with self._log_lock:
            if not self._log.closed:
                self._log.write(line)
