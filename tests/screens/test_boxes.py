"""Boxes before a page: the button that goes on is the one that says what was asked."""

from __future__ import annotations

import pytest

from otp_conformance.agent.boxes import going_on, putting_away


@pytest.mark.parametrize(
    ("names", "pressed", "text", "chosen"),
    [
        (("キャンセル", "OK"), "解除する", "よろしいですか。", "OK"),
        (("いいえ", "はい、解除します"), "解除する", "解除しますか。", "はい、解除します"),
        (("続ける", "中止する"), "申込を中止する", "中止しますか。", "中止する"),
        (("もどる", "終了する"), "おわる", "サービスを終了します。よろしいですか。", "終了する"),
        (("やめる", "申し込む"), "トークンを発行する", "発行を申し込みます。", "申し込む"),
        (("やめておく", "お願いする"), "トークンを発行する", "発行してよいですか？", "お願いする"),
        (("解除しない", "解除する"), "解除する", "解除しますか。", "解除する"),
        (("キャンセル", "続ける"), "解除する", "手続きを続けますか。", "続ける"),
        (("閉じる", "お問い合わせ"), "解除する", "確認用パスワードを入力してください。", None),
        (("閉じる",), "解除する", "確認用パスワードが正しくありません。", None),
    ],
)
def test_a_box_that_asks(
    names: tuple[str, ...], pressed: str, text: str, chosen: str | None
) -> None:
    place = going_on(names, (pressed,), text + "".join(names))
    assert (None if place is None else names[place]) == chosen


@pytest.mark.parametrize(
    ("names", "place"),
    [(("詳しく", "閉じる"), 1), (("承知",), 0), (("左", "右"), None), ((), None)],
)
def test_a_box_that_tells(names: tuple[str, ...], place: int | None) -> None:
    assert putting_away(names) == place
