"""Makes fast agents (port `UserAgents`)."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from otp_conformance.agent.http.agent import HttpAgent
from otp_conformance.agent.http.wire import Wire


class HttpAgents:
    """A fresh connection and cookie jar for every person.

    ``allowed_hosts``: the only hosts that may be contacted (declaration
    ``sut.allowed_hosts``). ``transport``: for a WSGI application in this
    process, `httpx.WSGITransport`; otherwise the network. ``any_certificate``:
    take those that cannot be verified, too (declared, for staging).
    """

    def __init__(
        self,
        allowed_hosts: Sequence[str],
        *,
        any_certificate: bool = False,
        locale: str = "ja-JP",
        timeout_seconds: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._allowed_hosts = tuple(allowed_hosts)
        self._timeout_seconds = timeout_seconds
        self._any_certificate = any_certificate
        self._locale = locale
        self._transport = transport
        self._made: list[HttpAgent] = []

    def product(self) -> str:
        """Return the client's name and version, for the head of a report."""
        return f"httpx {httpx.__version__}"

    def new(self) -> HttpAgent:
        """Return a fresh client without cookies."""
        wire = Wire(
            self._allowed_hosts,
            timeout_seconds=self._timeout_seconds,
            transport=self._transport,
            any_certificate=self._any_certificate,
            locale=self._locale,
        )
        agent = HttpAgent(wire)
        self._made.append(agent)
        return agent

    def close(self) -> None:
        """Close every client. Idempotent."""
        for agent in self._made:
            agent.close()
        self._made.clear()
