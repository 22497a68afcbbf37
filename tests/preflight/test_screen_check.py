"""One screen compared with the declaration: what is told, and the fix beside it."""

from __future__ import annotations

from typing import Any

import pytest
from pretend_bank import BASE, PretendBank, declaration, form, page

from otp_conformance.language import set_language
from otp_conformance.preflight.finding import Finding, Findings, State
from otp_conformance.preflight.screens import ScreenCheck
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import EnvironmentTrouble

LOGIN = form("/in", "ログインID=id", "ログインパスワード=pw:password", button="ログイン")


def look(body: str, key: str, **changes: Any) -> list[Finding]:
    declared = declaration(**changes)
    site = Site(PretendBank({"GET /": body}).agents().new(), declared, BASE)
    site.open_start()
    findings = Findings(lambda _: None, lambda text: text)
    ScreenCheck(site, declared, findings, None).look(site.screen(key))
    return findings.found


def test_a_screen_as_declared() -> None:
    found = look(page("ログイン", LOGIN), "login")
    assert {f.state for f in found} == {State.OK}
    assert len(found) == 4


def test_another_title_is_told_with_those_on_the_page() -> None:
    (wrong,) = [f for f in look(page("会員ログイン", LOGIN), "login") if f.state is State.WRONG]
    assert wrong.state is State.WRONG
    assert '"login.title" = ["会員ログイン"]' in wrong.fix
    assert "「会員ログイン」" in wrong.fix


def test_an_error_instead_of_the_login_is_no_title_to_declare() -> None:
    body = page("お手続きできません", '<p role="alert">その画面はありません。</p>')
    (wrong,) = look(body, "login")
    assert "login.path（いまは「/login」）" in wrong.fix
    assert "login.title" not in wrong.fix


def test_another_label_is_told_with_the_most_similar_one() -> None:
    body = form("/in", "契約者番号=id", "ログイン用パスワード=pw:password", button="ログイン")
    wrong = [f for f in look(page("ログイン", body), "login") if f.state is State.WRONG]
    assert [f.what for f in wrong] == [
        "ログインID（login.id）",
        "ログインパスワード（login.password）",
    ]
    assert '"login.password" = ["ログイン用パスワード"]' in wrong[1].fix
    assert "契約者番号" in wrong[0].observed


def test_a_declared_label_is_looked_for_instead() -> None:
    body = form("/in", "契約者番号=id", "ログインパスワード=pw:password", button="ログイン")
    found = look(page("ログイン", body), "login", labels={"login.id": ("契約者番号",)})
    assert {f.state for f in found} == {State.OK}


def test_one_caption_is_not_proposed_for_two_fields() -> None:
    """A password is typed unseen; the only button of a page is the one that sends it."""
    body = form("/in", "お客さまコード=id", "ログイン用パスワード=pw:password", button="つぎへ")
    fixes = [f.fix for f in look(page("ログイン", body), "login") if f.state is State.WRONG]
    wanted = ("お客さまコード", "ログイン用パスワード", "つぎへ")
    keys = ("login.id", "login.password", "login.button")
    entries = [f'"{key}" = ["{text}"]' for key, text in zip(keys, wanted, strict=True)]
    assert [entry in fix for entry, fix in zip(entries, fixes, strict=True)] == [True] * 3


def test_the_id_is_the_field_before_the_password() -> None:
    """What else a page asks for (a picture's letters) leaves no doubt about it."""
    fields = ("支店=b", "お客さま番号=id", "ログインパスワード=pw:password", "画像の文字=c")
    body = form("/in", *fields, button="ログイン")
    (wrong,) = [f for f in look(page("ログイン", body), "login") if f.state is State.WRONG]
    assert '"login.id" = ["お客さま番号"]' in wrong.fix


@pytest.mark.parametrize(
    ("caption", "told"),
    [("利用規約に同意する", False), ("次回から入力を省く", True), ("誓約します", True)],
)
def test_a_box_that_nobody_will_tick_is_told_of(caption: str, *, told: bool) -> None:
    box = f"<label><input type=checkbox name=x>{caption}</label>"
    notes = [f for f in look(page("ログイン", LOGIN + box), "login") if f.state is State.NOTE]
    assert [caption in note.observed and "agreement.words" in note.observed for note in notes] == (
        [True] if told else []
    )


