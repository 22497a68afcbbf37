"""Is the site there, and if not, why: asked once before anything else is.

Most wrong verdicts begin with a wrong address. What is told apart here is what
a vendor puts right in different places: name, port, certificate, redirect,
server, network.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from otp_conformance.calls import trouble
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, Outcome

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
    redirects: int

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
    address, redirects, begun = base_url, 0, timer()
    with httpx.Client(
        verify=not any_certificate,
        timeout=timeout_seconds,
        trust_env=False,
        transport=transport,
    ) as client:
        while True:
            if not trouble.host_allowed(address, allowed_hosts):
                raise trouble.host_refused(_WHAT, address)
            answer = _ask(client, address, timeout_seconds)
            target = answer.headers.get("location")
            if not answer.is_redirect or target is None:
                break
            address, redirects = urljoin(address, target), redirects + 1
            if redirects > _MOST_REDIRECTS:
                raise DeclarationMismatch(
                    expected=f"{_WHAT}：{trouble.shown(base_url)} から画面に着くこと",
                    observed=f"転送が {_MOST_REDIRECTS} 回を超えて続きます",
                    hint="sut.base_url を、転送の行き着く先のアドレスにしてください。",
                )
    if answer.status_code >= _SERVER_ERROR:
        raise trouble.server_error(_WHAT, address, answer.status_code)
    return Reached(address, answer.status_code, timer() - begun, redirects)


def _ask(client: httpx.Client, address: str, timeout_seconds: float) -> httpx.Response:
    try:
        return client.get(address)
    except httpx.TimeoutException as error:
        raise trouble.timed_out(_WHAT, address, timeout_seconds) from error
    except httpx.HTTPError as error:
        raise _why(address, error) from error


def _why(address: str, error: httpx.HTTPError) -> Outcome:
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, ssl.SSLCertVerificationError):
            return EnvironmentTrouble(
                expected=f"{_WHAT}：{trouble.shown(address)} の証明書を確かめられること",
                observed=f"証明書を信頼できません（{chain.verify_message}）",
                hint="正しい証明書に替えるか、検証環境なら宣言に"
                " sut.accept_any_certificate = true を加えてください。",
            )
        if isinstance(chain, ssl.SSLError):
            return trouble.unreachable(_WHAT, address, f"TLS の接続ができません: {chain.reason}")
        chain = chain.__cause__ or chain.__context__
    text = str(error).casefold()
    if "name or service not known" in text or "nodename" in text or "name resolution" in text:
        return EnvironmentTrouble(
            expected=f"{_WHAT}：{trouble.shown(address)} のホスト名が引けること",
            observed="この名前のホストが見つかりません",
            hint="sut.base_url の綴りと、DNS や hosts の設定を確かめてください。",
        )
    if "refused" in text:
        return trouble.unreachable(_WHAT, address, "接続が拒否されました。起動していません")
    return trouble.unreachable(_WHAT, address, type(error).__name__)
