"""Client of the test-control API, version 1.

The one way into a system under test besides its screens. Any vendor may
implement it in a staging system.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from otp_conformance.calls.access import NO_ACCESS, Access
from otp_conformance.calls.http import HttpClient, refusal
from otp_conformance.verdict.outcome import EnvironmentTrouble

KEY_HEADER = "X-Test-Control-Key"
_WHAT = "試験制御API"
_KEY = "adapters.test_control"


class TestControl:
    """Speaks to ``{base_url}{path}`` with the shared key.

    ``any_certificate``: accept those that cannot be verified (declared, for staging);
    ``access``: what the web server asks for.

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
        access: Access = NO_ACCESS,
        timeout_seconds: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        address = urljoin(base_url, path)
        self._root = f"{address.rstrip('/')}/"
        self._client = HttpClient(
            [urlsplit(address).hostname or ""],
            any_certificate=any_certificate,
            access=access,
            timeout_seconds=timeout_seconds,
            headers={KEY_HEADER: key},
            transport=transport,
        )

    def close(self) -> None:
        """Close the connection. Idempotent."""
        self._client.close()

    # -- calls ---------------------------------------------------------------

    def now(self) -> datetime:
        """Return the SUT's time, aware, in whatever zone it gives."""
        with reading("clock"):
            return _moment(self.call("GET", "clock")["now"])

    def move_clock(self, moment: datetime) -> None:
        """Set the SUT's time."""
        self.call("PUT", "clock", {"now": moment.isoformat()})

    def call(
        self,
        method: str,
        resource: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Make one request and return the answer's JSON object."""
        address = urljoin(self._root, resource)
        if query:
            address = f"{address}?{urlencode(query)}"
        headers = {} if body is None else {"Content-Type": "application/json"}
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        answer = self._client.ask(_WHAT, method, address, content=content, headers=headers)
        message, field = _explained(answer)
        about = f"{message}{f'、項目 {field}' if field else ''}"
        refused = refusal(_WHAT, _KEY, answer, message=about, known=bool(field))
        if refused:
            raise refused
        try:
            found = answer.json()
        except ValueError as error:
            raise _foreign(resource, "JSON ではありません") from error
        if not isinstance(found, dict):
            raise _foreign(resource, "JSON オブジェクトではありません")
        return found


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
