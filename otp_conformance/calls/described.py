"""Makes the HTTP calls that a vendor describes in the declaration."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, urljoin

import httpx

from otp_conformance.calls.access import NO_ACCESS, Access
from otp_conformance.calls.http import HttpClient, refusal
from otp_conformance.commands import filled
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.verdict.outcome import EnvironmentTrouble


def _json_inside(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


_ESCAPES: Mapping[str, Callable[[str], str]] = {
    "application/json": _json_inside,
    "application/x-www-form-urlencoded": quote_plus,
    "text/plain": str,
}


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
    cannot be verified (declared, for staging); ``access``: what the web server asks for.
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
        access: Access = NO_ACCESS,
        timeout_seconds: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base_url = base_url
        self._what = what
        self._key = key
        self._secret = secret
        self._client = HttpClient(
            allowed_hosts,
            any_certificate=any_certificate,
            access=access,
            timeout_seconds=timeout_seconds,
            transport=transport,
        )

    def send(self, call: HttpCall, values: Mapping[str, str]) -> httpx.Response:
        """Make a call and return its 2xx or 3xx answer.

        Raises `EnvironmentTrouble` (no answer, 5xx), `DeclarationMismatch` (host
        not allowed, address or key refused), `SetupFailed` (another 4xx).
        """
        address = urljoin(self._base_url, filled(call.url, values, lambda v: quote(v, safe="")))
        headers = {name: filled(text, values) for name, text in call.headers.items()}
        headers |= {name: self._secret(ref) for name, ref in call.secret_headers.items()}
        content = filled(call.body, values, _ESCAPES[call.content_type])
        if content:
            headers.setdefault("Content-Type", call.content_type)
        answer = self._client.ask(
            self._what, call.method, address, content=content.encode() or None, headers=headers
        )
        if refused := refusal(self._what, self._key, answer):
            raise refused
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
