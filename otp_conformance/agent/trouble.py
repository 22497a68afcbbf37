"""Words for what can go wrong at a page, or with the browser that shows it."""

from __future__ import annotations

from collections.abc import Sequence

from otp_conformance.agent.model import PageModel
from otp_conformance.agent.page import Control, Role
from otp_conformance.calls.trouble import shown
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble

_ROLE_JA = {
    Role.BUTTON: "ボタン",
    Role.LINK: "リンク",
    Role.ACTION: "ボタンまたはリンク",
    Role.FIELD: "入力欄",
    Role.CHOICE: "選ぶ欄",
}


STOPPED_BY_BROWSER = "ブラウザーが入力の不備として送信を止める画面です"


class BrowserMissing(EnvironmentTrouble):
    """No browser is installed that the suite can drive."""


class NothingSent(DeclarationMismatch):
    """A control was pressed to learn its request, and the page sent none."""


class NotPressable(DeclarationMismatch):
    """A button is there, and the page does not let it be pressed."""


BROWSER_ENDED = "ブラウザーまたはその駆動部の処理が終了しました / the browser or its driver ended"
PAGE_CRASHED = "画面を表示する処理が異常終了しました / the page's own process crashed"


def browser_gone(what: str, detail: str) -> EnvironmentTrouble:
    """Return the outcome for a browser that has ended or no longer obeys."""
    return EnvironmentTrouble(
        expected=f"{what}：ブラウザーを操作できること",
        observed=f"ブラウザーを操作できませんでした（{detail}）",
        hint="メモリー不足などでブラウザーが終了していないか確かめてください。",
    )


def not_examined(what: str, detail: str) -> EnvironmentTrouble:
    """Return the outcome for a page that could not be examined: it says nothing of the page."""
    return EnvironmentTrouble(
        expected=f"{what}ができること",
        observed=f"画面を調べられませんでした（{detail}）",
        hint="もう一度実施してください。続くようなら、Chromium の版を確かめてください。",
    )


def tools_altered(what: str, detail: str) -> EnvironmentTrouble:
    """Return the outcome for a page whose scripts have altered what every script builds on.

    ``detail``: how our own script, which runs on any other page, broke off on this one.
    """
    return EnvironmentTrouble(
        expected=f"{what}：画面のスクリプトが、ブラウザーの基本の働きを変えていないこと",
        observed="画面のスクリプトが Array などの基本の働きを書き換えていて、画面を扱えません / "
        f"Scripts of the page have altered built-ins such as Array ({detail})",
        hint="検査対象の画面のスクリプトが、Array・Set などの組み込みの働きを"
        "上書きしていないか確かめてください。",
    )


NO_PAGES = {
    "Download is starting": "ダウンロードするファイル / a file to download",
    "net::ERR_ABORTED": "中身のない応答（HTTP 204 など） / an answer without content",
}
"""What an address can lead to instead of a page, by a sign of the browser's error."""


def no_page(what: str, found: str) -> DeclarationMismatch:
    """Return the outcome for an address that leads to no page; ``found``: one above."""
    return DeclarationMismatch(
        expected=f"{what}：画面（HTML）が返ること",
        observed=f"画面ではないものが返りました（{found}）",
        hint="宣言のアドレスと、検査対象がそこで返すものを確かめてください。",
    )


def unresponsive(what: str, address: str, seconds: float) -> EnvironmentTrouble:
    """Return the outcome for a page that came, and then did not come to rest in time."""
    return EnvironmentTrouble(
        expected=f"{what}：{shown(address)} の画面が {seconds:g} 秒以内に操作できること",
        observed=f"画面は届き始めましたが、{seconds:g} 秒待っても操作できるようになりませんでした"
        "（終わらないスクリプト、または届き終わらない内容） / The page began to arrive, but could "
        f"not be operated within {seconds:g} s (a script or a body without an end)",
        hint="検査対象の画面のスクリプトと、サーバーの応答が終わるかを確かめてください。",
    )


TICK_FIRST = (
    "その欄を選ばなければ進めないなら、欄の言葉を宣言の [labels] の agreement.words に"
    "加えてください。"
)
"""What to do about boxes that are left alone where one cannot go on."""

BOXES = ("問い合わせの箱（ダイアログ）", "dialog boxes")
WINDOWS = ("ウィンドウ", "windows")
PAGES = ("画面の読み込み", "page loads")


def without_end(what: str, kind: tuple[str, str], number: int) -> EnvironmentTrouble:
    """Return the outcome for a page that does the same again and again; ``kind``: one above."""
    return EnvironmentTrouble(
        expected=f"{what}：画面が落ち着いて操作できること",
        observed=f"{kind[0]}が {number} 回続き、終わりません / {number} {kind[1]}, and no end",
        hint="検査対象の画面が、同じことを繰り返していないか確かめてください。",
    )


