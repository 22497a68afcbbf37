"""Each sort of check says no to the page that lacks exactly its thing, and yes to the right one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from otp_conformance.agent.page import ActionView, FieldView, PageView
from otp_conformance.declaration.load import load
from otp_conformance.judging.contents import Page, check_of
from otp_conformance.resources import fixtures_dir
from otp_conformance.screens.desk import Presence
from otp_conformance.screens.reading import Reading
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Kind, Status

DECLARATION = load(fixtures_dir() / "declarations" / "reference.toml").declaration
LOGIN_PASSWORD = "ログインパスワードの入力欄（伏せ字）"
CONFIRMATION = "確認用パスワードの入力欄（伏せ字）"
SERIAL = "シリアル番号の入力欄（必須の印）"
CODE = "ワンタイムパスワードの入力欄"
MARKED_CODE = "ワンタイムパスワードの入力欄（必須の印）"
TO_TOP = "「トップページへ」の操作部"
SOFTWARE_ROW = "ソフトウェアトークンの行（説明と「選択」）"
SERIAL_HINT = "シリアル番号の注記（半角数字と宣言された桁数）"
NOTICES = "注意事項の欄"
ONE_STATUS = "登録状況の値（一つだけ）"
CHANGE = "変更したい内容のボタンを押すよう促す説明"
KEYBOARD = "ソフトウェアキーボードの操作部（有無は宣言による）"


def page(text: str = "", *, site: Any = None, declaration: Any = DECLARATION, **view: Any) -> Page:
    seen = PageView("https://x/", 200, "", view.pop("headings", ()), text, **view)
    return Page(cast("Site", site), Reading(seen, DECLARATION.labels), declaration)


def field(label: str, **more: Any) -> FieldView:
    given = {"masked": False, "value": "", "required": False, "max_length": None}
    return FieldView(label, **(given | more))


def action(name: str, *, enabled: bool = True, row: str = "") -> ActionView:
    return ActionView(name, enabled=enabled, is_link=False, row=row)


@pytest.mark.parametrize(
    ("item", "shown", "right"),
    [
        (LOGIN_PASSWORD, field("ログインパスワード", masked=True), True),
        (LOGIN_PASSWORD, field("ログインパスワード", masked=False), False),
        (CONFIRMATION, field("確認用パスワード", masked=True), True),
        (CONFIRMATION, field("確認用パスワード", masked=False), False),
        (SERIAL, field("シリアル番号", required=True), True),
        (SERIAL, field("シリアル番号", required=False), False),
        (SERIAL, field("シリアル番号", required=True, masked=True), False),
        (MARKED_CODE, field("ワンタイムパスワード", required=True), True),
        (MARKED_CODE, field("ワンタイムパスワード", required=True, masked=True), True),
        (MARKED_CODE, field("ワンタイムパスワード", required=False), False),
        (CODE, field("ワンタイムパスワード", required=False), True),
        (CODE, field("ワンタイムパスワード", max_length=6), True),
        (CODE, field("ワンタイムパスワード", max_length=5), False),
        (LOGIN_PASSWORD, field("ログインパスワード", masked=True, max_length=0), True),
    ],
)
def test_a_field_is_there_as_wanted(item: str, shown: FieldView, *, right: bool) -> None:
    assert check_of(item, page(fields=(shown,))) is right


@pytest.mark.parametrize(
    ("actions", "right"),
    [
        ((action("トップページへ"),), True),
        ((action("ログアウト"), action("トップページへ")), True),
        ((action("トップページへ", enabled=False),), False),
        ((action("ログアウト"),), False),
        ((action("トップページへ", enabled=False), action("ログアウト")), False),
    ],
)
def test_a_button_is_there_and_can_be_pressed(
    actions: tuple[ActionView, ...], *, right: bool
) -> None:
    assert check_of(TO_TOP, page(actions=actions)) is right


def test_of_several_sentences_each_counts() -> None:
    both = "登録情報を表示します。変更するボタンを押してください。"
    assert check_of(CHANGE, page(both))
    assert not check_of(CHANGE, page("変更するボタンがあります。"))


@pytest.mark.parametrize(
    ("status", "presence", "right"),
    [
        (Status.NOT_REGISTERED, Presence.ENABLED, True),
        (Status.NOT_REGISTERED, Presence.DISABLED, False),
        (Status.NOT_REGISTERED, Presence.HIDDEN, False),
        (Status.IN_SERVICE, Presence.HIDDEN, False),
        (None, Presence.DISABLED, True),
        (None, Presence.HIDDEN, False),
    ],
)
def test_a_button_of_the_portal_is_presented_as_declared(
    status: Status | None, presence: Presence, *, right: bool
) -> None:
    portal = SimpleNamespace(status=lambda: status, offers=lambda _: presence)
    shown = page(site=SimpleNamespace(portal=portal))
    assert check_of("「トークン発行」ボタン（見せ方は宣言による）", shown) is right


@pytest.mark.parametrize(
    ("value", "text", "right"),
    [
        ("未登録", "登録状況\n未登録", True),
        ("サービス利用中", "登録状況\nサービス利用中", True),
        ("", "登録状況", False),
        ("未登録・サービス利用中", "登録状況\n未登録・サービス利用中", False),
        ("未登録", "登録状況\n未登録\nサービス利用中", False),
        ("サービス利用中", "トークン発行済\n登録状況\nサービス利用中", False),
    ],
)
def test_one_status_and_no_other(value: str, text: str, *, right: bool) -> None:
    assert check_of(ONE_STATUS, page(text, site=showing(value))) is right


def showing(value: str, *others: str) -> SimpleNamespace:
    portal = SimpleNamespace(status_text=lambda: value, statuses_of_others=lambda: others)
    return SimpleNamespace(portal=portal)


@pytest.mark.parametrize(
    ("others", "right"), [(("未登録",), True), ((), False), (("契約",), False)]
)
def test_the_status_of_another_service_is_none_of_this(others: tuple[str, ...], *, right: bool):
    text = "投資信託\n未登録\nワンタイムパスワード\nサービス利用中"
    shown = page(text, site=showing("サービス利用中", *others))
    assert check_of(ONE_STATUS, shown) is right


SOFTWARE = "ソフトウェアトークン スマートフォンのアプリに表示する方法"
HARDWARE = "ハードウェアトークン キーホルダー型の生成機に表示する方法"


@pytest.mark.parametrize(
    ("rows", "offered", "right"),
    [
        ((SOFTWARE,), (Kind.SOFTWARE,), True),
        ((HARDWARE, SOFTWARE), (Kind.HARDWARE, Kind.SOFTWARE), True),
        (("ソフトウェアトークン",), (Kind.SOFTWARE,), False),
        (("アプリに表示する方法",), (Kind.SOFTWARE,), False),
        ((HARDWARE,), (Kind.SOFTWARE,), False),
        ((SOFTWARE,), (), False),
    ],
)
def test_the_row_of_a_kind_names_and_describes_it(
    rows: tuple[str, ...], offered: tuple[Kind, ...], *, right: bool
) -> None:
    kinds = SimpleNamespace(kinds_offered=lambda: offered, rows=lambda: rows)
    assert check_of(SOFTWARE_ROW, page(site=SimpleNamespace(kind_selection=kinds))) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [("注意事項\n大切な注意です。", True), ("注意事項", False), ("大切な注意です。", False)],
)
def test_notices_have_a_heading_and_a_text(text: str, *, right: bool) -> None:
    assert check_of(NOTICES, page(text)) is right


@pytest.mark.parametrize(
    ("beside", "below", "right"),
    [
        ("半角数字8～12桁", "", True),
        ("", "半角数字、8桁から12桁まで", True),
        ("8桁以上12桁", "半角数字", True),
        ("半角数字", "", False),
        ("", "8～12桁", False),
        ("半角数字8～10桁", "", False),
        ("", "", False),
    ],
)
def test_a_hint_tells_signs_and_length(beside: str, below: str, *, right: bool) -> None:
    shown = page(
        f"シリアル番号の入力\n{below}\nワンタイムパスワードの入力",
        headings=("シリアル番号の入力", "ワンタイムパスワードの入力"),
        fields=(field("シリアル番号", description=beside),),
    )
    assert check_of(SERIAL_HINT, shown) is right


def test_the_hint_of_the_next_field_is_not_this_ones() -> None:
    shown = page(
        "シリアル番号の入力\nワンタイムパスワードの入力\n半角数字8～12桁",
        headings=("シリアル番号の入力", "ワンタイムパスワードの入力"),
    )
    assert not check_of(SERIAL_HINT, shown)


STAGES = ("ハードウェアトークン確認", "ハードウェアトークン完了")


@pytest.mark.parametrize(
    ("marked", "first", "second"),
    [(STAGES[0], True, False), (STAGES[1], False, True), ("", True, True)],
)
def test_the_marked_stage_is_the_present_one(marked: str, *, first: bool, second: bool) -> None:
    shown = page(progress=STAGES, progress_current=marked)
    assert check_of("進行表示（一段目が現在）", shown) is first
    assert check_of("進行表示（二段目が現在）", shown) is second


@pytest.mark.parametrize(
    ("declared", "screens", "expected"),
    [
        (True, ("deactivation", "issue_confirm"), True),
        (True, ("issue_confirm",), False),
        (False, ("deactivation",), False),
    ],
)
@pytest.mark.parametrize("there", [True, False])
def test_the_keyboard_is_where_it_is_declared(
    declared: bool, screens: tuple[str, ...], *, expected: bool, there: bool
) -> None:
    ics = DECLARATION.ics.model_copy(update={"on_screen_keyboard": declared})
    keyboard = DECLARATION.keyboard.model_copy(update={"screens": screens})
    given = DECLARATION.model_copy(update={"ics": ics, "keyboard": keyboard})
    described = DECLARATION.manual.screens["deactivation"]
    screen = SimpleNamespace(described=described, has_button=lambda _: there)
    site = SimpleNamespace(screen=lambda _: screen)
    assert check_of(KEYBOARD, page(site=site, declaration=given)) is (there is expected)


@pytest.mark.parametrize(("count", "right"), [(0, True), (1, False), (2, False)])
def test_nothing_to_choose_is_none_at_all(count: int, *, right: bool) -> None:
    site = SimpleNamespace(kind_selection=SimpleNamespace(selections=lambda: count))
    assert check_of("種類を選ぶ操作部がないこと", page(site=site)) is right
