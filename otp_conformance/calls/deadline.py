"""A time limit for a whole answer: its head and its body, however slowly they drip.

httpx's time-outs are for each single read; a server that sends one sign a second is never
late by them.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore


class Deadline:
    """Until when the answer under way must be complete; one request at a time."""

    def __init__(self) -> None:
        self._end = float("inf")

    def begin(self, seconds: float) -> None:
        """Begin a request that may take so many seconds."""
        self._end = time.monotonic() + seconds

    def left(self, seconds: float | None) -> float:
        """Return what is left, at most so many seconds. Raises `httpcore.ReadTimeout`."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole answer took too long")
        return left if seconds is None else min(left, seconds)


class LimitedNetwork(httpcore.NetworkBackend):
    """The network, no part of which takes longer than what is left."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect."""
        limit = self._deadline.left(timeout)
        stream = self._network.connect_tcp(host, port, limit, local_address, socket_options)
        return _Stream(stream, self._deadline)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        limit = self._deadline.left(timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, limit), self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore says
        return self._stream.get_extra_info(info)
