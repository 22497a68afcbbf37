"""The customer site, screen by screen, on a real bank."""

from __future__ import annotations

from pathlib import Path

import pytest
from web_site import CONFIRMATION, OTHER_SERIAL, PASSWORD, SERIAL, Town, policy

from reference_impl.domain.words import Refusal
from reference_impl.service import control, staff
from reference_impl.web.visitor import MESSAGES

PORTAL = "ワンタイムパスワード申請内容選択"
ACTIVATION = "ワンタイムパスワード利用開始（ハードウェアトークン確認）"
DEACTIVATION = "ワンタイムパスワード利用解除（利用解除確認）"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_hardware_walk_through_the_manual(town: Town) -> None:
    town.customer()
    person = town.person()
    person.open("/")
    assert person.title == "ログイン"
    person.login("hanako")
    assert person.title == "トップページ"
    assert "画面ID: BPT001" in person.answer.text
    person.open("/menu/otp")
    assert person.title == "ワンタイムパスワード申請"
    person.open("/otp")
    assert (person.title, person.status) == (PORTAL, "未登録")
    person.submit("トークン発行")
    assert person.title == "トークン発行（選択）"
    person.open("/otp/issue/hardware")
    assert person.title == "トークン発行（ハードウェアトークン発行確認）"
    person.submit("トークンを発行する", confirmation=CONFIRMATION)
    assert person.title == "トークン発行（ハードウェアトークン発行完了）"
    person.submit("ワンタイムパスワード申請内容選択へ")
    assert person.status == "トークン発行済"

    town.token()
    order = staff.all_orders(town.bank, "hanako")[0]
    staff.dispatch(town.bank, "staff01", order.order_id, SERIAL)
    person.submit("ワンタイムパスワード利用開始")
    assert person.title == ACTIVATION
    assert "画面ID: BOK511" in person.answer.text
    person.submit("利用開始する", serial=SERIAL, otp=town.code())
    assert person.title == "ワンタイムパスワード利用開始（ハードウェアトークン完了）"
    assert person.facts == {"シリアル番号": SERIAL, "有効期限": "2030年02月07日 14時05分"}
    assert "利用開始登録を完了" in person.answer.text
    person.submit("ワンタイムパスワード申請内容選択へ")
    assert person.status == "サービス利用中"

    town.wait(minutes=1)
    person.submit("ワンタイムパスワード利用解除")
    assert person.title == DEACTIVATION
    person.submit("解除する", confirmation=CONFIRMATION, otp=town.code())
    assert person.title == "ワンタイムパスワード利用解除（利用解除完了）"
    person.submit("トップページへ")
    assert person.title == "トップページ"
    assert person.registration() == "未登録"
    person.submit("ログアウト")
    assert person.title == "ログイン"


def test_software_screens(town: Town) -> None:
    person = town.inside()
    person.open("/otp/issue/software")
    assert person.title == "トークン発行（ソフトウェアトークン発行確認）"
    person.submit("トークンを発行する", confirmation=CONFIRMATION)
    assert person.title == "トークン発行（ソフトウェアトークン発行完了）"
    person.open("/otp/activate")
    assert person.title == "ワンタイムパスワード利用開始（ソフトウェアトークン確認）"
    assert person.page.find(id="serial") is None


def test_software_completion(town: Town) -> None:
    person = town.inside("issued", kind="software")
    person.open("/otp/activate")
    person.submit("利用開始する", otp=town.code())
    assert person.title == "ワンタイムパスワード利用開始（ソフトウェアトークン完了）"
    assert person.facts["シリアル番号"] == "20110998"


@pytest.mark.parametrize("status", ["not_registered", "issued", "in_service"])
def test_notices_stand_before_the_buttons_in_every_status(town: Town, status: str) -> None:
    person = town.inside(status)
    person.open("/otp")
    text = person.page.main.get_text()  # type: ignore[union-attr]
    for words in (
        "アプリに表示する方法",
        "キーホルダー型の生成機に表示する方法",
        "お手元に到着後",
        "次回のログインから",
        "①ソフトウェアトークンに利用している端末の機種変更",
        "②ソフトウェアトークンからハードウェアトークンへの切替",
        "ハードウェアトークンからソフトウェアトークンへは切替できません。",
    ):
        assert words in text
    assert text.index("切替できません") < text.rindex("トークン発行")
    headings = [h.get_text() for h in person.page.find_all(["h2", "h3"])]
    assert headings == [
        "ワンタイムパスワード登録状況",
        "注意事項",
        "トークン発行",
        "ワンタイムパスワード利用開始",
        "ワンタイムパスワード利用解除",
    ]


