"""Comparison of on-screen texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_conformance.text import contains, normalise, same, tells_value, ungrouped

LABELS = [
    "ワンタイムパスワード利用開始（ハードウェアトークン確認）",
    "トークン発行（選択）",
    "ソフトトークン",
    "トークン",
    "選択",
    "登録状況",
    "ログインID",
    "半角数字8~12桁",
    "トップページへ",
    "ソフトウェアキーボードを使用して入力する",
    "ソフトウェア",
    "確認用パスワード",
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("トークン発行（選択）", "トークン発行 (選択)"),
        ("トークン発行（選択）", "トークン発行\u3000（ 選択 ）"),
        ("【必須】シリアル番号", "必須 シリアル番号"),
        ("「未登録」", "(未登録)"),
        ("登録状況：", "登録状況"),
        ("■ トークン発行（選択）", "トークン発行（選択）"),
        ("▼登録状況", "登録状況"),
        ("申請 ＞ 選択", "申請→選択"),
        ("ソフトウェアトークン", "ソフトトークン"),
        ("ハードウェア トークン確認", "ハードトークン確認"),
        ("ログインＩＤ", "ログインid"),
        ("８～１２桁", "8〜12桁"),
        ("ﾄｰｸﾝ発行", "トークン発行"),
        ("カ゛", "ガ"),
        ("2012年02月07日　14時05分", "２０１２年０２月０７日 14時05分"),
    ],
)
def test_notations_that_are_the_same(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)
    assert same(one, ["別の文字列", other])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("利用開始", "利用解除"),
        ("ソフトウェアトークン", "ハードウェアトークン"),
        ("ソフトウェアキーボード", "ソフトキーボード"),
        ("トップページ", "トップページへ"),
        ("か", "が"),
        ("12", "1-2"),
        ("■ 利用開始", "利用解除"),
    ],
)
def test_notations_that_differ(one: str, other: str) -> None:
    assert not same(one, [other])


def test_contains() -> None:
    assert contains("必須 シリアル番号（半角数字8~12桁）", ["シリアル番号"])
    assert not contains("確認用パスワード", ["ワンタイムパスワード"])
    assert not contains("何でも", [" （） "])
    assert not contains("何でも", [])
    assert not contains("かﾞくせい", ["か"])


_NOISE = st.sampled_from(
    ["", "", "", " ", "\u3000", "\n", "\t", "\u00a0", "（", ")", "【", "]", "：", ":", "＞", "→"]
)
_WIDE = {c: chr(ord(c) + 0xFEE0) for c in map(chr, range(0x21, 0x7F))}
_HALF = {
    "ト": "ﾄ",
    "ク": "ｸ",
    "ン": "ﾝ",
    "ー": "ｰ",
    "フ": "ﾌ",
    "ド": "ﾄﾞ",
    "パ": "ﾊﾟ",
    "グ": "ｸ\u3099",
}


@st.composite
def written(draw: st.DrawFn, label: str) -> str:
    """A label as some page might write it."""
    if draw(st.booleans()):
        label = label.replace("ソフトトークン", "ソフトウェアトークン")
    if draw(st.booleans()):
        label = label.replace("ハードウェアトークン", "ハードトークン")
    out = [draw(_NOISE)]
    for character in label:
        form = draw(st.integers(0, 3))
        if form == 0:
            character = _WIDE.get(character, character)
        elif form == 1:
            character = _HALF.get(character, character)
        elif form == 2:
            character = character.upper()
        out += [character, draw(_NOISE)]
    return "".join(out)


@given(label=st.sampled_from(LABELS), data=st.data())
def test_every_notation_of_a_label_is_recognised(label: str, data: st.DataObject) -> None:
    text = data.draw(written(label))
    assert same(text, [label])


@given(st.text())
def test_normalise_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("【2031年1月3日 10時00分】", True),
        ("2031年1月3日　10時00分まで", True),
        ("2031年1月3日 10時01分", False),
        ("12031年1月3日 10時00分", False),
        ("2031年1月3日", False),
        ("", False),
    ],
)
def test_a_value_is_told_whole(text: str, told: bool) -> None:
    assert tells_value(text, "2031年1月3日 10時00分") is told


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("6128-8754-4054", "612887544054"),
        ("６１２８　８７５４", "61288754"),
        ("6128‐8754", "61288754"),
        ("第6128号", "第6128号"),
        ("61288754 1", "612887541"),
    ],
)
def test_a_number_in_groups_is_the_number(shown: str, meant: str) -> None:
    assert ungrouped(shown) == meant
