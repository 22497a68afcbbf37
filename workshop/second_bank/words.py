"""This institution's own words for statuses and refusals."""

from __future__ import annotations

from reference_impl.domain.words import Refusal, Status

STATUS_WORDS = {
    Status.NOT_REGISTERED: "お申し込みなし",
    Status.ISSUED: "開始待ち",
    Status.IN_SERVICE: "ご利用中",
}
_CALL = "お取引店へお電話ください（0120-000-000）。"
_NUMBER = "認証番号をご確認ください。表示が替わってから、もう一度お試しください。"
_TOLD = {
    Refusal.BAD_CREDENTIALS: "会員番号かログイン暗証が違います。",
    Refusal.OTP_REQUIRED: "認証番号を入れてください。",
    Refusal.OTP_FORMAT: "認証番号は8桁の数字です。",
    Refusal.OTP_REFUSED: _NUMBER,
    Refusal.SUSPENDED: f"認証番号のご利用を止めています。{_CALL}",
    Refusal.SERIAL_REQUIRED: "機器番号を入れてください。",
    Refusal.SERIAL_FORMAT: "機器番号は8桁から12桁の数字です。",
    Refusal.ACTIVATION_REFUSED: "機器番号と認証番号の組み合わせを確かめられませんでした。",
    Refusal.TOKEN_EXPIRED: f"この生成機は使える期限を過ぎています。{_CALL}",
    Refusal.CONFIRMATION_REQUIRED: "取引暗証を入れてください。",
    Refusal.CONFIRMATION_FORMAT: "取引暗証は8文字から16文字の英数字です。",
    Refusal.CONFIRMATION_WRONG: "取引暗証が違います。",
    Refusal.CONFIRMATION_LOCKED: f"取引暗証の誤りが続きました。{_CALL}",
    Refusal.TOO_EARLY: "このお手続きは、やめた日の翌日からお受けします。",
    Refusal.HW_TO_SW: "カード型生成機からスマホ生成機へは替えられません。",
    Refusal.UNKNOWN_KIND: "その種類の生成機はありません。",
    Refusal.ACTIVATION_LIMIT: f"誤りが続いたため、登録をお受けできません。{_CALL}",
}


def told(reason: Refusal) -> str:
    """Return what the client shows for a refusal."""
    return _TOLD.get(reason, "いまの状態では、このお手続きはできません。")
