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
    # Leads, notices and messages are known by their key terms: another wording of
    # the same sentence is no fault (AMB-51). All keys of a sentence must be in it.
    "portal.lead1": ("登録情報を表示", "登録内容を表示"),
    "portal.lead2": (
        "変更対象ボタン",
        "変更対象のボタン",
        "変更するボタン",
        "内容のボタン",
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
    "kind.lead": ("種類を選択し", "種類を選んで", "種類をお選び"),
    "kind.heading": ("トークンの選択",),
    "kind.select": ("選択",),
    "kind.hardware": ("ハードウェアトークン",),
    "kind.hardware_description": (
        "キーホルダー型の生成機に表示する方法",
        "キーホルダー型の生成機",
        "キーホルダー型の専用機器",
    ),
    "kind.software": ("ソフトウェアトークン",),
    "kind.software_description": (
        "携帯電話またはスマートフォンのアプリに表示する方法",
        "アプリに表示する方法",
        "アプリに表示",
    ),
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
_NOTICE = {  # the portal's 注意事項 (SCR-16 to SCR-21, SHP-05) by key terms
    "notice.issue": ("トークン発行", "トークンの発行"),
    "notice.needed": ("必要", "要ります"),
    "notice.next_screen": ("次画面", "次の画面"),
    "notice.choose": ("選択", "選んで", "お選び"),
    "notice.arrival": ("到着後", "到着した後", "届いた後", "届いてから", "届きましたら"),
    "notice.start": ("利用開始",),
    "notice.next_login": ("次回のログイン", "次回ログイン", "次のログイン"),
    "notice.otp": ("ワンタイムパスワード",),
    "notice.handset_change": ("機種変更", "端末の変更"),
    "notice.old_handset": ("変更前の端末", "変更前の機種", "旧端末", "古い端末"),
    "notice.new_handset": ("変更後の端末", "変更後の機種", "新端末", "新しい端末"),
    "notice.end": ("利用解除",),
    "notice.to_hardware": ("ソフトウェアトークンからハードウェアトークンへ",),
    "notice.to_software": ("ハードウェアトークンからソフトウェアトークンへ",),
    "notice.impossible": ("できません", "できない", "不可", "行えません", "いたしかねます"),
}
_MESSAGES = {  # what screens say once something is done, and what they ask for
    "message.issue": ("発行",),
    "message.address": ("登録済みの住所", "ご登録の住所", "登録住所", "お届けの住所", "届出住所"),
    "message.start": ("利用開始",),
    "message.accepted": (
        "受け付けました",
        "受付けました",
        "受付ました",
        "受けました",
        "受け付けいたしました",
        "承りました",
        "受付が完了しました",
        "完了しました",
        "完了いたしました",
        "完了致しました",
    ),
    "message.activation": ("利用開始登録", "利用開始の登録", "利用開始の手続き"),
    "message.completed": ("完了しました", "完了いたしました", "完了致しました", "完了です"),
    "message.deactivation": ("利用解除",),
    "message.enter": ("入力",),
    "message.press": ("押", "クリック", "タップ", "選択"),
}
_COMMON = {
    "hint.half_width_digits": ("半角数字",),
    "hint.alphanumeric": ("英数字", "英字", "数字", "半角"),
    "field.required": ("必須",),
    "field.address": ("住所", "送付先", "お届け先", "届け先", "郵便番号"),
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
        **_NOTICE,
        **_MESSAGES,
        **_COMMON,
        **_ERRORS,
        **_STAFF,
    }
)
