"""Comparison of on-screen texts."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otp_conformance.text import contains, label_pattern, normalise, same

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
    assert label_pattern([other], whole=True).search(one)
    assert label_pattern([one], whole=True).search(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("利用開始", "利用解除"),
        ("ソフトウェアトークン", "ハードウェアトークン"),
        ("ソフトウェアキーボード", "ソフトキーボード"),
        ("トップページ", "トップページへ"),
        ("か", "が"),
        ("12", "1-2"),
    ],
)
def test_notations_that_differ(one: str, other: str) -> None:
    assert not same(one, [other])
    assert not label_pattern([other], whole=True).search(one)


def test_contains() -> None:
    assert contains("必須 シリアル番号（半角数字8~12桁）", ["シリアル番号"])
    assert not contains("確認用パスワード", ["ワンタイムパスワード"])
    assert not contains("何でも", [" （） "])
    assert not contains("何でも", [])
    assert not contains("かﾞくせい", ["か"])


def test_a_label_without_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        label_pattern([" （） "], whole=True)


def test_pattern_does_not_cut_a_family_word() -> None:
    pattern = label_pattern(["ソフトウェア"], whole=False)
    assert pattern.search("ソフトウェアキーボード")
    assert not pattern.search("ソフトウェアトークン")
    assert pattern.search("ソフトウェアトークンのソフトウェア")


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


_PIECES = st.sampled_from([*LABELS, "ソフト", "ウェア", "ハード", "へ", "ガ", "゛", "゚", "9", "A"])
TEXTS = st.lists(_PIECES.flatmap(written), min_size=1, max_size=3).map("".join)
VARIANTS = st.lists(st.sampled_from(LABELS), min_size=1, max_size=3)


@given(label=st.sampled_from(LABELS), data=st.data())
def test_every_notation_of_a_label_is_recognised(label: str, data: st.DataObject) -> None:
    text = data.draw(written(label))
    assert same(text, [label])
    assert label_pattern([label], whole=True).search(text)


@settings(max_examples=300)
@given(text=TEXTS, variants=VARIANTS)
def test_pattern_agrees_with_the_comparison(text: str, variants: list[str]) -> None:
    whole = label_pattern(variants, whole=True)
    part = label_pattern(variants, whole=False)
    assert bool(whole.search(text)) == same(text, variants)
    assert bool(part.search(text)) == contains(text, variants)


@given(st.text())
def test_normalise_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_javascript_reads_the_pattern_alike() -> None:
    driver = pytest.importorskip("playwright._impl._driver")
    node = driver.compute_driver_executable()
    texts = [
        "ハードトークン",
        "【ﾊｰﾄﾞ ウェア\u3000トークン】：",
        "ソフトウェアトークン",
        "ソフトウェアキーボード",
        "a/b `\"' >>",
        "カ゛",
        "か\u3099",
        "選択\ufeff",
        "選択",
    ]
    variants = [["ハードウェアトークン"], ["ソフトウェア"], ["か"], ["選択"], ["a/b`\"'"]]
    cases = [
        (label_pattern(v, whole=whole), text)
        for v in variants
        for whole in (0, 1)
        for text in texts
    ]
    script = (
        "const c=JSON.parse(require('fs').readFileSync(0,'utf8'));"
        "console.log(JSON.stringify(c.map(([p,t])=>new RegExp(p).test(t))))"
    )
    done = subprocess.run(
        [str(node[0] if isinstance(node, tuple) else node), "-e", script],
        input=json.dumps([(p.pattern, t) for p, t in cases]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [bool(p.search(t)) for p, t in cases]


def test_pictures_of_icon_fonts_are_no_text():
    assert normalise("\uf090 Connect") == normalise("Connect")
    assert label_pattern(["Connect"], whole=True).search("\uf090 Connect")
