"""Notices to customers, in Japanese. No code, password, seed or serial in any of them."""

from __future__ import annotations

from dataclasses import dataclass

from reference_impl.domain.words import Kind

_CONTACT = "お心当たりがない場合は、すぐに当組合までご連絡ください。"
NAMES = {Kind.HARDWARE: "ハードウェアトークン", Kind.SOFTWARE: "ソフトウェアトークン"}


@dataclass(frozen=True)
class Text:
    """Subject and body of a notice."""

    subject: str
    body: str


def issued(kind: Kind) -> Text:
    """Return the notice of an accepted application."""
    return Text(
        "トークン発行の受付",
        f"{NAMES[kind]}の発行のお申し込みを受け付けました。{_CONTACT}",
    )


def dispatched() -> Text:
    """Return the notice of a dispatch."""
    return Text(
        "ハードウェアトークンの発送",
        "登録済みの住所にハードウェアトークンを発送しました。"
        f"お手元に到着後、ワンタイムパスワード利用開始を行ってください。{_CONTACT}",
    )


def activated(kind: Kind) -> Text:
    """Return the notice of an activation."""
    return Text(
        "ワンタイムパスワード利用開始の完了",
        f"{NAMES[kind]}の利用開始登録が完了しました。"
        f"次回のログインからワンタイムパスワードが必要です。{_CONTACT}",
    )


def deactivated(kind: Kind) -> Text:
    """Return the notice of a deactivation by the customer."""
    return Text(
        "ワンタイムパスワード利用解除の受付",
        f"{NAMES[kind]}の利用解除登録を受け付けました。{_CONTACT}",
    )


def suspended() -> Text:
    """Return the notice of a suspension."""
    return Text(
        "ワンタイムパスワード認証の停止",
        "ワンタイムパスワードを連続して一定回数以上間違えたため、認証を停止しました。"
        "停止状態の解除については、当組合までご連絡ください。",
    )


def unlocked() -> Text:
    """Return the notice of a staff unlock."""
    return Text("停止状態の解除", f"ワンタイムパスワード認証の停止状態を解除しました。{_CONTACT}")


def revoked(kind: Kind) -> Text:
    """Return the notice of a revocation by staff."""
    return Text(
        "トークンの失効",
        f"{NAMES[kind]}を失効させました。このトークンは今後ご利用いただけません。{_CONTACT}",
    )
