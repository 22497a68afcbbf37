"""Words for what can go wrong between the suite and the system under test.

Every adapter builds its `EnvironmentTrouble` and `DeclarationMismatch` here, so
that readers meet one wording whatever the adapter. Query strings are left out
of addresses: they could carry what a customer typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from urllib.parse import urlsplit, urlunsplit

from otp_conformance.sut.page import Control, Role
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble

_ROLE_JA = {
    Role.BUTTON: "ボタン",
    Role.LINK: "リンク",
    Role.ACTION: "ボタンまたはリンク",
    Role.FIELD: "入力欄",
}


# Said by what stands in front of the site, or by a site that restarts.
_GATEWAY = (502, 503, 504)
STOPPED_BY_BROWSER = "ブラウザーが入力の不備として送信を止める画面です"


class BrowserMissing(EnvironmentTrouble):
    """No browser is installed that the suite can drive."""


class PassingTrouble(EnvironmentTrouble):
    """A request that only reads got no answer of the site, as happens for a moment.

    Connection refused or broken off, or a gateway's 502, 503, 504; nothing but
    GET was sent. Asking again changes nothing at the system.
    """


class NothingSent(DeclarationMismatch):
    """A control was pressed to learn its request, and the page sent none."""


def shown(address: str) -> str:
    """Return an address fit for readers: without query, fragment and user info."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def host_allowed(address: str, allowed_hosts: Iterable[str]) -> bool:
    """Tell whether an address' host is one the declaration allows (``*`` is a wildcard)."""
    host = (urlsplit(address).hostname or "").casefold()
    return any(fnmatchcase(host, allowed.casefold()) for allowed in allowed_hosts)


def unreachable(
    what: str, address: str, detail: str, *, passing: bool = False
) -> EnvironmentTrouble:
    """Return the outcome for a connection that failed or broke off.

    ``passing``: for a moment perhaps, and nothing but reading was asked for.
    """
    return (PassingTrouble if passing else EnvironmentTrouble)(
        expected=f"{what}：{shown(address)} から応答があること",
        observed=f"検査対象に接続できません（{detail}）",
        hint="検査対象が動いているか、base_url とネットワークを確かめてください。",
    )


def timed_out(what: str, address: str, seconds: float) -> EnvironmentTrouble:
    """Return the outcome for an answer that did not come in time (seconds)."""
    return EnvironmentTrouble(
        expected=f"{what}：{shown(address)} から {seconds:g} 秒以内に応答があること",
        observed=f"{seconds:g} 秒待っても応答がありませんでした",
        hint="検査対象の負荷とネットワークを確かめてください。",
    )


def server_error(
    what: str, address: str, status: int, *, reads: bool = False
) -> EnvironmentTrouble:
    """Return the outcome for a 5xx answer; ``reads``: to nothing but reading."""
    passing = reads and status in _GATEWAY
    return (PassingTrouble if passing else EnvironmentTrouble)(
        expected=f"{what}：{shown(address)} が正常に応答すること",
        observed=f"サーバーエラー（HTTP {status}）が返りました",
        hint="検査対象のログでサーバーエラーの原因を確かめてください。",
    )


def host_refused(what: str, address: str) -> DeclarationMismatch:
    """Return the outcome for an address outside ``sut.allowed_hosts``."""
    host = urlsplit(address).hostname or address
    return DeclarationMismatch(
        expected=f"{what}：宣言の sut.allowed_hosts にあるホストだけに接続すること",
        observed=f"宣言にないホスト「{host}」へ移ろうとしました",
        hint=f"このホストも検査対象なら sut.allowed_hosts に「{host}」を加えてください。",
    )


def browser_gone(what: str, detail: str) -> EnvironmentTrouble:
    """Return the outcome for a browser that has ended or no longer obeys."""
    return EnvironmentTrouble(
        expected=f"{what}：ブラウザーを操作できること",
        observed=f"ブラウザーを操作できませんでした（{detail}）",
        hint="メモリー不足などでブラウザーが終了していないか確かめてください。",
    )


def named(control: Control) -> str:
    """Return how a control is called in messages: its accepted names and its row."""
    names = "／".join(control.names)
    row = f"（行：{'／'.join(control.row)}）" if control.row else ""
    return f"{_ROLE_JA[control.role]}「{names}」{row}"


def missing(control: Control, present: Iterable[str]) -> DeclarationMismatch:
    """Return the outcome for a control that is not on the page.

    ``present``: names of the controls of that kind that are there instead.
    """
    there = "、".join(f"「{name}」" for name in present) or "なし"
    return DeclarationMismatch(
        expected=f"画面に{named(control)}があること",
        observed=f"見つかりません。画面にあるもの：{there}",
        hint="画面の表示が手順書と違うなら、宣言の [labels] に実際の表示を加えてください。",
    )


def unusable(control: Control, reason: str) -> DeclarationMismatch:
    """Return the outcome for a control that is there but cannot be operated."""
    return DeclarationMismatch(
        expected=f"{named(control)}を操作できること",
        observed=reason,
        hint="宣言の [buttons] と [ics] が実際の画面に合っているか確かめてください。",
    )


def nothing_sent(control: Control) -> NothingSent:
    """Return the outcome for a control whose press makes the page send no request."""
    return NothingSent(
        expected=f"{named(control)}を押すと要求が送られること",
        observed="押しても要求は送られませんでした（画面の中だけの動き、または画面での検査）",
        hint="要求を作り替えて送る検査は、この操作については行えません。",
    )


def unreadable_request(control: Control, why: str) -> DeclarationMismatch:
    """Return the outcome for a request of a page's script that cannot be taken apart."""
    return DeclarationMismatch(
        expected=f"{named(control)}について、送られる内容を項目ごとに読めること",
        observed=why,
        hint="読めるのは、フォームの形式と、項目を一段に並べた JSON です。",
    )
