"""The command by which each stranger is run: a port, and invented faults by name."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from http.server import ThreadingHTTPServer


def run(
    told: str | None,
    serve: Callable[[int, frozenset[str]], ThreadingHTTPServer],
    faults: Collection[str],
    port: int,
) -> None:
    """Run a bank until it is stopped; ``port``: unless another is asked for."""
    parser = argparse.ArgumentParser(description=told)
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument("--fault", action="append", default=[], choices=sorted(faults))
    given = parser.parse_args()
    server = serve(given.port, frozenset(given.fault))
    print(f"READY http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
