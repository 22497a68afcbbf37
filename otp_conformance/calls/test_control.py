"""Client of the test-control API, version 1.

The one way into a system under test besides its screens. Any vendor may
implement it in a staging system.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import httpx

from otp_conformance.calls import trouble
from otp_conformance.verdict.outcome import (
    DeclarationMismatch,
    EnvironmentTrouble,
    Outcome,
    SetupFailed,
)

KEY_HEADER = "X-Test-Control-Key"
_WHAT = "試験制御API"
_CLIENT_ERROR, _SERVER_ERROR = 400, 500
_KEY_REFUSED = (401, 403)
_NOT_THERE = (404, 405, 501)


@dataclass(frozen=True)
class SutStatus:
    """What the system says about itself."""

    product: str
    version: str
    now: datetime
    steerable: bool
    software_tokens: bool


class TestControl:
    """Speaks to ``{base_url}{path}`` with the shared key.

    ``any_certificate``: accept those that cannot be verified (declared, for staging).

    Every call raises `EnvironmentTrouble` when the other side cannot be reached,
    answers with 5xx or with something else than this API; `DeclarationMismatch`
    when the key or the path is refused; `SetupFailed` when the system refuses
    the request itself (its message is passed on).
    """

    __test__ = False  # not a test class, whatever its name makes pytest think

    def __init__(
        self,
        base_url: str,
        path: str,
        key: str,
        *,
        any_certificate: bool = False,
        timeout_seconds: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._client = httpx.Client(
            verify=not any_certificate,
            base_url=urljoin(base_url, path),
            headers={KEY_HEADER: key},
            timeout=timeout_seconds,
            # The API lives on loopback only: a proxy of the environment is not asked.
            trust_env=False,
            transport=transport,
        )
        self._timeout_seconds = timeout_seconds

    def close(self) -> None:
        """Close the connection. Idempotent."""
        self._client.close()

    # -- calls ---------------------------------------------------------------

    def status(self) -> SutStatus:
        """Return product, version, time and abilities of the system."""
        raw = self.call("GET", "status")
        with reading("status"):
            return SutStatus(
                product=str(raw["product"]),
                version=str(raw["version"]),
                now=_moment(raw["now"]),
                steerable=bool(raw["steerable"]),
                software_tokens=bool(raw["software_tokens"]),
            )

    def now(self) -> datetime:
        """Return the SUT's time, aware, in whatever zone it gives."""
        with reading("clock"):
            return _moment(self.call("GET", "clock")["now"])

    def move_clock(self, moment: datetime) -> None:
        """Set the SUT's time."""
        self.call("PUT", "clock", {"now": moment.isoformat()})

    def reset(self) -> None:
        """Drop all customers, tokens and orders; staff accounts stay."""
        self.call("POST", "reset", {})

    def call(
        self,
        method: str,
        resource: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Make one request and return the answer's JSON object."""
        try:
            answer = self._client.request(method, resource, json=body, params=query)
        except httpx.TimeoutException as error:
            raise trouble.timed_out(
                _WHAT, str(self._client.base_url), self._timeout_seconds
            ) from error
        except httpx.HTTPError as error:
            raise trouble.unreachable(
                _WHAT, str(self._client.base_url), type(error).__name__
            ) from error
        if answer.status_code >= _CLIENT_ERROR:
            raise _refused(answer)
        try:
            content = answer.json()
        except ValueError as error:
            raise _foreign(resource, "JSON ではありません") from error
        if not isinstance(content, dict):
            raise _foreign(resource, "JSON オブジェクトではありません")
        return content


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return moment


@contextmanager
def reading(resource: str) -> Iterator[None]:
    """Turn a missing or misshapen member of an answer into `EnvironmentTrouble`."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise _foreign(resource, f"項目が読めません：{error}") from error


def _foreign(resource: str, detail: str) -> EnvironmentTrouble:
    return EnvironmentTrouble(
        expected=f"{_WHAT}の {resource} が決められた形で答えること",
        observed=f"応答を読めません（{detail}）",
        hint="adapters.test_control.path の先で試験制御APIの第1版が動いているか確かめてください。",
    )


def _explained(answer: httpx.Response) -> tuple[str, str]:
    """Return the server's message and the field it complains about; empty without."""
    try:
        error = answer.json()["error"]
        return str(error["message"]), str(error.get("field") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""


def _refused(answer: httpx.Response) -> Outcome:
    status, where = answer.status_code, answer.request.url.path
    if status >= _SERVER_ERROR and status not in _NOT_THERE:
        return trouble.server_error(_WHAT, str(answer.request.url), status)
    message, field = _explained(answer)
    observed = f"HTTP {status}：{message or '説明なし'}{f'（項目 {field}）' if field else ''}"
    if status in _KEY_REFUSED:
        return DeclarationMismatch(
            expected=f"{_WHAT}が宣言の鍵を受け入れること",
            observed=observed,
            hint="adapters.test_control.key が、起動時の鍵と同じか確かめてください。",
        )
    if status in _NOT_THERE and not field:
        return DeclarationMismatch(
            expected=f"{_WHAT}に {where} があること",
            observed=observed,
            hint="adapters.test_control.path と、検査対象の起動オプションを確かめてください。",
        )
    return SetupFailed(
        expected=f"{_WHAT}の {answer.request.method} {where} が受け付けられること",
        observed=observed,
        hint="検査対象の設定と宣言の値が合っているか確かめてください。",
    )
