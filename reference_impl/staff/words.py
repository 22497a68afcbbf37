"""The audit trail's codes as Japanese text."""

from __future__ import annotations

from reference_impl.face.texts import KIND_NAME
from reference_impl.service.contract import AuditView

_ACTION = {
    "activate": "利用開始",
    "add_staff": "職員の登録",
    "add_token": "トークンの登録",
    "confirmation_refused": "確認用パスワードの誤り",
    "create_customer": "お客さまの登録",
    "deactivate": "利用解除",
    "dispatch": "トークンの発送",
    "import": "トークンの取り込み",
    "issue": "発行申請の受付",
    "login": "ログイン",
    "login_refused": "ログインの拒否",
    "order_cancelled": "発行申請の取消",
    "otp_expired_token": "有効期限切れトークンの拒否",
    "otp_refused": "ワンタイムパスワードの拒否",
    "reset": "初期化",
    "revoke": "トークンの失効",
    "staff_login": "職員ログイン",
    "staff_login_refused": "職員ログインの拒否",
    "suspended": "ワンタイムパスワード認証の停止",
    "unlock": "停止状態の解除",
}
_CUSTOMER = "customer:"
#: Actions whose detail is a code of the bank's own; anything else is a person's words.
_KINDS = {kind.value: name for kind, name in KIND_NAME.items()}
_CODED = {
    "activate": _KINDS,
    "add_token": _KINDS,
    "deactivate": _KINDS,
    "issue": _KINDS,
    "create_customer": {
        "not_registered": "未登録",
        "issued": "トークン発行済",
        "in_service": "サービス利用中",
        "suspended": "ワンタイムパスワード認証の停止中",
        "deactivated": "利用解除後",
    },
    "login": {"password": "パスワード", "password and OTP": "パスワードとワンタイムパスワード"},
    "login_refused": {
        "password": "パスワードの誤り",
        "suspended": "認証の停止中",
        "unknown ID": "登録のないログインID",
    },
    "otp_refused": {
        "activation": "利用開始",
        "deactivation": "利用解除",
        "login": "ログイン",
        "wrong": "値の誤り",
        "other_token": "別のトークンの値",
        "reused": "使用済み",
        "stale": "古い値",
        "future": "先の値",
        "malformed": "形式の誤り",
        "empty": "未入力",
    },
    "suspended": {"failures": "連続した誤り"},
    "import": {"imported": "取り込み", "refused": "拒否"},
}


def action_name(line: AuditView) -> str:
    """Return what was done; an unknown code as it is."""
    return _ACTION.get(line.action, line.action)


def actor_name(line: AuditView) -> str:
    """Return who did it."""
    if line.actor == f"{_CUSTOMER}?":
        return "不明"
    if line.actor.startswith(_CUSTOMER):
        return f"お客さま {line.actor.removeprefix(_CUSTOMER)}"
    return line.actor


def detail_text(line: AuditView) -> str:
    """Return the details, with the bank's own codes put into words."""
    words = _CODED.get(line.action, {})
    if line.detail in words:
        return words[line.detail]
    return " ".join(words.get(word.rstrip(":,"), word) for word in line.detail.split(" "))