def test_a_screen_under_another_title_is_told_of_as_a_whole() -> None:
    """One round tells the title and the parts; a page that is no login tells its title alone."""
    body = form("/in", "会員番号=id", "合言葉=pw:password", button="入る")
    found = look(page("会員ログイン", body), "login")
    assert [f.state for f in found] == [State.WRONG] * 4
    search = form("/find", "サイト内を探す=q", button="ログイン")
    assert len(look(page("ようこそ", search), "login")) == 1


def test_a_label_of_several_screens_keeps_the_texts_that_serve_the_others() -> None:
    """The advice taken literally must not lose on one screen what it finds on another."""
    body = form("/in", "トークンの表示=otp", button="ログイン")
    found = look(page("ワンタイムパスワードの入力", body), "login_otp")
    (wrong,) = [f for f in found if f.state is State.WRONG]
    assert '"otp.field" = ["ワンタイムパスワード", "トークンの表示"]' in wrong.fix


def test_the_screen_id_is_compared() -> None:
    body = "<dl><dt>登録状況</dt><dd>未登録</dd><dt>画面ID</dt><dd>XYZ999</dd></dl>"
    body += '<a href="/">トップページへ</a>'
    found = look(page("ワンタイムパスワード申請内容選択", body), "portal")
    (wrong,) = [f for f in found if f.state is State.WRONG]
    assert wrong.observed == "「XYZ999」"
    assert "screen_ids.portal" in wrong.fix


def test_the_keyboard_needs_a_browser() -> None:
    body = form("/go", "確認用パスワード=c:password", button="トークンを発行する")
    body += '<a href="/">戻る</a>'
    found = look(page("トークン発行（ハードウェアトークン発行確認）", body), "issue_confirm")
    assert [f.what for f in found if f.state is State.UNKNOWN] == ["ソフトウェアキーボード"]


@pytest.mark.parametrize(
    ("body", "key", "what", "fix"),
    [
        (page("会員ログイン", LOGIN), "login", "title of the screen", '"login.title"'),
        (page("", '<p role="alert">No.</p>'), "login", "title", "login.path"),
        (
            page("ログイン", form("/in", "名=id", button="次へ")),
            "login",
            "login.id",
            "under [labels]",
        ),
    ],
)
def test_findings_in_english(body: str, key: str, what: str, fix: str) -> None:
    set_language("en")
    try:
        wrong = next(f for f in look(body, key) if f.state is State.WRONG)
    finally:
        set_language("ja")
    assert what in wrong.what
    assert fix in wrong.fix
    assert "ください" not in wrong.fix
    assert any(word in wrong.observed for word in ("shown instead", "not found"))


def test_trouble_is_named_in_english_before_its_own_words() -> None:
    findings = Findings(lambda _: None, lambda text: text)
    set_language("en")
    try:
        with findings.about("system", "connection"):
            raise EnvironmentTrouble(expected="", observed="応答なし", hint="確かめる")
    finally:
        set_language("ja")
    (found,) = findings.found
    assert found.observed == "Trouble of the test environment: 応答なし"
    assert found.fix == "Look at what is named here: 確かめる"


def test_buttons_without_effect_are_compared_as_they_are_presented() -> None:
    declared = declaration(buttons={"presentation": "disabled"})
    bars = "<button>ワンタイムパスワード利用解除</button>"
    bars += "<button disabled>ワンタイムパスワード利用開始</button>"
    body = page("ワンタイムパスワード申請内容選択", f"<button>トークン発行</button>{bars}")
    site = Site(PretendBank({"GET /": body}).agents().new(), declared, BASE)
    site.open_start()
    findings = Findings(lambda _: None, lambda text: text)
    ScreenCheck(site, declared, findings, None).buttons(Status.NOT_REGISTERED)
    (wrong,) = findings.found
    assert "portal.deactivate" in wrong.what
    assert 'deactivate = "error" を書いて' in wrong.fix
