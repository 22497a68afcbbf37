"""Logging in and the one-time password itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from otp_conformance.declaration.base import SecretReference, Section, SomeTexts, Texts, ix

Steps = Annotated[int, Field(ge=0, le=10)]
_WIDE = (
    "入力欄の全角数字: refused（断る）/ converted（半角として受け付ける）",
    "Full-width digits in the field: refused, or converted into half-width",
)
FullWidth = Literal["refused", "converted"]


class ExtraField(Section):
    """A field of the login page that the manual does not know, such as a branch number."""

    label: Annotated[SomeTexts, ix("IX-05", "欄の見出し", "Label of the field")]
    value: Annotated[str, ix("IX-05", "入れる値（秘密でないもの）", "Value, if no secret")] = ""
    secret: Annotated[
        SecretReference | None,
        ix("IX-05", "入れる値（秘密の値の参照）", "Value, by reference", secret=True),
    ] = None


class Interstitial(Section):
    """A page that comes in between, such as notices after the login."""

    title: Annotated[SomeTexts, ix("IX-05", "途中に出る画面の題名", "Title of the page")]
    press: Annotated[
        SomeTexts, ix("IX-05", "先へ進むために押すもの", "Button or link that leads on")
    ]


Tables = Field(strict=False)


class Login(Section):
    """The way in."""

    flow: Annotated[
        Literal["two_pages", "one_page"],
        ix(
            "IX-05",
            "ワンタイムパスワードを求める画面: two_pages（次の画面で）/ one_page（同じ画面で）",
            "Where the OTP is asked for: two_pages (on a second page) or one_page (on the same)",
        ),
    ] = "two_pages"
    path: Annotated[
        str, ix("IX-05", "ログイン画面の場所", "Path of the login page"), Field(pattern=r"^/\S*$")
    ] = "/login"
    id_first: Annotated[
        bool,
        ix(
            "IX-05",
            "ログインIDだけを先に、別の画面で尋ねるか",
            "The login ID is asked for first, on a page of its own",
        ),
    ] = False
    remembered_devices: Annotated[
        bool,
        ix("IX-05", "端末を記憶して省く機能があるか", "Devices can be remembered"),
    ] = False
    logout_control: Annotated[
        bool, ix("IX-05", "ログアウトの操作部があるか", "There is a logout control")
    ] = True
    extra_fields: Annotated[
        Annotated[tuple[ExtraField, ...], Tables],
        ix("IX-05", "手順書にない入力欄", "Fields that the manual does not know"),
    ] = ()
    interstitials: Annotated[
        Annotated[tuple[Interstitial, ...], Tables],
        ix("IX-05", "途中に出る画面", "Pages that come in between"),
    ] = ()


class Navigation(Section):
    """From the top page to the portal."""

    portal: Annotated[
        SomeTexts,
        ix("IX-04", "トップページから順に押すメニュー", "Menu labels from top page to portal"),
    ] = ("ワンタイムパスワード申請", "ワンタイムパスワード申請")


class ScreenIds(Section):
    """Displayed ID of each screen; empty: none declared, nothing asserted.

    What is left out is the manual's (`specification.manual`).
    """

    top: Annotated[str, ix("IX-03", "トップページ", "Top page")] = ""
    portal: Annotated[str, ix("IX-03", "申請内容選択", "Portal")] = ""
    kind: Annotated[str, ix("IX-03", "トークンの選択", "Choice of kind")] = ""
    issue_confirm: Annotated[str, ix("IX-03", "発行確認", "Issue confirmation")] = ""
    issue_complete: Annotated[str, ix("IX-03", "発行完了", "Issue completion")] = ""
    activation: Annotated[str, ix("IX-03", "利用開始の確認", "Activation input")] = ""
    activation_complete: Annotated[str, ix("IX-03", "利用開始の完了", "Activation completion")] = ""
    deactivation: Annotated[str, ix("IX-03", "利用解除確認", "Deactivation confirmation")] = ""
    deactivation_complete: Annotated[
        str, ix("IX-03", "利用解除完了", "Deactivation completion")
    ] = ""


class Window(Section):
    """Accepted time steps besides the current one."""

    backward: Annotated[Steps, ix("IX-08", "過去へ受け付けるステップ数", "Steps backward")] = 1
    forward: Annotated[Steps, ix("IX-08", "未来へ受け付けるステップ数", "Steps forward")] = 1


class Windows(Section):
    """The acceptance window of each function."""

    activation: Annotated[Window, ix("IX-08", "利用開始登録", "Activation")] = Window()
    login: Annotated[Window, ix("IX-08", "ログイン", "Login")] = Window()
    deactivation: Annotated[Window, ix("IX-08", "利用解除", "Deactivation")] = Window()


class Otp(Section):
    """The one-time password."""

    digits: Annotated[
        int, ix("IX-06", "ワンタイムパスワードの桁数", "Digits of an OTP"), Field(ge=4, le=10)
    ]
    leading_zeros: Annotated[
        bool, ix("IX-06", "先頭の0も桁に含むか", "Leading zeros are part of the value")
    ] = True
    step_seconds: Annotated[
        int,
        ix("IX-07", "値が変わる間隔（秒）", "Seconds a value lasts"),
        Field(ge=10, le=3600),
    ] = 60
    window: Annotated[Windows, ix("IX-08", "受け付ける幅", "Acceptance windows")] = Windows()
    resynchronisation: Annotated[
        Literal["none", "drift_learning", "procedure"],
        ix(
            "IX-09",
            "時刻ずれへの対応: none / drift_learning（学習）/ procedure（手続き）",
            "Resynchronisation: none, drift_learning, or a procedure",
        ),
    ] = "none"
    consumption: Annotated[
        Literal["on_success", "on_submission"],
        ix(
            "IX-10",
            "使用済みになる時点: on_success（成功時）/ on_submission（送信時）",
            "When a value is used up: on_success or on_submission",
        ),
    ] = "on_success"
    consumed_with_wrong_password: Annotated[
        bool,
        ix(
            "IX-10",
            "正しい値でもパスワード誤りなら使用済みになるか",
            "A right value sent with a wrong password is used up",
        ),
    ] = False
    older_after_newer: Annotated[
        Literal["refused", "accepted"] | None,
        ix(
            "IX-10",
            "新しい値を使った後の、使わなかった前の値: refused（断る）/ accepted（受け付ける）。"
            "書かなければ確かめない",
            "An earlier value that was not used, after a later one was: refused or accepted; "
            "left out: not judged",
        ),
    ] = None
    full_width: Annotated[FullWidth, ix("IX-14", *_WIDE)] = "refused"
    trim_blanks: Annotated[
        bool, ix("IX-14", "入力欄の前後の空白を除くか", "Blanks around the value are dropped")
    ] = False
    other_uses: Annotated[
        Texts,
        ix(
            "IX-45", "ほかにワンタイムパスワードを求める機能", "Other functions that ask for an OTP"
        ),
    ] = ()


class Serial(Section):
    """Serial numbers and how their field handles input."""

    min_length: Annotated[int, ix("IX-13", "最小の桁数", "Fewest digits"), Field(ge=1, le=32)] = 8
    max_length: Annotated[int, ix("IX-13", "最大の桁数", "Most digits"), Field(ge=1, le=32)] = 12
    full_width: Annotated[FullWidth, ix("IX-14", *_WIDE)] = "refused"
    trim_blanks: Annotated[
        bool, ix("IX-14", "入力欄の前後の空白を除くか", "Blanks around the value are dropped")
    ] = False
