"""Makes the HTTP calls that a vendor describes in the declaration."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, urljoin

import httpx

from otp_conformance.calls import trouble
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, SetupFailed

_CLIENT_ERROR, _SERVER_ERROR = 400, 500
_KEY_REFUSED = (401, 403)
_NOT_THERE = (404, 405, 501)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _json_inside(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _as_is(value: str) -> str:
    return value


_ESCAPES: Mapping[str, Callable[[str], str]] = {
    "application/json": _json_inside,
    "application/x-www-form-urlencoded": quote_plus,
    "text/plain": _as_is,
}


def filled(template: str, values: Mapping[str, str], escape: Callable[[str], str]) -> str:
    """Return a template with each known ``{name}`` replaced; other braces stay as they are.

    A JSON body is full of braces, so only names that the caller gives count.
    """
    return _PLACEHOLDER.sub(
        lambda found: escape(values[found[1]]) if found[1] in values else found[0], template
    )


def member(answer: Any, path: str) -> Any:  # noqa: ANN401 - JSON is anything
    """Return the part of a JSON answer at a dotted path; empty: the whole.

    Raises `KeyError`, `IndexError` or `TypeError` when it is not there.
    """
    for name in (n for n in path.split(".") if n):
        answer = answer[int(name)] if isinstance(answer, list) else answer[name]
    return answer


class HttpCaller:
    """Carries described calls out, to allowed hosts only.

    ``what``: how the other side is called in messages; ``key``: the table of
    the declaration that describes the calls; ``secret``: resolves a reference
    (and registers the value for masking); ``any_certificate``: accept those that
    cannot be verified (declared, for staging).
    """

    def __init__(
        self,
        base_url: str,
        allowed_hosts: Iterable[str],
        *,
        what: str,
        key: str,
        secret: Callable[[str], str],
        any_certificate: bool = False,
        timeout_seconds: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base_url = base_url
        self._hosts = tuple(allowed_hosts)
        self._what = what
        self._key = key
        self._secret = secret
        self._timeout_seconds = timeout_seconds
        self._client = httpx.Client(
            timeout=timeout_seconds,
            verify=not any_certificate,
            trust_env=False,
            transport=transport,
            follow_redirects=False,
        )

    def send(self, call: HttpCall, values: Mapping[str, str]) -> httpx.Response:
        """Make a call and return its 2xx or 3xx answer.

        Raises `EnvironmentTrouble` (no answer, 5xx), `DeclarationMismatch` (host
        not allowed, address or key refused), `SetupFailed` (another 4xx).
        """
        address = urljoin(self._base_url, filled(call.url, values, lambda v: quote(v, safe="")))
        if not trouble.host_allowed(address, self._hosts):
            raise trouble.host_refused(self._what, address)
        headers = {name: filled(text, values, _as_is) for name, text in call.headers.items()}
        headers |= {name: self._secret(ref) for name, ref in call.secret_headers.items()}
        content = filled(call.body, values, _ESCAPES[call.content_type])
        if content:
            headers.setdefault("Content-Type", call.content_type)
        try:
            answer = self._client.request(
                call.method, address, headers=headers, content=content.encode() or None
            )
        except httpx.TimeoutException as error:
            raise trouble.timed_out(self._what, address, self._timeout_seconds) from error
        except httpx.HTTPError as error:
            raise trouble.unreachable(self._what, address, type(error).__name__) from error
        self._judge(call, answer)
        return answer

    def json(self, call: HttpCall, values: Mapping[str, str]) -> Any:  # noqa: ANN401
        """Make a call and return its JSON answer; see `send` for what it raises."""
        answer = self.send(call, values)
        try:
            return answer.json()
        except ValueError as error:
            raise self.unreadable("JSON ではありません") from error

    def unreadable(self, detail: str) -> EnvironmentTrouble:
        """Return the outcome for an answer that is not as declared."""
        return EnvironmentTrouble(
            expected=f"{self._what}が宣言の形で答えること",
            observed=f"応答を読めません（{detail}）",
            hint=f"宣言の {self._key} と、実際の応答の形を比べてください。",
        )

    def close(self) -> None:
        """Close the connections. Idempotent."""
        self._client.close()

    def _judge(self, call: HttpCall, answer: httpx.Response) -> None:
        status = answer.status_code
        if status < _CLIENT_ERROR:
            return
        if status >= _SERVER_ERROR and status not in _NOT_THERE:
            raise trouble.server_error(self._what, str(answer.request.url), status)
        where = f"{call.method} {trouble.shown(str(answer.request.url))}"
        if status in _KEY_REFUSED or status in _NOT_THERE:
            raise DeclarationMismatch(
                expected=f"{self._what}：{where} が受け付けられること",
                observed=f"HTTP {status}",
                hint=f"宣言の {self._key} のアドレスと鍵を確かめてください。",
            )
        raise SetupFailed(
            expected=f"{self._what}：{where} が受け付けられること",
            observed=f"HTTP {status}",
            hint="検査対象の状態と宣言の値が合っているか確かめてください。",
        )
