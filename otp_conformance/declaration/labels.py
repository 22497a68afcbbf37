"""Accepted on-screen texts by label key: the manual's own, both its notations.

Keys are dotted: screen, then thing. Compared with `otp_conformance.text`,
so that brackets, blanks and the two families of token words need no variant
of their own. Source: requirements section 4 (S-00 to S-12, B-01, B-02); what
the manual does not show (login, software tokens, staff) has the wording that
its other screens suggest. An empty tuple means: any text will do (IX-40).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_LOGIN = {  # S-00, S-12; not shown in the manual
    "login.title": ("ログイン",),
    "login.id": ("ログインID",),
    "login.password": ("ログインパスワード",),
    "login.button": ("ログイン",),
    "login_otp.title": ("ワンタイムパスワードの入力",),
    "login_otp.button": ("ログイン",),
    "otp.field": ("ワンタイムパスワード",),
    "logout.button": ("ログアウト",),
    "suspension.title": ("ワンタイムパスワード認証の停止",),
    # Said of the customer now; a warning that mistakes *will* suspend is another text.
    "suspension.text": ("停止しています", "停止しました", "停止されています", "停止中です"),
}
_TOP = {  # S-01; AMB-33
    "top.title": ("トップページ", "トップ画面"),
}
_PORTAL = {  # S-02; SCR-06 to SCR-26
    "portal.title": ("ワンタイムパスワード申請内容選択",),
    "portal.lead1": ("ワンタイムパスワードの登録情報を表示します",),
    "portal.lead2": (
        "登録情報の変更を行う場合は変更対象ボタンを押して下さい",
        "登録情報の変更を行う場合は変更対象ボタンを押してください",
    ),
    "portal.status_heading": ("ワンタイムパスワード登録状況",),
    "portal.status": ("登録状況",),
    "portal.notice_heading": ("注意事項",),
    "portal.issue": ("トークン発行",),
    "portal.activate": ("ワンタイムパスワード利用開始",),
    "portal.deactivate": ("ワンタイムパスワード利用解除",),
    "portal.to_top": ("トップページへ", "トップページ"),
    "status.not_registered": ("未登録",),
    "status.issued": ("トークン発行済",),
    "status.in_service": ("サービス利用中",),
}
_ISSUE = {  # S-03 to S-05, S-10; SCR-27 to SCR-39
    "kind.title": ("トークン発行（選択）",),
    "kind.lead": (
        "トークンの種類を選択して下さい",
        "トークンの種類を選択してください",
    ),
    "kind.heading": ("トークンの選択",),
    "kind.select": ("選択",),
    "kind.hardware": ("ハードウェアトークン",),
    "kind.hardware_description": ("キーホルダー型の生成機に表示する方法",),
    "kind.software": ("ソフトウェアトークン",),
    "kind.software_description": ("携帯電話またはスマートフォンのアプリに表示する方法",),
    "kind.back": ("戻る",),
    "issue_confirm.title": ("トークン発行（ハードウェアトークン発行確認）",),
    "issue_confirm.notice_heading": ("注意事項",),
    "issue_confirm.submit": ("トークンを発行する",),
    "issue_confirm.back": ("戻る",),
    "issue_complete.title": ("トークン発行（ハードウェアトークン発行完了）",),
    "issue_complete.to_portal": ("ワンタイムパスワード申請内容選択へ",),
    "software_issue_confirm.title": ("トークン発行（ソフトウェアトークン発行確認）",),
    "software_issue_complete.title": ("トークン発行（ソフトウェアトークン発行完了）",),
    "confirmation.field": ("確認用パスワード",),
    "keyboard.open": ("ソフトウェアキーボードを使用して入力する",),
    "keyboard.done": ("入力完了",),
}
_ACTIVATION = {  # S-06, S-07, S-10; SCR-40 to SCR-53, AMB-32
    "activation.title": ("ワンタイムパスワード利用開始（ハードウェアトークン確認）",),
    "activation.serial": ("シリアル番号",),
    "activation.serial_heading": ("シリアル番号の入力",),
    "activation.otp_heading": ("ワンタイムパスワードの入力",),
    "activation.submit": ("利用開始する",),
    "activation.cancel": ("申込を中止する",),
    "activation.back": ("戻る",),
    "activation.progress_confirm": ("ハードウェアトークン確認",),
    "activation.progress_complete": ("ハードウェアトークン完了",),
    "activation_complete.title": ("ワンタイムパスワード利用開始（ハードウェアトークン完了）",),
    "activation_complete.heading": ("トークン情報",),
    "activation_complete.serial": ("シリアル番号",),
    "activation_complete.expiry": ("有効期限",),
    "activation_complete.to_portal": ("ワンタイムパスワード申請内容選択へ",),
    "software_activation.title": ("ワンタイムパスワード利用開始（ソフトウェアトークン確認）",),
    "software_activation_complete.title": (
        "ワンタイムパスワード利用開始（ソフトウェアトークン完了）",
    ),
}
_DEACTIVATION = {  # S-08, S-09; SCR-54 to SCR-61
    "deactivation.title": ("ワンタイムパスワード利用解除（利用解除確認）",),
    "deactivation.heading": ("確認用パスワードの入力",),
    "deactivation.submit": ("解除する",),
    "deactivation.back": ("戻る",),
    "deactivation_complete.title": ("ワンタイムパスワード利用解除（利用解除完了）",),
    "deactivation_complete.to_top": ("トップページへ", "トップページ"),
}
_COMMON = {
    "field.required": ("必須",),
    "screen_id.caption": ("画面ID",),
}
_ERRORS = {  # S-11; AMB-54: nothing is printed, so nothing is asserted by default
    f"error.{refusal}": ()
    for refusal in (
        "login",
        "otp",
        "serial_format",
        "serial",
        "otp_format",
        "confirmation",
        "status",
        "too_early",
        "kind",
        "retired",
        "expired",
        "suspended",
    )
}
_STAFF = {  # B-01, B-02
    "staff.login_title": ("職員ログイン",),
    "staff.id": ("職員ID",),
    "staff.password": ("パスワード",),
    "staff.login_button": ("職員ログイン",),
    "staff.logout_button": ("ログアウト",),
    "staff.orders_title": ("発行申請一覧",),
    "staff.orders_link": ("発行申請一覧",),
    "staff.dispatch_link": ("発送手続きへ",),
    "staff.dispatch_title": ("トークンの発送",),
    "staff.serial": ("シリアル番号",),
    "staff.dispatch_submit": ("発送する",),
    "staff.stock_title": ("トークン在庫",),
    "staff.stock_link": ("トークン在庫",),
    "staff.stock_import": ("取り込む",),
    "staff.customers_title": ("お客さま一覧",),
    "staff.customers_link": ("お客さま一覧",),
    "staff.search": ("検索",),
    "staff.search_id": ("ログインID",),
    "staff.customer_title": ("お客さま情報",),
    "staff.customer_id": ("ログインID",),
    "staff.customer_name": ("お名前",),
    "staff.customer_address": ("登録住所",),
    "staff.status": ("登録状況",),
    "staff.kind": ("トークンの種類",),
    "staff.order_number": ("申請番号",),
    "staff.ship_to": ("送付先",),
    "staff.order_status": ("状態",),
    "staff.order_cancelled": ("取消", "取り消し", "取消済"),
    "staff.circumstances": ("確認した状況",),
    "staff.unlock": ("停止状態を解除する",),
    "staff.reason": ("理由",),
    "staff.revoke": ("トークンを失効させる",),
    "staff.audit_title": ("操作履歴",),
    "staff.audit_link": ("操作履歴",),
}

DEFAULT_LABELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **_LOGIN,
        **_TOP,
        **_PORTAL,
        **_ISSUE,
        **_ACTIVATION,
        **_DEACTIVATION,
        **_COMMON,
        **_ERRORS,
        **_STAFF,
    }
)
