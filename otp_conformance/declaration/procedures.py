"""Issue, activation, deactivation and switching, as the institution set them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from otp_conformance.declaration.base import Section, Texts, ix

Presentation = Literal["error", "disabled", "hidden"]


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("IANA")
    return name


TimeZone = Annotated[str, AfterValidator(_zone)]


class Issue(Section):
    """Applying for a token."""

    binding: Annotated[
        Literal["dispatch", "activation"],
        ix(
            "IX-15",
            "お客さまとトークンが結び付く時点: dispatch（発送）/ activation（利用開始登録）",
            "A token is tied to its customer at dispatch or at activation",
        ),
    ]
    issued_status_moment: Annotated[
        Literal["application", "staff", "dispatch"],
        ix(
            "IX-16",
            "登録状況がトークン発行済になる時点: "
            "application（申請）/ staff（職員の処理）/ dispatch（発送）",
            "When the status becomes トークン発行済: application, staff processing or dispatch",
        ),
    ] = "application"
    intermediate_status: Annotated[
        str,
        ix("IX-16", "それまでに表示される登録状況", "Status shown until then, if another"),
    ] = ""
    reissue_when_issued: Annotated[
        Literal["refused", "replaces"],
        ix(
            "IX-19",
            "トークン発行済での再度の発行: refused（不可）/ replaces（置き換え）",
            "Issue again in トークン発行済: refused, or replaces the first",
        ),
    ] = "refused"
    deactivate_when_issued: Annotated[
        Literal["refused", "allowed"],
        ix(
            "IX-20",
            "トークン発行済での利用解除: refused（不可）/ allowed（可）",
            "Deactivation in トークン発行済: refused or allowed",
        ),
    ]


class Activation(Section):
    """Repeated wrong attempts at activation."""

    failure_limit: Annotated[
        int,
        ix(
            "IX-48",
            "利用開始登録を誤れる回数。0 は制限なし",
            "Wrong attempts until the limit takes effect; 0: none",
        ),
        Field(ge=0, le=1000),
    ]
    limit_effect: Annotated[
        Literal["none", "application_cancelled", "token_locked", "suspended"],
        ix(
            "IX-48",
            "制限に達したときの効果: none（制限なし）/ application_cancelled（申請の取り消し）/ "
            "token_locked（トークンの停止）/ suspended（認証の停止）",
            "Effect of reaching the limit: none, application_cancelled, token_locked (that token) "
            "or suspended (OTP authentication)",
        ),
    ] = "none"


class ConfirmationPassword(Section):
    """The second static password that authorises a change."""

    min_length: Annotated[
        int, ix("IX-28", "最小の文字数", "Fewest characters"), Field(ge=1, le=128)
    ]
    max_length: Annotated[int, ix("IX-28", "最大の文字数", "Most characters"), Field(ge=1, le=128)]
    characters: Annotated[
        Literal["alphanumeric", "digits", "printable"],
        ix(
            "IX-28",
            "使える文字（半角）: alphanumeric（英数字）/ digits（数字）/ printable（記号も）",
            "Half-width characters allowed: alphanumeric, digits or printable (signs, too)",
        ),
    ] = "alphanumeric"
    case_sensitive: Annotated[bool, ix("IX-28", "大文字と小文字を区別するか", "Case matters")] = (
        True
    )
    failure_limit: Annotated[
        int,
        ix(
            "IX-28",
            "続けて誤れる回数（ワンタイムパスワードとは別に数える）。0 は制限なし",
            "Wrong attempts until its own lock; 0: none",
        ),
        Field(ge=0, le=1000),
    ] = 0
    asked_at_activation: Annotated[
        bool, ix("IX-28", "利用開始登録でも求めるか", "Asked at activation too")
    ] = False


class Keyboard(Section):
    """The on-screen keyboard."""

    screens: Annotated[
        Annotated[
            tuple[Literal["issue_confirm", "deactivation", "login"], ...], Field(strict=False)
        ],
        ix(
            "IX-29",
            "使える画面: issue_confirm（発行確認）/ deactivation（利用解除確認）/ "
            "login（ログイン）",
            "Screens that offer it: issue_confirm, deactivation, login",
        ),
    ] = ("deactivation",)
    use: Annotated[
        Literal["optional", "forced"],
        ix(
            "IX-29",
            "使い方: optional（任意）/ forced（必須。キーボードからは打てない）",
            "Its use: optional, or forced (nothing can be typed)",
        ),
    ] = "optional"


class Switching(Section):
    """The next-day rule and the change of kind."""

    gate: Annotated[
        Literal["issue", "activation", "both", "none"],
        ix(
            "IX-30",
            "翌日以降になるまで進めない手順: issue / activation / both / none（案内のみ）",
            "Step that waits for the next day: issue, activation, both, none (advice only)",
        ),
    ] = "issue"
    covers_same_kind: Annotated[
        bool, ix("IX-31", "同じ種類の再発行も翌日以降か", "Covers re-issue of the same kind")
    ] = False
    covers_handset_change: Annotated[
        bool, ix("IX-31", "機種変更も翌日以降か", "Covers a handset change")
    ] = False
    time_zone: Annotated[
        TimeZone, ix("IX-32", "日付の区切りの時間帯", "Time zone of the day boundary")
    ] = "Asia/Tokyo"
    cutover_minutes: Annotated[
        int,
        ix(
            "IX-32",
            "日付が変わる時刻（0時からの分）",
            "Minutes after midnight when the day changes",
        ),
        Field(ge=0, le=1439),
    ] = 0
    business_days_only: Annotated[
        bool,
        ix(
            "IX-32",
            "翌日は翌営業日か（土曜、日曜と holidays の日は数えない）",
            "The next day is the next business day: no weekend, none of the holidays",
        ),
    ] = False
    holidays: Annotated[
        Annotated[tuple[date, ...], Field(strict=False)],
        ix(
            "IX-32",
            "business_days_only のとき、土日のほかに営業しない日",
            "With business_days_only: further days without business",
        ),
    ] = ()
    refusal: Annotated[
        Presentation,
        ix(
            "IX-33",
            "早すぎる手続きの断り方: error（押すとエラー）/ disabled（押せない）/ "
            "hidden（出さない）",
            "How a too early try is refused: error when pressed, button disabled or hidden",
        ),
    ] = "error"
    hardware_to_software: Annotated[
        Literal["refused", "refused_in_service", "notice_only"],
        ix(
            "IX-34",
            "ハードウェアからソフトウェアへの切替: refused（不可）/ "
            "refused_in_service（利用中のみ不可）/ notice_only（案内のみ）",
            "Hardware to software: refused, refused_in_service (only then), notice_only",
        ),
    ] = "refused"
    hardware_to_software_at: Annotated[
        Literal["any", "selection", "submission", "hidden"],
        ix(
            "IX-34",
            "断る場所: any（どこでも）/ selection（選んだとき）/ submission（申し込んだとき）/ "
            "hidden（選択肢を出さない）",
            "Where it is refused: any place, at selection, at submission, or the choice is hidden",
        ),
    ] = "any"


class Retired(Section):
    """A token after 利用解除."""

    refused_at: Annotated[
        Literal["activation", "login"],
        ix(
            "IX-35",
            "断る場所: activation（利用開始登録）/ login（登録は済んだように見え、ログインで断る）",
            "Where it is refused: at activation, or only at the login after a seeming activation",
        ),
    ] = "activation"
    scope: Annotated[
        Literal["global", "customer"],
        ix(
            "IX-35",
            "断る相手: global（だれにでも）/ customer（そのお客さまのみ）",
            "Refused for whom: global (everybody) or customer (that one only)",
        ),
    ] = "global"
    refused_days: Annotated[
        int | None,
        ix(
            "IX-35",
            "利用解除から断る日数（書かなければ、いつまでも断る）",
            "Days for which it is refused; left out: for ever",
        ),
        Field(ge=1, le=36500),
    ] = None


class Expiry(Section):
    """Expiry of a token."""

    display_format: Annotated[
        str,
        ix(
            "IX-37",
            "有効期限の書式（strftime。元号は %EC、その年は %Ey、続けて %EY）",
            "Display format (strftime; %EC the era, %Ey its year, %EY both)",
        ),
    ] = "%Y年%m月%d日 %H時%M分"
    time_zone: Annotated[TimeZone, ix("IX-37", "有効期限の時間帯", "Time zone")] = "Asia/Tokyo"
    after: Annotated[
        Literal["refused", "accepted"],
        ix(
            "IX-37",
            "有効期限の後の値: refused（断る）/ accepted（受け付ける）",
            "OTPs after expiry: refused or accepted",
        ),
    ] = "refused"


class Exits(Section):
    """Where the ways out lead."""

    back: Annotated[
        Literal["previous", "portal", "top"],
        ix(
            "IX-38",
            "「戻る」の行き先: previous（前の画面）/ portal（申請内容選択）/ top（トップページ）",
            "戻る leads to: previous screen, portal (request selection) or top page",
        ),
    ] = "previous"
    cancel: Annotated[
        Literal["portal_or_top", "portal", "top"],
        ix(
            "IX-38",
            "「申込を中止する」の行き先: portal_or_top（どちらでもよい）/ portal（申請内容選択）/ "
            "top（トップページ）",
            "申込を中止する leads to: portal_or_top (either), portal or top page",
        ),
    ] = "portal_or_top"


class Effect(Section):
    """When activation and deactivation take effect."""

    latency_seconds: Annotated[
        int,
        ix("IX-36", "効果が出るまでの秒数", "Seconds until they take effect"),
        Field(ge=0, le=86400),
    ] = 0


def _button(ja: str, en: str) -> Any:  # noqa: ANN401 - as `ix`
    return ix("IX-18", f"{ja}（error / disabled / hidden）", f"{en}: error, disabled or hidden")


class ButtonRow(Section):
    """Presentation of the portal's buttons in one status; unset: the common one."""

    issue: Annotated[Presentation | None, _button("トークン発行", "Issue button")] = None
    activate: Annotated[Presentation | None, _button("利用開始", "Activation button")] = None
    deactivate: Annotated[Presentation | None, _button("利用解除", "Deactivation button")] = None


