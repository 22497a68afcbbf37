"""Is the site there, and if not, why: asked once before anything else is.

Most wrong verdicts begin with a wrong address. What is told apart here is what
a vendor puts right in different places: name, port, certificate, redirect,
server, network.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import httpx

from otp_conformance.calls import trouble
from otp_conformance.calls.http import HttpClient, redirected
from otp_conformance.verdict.outcome import DeclarationMismatch

SLOW_SECONDS = 5.0
"""From here on an answer is worth a word: customers would not wait either."""

_MOST_REDIRECTS = 10
_SERVER_ERROR = 500
_WHAT = "検査対象の入口"


@dataclass(frozen=True)
class Reached:
    """The entrance answered. ``seconds``: until the last answer of the way there."""

    address: str
    status: int
    seconds: float

    @property
    def slow(self) -> bool:
        """Whether the answer took longer than customers would wait."""
        return self.seconds >= SLOW_SECONDS


def reach(
    base_url: str,
    allowed_hosts: Sequence[str],
    *,
    any_certificate: bool = False,
    timeout_seconds: float = 30.0,
    transport: httpx.BaseTransport | None = None,
    timer: Callable[[], float] = time.perf_counter,
) -> Reached:
    """Ask for the entrance and follow its redirects within the allowed hosts.

    Raises `EnvironmentTrouble` (nobody there, no such name, no answer in time,
    certificate, 5xx) and `DeclarationMismatch` (redirect to a host that is not
    declared, or in circles).
    """
    client = HttpClient(
        allowed_hosts,
        any_certificate=any_certificate,
        timeout_seconds=timeout_seconds,
        transport=transport,
    )
    address, begun = base_url, timer()
    with closing(client):
        for _ in range(_MOST_REDIRECTS + 1):
            answer = client.ask(_WHAT, "GET", address)
            target = redirected(answer)
            if target is None:
                break
            address = target
        else:
            raise DeclarationMismatch(
                expected=f"{_WHAT}：{trouble.shown(base_url)} から画面に着くこと",
                observed=f"転送が {_MOST_REDIRECTS} 回を超えて続きます",
                hint="sut.base_url を、転送の行き着く先のアドレスにしてください。",
            )
    if answer.status_code >= _SERVER_ERROR:
        raise trouble.server_error(_WHAT, address, answer.status_code)
    return Reached(address, answer.status_code, timer() - begun)
