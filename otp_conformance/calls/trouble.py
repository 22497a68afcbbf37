"""Words for what can go wrong between the suite and the system under test.

Every adapter builds its `EnvironmentTrouble` and `DeclarationMismatch` here, so
that readers meet one wording whatever the adapter. Query strings are left out
of addresses: they could carry what a customer typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urlsplit, urlunsplit

from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble

# Said by what stands in front of the site, or by a site that restarts.
_WEB = ("http", "https")
_GATEWAY = (502, 503, 504)


class PassingTrouble(EnvironmentTrouble):
    """A request that only reads got no answer of the site, as happens for a moment.

    Connection refused or broken off, or a gateway's 502, 503, 504; nothing but
    GET was sent. Asking again changes nothing at the system.
    """


class ServerFault(EnvironmentTrouble):
    """The site itself answered with a server error, no gateway before it."""


def shown(address: str) -> str:
    """Return an address fit for readers: without query, fragment and user info."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def is_of_the_web(address: str) -> bool:
    """Tell whether an address is one that a site can have: http or https, and a host."""
    parts = _split(address)
    return parts.scheme.casefold() in _WEB and bool(parts.hostname)


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address.strip())
        _ = parts.hostname
    except ValueError:  # no address at all
        return urlsplit("")
    return parts


def host_allowed(address: str, allowed_hosts: Iterable[str]) -> bool:
    """Tell whether an address' host is one the declaration allows (``*`` is a wildcard).

    No other scheme than the web's is: ``file:`` and the like have no host to speak of.
    """
    if not is_of_the_web(address):
        return False
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


def untrusted_certificate(what: str, address: str, why: str) -> EnvironmentTrouble:
    """Return the outcome for a certificate that cannot be verified (``why``: OpenSSL's words)."""
    return EnvironmentTrouble(
        expected=f"{what}：{shown(address)} の証明書を確かめられること",
        observed=f"証明書を信頼できません（{why}）",
        hint="正しい証明書に替えるか、検証環境なら宣言に"
        " sut.accept_any_certificate = true を加えてください。",
    )


def proxy_unusable(what: str, address: str, proxy: str, why: str) -> EnvironmentTrouble:
    """Return the outcome for a proxy of the environment through which nothing comes."""
    host = urlsplit(address).hostname or address
    return EnvironmentTrouble(
        expected=f"{what}：{shown(address)} から、プロキシを通して応答があること",
        observed=f"環境変数のプロキシ {shown(proxy)} を通しては接続できません（{why}）",
        hint="環境変数 HTTP_PROXY、HTTPS_PROXY の値とプロキシの動作を確かめてください。"
        f"プロキシを通さないなら、NO_PROXY に {host} を加えてください。",
    )


def no_such_name(what: str, address: str) -> EnvironmentTrouble:
    """Return the outcome for a host whose name does not resolve."""
    return EnvironmentTrouble(
        expected=f"{what}：{shown(address)} のホスト名が引けること",
        observed="この名前のホストが見つかりません",
        hint="sut.base_url の綴りと、DNS や hosts の設定を確かめてください。",
    )


def timed_out(what: str, address: str, seconds: float) -> EnvironmentTrouble:
    """Return the outcome for an answer that did not come in time (seconds)."""
    return EnvironmentTrouble(
        expected=f"{what}：{shown(address)} から {seconds:g} 秒以内に応答があること",
        observed=f"{seconds:g} 秒待っても応答がありませんでした"
        f" / No complete answer within {seconds:g} s",
        hint="検査対象の負荷とネットワークを確かめてください。",
    )


def server_error(
    what: str, address: str, status: int, *, reads: bool = False, heading: str = ""
) -> EnvironmentTrouble:
    """Return the outcome for a 5xx answer; ``reads``: to nothing but reading.

    ``heading``: of the page that came with it.
    """
    kind: type[EnvironmentTrouble] = ServerFault
    if status in _GATEWAY:
        kind = PassingTrouble if reads else EnvironmentTrouble
    return kind(
        expected=f"{what}：{shown(address)} が正常に応答すること",
        observed=f"サーバーエラー（HTTP {status}）が返りました"
        + (f"。画面の見出しは「{heading}」です" if heading else ""),
        hint="検査対象のログでサーバーエラーの原因を確かめてください。",
    )


def host_refused(what: str, address: str) -> DeclarationMismatch:
    """Return the outcome for an address outside ``sut.allowed_hosts``."""
    if not is_of_the_web(address):
        return _no_site(what, address)
    host = urlsplit(address).hostname
    return DeclarationMismatch(
        expected=f"{what}：宣言の sut.allowed_hosts にあるホストだけに接続すること",
        observed=f"宣言にないホスト「{host}」へ移ろうとしました"
        f" / It led to the undeclared host {host}",
        hint=f"このホストも検査対象なら sut.allowed_hosts に「{host}」を加えてください。",
    )


def _no_site(what: str, address: str) -> DeclarationMismatch:
    """Return the outcome for an address of no site; no more than its scheme is shown."""
    scheme = _split(address).scheme
    named = f"「{scheme}:」で始まるアドレス" if scheme else "正しくないアドレス"
    named_en = f"an address that begins with {scheme}:" if scheme else "no valid address"
    return DeclarationMismatch(
        expected=f"{what}：http または https の画面だけに移ること",
        observed=f"{named}へ移ろうとしました / It led to {named_en}",
        hint="検査対象が、なぜそこへ移るのかを確かめてください。検査器はそこへは移りません。",
    )


def redirected_for_ever(what: str, address: str) -> EnvironmentTrouble:
    """Return the outcome for redirects that lead to no page."""
    return EnvironmentTrouble(
        expected=f"{what}：{shown(address)} から画面に着くこと",
        observed="転送が続き、画面に着きません / Redirects without end, and no page",
        hint="検査対象の転送（Location）が輪になっていないか確かめてください。",
    )


def too_much(what: str, address: str, most_bytes: int) -> EnvironmentTrouble:
    """Return the outcome for an answer larger than anybody reads."""
    megabytes = most_bytes // 1_000_000
    return EnvironmentTrouble(
        expected=f"{what}：{shown(address)} の応答が {megabytes} MB 以下であること",
        observed=f"応答が {megabytes} MB を超えました。残りは読んでいません"
        f" / The answer is larger than {megabytes} MB; the rest was not read",
        hint="検査対象が返した画面の大きさを確かめてください。",
    )
