"""What the manual's screens hold: the closed vocabulary of the 項目 column.

Each phrase stands for one check of the page in sight. Texts are checked by
key terms, never by wording (AMB-51; `declaration.labels`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from otp_conformance.declaration.model import Declaration
from otp_conformance.judging.buttons import declared_presence
from otp_conformance.screens.keys import Presence, ScreenKey
from otp_conformance.screens.portal import ACTIVATE, DEACTIVATE, ISSUE
from otp_conformance.screens.reading import Reading
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Kind
from otp_conformance.text import contains, same


@dataclass(frozen=True)
class Page:
    """The page in sight, with what is declared of it."""

    site: Site
    reading: Reading
    declaration: Declaration

    def labels(self, key: str) -> tuple[str, ...]:
        """Return the accepted texts of a label key."""
        return self.declaration.labels[key]


Check = Callable[[Page], bool]
_STATUSES = ("status.not_registered", "status.issued", "status.in_service")


def page_of(site: Site, declaration: Declaration) -> Page:
    """Return the page that a person sees now."""
    return Page(site, Reading(site.view(), declaration.labels), declaration)


def _title(key: ScreenKey) -> Check:
    return lambda page: page.site.current() is key


def _heading(key: str) -> Check:
    return lambda page: page.reading.has_heading(key)


def _says(*keys: str, within: str | None = None) -> Check:
    return lambda page: page.reading.says(*keys, within=within)


def _sentence(*keys: str, within: str | None = None) -> Check:
    return lambda page: page.reading.sentence(*keys, within=within)


def _both(*checks: Check) -> Check:
    return lambda page: all(check(page) for check in checks)


def _notice(*keys: str) -> Check:
    return _sentence(*keys, within="portal.notice_heading")


def _field(
    key: str,
    *,
    masked: bool | None = None,
    required: bool = False,
    longest: Callable[[Declaration], int] = lambda _: 0,
) -> Check:
    """Return the check of an input: there, fit for the ``longest`` value declared for it."""

    def check(page: Page) -> bool:
        field = page.reading.field(key)
        if field is None or (masked is not None and field.masked is not masked):
            return False
        if field.max_length is not None and field.max_length < longest(page.declaration):
            return False
        return field.required or not required

    return check


def _button(key: str) -> Check:
    def check(page: Page) -> bool:
        actions = page.reading.view.actions
        return any(a.enabled and same(a.name, page.labels(key)) for a in actions)

    return check


def _portal_button(button: str) -> Check:
    def check(page: Page) -> bool:
        portal = page.site.portal
        status = portal.status()
        if status is None:  # another item's matter (SCR-11)
            return portal.offers(button) is not Presence.HIDDEN
        return portal.offers(button) is declared_presence(page.declaration, status, button)

    return check


def _one_status(page: Page) -> bool:
    value = page.site.portal.status_text()
    declared = [page.labels(key) for key in _STATUSES]
    more = (*page.declaration.statuses.additional, page.declaration.issue.intermediate_status)
    known = [texts for texts in [*declared, *((text,) for text in more)] if contains(value, texts)]
    others = [key for key in _STATUSES if not same(value, page.labels(key))]
    return len(known) == 1 and not any(page.reading.lines_of(key) for key in others)


def _row(kind: Kind, name: str, description: str) -> Check:
    def check(page: Page) -> bool:
        select = page.labels("kind.select")
        rows = [a.row for a in page.reading.view.actions if a.enabled and same(a.name, select)]
        described = any(
            contains(row, page.labels(name)) and contains(row, page.labels(description))
            for row in rows
        )
        return described and kind in page.site.kind_selection.kinds_offered()

    return check


def _has_notice(page: Page) -> bool:
    heading = "issue_confirm.notice_heading"
    return page.reading.has_heading(heading) and bool(page.reading.block(heading).strip())


def _hint(field_key: str, heading: str, *wanted: Callable[[Page], tuple[str, ...]]) -> Check:
    def check(page: Page) -> bool:
        field = page.reading.field(field_key)
        beside = f"{field.label}\n{field.description}\n" if field else ""
        text = beside + page.reading.block(heading, to_next=True)
        return all(contains(text, texts(page)) for texts in wanted)

    return check


def _code_length(declaration: Declaration) -> int:
    return declaration.otp.digits


def _longest_serial(declaration: Declaration) -> int:
    return declaration.serial.max_length


def _digits(page: Page) -> tuple[str, ...]:
    return page.labels("hint.half_width_digits")


def _serial_length(page: Page) -> tuple[str, ...]:
    least, most = page.declaration.serial.min_length, page.declaration.serial.max_length
    joints = ("~", "-", "から", "桁~", "桁から", "桁以上", "–")
    return tuple(f"{least}{joint}{most}桁" for joint in joints)


def _stage(current: int) -> Check:
    def check(page: Page) -> bool:
        shown, marked = page.reading.progress(
            "activation.progress_confirm", "activation.progress_complete"
        )
        return shown and marked in {None, current}

    return check


def _otp_as_declared(page: Page) -> bool:
    return page.site.deactivation.has_otp_field() is page.declaration.ics.otp_on_deactivation


def _keyboard_as_declared(page: Page) -> bool:
    declared = (
        page.declaration.ics.on_screen_keyboard
        and "deactivation" in page.declaration.keyboard.screens
    )
    return page.site.deactivation.has_keyboard() is declared


def _nothing_to_choose(page: Page) -> bool:
    return page.site.kind_selection.selections() == 0


CONTENTS: dict[str, Check] = {
    # S-00, S-01
    "ログインパスワードの入力欄（伏せ字）": _field("login.password", masked=True),
    "ワンタイムパスワードの入力欄": _field("otp.field", longest=_code_length),
    # S-02
    "題名「ワンタイムパスワード申請内容選択」": _title(ScreenKey.PORTAL),
    "登録情報を示す画面であることの説明": _sentence("portal.lead1"),
    "変更したい内容のボタンを押すよう促す説明": _sentence("portal.lead2", "message.press"),
    "見出し「ワンタイムパスワード登録状況」": _heading("portal.status_heading"),
    "登録状況の値（一つだけ）": _one_status,
    "見出し「注意事項」": _heading("portal.notice_heading"),
    "注意事項：発行が必要なことと、次の画面で種類を選ぶこと": _both(
        _notice("notice.issue", "notice.needed"),
        _notice("notice.next_screen", "notice.choose"),
        _says("kind.software", "kind.hardware", within="portal.notice_heading"),
    ),
    "注意事項：二種類のトークンの説明": _both(
        _notice("kind.software", "kind.software_description"),
        _notice("kind.hardware", "kind.hardware_description"),
    ),
    "注意事項：利用開始の時期と、次回のログインから要ること": _both(
        _notice("notice.arrival", "notice.start"), _notice("notice.next_login", "notice.otp")
    ),
    "注意事項：ハードウェアトークンは到着後に利用開始すること": _notice(
        "kind.hardware", "notice.arrival", "notice.start"
    ),
    "注意事項：①端末の機種変更の手順": _both(
        _notice("notice.handset_change", "kind.software"),
        _notice("notice.old_handset", "notice.end"),
        _notice("notice.new_handset", "notice.issue", "notice.start"),
    ),
    "注意事項：②ソフトウェアからハードウェアへの切替の手順": _both(
        _notice("notice.to_hardware"),
        _notice("kind.software", "notice.end", "notice.issue", "kind.hardware"),
    ),
    "注意事項：逆方向の切替ができないこと": _notice("notice.to_software", "notice.impossible"),
    "「トークン発行」ボタン（宣言どおりの見せ方）": _portal_button(ISSUE),
    "「ワンタイムパスワード利用開始」ボタン（宣言どおりの見せ方）": _portal_button(ACTIVATE),
    "「ワンタイムパスワード利用解除」ボタン（宣言どおりの見せ方）": _portal_button(DEACTIVATE),
    "「トップページへ」の操作部": _button("portal.to_top"),
    "種類を選ぶ操作部がないこと": _nothing_to_choose,
    # S-03
    "題名「トークン発行（選択）」": _title(ScreenKey.KIND),
    "種類を選ぶよう促す文": _sentence("kind.lead"),
    "見出し「トークンの選択」": _heading("kind.heading"),
    "ソフトウェアトークンの行（説明と「選択」）": _row(
        Kind.SOFTWARE, "kind.software", "kind.software_description"
    ),
    "ハードウェアトークンの行（説明と「選択」）": _row(
        Kind.HARDWARE, "kind.hardware", "kind.hardware_description"
    ),
    "種類の選択の「戻る」ボタン": _button("kind.back"),
    # S-04, S-05
    "題名「トークン発行（ハードウェアトークン発行確認）」": _title(ScreenKey.ISSUE_CONFIRM),
    "注意事項の欄": _has_notice,
    "確認用パスワードの入力欄（伏せ字）": _field("confirmation.field", masked=True),
    "「トークンを発行する」ボタン": _button("issue_confirm.submit"),
    "題名「トークン発行（ハードウェアトークン発行完了）」": _title(ScreenKey.ISSUE_COMPLETE),
    "発行完了の「ワンタイムパスワード申請内容選択へ」ボタン": _button("issue_complete.to_portal"),
    # S-06, S-07
    "題名「ワンタイムパスワード利用開始（ハードウェアトークン確認）」": _title(
        ScreenKey.ACTIVATION
    ),
    "進行表示（一段目が現在）": _stage(0),
    "進行表示（二段目が現在）": _stage(1),
    "二つの値を入れて「利用開始する」を押すよう促す文": _sentence(
        "activation.serial", "otp.field", "message.enter", "activation.submit", "message.press"
    ),
    "見出し「シリアル番号の入力」": _heading("activation.serial_heading"),
    "シリアル番号の入力欄（必須の印）": _field(
        "activation.serial", masked=False, required=True, longest=_longest_serial
    ),
    "シリアル番号の注記（半角数字と宣言された桁数）": _hint(
        "activation.serial", "activation.serial_heading", _digits, _serial_length
    ),
    "見出し「ワンタイムパスワードの入力」": _heading("activation.otp_heading"),
    "ワンタイムパスワードの入力欄（必須の印）": _field(
        "otp.field", required=True, longest=_code_length
    ),
    "ワンタイムパスワードの注記（半角数字）": _hint("otp.field", "activation.otp_heading", _digits),
    "「申込を中止する」ボタン": _button("activation.cancel"),
    "「利用開始する」ボタン": _button("activation.submit"),
    "利用開始の「戻る」ボタン": _button("activation.back"),
    "題名「ワンタイムパスワード利用開始（ハードウェアトークン完了）」": _title(
        ScreenKey.ACTIVATION_COMPLETE
    ),
    "利用開始登録が完了したことを告げる文": _sentence("message.activation", "message.completed"),
    "見出し「トークン情報」": _heading("activation_complete.heading"),
    "利用開始完了の「ワンタイムパスワード申請内容選択へ」ボタン": _button(
        "activation_complete.to_portal"
    ),
    # S-08, S-09
    "題名「ワンタイムパスワード利用解除（利用解除確認）」": _title(ScreenKey.DEACTIVATION),
    "見出し「確認用パスワードの入力」": _heading("deactivation.heading"),
    "ワンタイムパスワードの入力欄（宣言どおりの有無）": _otp_as_declared,
    "ソフトウェアキーボードの操作部（宣言どおりの有無）": _keyboard_as_declared,
    "「解除する」ボタン": _button("deactivation.submit"),
    "題名「ワンタイムパスワード利用解除（利用解除完了）」": _title(ScreenKey.DEACTIVATION_COMPLETE),
    "利用解除を受け付けたことを告げる文": _sentence("message.deactivation", "message.accepted"),
    "利用解除完了の「トップページへ」ボタン": _button("deactivation_complete.to_top"),
}

# MAY: where it is told, it is told whole (SCR-38).
ISSUE_MESSAGE: tuple[Check, ...] = (
    _sentence("message.issue", "message.accepted"),
    _sentence("kind.hardware", "message.address"),
    _sentence("notice.arrival", "message.start"),
)