def too_large(what: str, found: str) -> EnvironmentTrouble:
    """Return the outcome for a page that is too large to be read; ``found``: how large."""
    return EnvironmentTrouble(
        expected=f"{what}：画面が読み取れる大きさであること",
        observed=f"画面が大きすぎて読み取れません（{found}） / The page is too large to be read",
        hint="検査対象が返した画面の大きさを確かめてください。",
    )


def named(control: Control) -> str:
    """Return how a control is called in messages: its accepted names and its row."""
    names = "／".join(control.names) or control.selector
    row = f"（行：{'／'.join(control.row or control.within)}）"
    row = row if control.row or control.within else ""
    return f"{_ROLE_JA[control.role]}「{names}」{row}"


def cut_off(expected: str, observed: str) -> EnvironmentTrouble:
    """Return what something observed on half a page is worth."""
    return EnvironmentTrouble(
        expected=expected,
        observed=f"画面の内容が途中で終わっています（</html> がありません）。{observed}",
        hint="検査対象の応答が、途中で切れていないか確かめてください。いつもこのとおりの画面なら、"
        "終わりの </html> を送るようにしてください。",
    )


def missing(
    control: Control, model: PageModel, *, cut: bool = False
) -> DeclarationMismatch | EnvironmentTrouble:
    """Return the outcome for a control that is not on the page.

    It names the controls of that kind that are there instead, and what can be declared:
    another text, or a selector where the page has none. ``cut``: half of the page may be
    missing, which is no matter of the declaration.
    """
    found = {Role.FIELD: model.fields, Role.CHOICE: model.choices}.get(control.role, model.actions)
    if control.role is Role.LINK:
        found = tuple(each for each in found if each.node.is_link)
    there = "、".join(f"「{each.name or '名前なし'}」" for each in found) or "なし"
    expected = f"画面に{named(control)}があること"
    if cut:
        return cut_off(expected, f"画面にあるもの：{there}")
    return DeclarationMismatch(
        expected=expected,
        observed=f"見つかりません。画面にあるもの：{there}",
        hint=_hint(control, nameless=any(not each.name for each in found)),
    )


def _hint(control: Control, *, nameless: bool) -> str:
    key = f" {control.key}" if control.key else ""
    if control.selector:
        return f"宣言の [selectors] の{key} が、いまの画面の要素を指しているか確かめてください。"
    if nameless:
        return (
            "画面に名前のない部品があります。それなら表示名では見つけられないので、"
            f"宣言の [selectors] の{key} に、その場所を CSS セレクターで書いてください。"
        )
    key = f"の{key} " if key else ""
    return f"画面の表示が手順書と違うなら、宣言の [labels] {key}に実際の表示を加えてください。"


def no_option(control: Control, option: str, there: Sequence[str]) -> DeclarationMismatch:
    """Return the outcome for a list that does not have what is to be chosen."""
    return DeclarationMismatch(
        expected=f"{named(control)}で「{option}」を選べること",
        observed=f"選べるもの：{'、'.join(f'「{each}」' for each in there) or 'なし'}",
        hint="画面に出ているとおりに書いてください。",
    )


_BUTTONS = "宣言の [buttons] と [ics] が実際の画面に合っているか確かめてください。"


def unusable(control: Control, reason: str) -> DeclarationMismatch:
    """Return the outcome for a control that is there but cannot be operated."""
    return DeclarationMismatch(
        expected=f"{named(control)}を操作できること",
        observed=reason,
        hint=_BUTTONS,
    )


def disabled(control: Control, model: PageModel) -> NotPressable:
    """Return the outcome for a button that cannot be pressed; a box left alone may be why."""
    operated = f"{named(control)}を操作できること"
    left = [f"「{each.name}」" for each in model.choices if not each.node.ticked]
    if not left:
        return NotPressable(expected=operated, observed="押せない状態です（無効）", hint=_BUTTONS)
    return NotPressable(
        expected=operated,
        observed=f"押せない状態です（無効）。選ばれていない欄：{'、'.join(left)}",
        hint=TICK_FIRST,
    )


def covered(control: Control, by: str) -> DeclarationMismatch:
    """Return the outcome for a control that something lies over; ``by``: its text."""
    what = f"「{by}」と書かれたもの" if by else "何か"
    return DeclarationMismatch(
        expected=f"{named(control)}を押せること",
        observed=f"{what}が上に重なっているため、お客さまも押せません",
        hint="画面に重なるもの（お知らせの帯など）を、検査する環境では出さないようにするか、"
        "途中の画面として宣言の login.interstitials に書いてください。",
    )


def nameless(control: Control, boxes: int) -> DeclarationMismatch:
    """Return the outcome for a field whose value cannot be altered: it has no parameter of its own.

    ``boxes``: how many inputs for one sign each make it up.
    """
    why = (
        f"{boxes} 個の欄（一文字ずつなど）に分かれています"
        if boxes > 1
        else "送信時の項目名がありません（name 属性なし）"
    )
    return DeclarationMismatch(
        expected=f"{named(control)}について、送られる内容を項目ごとに読めること",
        observed=why,
        hint="画面が受け付けない値を直接送る検査は、この欄については行えません。",
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
