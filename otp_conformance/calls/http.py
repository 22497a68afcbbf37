"""The one HTTP client, and the words for what goes wrong with it.

Test control, described calls, the look whether a site is there and the agent without a
browser all ask through it.

Hosts, time-outs, proxies, certificates, redirects and the words for what goes wrong
are decided here and nowhere else.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import urljoin

import httpx

from otp_conformance.calls import trouble
from otp_conformance.calls.access import NO_ACCESS, Access
from otp_conformance.calls.deadline import Deadline, LimitedNetwork
from otp_conformance.calls.proxy import environment_proxies
from otp_conformance.verdict.outcome import (
    DeclarationMismatch,
    EnvironmentTrouble,
    Outcome,
    SetupFailed,
)

MOST_BYTES = 8_000_000
"""How large an answer may be, unpacked; no page of customers comes near."""

# What is true of the answer on the wire only.
_OF_THE_WIRE = ("content-encoding", "transfer-encoding", "content-length")
_REDIRECTS = (301, 302, 303, 307, 308)
_CLIENT_ERROR, _SERVER_ERROR = 400, 500
_KEY_REFUSED = (401, 403)
_NOT_THERE = (404, 405, 501)


@cache
def _certificates() -> ssl.SSLContext:
    """Return the machine's trusted certificates; reading them takes a tenth of a second."""
    return ssl.create_default_context()


def _verification(access: Access, *, any_certificate: bool) -> ssl.SSLContext | bool:
    """Return how certificates are looked at, and what is shown of one's own."""
    if access.certificate is None:
        return False if any_certificate else _certificates()
    context = ssl.create_default_context()
    if any_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    access.certificate.load_into(context)
    return context


