"""Reading a page: headings, blocks, sentences, stages."""

from __future__ import annotations

from typing import Any

import pytest

from otp_conformance.agent.page import ActionView, PageView
from otp_conformance.screens.reading import Reading

LABELS = {
    "notes": ("注意事項",),
    "serial": ("シリアル番号の入力",),
    "code": ("ワンタイムパスワードの入力",),
    "first": ("確認",),
    "second": ("完了",),
    "start": ("利用開始",),
    "arrival": ("到着後",),
}


def reading(text: str = "", *, headings: tuple[str, ...] = (), **more: Any) -> Reading:
    return Reading(PageView("https://x/", 200, "", headings, text, **more), LABELS)


def buttons(*names: str) -> tuple[ActionView, ...]:
    return tuple(ActionView(name, enabled=True, is_link=False) for name in names)


@pytest.mark.parametrize(
    ("headings", "text", "there"),
    [
        (("題名", "注意事項"), "", True),
        (("題名", "【注意事項】について"), "", True),
        (("題名", "お知らせ"), "注意事項", False),  # it has headings, and a mere line is none
        (("題名",), "あいさつ\n注意事項\n本文", True),
        ((), "注意事項", True),
        (("題名",), "注意事項をお読みください。", False),
        (("題名",), "本文", False),
    ],
)
def test_headings(headings: tuple[str, ...], text: str, *, there: bool) -> None:
    assert reading(text, headings=headings).has_heading("notes") is there


def test_a_stage_of_the_progress_is_no_heading() -> None:
    stages = ("確認", "完了")
    assert not reading("確認\n完了", headings=("題名",), progress=stages).has_heading("first")
    assert reading("注意事項", headings=("題名",), progress=stages).has_heading("notes")


TWO_BLOCKS = "題名\nシリアル番号の入力\n半角数字\nワンタイムパスワードの入力\n6桁"


@pytest.mark.parametrize(
    ("to_next", "block"), [(True, "半角数字"), (False, "半角数字\nワンタイムパスワードの入力\n6桁")]
)
def test_a_block_begins_after_its_heading(block: str, *, to_next: bool) -> None:
    headings = ("題名", "シリアル番号の入力", "ワンタイムパスワードの入力")
    shown = reading(TWO_BLOCKS, headings=headings)
    assert shown.block("serial", to_next=to_next) == block
    assert shown.block("notes", to_next=to_next) == ""


def test_a_block_goes_on_to_the_end_unless_told() -> None:
    shown = reading(TWO_BLOCKS, headings=("題名", "シリアル番号の入力"))
    assert shown.block("serial").endswith("6桁")


def test_a_repeated_heading_does_not_end_its_own_block() -> None:
    shown = reading(
        "シリアル番号の入力\nシリアル番号の入力\n半角数字", headings=("シリアル番号の入力",)
    )
    assert shown.block("serial", to_next=True) == "シリアル番号の入力\n半角数字"


@pytest.mark.parametrize(
    ("lines", "names", "left"),
    [
        ("甲\n乙\n丙", ("丙",), "甲\n乙"),
        ("甲\n乙\n丙", ("甲",), "乙\n丙"),  # the first line can be a button, too
        ("甲\n乙\n甲\n丙", ("甲",), "甲\n乙\n丙"),  # of two equal lines the last
        ("甲", ("甲",), ""),
        ("甲\n乙", ("丁",), "甲\n乙"),
        ("甲\n乙", ("",), "甲\n乙"),
        ("甲\n乙", ("甲", "乙"), ""),
    ],
)
def test_names_of_buttons_are_no_text(lines: str, names: tuple[str, ...], left: str) -> None:
    assert reading(f"注意事項\n{lines}", actions=buttons(*names)).block("notes") == left


def test_a_term_within_a_block_stands_after_its_heading() -> None:
    shown = reading("利用開始\n注意事項\n到着後")
    assert shown.says("start")
    assert shown.says("start", "arrival")
    assert shown.says("arrival", within="notes")
    assert not shown.says("start", within="notes")
    assert not shown.says("start", "arrival", within="notes")


def test_all_terms_stand_in_one_sentence_of_the_block() -> None:
    shown = reading("到着後に利用開始\n注意事項\n到着後です。\n利用開始です。")
    assert shown.sentence("arrival", "start")
    assert shown.sentence("start", within="notes")
    assert not shown.sentence("arrival", "start", within="notes")
    assert not shown.sentence("first", "start")


@pytest.mark.parametrize(
    ("stages", "current", "wanted"),
    [
        (("確認", "完了"), "確認", (True, 0)),
        (("確認", "完了"), "完了", (True, 1)),
        (("確認", "完了"), "", (True, None)),
        (("1 確認", "2 完了"), "お知らせ", (True, None)),
        (("完了", "確認"), "確認", (False, None)),
        (("確認",), "確認", (False, None)),
        (("完了",), "", (False, None)),
        (("開始", "終了"), "", (False, None)),
        (("確認と完了",), "", (False, None)),  # one stage is not two
    ],
)
def test_stages(stages: tuple[str, ...], current: str, wanted: tuple[bool, int | None]) -> None:
    shown = reading(progress=stages, progress_current=current)
    assert shown.progress("first", "second") == wanted


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("題名\n確認\n完了", True),
        ("完了\n確認", False),
        ("確認", False),
        ("完了", False),
        ("確認\n完了しました", False),
        ("題名", False),
    ],
)
def test_stages_in_plain_lines(text: str, *, there: bool) -> None:
    assert reading(text).progress("first", "second") == (there, None)


@pytest.mark.parametrize(
    ("text", "count"), [("確認\n完了\n 確認 ", 2), ("確認する", 0), ("", 0), ("完了\n確認", 1)]
)
def test_lines_that_are_a_label(text: str, count: int) -> None:
    assert reading(text).lines_of("first") == count
