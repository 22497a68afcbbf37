"""The vocabulary of the 項目 column: no phrase is unknown, unused, or always true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from gherkin.parser import Parser

from otp_conformance.agent.page import ActionView, Control, FieldView, PageView
from otp_conformance.agent.port import UserAgent
from otp_conformance.declaration.load import load
from otp_conformance.judging.contents import Page, check_of, lacking, page_of
from otp_conformance.resources import features_dir, fixtures_dir
from otp_conformance.screens.reading import Reading
from otp_conformance.screens.site import Site

DECLARATION = load(fixtures_dir() / "declarations" / "reference.toml").declaration
ITEMS = DECLARATION.manual.items
# True of a page without anything on it: they say that something is not there.
SAYS_NOTHING_IS_THERE = {"種類を選ぶ操作部がないこと"}
EMPTY = PageView("https://ib.example.test/", 200, "", (), "")


class _EmptyAgent:
    """A client that sees nothing at all."""

    def view(self) -> PageView:
        return EMPTY

    def has(self, control: Control) -> bool:
        del control
        return False

    def look_again(self) -> bool:
        return False


def _rows() -> Iterator[str]:
    for path in sorted(features_dir().rglob("*.feature")):
        document = Parser().parse(path.read_text(encoding="utf-8"))
        yield from _cells(document)


def _cells(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for child in node:
            yield from _cells(child)
    elif isinstance(node, dict):
        table = node.get("dataTable")
        if table:
            captions = [cell["value"] for cell in table["rows"][0]["cells"]]
            if captions == ["項目", "要件"]:
                yield from (row["cells"][0]["value"] for row in table["rows"][1:])
        for child in node.values():
            yield from _cells(child)


def test_every_item_of_the_features_is_known_and_every_known_one_is_used() -> None:
    assert set(_rows()) == set(ITEMS)


@pytest.mark.parametrize("phrase", sorted(set(ITEMS) - SAYS_NOTHING_IS_THERE))
def test_no_item_is_found_on_an_empty_page(phrase: str) -> None:
    site = Site(cast("UserAgent", _EmptyAgent()), DECLARATION, "https://ib.example.test/")
    assert not check_of(phrase, page_of(site, DECLARATION))


@pytest.mark.parametrize(
    ("phrase", "told"),
    [
        (
            "ソフトウェアキーボードの操作部（有無は宣言による）",
            "宣言ではあるはずのボタン「ソフトウェアキーボードを使用して入力する」がありません",
        ),
        ("「解除する」ボタン", "ボタン「解除する」がありません"),
        ("見出し「トークン情報」", "見出し「トークン情報」がありません"),
        ("確認用パスワードの入力欄（伏せ字）", "入力欄「確認用パスワード」がありません"),
        ("進行表示（一段目が現在）", "そのとおりには示されていません"),
    ],
)
def test_what_is_missing_is_named(phrase: str, told: str) -> None:
    site = Site(cast("UserAgent", _EmptyAgent()), DECLARATION, "https://ib.example.test/")
    assert lacking(phrase, page_of(site, DECLARATION)) == told


@pytest.mark.parametrize("phrase", sorted(ITEMS))
def test_of_every_item_something_is_named(phrase: str) -> None:
    site = Site(cast("UserAgent", _EmptyAgent()), DECLARATION, "https://ib.example.test/")
    assert lacking(phrase, page_of(site, DECLARATION))


def _reading(
    text: str, *, headings: tuple[str, ...] = (), buttons: tuple[str, ...] = ()
) -> Reading:
    actions = tuple(ActionView(name, enabled=True, is_link=False) for name in buttons)
    view = PageView("https://x/", 200, "", (), text, actions=actions)
    return Reading(view, DECLARATION.labels)


def test_a_block_ends_before_the_buttons_and_keeps_their_words_elsewhere() -> None:
    page = _reading(
        "注意事項\nトークン発行\n発行が必要です。\nトークン発行\nトップページへ",
        buttons=("トークン発行", "トップページへ"),
    )
    assert page.block("portal.notice_heading") == "トークン発行\n発行が必要です。"


@pytest.mark.parametrize(
    ("last_sentence", "there"),
    [
        ("ハードウェアトークンからソフトウェアトークンへは切替できません。", True),
        ("ハードトークンから\nソフトトークンへの切替は できません。", True),
        ("ハードウェアトークンからソフトウェアトークンへの切替", False),
        (
            "ハードウェアトークンからソフトウェアトークンへも切替できます。お電話では承れません。",
            False,
        ),
        ("ソフトウェアトークンからハードウェアトークンへは切替できません。", False),
    ],
)
def test_the_way_back_is_told_to_be_closed(last_sentence: str, *, there: bool) -> None:
    page = _reading(f"注意事項\n②ソフトウェアトークンからの切替\n{last_sentence}")
    wanted = ("notice.to_software", "notice.impossible")
    assert page.sentence(*wanted, within="portal.notice_heading") is there


def test_terms_of_two_sentences_are_not_one() -> None:
    page = _reading("利用開始登録を受け付けられません。\nお手続きは完了しました。")
    assert not page.sentence("message.activation", "message.completed")


@pytest.mark.parametrize(
    ("stages", "current", "wanted"),
    [
        (("ハードウェアトークン確認", "ハードウェアトークン完了"), "ハードウェアトークン確認", 0),
        (("ハードトークン確認", "ハードトークン完了"), "ハードトークン完了", 1),
    ],
)
def test_progress_with_its_mark(stages: tuple[str, ...], current: str, wanted: int) -> None:
    view = PageView("https://x/", 200, "", (), "", progress=stages, progress_current=current)
    reading = Reading(view, DECLARATION.labels)
    keys = ("activation.progress_confirm", "activation.progress_complete")
    assert reading.progress(*keys) == (True, wanted)


def test_progress_in_the_wrong_order_is_none() -> None:
    stages = ("ハードウェアトークン完了", "ハードウェアトークン確認")
    view = PageView("https://x/", 200, "", (), "", progress=stages, progress_current=stages[0])
    reading = Reading(view, DECLARATION.labels)
    keys = ("activation.progress_confirm", "activation.progress_complete")
    assert reading.progress(*keys)[0] is False


@pytest.mark.parametrize(("room", "enough"), [(None, True), (12, True), (11, False)])
def test_a_field_has_room_for_the_longest_serial(room: int | None, enough: bool) -> None:
    field = FieldView("必須 シリアル番号", masked=False, value="", required=True, max_length=room)
    view = PageView("https://x/", 200, "", (), "", fields=(field,))
    page = Page(cast("Site", None), Reading(view, DECLARATION.labels), DECLARATION)
    assert DECLARATION.serial.max_length == 12
    assert check_of("シリアル番号の入力欄（必須の印）", page) is enough


def test_a_field_is_found_by_its_label() -> None:
    field = FieldView("必須 シリアル番号", masked=False, value="", required=True, max_length=None)
    reading = Reading(PageView("https://x/", 200, "", (), "", fields=(field,)), DECLARATION.labels)
    assert reading.field("activation.serial") is field
    assert reading.field("otp.field") is None
