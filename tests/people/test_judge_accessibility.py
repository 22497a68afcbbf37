"""Judgements of accessibility, without a browser: what is found, and what must not be accused."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace as Some

import pytest
from pretend_world import judge, site

from otp_conformance.agent.accessibility import (
    ControlAccess,
    Examination,
    Stage,
    Tour,
    Violation,
)
from otp_conformance.agent.page import FieldView
from otp_conformance.judging.accessibility import AccessibilityJudge
from otp_conformance.people.places import REFUSED
from otp_conformance.specification.manual import bundled
from otp_conformance.verdict.outcome import DeclarationMismatch, SetupFailed

SERIAL, OTP = "activation.serial", "otp.field"
SCREEN = "利用開始登録の画面"
FIELD = ControlAccess("textbox", "シリアル番号", "", False, False, "入力欄「シリアル番号」")
PAGE = Examination(320, "題名", "ja", (), (), (), "", (), ())
TITLE = bundled().labels["activation.title"][0]
CLEAN = Tour((), "", ())


def judged(
    phrase,
    *,
    page=PAGE,
    wide=None,
    tour=CLEAN,
    pasted="1",
    name=SCREEN,
    key="activation",
    text="",
    headings=(),
    around="",
    alerts=(),
    told=(),
    title=None,
    attempt=None,
    suspended=False,
    new=False,
):
    """Return whether the row of a phrase holds on a page that is made up like this."""
    described = bundled().screens[key]
    here = Some(
        described=described,
        key=key,
        of=lambda kind: here,
        is_shown=lambda: True,
        has_field=lambda label: True,
        field_control=lambda label: Some(names=bundled().labels[label], selector=""),
    )
    pages = {320: page, 1280: wide or replace(page, width=1280)}
    tools = Some(
        examine=lambda width, fields: pages[width],
        tour=lambda: tour,
        paste=lambda field, value: pasted,
    )
    view = Some(
        text=text,
        headings=headings,
        facts={},
        told=told,
        fields=(FieldView("シリアル番号", False, "", False, None, around=around),),
    )
    sight = site(
        screen=lambda wanted: here,
        current=lambda: key,
        view=lambda: view,
        agent=Some(accessibility=lambda: tools),
        alerts=lambda: alerts,
        suspension_shown=lambda: suspended,
        may_tell_refusal=lambda: new,
    )
    refused = attempt or Some(require_made=lambda: None, accepted=False)
    made = judge(
        acting=lambda: Some(site=sight),
        latest=lambda: refused,
        declaration=Some(labels=bundled().labels, sut=Some(locale="ja")),
    )
    AccessibilityJudge(made).holds(name, (320, 1280), [(phrase, ["ACC-01"])])
    return [ok for _, ok in made.case.ends] == [True]


def with_control(**more):
    """Return the page with one input that differs from a good one."""
    return replace(PAGE, controls=(replace(FIELD, **more),))


def test_an_input_without_a_name_is_found_at_any_width():
    assert judged("入力欄の名前", page=with_control())
    assert not judged("入力欄の名前", page=with_control(name=""))
    assert not judged("入力欄の名前", page=PAGE, wide=with_control(name=""))
    assert judged("ほかの操作部の名前と役割", page=with_control(name=""))
    assert not judged("ほかの操作部の名前と役割", page=with_control(name="", role="button"))


@pytest.mark.parametrize(
    ("criterion", "rule", "row"),
    [
        ("1.1.1", "image-alt", "画像の代わりの文"),
        ("1.4.3", "color-contrast", "文字と背景のコントラスト"),
        ("1.4.4", "meta-viewport", "拡大"),
        ("2.5.8", "target-size", "操作部の大きさ"),
        ("4.1.2", "label", "入力欄の名前"),
        ("4.1.2", "button-name", "ほかの操作部の名前と役割"),
        ("2.4.2", "document-title", "ページタイトル"),
        ("2.1.1", "scrollable-region-focusable", "キーボードでの操作"),
        ("2.4.1", "bypass", "そのほか"),
    ],
)
def test_what_axe_core_finds_counts_for_one_row(criterion, rule, row):
    found = replace(PAGE, violations=(Violation(rule, (criterion,), "serious", "画像"),))
    rows = ["画像の代わりの文", "文字と背景のコントラスト", "拡大", "操作部の大きさ"]
    rows += [
        "入力欄の名前",
        "ほかの操作部の名前と役割",
        "ページタイトル",
        "キーボードでの操作",
        "そのほか",
    ]
    assert [each for each in rows if not judged(each, page=found)] == [row]


def test_a_title_that_only_looks_like_one():
    assert judged("見出しなどの構造", text=TITLE, headings=(TITLE,))
    assert not judged("見出しなどの構造", text=TITLE)
    assert judged("見出しなどの構造", text=f"いまの画面は{TITLE}です")


def test_a_mark_that_is_only_drawn():
    row = "必須の印"
    assert not judged(row, page=with_control(drawn_mark=True))
    assert judged(row, page=with_control(drawn_mark=True, required=True))
    assert judged(row, page=with_control(drawn_mark=True, name="シリアル番号 必須"))
    assert judged(row, page=with_control())


def test_a_note_beside_an_input():
    def told(around, **more):
        page = with_control(called=frozenset({SERIAL}), **more)
        return judged("入力の注記", page=page, around=around)

    assert not told("半角数字8~12桁")
    assert told("半角数字8~12桁", description="半角数字8~12桁")
    assert told("半角数字8~12桁", before="シリアル番号 半角数字8~12桁")
    assert told("")


def test_the_current_stage():
    names = [bundled().labels[key][0] for key in bundled().screens["activation"].stages]

    def told(*, first, apart=True, texts=names):
        stages = tuple(Stage(text, first and i == 0, apart) for i, text in enumerate(texts))
        return judged("進行表示", page=replace(PAGE, tracks=(stages,)))

    assert not told(first=False)
    assert told(first=True)
    assert told(first=False, apart=False)
    assert told(first=False, texts=["ホーム", "残高照会"])


def test_width_keyboard_and_focus():
    assert not judged("横に送らずに読めること", page=replace(PAGE, sticks_out=("表（80px）",)))
    assert not judged("キーボードでの操作", tour=replace(CLEAN, missed=("ボタン「戻る」",)))
    assert not judged("閉じ込めないこと", tour=replace(CLEAN, trapped="ボタン「1」"))
    assert not judged("フォーカスの見え方", tour=replace(CLEAN, unseen=("ボタン「戻る」",)))
    for row in ("横に送らずに読めること", "キーボードでの操作", "閉じ込めないこと"):
        assert judged(row)
    assert judged("フォーカスの見え方")


def test_title_and_language():
    assert judged("ページタイトル")
    assert not judged("ページタイトル", page=replace(PAGE, title=" "))
    assert judged("画面の言語", page=replace(PAGE, language="ja-JP"))
    assert not judged("画面の言語", page=replace(PAGE, language=""))
    assert not judged("画面の言語", page=replace(PAGE, language="en"))


def test_the_kind_of_a_field():
    for key in (SERIAL, OTP):
        called = frozenset({key})
        assert not judged("番号の欄の種類", page=with_control(role="spinbutton", called=called))
        assert judged("番号の欄の種類", page=with_control(called=called))
    assert judged("番号の欄の種類", page=with_control(role="spinbutton"))
    for key, purpose in (("login.id", "username"), ("login.password", "current-password")):
        page = with_control(called=frozenset({key}), autocomplete=("section-a", purpose))
        assert judged("入力の目的", page=page, name="ログイン画面", key="login")
        page = with_control(called=frozenset({key}), autocomplete=("off",))
        assert not judged("入力の目的", page=page, name="ログイン画面", key="login")


def test_typing_and_pasting():
    page = with_control(called=frozenset({SERIAL}))
    assert judged("貼り付け", page=page)
    assert not judged("貼り付け", page=page, pasted="")
    assert judged("キーボードからの入力", page=page)
    readonly = with_control(called=frozenset({SERIAL}), readonly=True)
    assert not judged("キーボードからの入力", page=readonly)
    assert judged("キーボードからの入力", page=with_control(readonly=True))


def test_a_refusal_in_text():
    row = "拒否の文"
    assert judged(row, name=REFUSED, alerts=("誤りです",))
    assert judged(row, name=REFUSED, suspended=True)
    assert not judged(row, name=REFUSED)
    with pytest.raises(DeclarationMismatch):
        judged(row, name=REFUSED, new=True)


@pytest.mark.parametrize(
    ("more", "reaches"),
    [
        ({}, False),
        ({"page": replace(PAGE, live=("番号の誤りです。",))}, True),
        ({"page": replace(PAGE, focused="番号の誤りです。")}, True),
        ({"page": replace(PAGE, title="番号の誤りです。｜組合")}, True),
        ({"headings": ("番号の誤りです。",)}, True),
        ({"told": ("番号の誤りです。",)}, True),
        ({"page": with_control(invalid=True, description="番号の誤りです。")}, True),
        ({"page": with_control(description="番号の誤りです。")}, False),
        ({"page": replace(PAGE, live=("読み込み中",))}, False),
    ],
)
def test_whom_a_refusal_reaches(more, reaches):
    alerts = ("番号の誤りです。",)
    assert judged("拒否の伝わり方", name=REFUSED, alerts=alerts, **more) is reaches


def test_another_page_than_the_one_asked_for_says_nothing():
    accepted = Some(require_made=lambda: None, accepted=True)
    with pytest.raises(SetupFailed):
        judged("画面の言語", name=REFUSED, attempt=accepted)


# -- particular screens ---------------------------------------------------------------


def at_screen(key, **more):
    """Return the judge of a customer who has this screen in sight, and what was judged."""
    here = Some(described=bundled().screens[key], key=key, of=lambda kind: here, **more)
    here.is_shown = lambda: True
    here.has_field = lambda label: False
    sight = site(screen=lambda wanted: here, current=lambda: key, **{key: here})
    made = judge(
        acting=lambda: Some(site=sight, **more),
        latest=lambda: Some(require_made=lambda: None, accepted=False),
        declaration=Some(labels=bundled().labels, sut=Some(locale="ja")),
    )
    return sight, AccessibilityJudge(made), made.case


@pytest.mark.parametrize(
    ("one", "other", "right"),
    [
        ({}, {}, False),
        ({"description": "ソフトウェアトークン"}, {"description": "ハードウェアトークン"}, True),
        ({"name": "選択 ソフトウェア"}, {"name": "選択 ハードウェア"}, True),
        ({"context": "ソフトウェアトークン 選択"}, {"context": "ハードウェアトークン 選択"}, True),
        ({"before": "ソフトウェアトークン"}, {"before": "ハードウェアトークン"}, False),
    ],
)
def test_whether_two_choices_are_told_apart(one, other, right):
    button = ControlAccess("button", "選択", "", False, False, "ボタン「選択」")
    pair = (replace(button, **one), replace(button, **other))
    page = replace(PAGE, controls=pair)
    sight, accessibility, case = at_screen("kind")
    sight.agent = Some(accessibility=lambda: Some(examine=lambda width, fields: page))
    accessibility.kinds_told_apart()
    assert case.ends == [("fact", right)]


def test_one_choice_alone_cannot_be_compared():
    sight, accessibility, _ = at_screen("kind")
    sight.agent = Some(accessibility=lambda: Some(examine=lambda width, fields: PAGE))
    with pytest.raises(DeclarationMismatch):
        accessibility.kinds_told_apart()


@pytest.mark.parametrize(
    ("held", "masked", "right"),
    [("12345678", False, True), ("1234-5678", False, True), ("", False, False), ("", True, True)],
)
def test_whether_the_serial_is_kept(held, masked, right):
    in_hand = Some(asset=Some(serial="12345678"))
    control = Some(names=("シリアル番号",), selector="")
    sight, accessibility, case = at_screen(
        "activation", field_control=lambda label: control, in_hand=lambda: in_hand
    )
    sight.view = lambda: Some(fields=(FieldView("シリアル番号", masked, held, False, None),))
    accessibility.serial_kept()
    assert case.ends == [("fact", right)]


def test_titles_that_are_alike():
    titles = iter(["申請", "選択", "確認", "完了", "申請", "選択", "確認", "確認"])
    sight, accessibility, case = at_screen("portal")
    sight.view = lambda: Some(document_title=next(titles))
    sight.describe = lambda: "画面"
    walker = Some(
        site=sight,
        go_to_portal=lambda: True,
        reopen_portal=lambda: Some(portal=Some(press=lambda button: None)),
        go_to_hardware_confirmation=lambda: True,
        issue=lambda: Some(accepted=True),
    )
    sight.kind_selection = Some(is_shown=lambda: True)
    for _ in range(2):
        accessibility.walk_and_note_titles(walker, "発行")
        accessibility.titles_differ()
    assert case.ends == [("fact", True), ("fact", False)]


@pytest.mark.parametrize(
    ("accepted", "said", "right"),
    [
        (True, "", True),
        (False, "半角数字6桁で入力してください。", True),
        (False, "正しくありません。", False),
    ],
)
def test_a_code_with_blanks_around_it(accepted, said, right):
    sight, accessibility, case = at_screen("login_otp")
    sight.alerts = lambda: (said,)
    accessibility._scene.latest = lambda: Some(accepted=accepted, require_known=lambda: None)
    accessibility.blanks_explained()
    assert case.ends == [("fact", right)]