def test_second_login_page_and_new_session_after_it(town: Town) -> None:
    town.customer("in_service")
    person = town.person()
    person.login("hanako")
    assert person.title == "ワンタイムパスワードの入力"
    assert person.client.get_cookie("bank_session") is None
    pending = person.client.get_cookie("bank_pending")
    assert pending is not None
    person.open("/otp")
    assert person.title == "ログイン", "the password alone opens nothing"
    person.open("/login/otp")
    wrong = town.wrong_code()
    person.submit("ログイン", otp=wrong)
    assert (person.title, person.answer.status_code) == ("ワンタイムパスワードの入力", 422)
    assert wrong not in person.answer.text
    person.submit("ログイン", otp=town.code())
    assert person.title == "トップページ"
    session = person.client.get_cookie("bank_session")
    assert session is not None
    assert session.value != pending.value


def test_a_planted_session_identifier_is_not_taken_over(town: Town) -> None:
    town.customer()
    person = town.person()
    planted = "planted-identifier-0123456789"
    person.client.set_cookie("bank_session", planted)
    person.login("hanako")
    cookie = person.client.get_cookie("bank_session")
    assert cookie is not None
    assert cookie.value != planted


def test_one_page_login(tmp_path: Path) -> None:
    town = Town(tmp_path, policy(login_flow="one_page"))
    town.customer("in_service")
    control.create_customer(
        town.bank,
        login_id="taro",
        login_password=PASSWORD,
        confirmation_password=CONFIRMATION,
        name=None,
        address=None,
        status="not_registered",
        kind="hardware",
        token_serial=None,
    )
    person = town.person()
    person.login("hanako", otp="")
    assert (person.title, person.answer.status_code) == ("ログイン", 422)
    assert "ワンタイムパスワードが入力されていません" in person.alert
    person.open("/login/otp")
    assert person.title == "ログイン"
    person.login("hanako", otp=town.code())
    assert person.title == "トップページ"
    other = town.person()
    other.login("taro", otp="")
    assert other.title == "トップページ"


def test_suspension_is_told_with_a_contact(town: Town) -> None:
    town.customer("suspended")
    person = town.person()
    person.login("hanako")
    assert (person.title, person.answer.status_code) == ("ワンタイムパスワード認証の停止", 422)
    assert "ワンタイムパスワード認証が停止しています" in person.alert
    assert "当組合へご連絡ください" in person.alert
    assert person.client.get_cookie("bank_session") is None


def test_last_wrong_code_at_deactivation_ends_the_session(town: Town) -> None:
    person = town.inside("in_service")
    person.open("/otp/deactivate")
    for _ in range(5):
        person.submit("解除する", confirmation=CONFIRMATION, otp=town.wrong_code())
    assert person.title == "ワンタイムパスワード認証の停止"
    person.open("/otp")
    assert person.title == "ログイン"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"serial": "", "otp": "123456"}, "シリアル番号が入力されていません"),
        ({"serial": "1234567", "otp": "123456"}, "シリアル番号は半角数字8桁から12桁で"),
        ({"serial": "１０１１０９９８", "otp": "123456"}, "シリアル番号は半角数字8桁から12桁で"),
        ({"serial": SERIAL + "0", "otp": "123456"}, "シリアル番号は半角数字8桁から12桁で"),
        ({"serial": SERIAL, "otp": ""}, "ワンタイムパスワードが入力されていません"),
        ({"serial": SERIAL, "otp": " 123456 "}, "ワンタイムパスワードは半角数字6桁で"),
        ({"serial": SERIAL, "otp": "12345"}, "ワンタイムパスワードは半角数字6桁で"),
        ({"serial": OTHER_SERIAL, "otp": "123456"}, "正しくないため、利用開始できません"),
    ],
)
def test_refused_activation_keeps_the_serial_only(
    town: Town, typed: dict[str, str], words: str
) -> None:
    person = town.inside("issued")
    person.open("/otp/activate")
    person.submit("利用開始する", **typed)
    assert (person.title, person.answer.status_code) == (ACTIVATION, 422)
    assert words in person.alert
    serial, otp = person.page.find(id="serial"), person.page.find(id="otp")
    assert serial is not None
    assert otp is not None
    assert serial.get("value", "") == typed["serial"]
    assert otp.get("value") is None
    assert person.registration() == "トークン発行済"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "確認用パスワードが入力されていません"),
        ("abc", "確認用パスワードは半角英数字6文字から12文字で"),
        ("Wrong123", "確認用パスワードが正しくありません"),
    ],
)
def test_refused_confirmation(town: Town, given: str, words: str) -> None:
    person = town.inside()
    person.open("/otp/issue/hardware")
    person.submit("トークンを発行する", confirmation=given)
    assert person.title == "トークン発行（ハードウェアトークン発行確認）"
    assert person.answer.status_code == 422
    assert words in person.alert
    if given:
        assert given not in person.answer.text
    assert person.registration() == "未登録"


def test_hardware_to_software_and_too_early_are_explained(town: Town) -> None:
    person = town.inside("deactivated")
    person.open("/otp/issue/software")
    assert person.answer.status_code == 403
    assert "ハードウェアトークンからソフトウェアトークンへは切替できません" in person.alert


