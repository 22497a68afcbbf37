"""Starting and stopping the bank as a process of its own."""

import json
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any, NoReturn

from cheroot import wsgi

from reference_impl.app import create_app
from reference_impl.clock import Clock, FrozenProcess, system_clock
from reference_impl.demo import seed_demo
from reference_impl.service import control
from reference_impl.service.bank import Bank, build_bank
from reference_impl.service.staff import StaffError
from reference_impl.settings import SettingsError, parse
from reference_impl.store.secrets import StoreError

EXIT_OK = 0
EXIT_USAGE = 2
EXIT_PORT = 3
THREADS = 8
# So many new connections may wait for a thread: else the system lets a crowd hang or resets it.
WAITING = 1024
LONGEST_HEADERS = 64 * 1024
SHUTDOWN_SECONDS = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bank until SIGTERM or SIGINT and return the exit code.

    0: stopped cleanly; 2: bad usage, settings or database; 3: the address is
    taken. Each error is one line on stderr.
    """
    try:
        settings = parse(sys.argv[1:] if arguments is None else arguments)
        clock: Clock = system_clock
        if settings.frozen_at is not None:
            # After all imports, before the first thread of the server.
            clock = FrozenProcess(settings.frozen_at)
        bank = build_bank(settings, clock)
        if settings.staff_id is not None:
            control.add_staff(bank, settings.staff_id, settings.staff_password)
        if settings.demo:
            _say("DEMO " + json.dumps(seed_demo(bank), ensure_ascii=False))
    except (SettingsError, StoreError, StaffError) as error:
        return _complain(str(error), EXIT_USAGE)
    return _serve(bank)


class _Server(wsgi.Server):  # type: ignore[misc, unused-ignore]
    """Remembers why an address could not be taken; the base class keeps a text only."""

    trouble: OSError | None = None

    def bind(self, family: Any, type: Any, proto: Any = 0) -> Any:  # noqa: A002, ANN401
        try:
            return super().bind(family, type, proto)
        except OSError as error:
            self.trouble = error
            raise


def _serve(bank: Bank) -> int:
    settings = bank.settings
    server = _Server(
        (settings.host, settings.port),
        create_app(bank),
        numthreads=THREADS,
        request_queue_size=WAITING,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    server.max_request_header_size = LONGEST_HEADERS
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        server.prepare()
        host, port = server.socket.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        _say(f"READY http://{shown}:{port}")
        server.serve()
    except OSError as error:
        cause = (server.trouble or error).strerror or str(error)
        where = f"{settings.host}:{settings.port}"
        return _complain(
            f"{where} で待ち受けられません（{cause}）。 / cannot listen on {where}: {cause}",
            EXIT_PORT,
        )
    except SystemExit:
        return EXIT_OK
    finally:
        server.stop()
    return EXIT_OK


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    # A second signal must not break into the shutdown that the first one began.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(EXIT_OK)


def _say(line: str) -> None:
    """Write one whole line at once: a parent process waits for it."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _complain(message: str, code: int) -> int:
    sys.stderr.write(" ".join(message.splitlines()) + "\n")
    return code
