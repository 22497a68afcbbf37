"""One worker process as its owner sees it: started, given a turn, told to stop, ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO

from otp_conformance.deployment.process import end_with_parent
from otp_conformance.errors import SuiteFaultError, UnreadyError, UsageError
from otp_conformance.run import wire
from otp_conformance.verdict.exit_codes import ExitCode

_LAST_WORDS_SECONDS, _GRACE_SECONDS = 5.0, 15.0

Heard = Callable[[wire.Message], None]
"""Is told what a worker says while it is busy."""


class WorkerLostError(Exception):
    """A worker has ended in the middle of a turn; ``reason`` for readers of the journal."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class WorkerProcess:
    """A worker (`otp_conformance.run.worker`) that ends with the process that started it.

    `start`, `do` and `close` belong to one thread at a time; `order` and `stop` to any.
    """

    def __init__(self, setup: wire.Setup, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "otp_conformance.run.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # nobody masks it; a worker tells its faults itself
            env={**env, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            # Ctrl-C at the terminal is the run's to handle.
            start_new_session=True,
            preexec_fn=end_with_parent(),
        )
        assert self._process.stdout is not None  # noqa: S101 - opened as a pipe
        self._messages = wire.receive(self._process.stdout)
        self.order(setup)

    @property
    def _orders(self) -> IO[bytes]:
        assert self._process.stdin is not None  # noqa: S101 - opened as a pipe
        return self._process.stdin

    def order(self, message: wire.Message) -> None:
        """Tell it something; that it has ended is heard of elsewhere."""
        with suppress(OSError, ValueError):
            wire.send(self._orders, message)

    def start(self, heard: Heard) -> wire.Ready:
        """Wait until it is ready.

        Raises `UsageError`, `UnreadyError` or `SuiteFaultError` in its words when it is not.
        """
        for message in self._messages:
            match message:
                case wire.Ready():
                    return message
                case wire.Unready():
                    raise unready(message)
                case _:
                    heard(message)
        code = self._exit_code()
        raise SuiteFaultError(
            f"ワーカーが起動できずに終了しました（終了コード {code}）。",
            f"A worker ended while starting (exit code {code}).",
        )

    def do(self, order: wire.Do, heard: Heard) -> wire.Done:
        """Have a turn carried out. Raises `WorkerLostError`."""
        self.order(order)
        for message in self._messages:
            if isinstance(message, wire.Done):
                return message
            heard(message)
        code = self._exit_code()
        raise WorkerLostError(f"シナリオを実施していたワーカーが終了しました（終了コード {code}）")

    def stop(self) -> None:
        """Tell it to end what it is doing soon."""
        with suppress(OSError):
            self._process.terminate()

    def _exit_code(self) -> int:
        """Return how it ended, which says nothing any more; one that lives on is ended."""
        try:
            return self._process.wait(_LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def let_go(self) -> None:
        """Close its stdin, which it ends with."""
        with suppress(OSError):
            self._orders.close()

    def close(self) -> None:
        """End it: by its stdin, after a while by force. Idempotent."""
        self.let_go()
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def unready(message: wire.Unready) -> Exception:
    """Return the error behind a worker that could not begin."""
    if message.exit_code == ExitCode.USAGE:
        return UsageError(message.ja, message.en)
    if message.exit_code == ExitCode.SUITE_FAULT:
        return SuiteFaultError(message.ja, message.en)
    return UnreadyError(message.ja, message.en)