def test_next_day_is_explained(town: Town) -> None:
    person = town.inside("deactivated", kind="software")
    person.open("/otp/issue/hardware")
    assert person.answer.status_code == 403
    assert "翌日以降" in person.alert


def test_every_refusal_has_a_text_of_its_own() -> None:
    assert set(MESSAGES) == {reason.value for reason in Refusal}
    values = {"policy": policy(), "contact": "（電話）", "pause": 15}
    texts = [text.format(**values) for text in MESSAGES.values()]
    assert len(set(texts)) == len(texts)
    assert all(text.endswith(("。", "）")) for text in texts)


def test_deactivation_warns_before_the_button(town: Town) -> None:
    person = town.inside("in_service")
    person.open("/otp/deactivate")
    text = person.answer.text
    assert text.index("もう一度利用開始登録をしてもご利用いただけません") < text.index(">解除する<")
    assert person.page.find(id="otp") is not None


def test_deactivation_without_otp_field(tmp_path: Path) -> None:
    town = Town(tmp_path, policy(deactivation_otp="absent"))
    person = town.inside("in_service")
    person.open("/otp/deactivate")
    assert person.page.find(id="otp") is None
    person.submit("解除する", confirmation=CONFIRMATION)
    assert person.title == "ワンタイムパスワード利用解除（利用解除完了）"


def test_button_presentations(tmp_path: Path) -> None:
    town = Town(tmp_path, policy(buttons="disabled"))
    person = town.inside()
    person.open("/otp")
    closed = [b.get_text() for b in person.page.find_all("button", disabled=True)]
    assert closed == ["ワンタイムパスワード利用開始", "ワンタイムパスワード利用解除"]


def test_hidden_buttons(tmp_path: Path) -> None:
    town = Town(tmp_path, policy(buttons="hidden"))
    person = town.inside("in_service")
    person.open("/otp")
    shown = set(person.buttons())
    assert "ワンタイムパスワード利用解除" in shown
    assert not shown & {"トークン発行", "ワンタイムパスワード利用開始"}


def test_buttons_that_lead_to_an_error_text(town: Town) -> None:
    person = town.inside()
    for button, words in (
        ("ワンタイムパスワード利用開始", "トークンが発行されていないため"),
        ("ワンタイムパスワード利用解除", "ご利用中でないため"),
    ):
        person.open("/otp")
        person.submit(button)
        assert person.answer.status_code == 403
        assert words in person.alert
        person.submit("ワンタイムパスワード申請内容選択へ")
        assert person.title == PORTAL


def test_exits_change_nothing(town: Town) -> None:
    person = town.inside("issued")
    person.open("/otp/activate")
    person.submit("申込を中止する")
    assert person.title == "トップページ"
    person.open("/otp/activate")
    person.submit("戻る")
    assert (person.title, person.status) == (PORTAL, "トークン発行済")


def test_screen_ids_and_keyboard_can_be_left_out(tmp_path: Path) -> None:
    town = Town(tmp_path, policy(show_screen_ids=False, on_screen_keyboard=False))
    person = town.inside("in_service")
    person.open("/otp/deactivate")
    assert "画面ID" not in person.answer.text
    assert "ソフトウェアキーボード" not in person.answer.text


def test_labels_hints_and_purposes(town: Town) -> None:
    person = town.inside("issued")
    person.open("/otp/activate")
    for name, label, hint in (
        ("serial", "必須 シリアル番号", "半角数字8~12桁"),
        ("otp", "必須 ワンタイムパスワード", "半角数字"),
    ):
        field = person.page.find(id=name)
        assert field is not None
        assert (field["type"], field["inputmode"]) == ("text", "numeric")
        assert field.has_attr("required")
        tied = person.page.find(id=str(field["aria-describedby"]))
        assert tied is not None
        assert tied.get_text() == hint
        caption = person.page.find("label", attrs={"for": name})
        assert caption is not None
        assert caption.get_text(" ", strip=True) == label
    assert person.page.find(id="otp")["autocomplete"] == "one-time-code"  # type: ignore[index]
    step = person.page.find(attrs={"aria-current": "step"})
    assert step is not None
    assert step.get_text() == "ハードウェアトークン確認"


def test_choices_are_told_apart(town: Town) -> None:
    person = town.inside()
    person.open("/otp/issue")
    texts = []
    for button in person.page.find_all("button"):
        if button.get_text() == "選択":
            tied = person.page.find(id=str(button["aria-describedby"]))
            assert tied is not None
            texts.append(tied.get_text())
    assert texts == [
        "ソフトウェアトークン（携帯電話またはスマートフォンのアプリに表示する方法）",
        "ハードウェアトークン（キーホルダー型の生成機に表示する方法）",
    ]