class _ThroughProxies(httpx.BaseTransport):
    """Sends each request through the proxy that the environment names for its address."""

    def __init__(self, verify: ssl.SSLContext | bool, deadline: Deadline) -> None:
        self._verify = verify
        self._network = LimitedNetwork(deadline)
        self._proxies = environment_proxies()
        self._ways: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises `httpx.ProxyError` for a proxy that cannot be used."""
        proxy = self._proxies.of(str(request.url))
        if proxy not in self._ways:
            try:
                way = httpx.HTTPTransport(verify=self._verify, proxy=proxy or None)
            except (ValueError, ImportError) as error:  # another scheme, or one not installed
                raise httpx.ProxyError(str(error)) from None
            # httpx passes every option of httpcore's on, but not this one.
            way._pool._network_backend = self._network  # noqa: SLF001
            self._ways[proxy] = way
        return self._ways[proxy].handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        for way in self._ways.values():
            way.close()


class HttpClient:
    """Asks one system, allowed hosts only (``*`` is a wildcard). Keeps cookies.

    ``any_certificate``: accept those that cannot be verified (declared, for staging),
    else the machine's trusted ones count. The environment's proxy is asked, but never
    for this machine itself. ``access``: what the web server asks for. No redirect is
    followed: see `redirected`.
    """

    def __init__(
        self,
        allowed_hosts: Iterable[str],
        *,
        any_certificate: bool = False,
        access: Access = NO_ACCESS,
        timeout_seconds: float = 30.0,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._hosts = tuple(allowed_hosts)
        self._access = access
        self._timeout_seconds = timeout_seconds
        self._deadline = Deadline()
        self._led_to = ""
        verify = _verification(access, any_certificate=any_certificate)
        self._client = httpx.Client(
            timeout=timeout_seconds,
            transport=transport or _ThroughProxies(verify, self._deadline),
            trust_env=False,
            follow_redirects=False,
            headers=headers,
            event_hooks={"response": [self._note_redirect]},
        )

    def _note_redirect(self, answer: httpx.Response) -> None:
        """Take note of where a redirect leads: httpx itself fails at an address of no site."""
        self._led_to = answer.headers.get("location", "") if _redirects(answer) else ""

    def ask(
        self,
        what: str,
        method: str,
        address: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        reads: bool = False,
    ) -> httpx.Response:
        """Make one request and return its whole answer, whatever the status.

        ``what``: how it is called in messages; ``reads``: it changes nothing at the
        system, so that a trouble may be one that passes (`PassingTrouble`). Raises
        `EnvironmentTrouble` without an answer, `DeclarationMismatch` for a host that
        is not allowed.
        """
        if not trouble.host_allowed(address, self._hosts):
            raise trouble.host_refused(what, address)
        self._led_to = ""
        self._deadline.begin(self._timeout_seconds)
        try:
            request = self._client.build_request(method, address, content=content, headers=headers)
            auth = self._auth(address, headers)
            return self._whole(what, self._client.send(request, auth=auth, stream=True))
        except httpx.TimeoutException as error:
            raise trouble.timed_out(what, address, self._timeout_seconds) from error
        except httpx.HTTPError as error:
            self._refuse_redirect(what, address)
            raise _unanswered(what, address, error, reads=reads) from error
        except (httpx.InvalidURL, UnicodeError) as error:  # no host can be called so
            self._refuse_redirect(what, address)
            raise trouble.unreachable(what, address, "アドレスが正しくありません") from error

    def _refuse_redirect(self, what: str, address: str) -> None:
        """Raise `DeclarationMismatch` where the answer led to an address of no site."""
        if self._led_to and not trouble.is_of_the_web(urljoin(address, self._led_to)):
            raise trouble.host_refused(what, self._led_to)

    def _whole(self, what: str, answer: httpx.Response) -> httpx.Response:
        """Return an answer with its body, read to its end and no further than is sensible."""
        body = bytearray()
        try:
            for part in answer.iter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise trouble.too_much(what, str(answer.url), MOST_BYTES)
        finally:
            answer.close()
        kept = [(k, v) for k, v in answer.headers.multi_items() if k not in _OF_THE_WIRE]
        return httpx.Response(
            answer.status_code, headers=kept, content=bytes(body), request=answer.request
        )

    def _auth(self, address: str, headers: Mapping[str, str] | None) -> httpx.BasicAuth | None:
        """Return what the web server itself asks for, unless a call has its own."""
        own = any(name.lower() == "authorization" for name in headers or ())
        if own or not self._access.user or not self._access.covers(address):
            return None
        return httpx.BasicAuth(self._access.user, self._access.password)

    @property
    def cookies(self) -> httpx.Cookies:
        """All cookies; they may be secret."""
        return self._client.cookies

    def forget_cookies(self) -> None:
        """Drop all cookies."""
        self._client.cookies.clear()

    def close(self) -> None:
        """Close the connections. Idempotent."""
        self._client.close()


def redirected(answer: httpx.Response) -> str | None:
    """Return the absolute address that an answer leads on to, None where it does not."""
    return urljoin(str(answer.url), answer.headers["location"]) if _redirects(answer) else None


def _redirects(answer: httpx.Response) -> bool:
    return answer.status_code in _REDIRECTS and "location" in answer.headers


def refusal(
    what: str, key: str, answer: httpx.Response, *, message: str = "", known: bool = False
) -> Outcome | None:
    """Return the outcome for an answer that refuses a call, None for one that does not.

    ``key``: the table of the declaration that has the call's address and secret;
    ``message``: what the system says itself; ``known``: the address is right, and what
    is not there (404) is something that the call was about.
    """
    status, address = answer.status_code, str(answer.request.url)
    if status < _CLIENT_ERROR:
        return None
    if status >= _SERVER_ERROR and status not in _NOT_THERE:
        return trouble.server_error(what, address, status)
    observed = f"HTTP {status}（{message}）" if message else f"HTTP {status}"
    asked = f"{what}：{answer.request.method} {trouble.shown(address)} が"
    if status in _KEY_REFUSED:
        return DeclarationMismatch(
            expected=f"{asked}宣言の鍵で受け付けられること",
            observed=observed,
            hint=f"宣言の {key} の鍵と、アドレスを確かめてください。",
        )
    if status in _NOT_THERE and not known:
        return DeclarationMismatch(
            expected=f"{asked}あること",
            observed=observed,
            hint=f"宣言の {key} のアドレスと、検査対象の起動オプションを確かめてください。",
        )
    return SetupFailed(
        expected=f"{asked}受け付けられること",
        observed=observed,
        hint="検査対象の状態と宣言の値が合っているか確かめてください。",
    )


def _unanswered(
    what: str, address: str, error: httpx.HTTPError, *, reads: bool
) -> EnvironmentTrouble:
    """Return the outcome for a request without answer; each cause has its own remedy."""
    proxy = environment_proxies().of(address)
    if proxy and isinstance(error, httpx.ConnectError | httpx.ProxyError):
        return trouble.proxy_unusable(what, address, proxy, str(error) or type(error).__name__)
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return trouble.untrusted_certificate(what, address, cause.verify_message)
        if isinstance(cause, ssl.SSLError):
            return trouble.unreachable(
                what, address, f"TLS の接続ができません: {cause.reason or cause}"
            )
        if isinstance(cause, socket.gaierror):
            return trouble.no_such_name(what, address)
    # Refused or broken off: this may be better in a moment.
    passing = reads and isinstance(error, (httpx.NetworkError, httpx.RemoteProtocolError))
    refused = any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error))
    detail = "接続が拒否されました。起動していません" if refused else type(error).__name__
    return trouble.unreachable(what, address, detail, passing=passing)


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__
