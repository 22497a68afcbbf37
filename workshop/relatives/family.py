"""Banks that keep to the manual in other ways than the reference bank, and say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workshop.faults.banks import BANKS
from workshop.parameters.mapping import DECLARED
from workshop.relatives import markup, ways
from workshop.relatives.drift import learn_drift
from workshop.variants.wsgi import put_around, rewriting


def _as_it_is() -> None:
    """Start the bank as it is; its settings make the difference."""


@dataclass(frozen=True)
class Relative:
    """A bank: settings of its ``[policy]``, and what is changed around it.

    ``declared``: what its vendor declares beside what follows from the
    settings; ``tables``: the same as TOML text.
    """

    name: str
    what_ja: str
    what_en: str
    policy: Mapping[str, object] = field(default_factory=dict)
    prepare: Callable[[], None] = _as_it_is
    declared: Mapping[str, object] = field(default_factory=dict)
    tables: str = ""

    def declaration(self) -> dict[str, object]:
        """Return all dotted keys that its vendor declares differently."""
        found: dict[str, object] = {}
        for key, value in self.policy.items():
            found |= DECLARED[key](value)
        return found | dict(self.declared)


WORDS = {
    "ワンタイムパスワード申請内容選択": "ＯＴＰお手続きメニュー",
    "ワンタイムパスワード申請内容選択へ": "お手続きメニューへ",
    "トップページへ": "ホームへ戻る",
    "トップページ": "ホーム画面",
    "利用開始する": "この内容で登録",
    "解除する": "利用をやめる",
    "申込を中止する": "やめる",
    "選択": "これにする",
    "トークンを発行する": "申し込む",
    "ワンタイムパスワード利用開始": "トークンの利用開始",
    "ワンタイムパスワード利用解除": "トークンの利用解除",
    "登録状況": "現在の状態",
    "有効期限": "ご利用いただける期限",
    "未登録": "お申し込みなし",
    "サービス利用中": "ご利用中",
    "ログアウト": "終了する",
    "ログインID": "お客さま番号",
}
_WORDING = {
    "portal.title": ["ＯＴＰお手続きメニュー"],
    "issue_complete.to_portal": ["お手続きメニューへ"],
    "activation_complete.to_portal": ["お手続きメニューへ"],
    "portal.to_top": ["ホームへ戻る"],
    "deactivation_complete.to_top": ["ホームへ戻る"],
    "top.title": ["ホーム画面"],
    "activation.submit": ["この内容で登録"],
    "activation.cancel": ["やめる"],
    "deactivation.submit": ["利用をやめる"],
    "kind.select": ["これにする"],
    "issue_confirm.submit": ["申し込む"],
    "portal.activate": ["トークンの利用開始"],
    "portal.deactivate": ["トークンの利用解除"],
    "portal.status": ["現在の状態"],
    "activation_complete.expiry": ["ご利用いただける期限"],
    "status.not_registered": ["お申し込みなし"],
    "status.in_service": ["ご利用中"],
    "logout.button": ["終了する"],
    "login.id": ["お客さま番号"],
}
_NOTICE = f"""
[[login.interstitials]]
title = ["{ways.NOTICE_TITLE}"]
press = ["{ways.NOTICE_BUTTON}"]
"""

FAMILY: dict[str, Relative] = {
    relative.name: relative
    for relative in (
        Relative(
            "strict-policies",
            "8桁・停止3回・ログインの許容幅は過去2枠のみ・利用開始登録の誤りも数える・"
            "押せないボタン・再発行は差し替え",
            "8 digits, suspension at 3, login window 2 back only, activation counts, "
            "buttons disabled, reissue replaces",
            policy={
                "otp_digits": 8,
                "lock_threshold": 3,
                "windows": {
                    "login": {"backward": 2, "forward": 0},
                    "activation": {"backward": 3, "forward": 3},
                },
                "lock_sources": ["login", "activation", "deactivation"],
                "buttons": "disabled",
                "reissue_when_issued": "replaces",
                "consumption": "on_submission",
            },
        ),
        Relative(
            "lenient-policies",
            "停止10回・紐付けは利用開始登録時・翌日の制限は両方で同種と機種変更も・午前3時切替・"
            "発行済の解除可・隠れるボタン・停止しても開いた画面は続く",
            "suspension at 10, bound at activation, gate at both and for all kinds, "
            "day begins at 3, deactivation when issued, buttons hidden, "
            "open sessions survive a suspension",
            policy={
                "lock_threshold": 10,
                "binding": "activation",
                "gate": "both",
                "gate_covers_same_kind": True,
                "gate_covers_handset_change": True,
                "gate_cutover_minutes": 180,
                "deactivate_when_issued": "allowed",
                "buttons": "hidden",
                "live_sessions": "kept",
            },
        ),
        Relative(
            "fewer-parts",
            "ソフトウェアトークン・画面ID・画面キーボード・解除時のワンタイムパスワードなし、"
            "発行済になるのは発送時、利用開始登録は3回まで",
            "no software tokens, screen IDs, on-screen keyboard or OTP at deactivation; "
            "issued at dispatch, three activation attempts",
            policy={
                "software_tokens": False,
                "show_screen_ids": False,
                "on_screen_keyboard": False,
                "deactivation_otp": "absent",
                "issued_moment": "dispatch",
                "activation_failure_limit": 3,
            },
        ),
        Relative(
            "one-page-login",
            "ログインパスワードと同じ画面でワンタイムパスワードを求める",
            "the OTP is asked on the page of the login password",
            policy={"login_flow": "one_page"},
        ),
        Relative(
            "full-width",
            "全角数字を半角に直し、前後の空白を除く",
            "full-width digits are converted, blanks around are dropped",
            policy={"full_width": "converted", "trim_blanks": True},
        ),
        Relative(
            "other-words",
            "題名・ボタン・見出し・登録状況の言葉が違う",
            "other words for titles, buttons, captions and statuses",
            prepare=lambda: put_around(rewriting(markup.reworded(WORDS))),
            tables="[labels]\n"
            + "\n".join(f'"{key}" = ["{words[0]}"]' for key, words in _WORDING.items()),
        ),
        Relative(
            "notice-after-login",
            "ログインのたびに、お知らせの画面が間に出る",
            "a notice comes in between after every login",
            prepare=lambda: put_around(ways.with_notice),
            tables=_NOTICE,
        ),
        Relative(
            "other-addresses",
            "アドレスと送信項目の名前がすべて違う",
            "every address and every parameter has another name",
            prepare=lambda: put_around(ways.elsewhere),
            declared={"login.path": "/ib/cust/iriguchi"},
        ),
        Relative(
            "id-first",
            "ログインIDだけを先に尋ね、次の画面でパスワードを尋ねる",
            "asks for the login ID alone, and for the password on the next page",
            prepare=lambda: put_around(ways.id_first),
            declared={"login.id_first": True},
            tables='[labels]\n"login.title" = ["ログイン", "ログインパスワードの入力"]\n',
        ),
        Relative(
            "in-order",
            "どの送信も、最後に表示した画面から一度しか受け付けない（ほかは操作エラー）",
            "a form is taken once, and only from the page shown last; else an error page",
            prepare=lambda: put_around(ways.in_order(ends_session=False)),
        ),
        Relative(
            "strictly-in-order",
            "最後に表示した画面からの送信でなければ、操作エラーにしてログアウトさせる",
            "a form that is not of the page shown last ends the session",
            prepare=lambda: put_around(ways.in_order(ends_session=True)),
        ),
        Relative(
            "one-session",
            "新しくログインすると、前のログインは切れる",
            "a new login ends the one before",
            prepare=lambda: put_around(ways.one_session),
            declared={"sessions.concurrent": "replaces"},
        ),
        Relative(
            "error-pages",
            "断りは、戻るだけの別の画面で伝える",
            "a refusal is told on a page of its own with nothing but a way back",
            prepare=lambda: put_around(ways.error_pages),
        ),
        Relative(
            "out-on-refusal",
            "手続きを断るとログアウトさせ、断りはログインの画面に目印なしで出す",
            "a refused procedure ends the login and is told, unmarked, at the entrance",
            prepare=lambda: put_around(ways.out_on_refusal),
        ),
        Relative(
            "tables",
            "id と class がなく、表・囲むラベル・input のボタン・h2 の題名でできている",
            "no ids and classes; tables, wrapping labels, input buttons, titles in h2",
            prepare=lambda: put_around(rewriting(markup.tables)),
        ),
        Relative(
            "spoken-names",
            "aria-label・role の見出し・コロンの前の項目名・リンクでできている",
            "aria-label, headings by role, captions before a colon, links for buttons",
            prepare=lambda: put_around(rewriting(markup.spoken)),
        ),
        Relative(
            "crowded",
            "どの画面にも、検索・メニュー・注意・住所・電話番号などがある",
            "a search, menus, warnings, addresses and telephone numbers around every page",
            prepare=lambda: put_around(rewriting(markup.crowded)),
        ),
        Relative(
            "decorated",
            "見出し・項目名・値に飾りの記号があり、シリアル番号は4桁ごとに区切って表示する",
            "signs around headings, captions and values; serial numbers shown in groups of four",
            prepare=lambda: put_around(rewriting(markup.decorated)),
        ),
        Relative(
            "in-eras",
            "有効期限を、元号で日付だけ示す",
            "shows the expiry by the Japanese era, the date alone",
            prepare=lambda: put_around(rewriting(markup.in_eras)),
            declared={"expiry.display_format": "%EY%-m月%-d日"},
        ),
        Relative(
            "checked-by-the-browser",
            "空の必須項目や書式の誤りを、ブラウザーが送信の前に止める",
            "the browser stops forms with empty or malformed fields before they are sent",
            prepare=lambda: put_around(rewriting(markup.checked)),
        ),
        Relative(
            "confirmed-at-activation",
            "利用開始登録でも確認用パスワードを求める",
            "asks for the confirmation password at activation, too",
            prepare=BANKS["activation-asks-confirmation"],
            declared={"confirmation_password.asked_at_activation": True},
        ),
        Relative(
            "drift-learning",
            "トークンの時計のずれを学習する",
            "learns how far a token's clock has drifted",
            prepare=learn_drift,
            declared={"otp.resynchronisation": "drift_learning"},
        ),
        Relative(
            "slow-answers",
            "どの画面も少し遅れて返る",
            "every answer comes late",
            prepare=lambda: put_around(ways.delayed(0.03)),
        ),
        Relative(
            "very-slow-answers",
            "どの画面も3秒遅れて返る",
            "every answer comes three seconds late",
            prepare=lambda: put_around(ways.delayed(3.0)),
        ),
    )
}
