"""The wire under the agent without a browser: requests, redirects, and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import httpx

from otp_conformance.agent.exchange import Exchanges
from otp_conformance.agent.page import Cookie, FormRequest
from otp_conformance.calls import trouble
from otp_conformance.calls.access import NO_ACCESS, Access
from otp_conformance.calls.http import HttpClient, redirected

_METHOD_KEPT = {307, 308}
_MAX_REDIRECTS = 20
_ACCEPT = "text/html,*/*;q=0.8"


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
        access: Access = NO_ACCESS,
        locale: str = "ja-JP",
    ) -> None:
        self._claimed: dict[str, str] = {}
        self._client = HttpClient(
            allowed_hosts,
            any_certificate=any_certificate,
            access=access,
            timeout_seconds=timeout_seconds,
            headers={"Accept": _ACCEPT, "Accept-Language": f"{locale},ja;q=0.9"},
            transport=transport,
        )

    def forget_cookies(self) -> None:
        """Drop all cookies."""
        self._client.forget_cookies()

    def cookies(self) -> tuple[Cookie, ...]:
        """Return all cookies."""
        return tuple(
            Cookie(each.name, each.value or "", each.domain, each.path)
            for each in self._client.cookies.jar
        )

    def take_cookies(self, cookies: Sequence[Cookie]) -> None:
        """Remember these cookies and no others."""
        self._client.forget_cookies()
        for each in cookies:
            self._client.cookies.set(each.name, each.value, each.domain, each.path)

    def claim(self, headers: Mapping[str, str]) -> None:
        """Send these headers with every request from now on."""
        self._claimed = dict(headers)

    @contextmanager
    def across_sites(self) -> Iterator[None]:
        """Leave out, as browsers do from another site, the cookies marked SameSite.

        One without a mark goes along: not every browser takes it for marked.
        """
        jar = self._client.cookies.jar
        kept = [
            each
            for each in jar
            if str(each.get_nonstandard_attr("SameSite", "")).casefold() in ("lax", "strict")
        ]
        for each in kept:
            jar.clear(each.domain, each.path, each.name)
        try:
            yield
        finally:
            new = {(each.domain, each.path, each.name) for each in jar}
            for each in kept:
                if (each.domain, each.path, each.name) not in new:
                    jar.set_cookie(each)

    def close(self) -> None:
        """Close the connection. Idempotent."""
        self._client.close()

    def go(
        self,
        what: str,
        request: FormRequest,
        origin: str | None,
        charset: str,
        exchanges: Exchanges,
    ) -> Arrived:
        """Send a request and follow its redirects; each goes into ``exchanges``.

        ``origin``: address of the page that it comes from, None for none;
        ``charset``: that page's. Raises `EnvironmentTrouble` without a page,
        `DeclarationMismatch` for a host that is not allowed.
        """
        reads = request.method == "GET"
        for _ in range(_MAX_REDIRECTS):
            asked = exchanges.add(request.method, request.address, request.fields)
            answer = self._ask(what, request, origin, charset, reads=reads)
            asked.status = answer.status_code
            target = redirected(answer)
            if target is None:
                return Arrived(request, answer)
            kept = answer.status_code in _METHOD_KEPT
            request = FormRequest(
                request.method if kept else "GET", target, request.fields if kept else ()
            )
        raise trouble.redirected_for_ever(what, request.address)

    def _ask(
        self, what: str, request: FormRequest, origin: str | None, charset: str, *, reads: bool
    ) -> httpx.Response:
        encoded = urlencode(request.fields, encoding=charset, errors="xmlcharrefreplace")
        address, body = request.address, None
        headers = {**self._claimed, **_from_page(origin, request)}
        if request.method == "POST":
            body = encoded.encode("ascii")
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif encoded:
            address = f"{address}?{encoded}"
        return self._client.ask(
            what, request.method, address, content=body, headers=headers, reads=reads
        )


def _from_page(origin: str | None, request: FormRequest) -> dict[str, str]:
    """Return Origin and Referer as a browser sends them within one site."""
    if origin is None:
        return {}
    here, there = urlsplit(origin), urlsplit(request.address)
    headers = {"Origin": f"{here.scheme}://{here.netloc}"} if request.method == "POST" else {}
    if (here.scheme, here.netloc) == (there.scheme, there.netloc):
        headers["Referer"] = origin.partition("#")[0]
    return headers
