"""Serves a WSGI application of the tests as a process of its own."""

from __future__ import annotations

import logging
import signal
import sys
from types import FrameType
from typing import Any, NoReturn

import waitress


def serve_until_stopped(application: Any, port: int, *, threads: int) -> int:
    """Print ``READY address`` and serve until SIGTERM or SIGINT; return the exit code.

    ``port`` 0: any free one.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        server = waitress.create_server(
            application, host="127.0.0.1", port=port, threads=threads, connection_limit=500
        )
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # of each that waits
        sys.stdout.write(f"READY http://127.0.0.1:{server.effective_port}\n")
        sys.stdout.flush()
        server.run()
    except SystemExit:
        return 0
    return 0


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