class Buttons(Section):
    """Presentation of a button that has no effect in a status."""

    presentation: Annotated[
        Presentation,
        ix(
            "IX-18",
            "働かないボタンの見せ方: "
            "error（押すとエラー）/ disabled（押せない）/ hidden（出さない）",
            "A button without effect: error when pressed, disabled, hidden",
        ),
    ] = "error"
    not_registered: Annotated[ButtonRow, ix("IX-18", "未登録", "Not registered")] = ButtonRow()
    issued: Annotated[ButtonRow, ix("IX-18", "トークン発行済", "Issued")] = ButtonRow()
    in_service: Annotated[ButtonRow, ix("IX-18", "サービス利用中", "In service")] = ButtonRow()

    def of(
        self,
        status: Literal["not_registered", "issued", "in_service"],
        button: Literal["issue", "activate", "deactivate"],
    ) -> Presentation:
        """Return how a button without effect looks in a status (IX-18)."""
        row: ButtonRow = getattr(self, status)
        cell: Presentation | None = getattr(row, button)
        return self.presentation if cell is None else cell


class Statuses(Section):
    """Status texts beyond the manual's three (those are labels ``status.*``)."""

    additional: Annotated[
        Texts, ix("IX-47", "ほかに表示され得る登録状況", "Further status texts")
    ] = ()
