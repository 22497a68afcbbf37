"""Is the site there, and if not, why: asked once before anything else is.

Most wrong verdicts begin with a wrong address. What is told apart here is what
a vendor puts right in different places: name, port, certificate, redirect,
server, network.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import httpx

from otp_conformance.calls import trouble
from otp_conformance.calls.access import NO_ACCESS, Access
from otp_conformance.calls.http import HttpClient, redirected
from otp_conformance.verdict.outcome import DeclarationMismatch

SLOW_SECONDS = 5.0
"""From here on an answer is worth a word: customers would not wait either."""

_MOST_REDIRECTS = 10
_UNAUTHORISED, _SERVER_ERROR = 401, 500
_LONGEST_HEADING = 80
_BEGINNING = 20_000  # signs: where a page has its heading
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
    what: str = _WHAT,
    key: str = "sut.base_url",
    any_certificate: bool = False,
    access: Access = NO_ACCESS,
    timeout_seconds: float = 30.0,
    transport: httpx.BaseTransport | None = None,
    timer: Callable[[], float] = time.perf_counter,
) -> Reached:
    """Ask for the entrance and follow its redirects within the allowed hosts.

    ``what``: how it is called in messages; ``key``: what declares its address. Raises
    `EnvironmentTrouble` (nobody there, no such name, no answer in time, certificate,
    5xx) and `DeclarationMismatch` (redirect to a host that is not declared, or in
    circles; a server that asks for a password of its own; something that is no page).
    """
    client = HttpClient(
        allowed_hosts,
        any_certificate=any_certificate,
        access=access,
        timeout_seconds=timeout_seconds,
        transport=transport,
    )
    address, begun = base_url, timer()
    with closing(client):
        for _ in range(_MOST_REDIRECTS + 1):
            answer = client.ask(what, "GET", address)
            target = redirected(answer)
            if target is None:
                break
            address = target
        else:
            raise DeclarationMismatch(
                expected=f"{what}：{trouble.shown(base_url)} から画面に着くこと",
                observed=f"転送が {_MOST_REDIRECTS} 回を超えて続きます",
                hint=f"{key} を、転送の行き着く先のアドレスにしてください。",
            )
    if answer.status_code >= _SERVER_ERROR:
        raise trouble.server_error(what, address, answer.status_code, heading=_heading(answer))
    expected = f"{what}：{trouble.shown(address)} に画面があること"
    if asked := answer.headers.get("www-authenticate"):
        if answer.status_code == _UNAUTHORISED:
            raise _guarded(expected, asked, tried=bool(access.user))
    elif answer.is_success and (other := _no_page(answer)):
        raise DeclarationMismatch(
            expected=expected,
            observed=f"画面（HTML）ではなく、{other}が返りました",
            hint=f"宣言の {key} に、画面のアドレスを書いてください。",
        )
    return Reached(address, answer.status_code, timer() - begun)


def _guarded(expected: str, asked: str, *, tried: bool) -> DeclarationMismatch:
    """Return the outcome for a web server with a password of its own before the site.

    ``tried``: a name and a password are declared, and were sent.
    """
    scheme, _, rest = asked.partition(" ")
    realm = re.search(r'realm="([^"]*)"', rest)
    named = f"、「{realm[1]}」" if realm else ""
    return DeclarationMismatch(
        expected=expected,
        observed="画面の前に、ウェブサーバー自身が利用者名とパスワードを求めています"
        f"（HTTP 401、{scheme} 認証{named}）",
        hint=_way_past(scheme, tried=tried),
    )


def _way_past(scheme: str, *, tried: bool) -> str:
    if scheme.lower() != "basic":
        return (
            "対応しているのは Basic 認証だけです。ウェブサーバーの管理者に、この検査機からは"
            "パスワードなしで通すよう頼んでください。"
        )
    if tried:
        return "宣言の [sut.http_auth] の user と password の参照の先を確かめてください。"
    return (
        "宣言に [sut.http_auth] の表を置き、user と password に利用者名とパスワードの参照"
        "（env:名前、file:場所）を書いてください。"
    )


def _no_page(answer: httpx.Response) -> str:
    """Return what an answer is that no browser shows as a page, empty for a page."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.headers.get("content-disposition", "").lower().startswith("attachment"):
        return f"ダウンロードするファイル（{kind or '種類の記載なし'}）"
    page = not kind or kind.startswith("text/") or kind.endswith("xml")
    return "" if page else kind


def _heading(answer: httpx.Response) -> str:
    """Return the first heading of a page, or its title, in one line; empty without any."""
    for tag in ("h1", "h2", "title"):
        beginning = answer.text[:_BEGINNING]
        if found := re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}", beginning, re.I | re.S):
            bare = html.unescape(re.sub(r"<[^>]*>", "", found[1]))
            if short := " ".join(bare.split()):
                return short[:_LONGEST_HEADING]
    return ""
