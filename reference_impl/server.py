"""Starting and stopping the bank as a process of its own."""

import json
import logging
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from reference_impl.app import create_app
from reference_impl.clock import Clock, FrozenProcess, system_clock
from reference_impl.demo import seed_demo
from reference_impl.service import control
from reference_impl.service.bank import Bank, build_bank
from reference_impl.service.staff import StaffError
from reference_impl.settings import SettingsError, parse
from reference_impl.staff import MAX_STOCK_BYTES
from reference_impl.store.secrets import StoreError

EXIT_OK = 0
EXIT_USAGE = 2
EXIT_PORT = 3
THREADS = 4
# The listening socket is asked for as many new connections as may wait for their turn.
WAITING = 1024
#: Connections at a time; the others wait. Each needs a file descriptor (often 1024 in all).
CONNECTIONS = 800
LONGEST_HEADERS = 32 * 1024
SECONDS_IDLE = 30
SECONDS_FOR_A_REQUEST = 30


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


class Server(TcpWSGIServer):  # type: ignore[misc, unused-ignore]
    """Takes in requests whole before a thread has to do with them, by one loop for all.

    Hence slow connections hold nobody up. waitress itself ends those that are silent.
    """

    def __init__(self, bank: Bank) -> None:
        """Listen. OSError or ValueError if the address cannot be had."""
        settings = bank.settings
        chosen = Adjustments(
            host=settings.host,
            port=settings.port,
            threads=THREADS,
            backlog=WAITING,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,  # select() knows no descriptor above 1023
            channel_timeout=SECONDS_IDLE,
            cleanup_interval=1,
            max_request_header_size=LONGEST_HEADERS,
            max_request_body_size=2 * MAX_STOCK_BYTES,  # what is little too large gets our page
            log_socket_errors=False,  # whoever breaks off is no trouble of ours
            url_scheme="https" if settings.behind_tls else "http",
            ident="",
        )
        super().__init__(create_app(bank), adj=chosen)

    def maintenance(self, now: float) -> None:
        """End what is silent, and what drips: the whole request must be there in time."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.request is not None:
                begun = vars(channel.request).setdefault("first_seen", now)
                channel.will_close |= now - begun > SECONDS_FOR_A_REQUEST


def _serve(bank: Bank) -> int:
    # It tells of every request that waits for a thread.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        server = Server(bank)
        host, port = server.socket.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        _say(f"READY http://{shown}:{port}")
        server.run()
        server.close()
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        where = f"{bank.settings.host}:{bank.settings.port}"
        return _complain(
            f"{where} で待ち受けられません（{cause}）。 / cannot listen on {where}: {cause}",
            EXIT_PORT,
        )
    except SystemExit:
        return EXIT_OK
    finally:
        bank.store.close()
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
