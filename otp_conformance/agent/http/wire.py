"""The wire under the agent without a browser: requests, redirects, and what can go wrong."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from otp_conformance.agent.page import FormRequest
from otp_conformance.calls import trouble

_REDIRECTS = {301, 302, 303, 307, 308}
_METHOD_KEPT = {307, 308}
_MAX_REDIRECTS = 20
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# Certificate and name stay wrong, however often one asks.
_LASTING = (ssl.SSLError, socket.gaierror)


@cache
def _certificates() -> ssl.SSLContext:
    """Return the machine's trusted certificates; reading them takes a tenth of a second."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Arrived:
    """Where a request led: the last answer, and the request that it answers."""

    request: FormRequest
    answer: httpx.Response


class Wire:
    """One person's connection: cookies, allowed hosts, patience (seconds)."""

    def __init__(
        self,
        allowed_hosts: Sequence[str],
        *,
        timeout_seconds: float,
        transport: httpx.BaseTransport | None = None,
        any_certificate: bool = False,
        locale: str = "ja-JP",
    ) -> None:
        self._allowed_hosts = tuple(allowed_hosts)
        self._timeout_seconds = timeout_seconds
        local = set(self._allowed_hosts) <= _LOOPBACK
        self._client = httpx.Client(
            timeout=timeout_seconds,
            transport=transport,
            trust_env=not local,
            verify=False if any_certificate else _certificates(),
            headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": f"{locale},ja;q=0.9"},
        )

    def forget_cookies(self) -> None:
        """Drop all cookies."""
        self._client.cookies.clear()

    def close(self) -> None:
        """Close the connection. Idempotent."""
        self._client.close()

    def go(self, what: str, request: FormRequest, origin: str | None, charset: str) -> Arrived:
        """Send a request and follow its redirects.

        ``origin``: address of the page that it comes from, None for none;
        ``charset``: that page's. Raises `EnvironmentTrouble` without an answer,
        `DeclarationMismatch` for a host that is not allowed.
        """
        reads = request.method == "GET"
        for _ in range(_MAX_REDIRECTS):
            answer = self._ask(what, request, origin, charset, reads=reads)
            if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
                break
            target = urljoin(str(answer.url), answer.headers["location"])
            kept = answer.status_code in _METHOD_KEPT
            request = FormRequest(
                request.method if kept else "GET", target, request.fields if kept else ()
            )
        return Arrived(request, answer)

    def _ask(
        self, what: str, request: FormRequest, origin: str | None, charset: str, *, reads: bool
    ) -> httpx.Response:
        if not trouble.host_allowed(request.address, self._allowed_hosts):
            raise trouble.host_refused(what, request.address)
        encoded = urlencode(request.fields, encoding=charset, errors="xmlcharrefreplace")
        address, body, headers = request.address, None, _from_page(origin, request)
        if request.method == "POST":
            body = encoded.encode("ascii")
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif encoded:
            address = f"{address}?{encoded}"
        try:
            return self._client.request(request.method, address, content=body, headers=headers)
        except httpx.TimeoutException as error:
            raise trouble.timed_out(what, address, self._timeout_seconds) from error
        except httpx.HTTPError as error:
            passing = reads and _passing(error)
            raise trouble.unreachable(
                what, address, type(error).__name__, passing=passing
            ) from error
        except httpx.InvalidURL as error:
            raise trouble.unreachable(what, address, "アドレスが正しくありません") from error


def _from_page(origin: str | None, request: FormRequest) -> dict[str, str]:
    """Return Origin and Referer as a browser sends them within one site."""
    if origin is None:
        return {}
    here, there = urlsplit(origin), urlsplit(request.address)
    headers = {"Origin": f"{here.scheme}://{here.netloc}"} if request.method == "POST" else {}
    if (here.scheme, here.netloc) == (there.scheme, there.netloc):
        headers["Referer"] = origin.partition("#")[0]
    return headers


def _passing(error: httpx.HTTPError) -> bool:
    """Tell whether a connection was refused or broke off, which may be better in a moment."""
    if not isinstance(error, (httpx.NetworkError, httpx.RemoteProtocolError)):
        return False
    return not any(isinstance(cause, _LASTING) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__
