"""Words for what can go wrong at a page, or with the browser that shows it."""

from __future__ import annotations

from collections.abc import Iterable

from otp_conformance.agent.page import Control, Role
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble

_ROLE_JA = {
    Role.BUTTON: "ボタン",
    Role.LINK: "リンク",
    Role.ACTION: "ボタンまたはリンク",
    Role.FIELD: "入力欄",
}


STOPPED_BY_BROWSER = "ブラウザーが入力の不備として送信を止める画面です"


class BrowserMissing(EnvironmentTrouble):
    """No browser is installed that the suite can drive."""


class NothingSent(DeclarationMismatch):
    """A control was pressed to learn its request, and the page sent none."""


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
        expected=f"{named(control)}を押すと入力した内容が送られること",
        observed="押しても要求は送られませんでした（画面の中だけの動き、または画面での検査）",
        hint="送信内容を書き換えて送る検査は、この操作については行えません。",
    )


def unreadable_request(control: Control, why: str) -> DeclarationMismatch:
    """Return the outcome for a request of a page's script that cannot be taken apart."""
    return DeclarationMismatch(
        expected=f"{named(control)}について、送られる内容を項目ごとに読めること",
        observed=why,
        hint="読めるのは、フォームの形式と、項目を一段に並べた JSON です。",
    )
