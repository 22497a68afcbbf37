"""Serves a WSGI application of the tests as a process of its own."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Any, NoReturn

from cheroot import wsgi


def serve_until_stopped(
    application: Any, port: int, *, threads: int, shutdown_seconds: float
) -> int:
    """Print ``READY address`` and serve until SIGTERM or SIGINT; return the exit code.

    ``port`` 0: any free one.
    """
    server = wsgi.Server(
        ("127.0.0.1", port), application, numthreads=threads, shutdown_timeout=shutdown_seconds
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        server.prepare()
        sys.stdout.write(f"READY http://127.0.0.1:{server.socket.getsockname()[1]}\n")
        sys.stdout.flush()
        server.serve()
    except SystemExit:
        return 0
    finally:
        server.stop()
    return 0


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
