"""The Japanese text of every refusal: what happened and what to do next (SCR-62, IX-40)."""

from __future__ import annotations

from reference_impl.domain.policy import Policy
from reference_impl.face.site import Site
from reference_impl.service.contract import Refusal


def _contact(site: Site) -> str:
    return (
        f"{site.bank_name} {site.contact_desk}（電話 {site.contact_phone}、{site.contact_hours}）"
    )


def message(reason: Refusal, policy: Policy, site: Site) -> str:
    """Return the text of a refusal under the bank's policies.

    All refused OTPs share one text, so that nobody learns why a guess failed.
    """
    return {
        Refusal.BAD_CREDENTIALS: (
            "ログインIDまたはログインパスワードが正しくありません。"
            "入力内容を確認し、もう一度入力してください。"
        ),
        Refusal.OTP_REQUIRED: (
            "ワンタイムパスワードが入力されていません。"
            "トークンに表示されているワンタイムパスワードを入力してください。"
        ),
        Refusal.OTP_FORMAT: (
            f"ワンタイムパスワードは半角数字{policy.otp_digits}桁で入力してください。"
            "空白、全角文字、記号は入力できません。"
        ),
        Refusal.OTP_REFUSED: (
            "ワンタイムパスワードが正しくないか、すでに使用されています。"
            "トークンの表示が新しく変わってから、もう一度入力してください。"
            "連続して誤ると、ワンタイムパスワード認証が停止します。"
        ),
        Refusal.SUSPENDED: (
            "ワンタイムパスワード認証が停止しています。ログインとお手続きはできません。"
            f"当組合へご連絡ください。連絡先：{_contact(site)}"
        ),
        Refusal.SERIAL_REQUIRED: (
            "シリアル番号が入力されていません。"
            "ハードウェアトークンの裏面に記載されているシリアル番号を入力してください。"
        ),
        Refusal.SERIAL_FORMAT: (
            f"シリアル番号は半角数字{policy.serial_min}桁から{policy.serial_max}桁で"
            "入力してください。空白、全角文字、記号は入力できません。"
        ),
        Refusal.ACTIVATION_REFUSED: (
            "シリアル番号またはワンタイムパスワードが正しくないため、利用開始できません。"
            "シリアル番号を確認し、トークンの表示が新しく変わってから、"
            "もう一度入力してください。"
        ),
        Refusal.TOKEN_EXPIRED: (
            "このトークンは有効期限を過ぎているため、ご利用いただけません。"
            f"当組合へご連絡ください。連絡先：{_contact(site)}"
        ),
        Refusal.CONFIRMATION_REQUIRED: (
            "確認用パスワードが入力されていません。確認用パスワードを入力してください。"
        ),
        Refusal.CONFIRMATION_FORMAT: (
            "確認用パスワードは半角英数字"
            f"{policy.confirmation_min}文字から{policy.confirmation_max}文字で入力してください。"
        ),
        Refusal.CONFIRMATION_WRONG: (
            "確認用パスワードが正しくありません。"
            "ログインパスワードとの取り違えがないか確認し、もう一度入力してください。"
        ),
        Refusal.CONFIRMATION_LOCKED: (
            "確認用パスワードの誤りが続いたため、お手続きを受け付けられません。"
            f"当組合へご連絡ください。連絡先：{_contact(site)}"
        ),
        Refusal.NOT_ISSUED: (
            "トークンが発行されていないため、利用開始のお手続きはできません。"
            "先に「トークン発行」のお手続きをしてください。"
        ),
        Refusal.ALREADY_ISSUED: (
            "トークンはすでに発行を受け付けています。"
            "トークンがお手元に届きましたら「ワンタイムパスワード利用開始」へお進みください。"
        ),
        Refusal.IN_SERVICE: (
            "ワンタイムパスワードはすでにご利用中のため、このお手続きはできません。"
            "トークンを変更する場合は、先に「ワンタイムパスワード利用解除」をしてください。"
        ),
        Refusal.NOTHING_TO_DEACTIVATE: (
            "ワンタイムパスワードをご利用中でないため、利用解除のお手続きはできません。"
            "現在の登録状況をご確認ください。"
        ),
        Refusal.TOO_EARLY: (
            "トークンの種類を変更するお手続きは、利用解除した日の翌日以降に受け付けます。"
            "翌日以降に、もう一度お手続きください。"
        ),
        Refusal.HW_TO_SW: (
            "ハードウェアトークンからソフトウェアトークンへは切替できません。"
            "ハードウェアトークンを選択してください。"
        ),
        Refusal.UNKNOWN_KIND: (
            "トークンの種類を確認できません。"
            "「トークン発行」から、トークンの種類を選択してください。"
        ),
        Refusal.ACTIVATION_LIMIT: (
            "利用開始の入力の誤りが一定回数に達したため、お手続きを受け付けられません。"
            f"当組合へご連絡ください。連絡先：{_contact(site)}"
        ),
    }[reason]
