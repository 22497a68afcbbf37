"""Screens that lack one of the things the manual shows: one text or control changed each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from reference_impl.domain.words import Kind, Status
from reference_impl.face import pages
from reference_impl.web import portal
from workshop.faults.answers import Change, edit, rewrite
from workshop.faults.swap import fault, wrap

_CONFIRMATION = '{{ field("confirmation", "確認用パスワード"'
_PROGRESS = '{{ progress([kind_text ~ "確認", kind_text ~ "完了"], '

#: Templates with something changed in their source.
EDITS: dict[str, tuple[str, *tuple[Change, ...]]] = {
    "login-password-readable": (
        "web/login.html",
        ('type="password", autocomplete', "autocomplete"),
    ),
    "login-otp-unnamed": (
        "web/login_otp.html",
        ('field("otp", "ワンタイムパスワード"', 'field("otp", "認証番号"'),
    ),
    "portal-purpose-untold": (
        "web/portal.html",
        ("ワンタイムパスワードの登録情報を表示します。<br>", ""),
    ),
    "portal-invitation-missing": (
        "web/portal.html",
        ("登録情報の変更を行う場合は変更対象ボタンを押してください。", ""),
    ),
    "status-heading-missing": (
        "web/portal.html",
        ("<h2>ワンタイムパスワード登録状況</h2>", "<h2>お客さまの状況</h2>"),
    ),
    "token-information-unnamed": (
        "web/activate_done.html",
        ("<h2>トークン情報</h2>", "<h2>ご案内</h2>"),
    ),
    "notes-heading-missing": ("web/portal.html", ("<h2>注意事項</h2>", "<h2>ご案内</h2>")),
    "note-on-choice-missing": (
        "web/portal.html",
        ("次画面で、次のいずれかを選択してください。", ""),
    ),
    "note-on-kinds-missing": (
        "web/portal.html",
        ("（キーホルダー型の生成機に表示する方法）", ""),
    ),
    "note-on-next-login-missing": (
        "web/portal.html",
        ("次回のログインから、ワンタイムパスワードの入力が必要になります。", ""),
    ),
    "note-on-arrival-of-hardware-missing": (
        "web/portal.html",
        (
            "ソフトウェアトークンはアプリの起動後、ハードウェアトークンはお手元に到着後、次画面で",
            "アプリの起動後またはお手元に到着後、次画面で",
        ),
    ),
    "note-on-handset-missing": (
        "web/portal.html",
        ("変更前の端末でワンタイムパスワードの利用解除を行い、", ""),
    ),
    "note-on-switch-missing": (
        "web/portal.html",
        ("ソフトウェアトークンに表示されているワンタイムパスワードで利用解除を行い、", ""),
    ),
    "choice-invitation-missing": (
        "web/issue_choose.html",
        ("トークンの種類を選択してください。", ""),
    ),
    "choice-heading-missing": ("web/issue_choose.html", (">トークンの選択</h2>", ">種類</h2>")),
    "choice-without-back": ("web/issue_choose.html", ('{{ go("/otp", "戻る") }}', "")),
    "issue-notes-missing": ("web/issue_confirm.html", ("<h2>注意事項</h2>", "<h2>ご案内</h2>")),
    "issue-confirmation-readable": (
        "web/issue_confirm.html",
        ('type="password"', 'type="text"'),
    ),
    "issue-button-renamed": (
        "web/issue_confirm.html",
        (">トークンを発行する</button>", ">次へ</button>"),
    ),
    "issue-completion-without-portal": (
        "web/issue_done.html",
        ('{{ go("/otp", "ワンタイムパスワード申請内容選択へ", "primary") }}', ""),
    ),
    "activation-without-progress": (
        "web/activate.html",
        (_PROGRESS + "0) }}", ""),
    ),
    "completion-at-first-stage": (
        "web/activate_done.html",
        (_PROGRESS + "1) }}", _PROGRESS + "0) }}"),
    ),
    "activation-invitation-missing": (
        "web/activate.html",
        (
            (
                "トークンに記載されているシリアル番号と、表示されているワンタイムパスワードを入力し、"
                "「利用開始する」ボタンを押してください。"
            ),
            "",
        ),
    ),
    "serial-hint-wrong": (
        "web/activate.html",
        ('hint="半角数字%d~%d桁" | format(policy.serial_min, policy.serial_max)', 'hint="英数字"'),
    ),
    "serial-not-marked-required": (
        "web/activate.html",
        ('inputmode="numeric", value=serial', 'required=false, inputmode="numeric", value=serial'),
    ),
    "serial-named-otherwise": (
        "web/activate.html",
        ('field("serial", "シリアル番号"', 'field("serial", "トークンの番号"'),
    ),
    "otp-hint-missing": (
        "web/activate.html",
        (
            'field("otp", "ワンタイムパスワード", hint="半角数字"',
            'field("otp", "ワンタイムパスワード"',
        ),
    ),
    "activation-without-cancel": ("web/activate.html", ('{{ go("/", "申込を中止する") }}', "")),
    "activation-button-renamed": (
        "web/activate.html",
        (
            '<button class="button primary">利用開始する</button>',
            '<button class="button">次へ</button>',
        ),
    ),
    "activation-without-back": ("web/activate.html", ('{{ go("/otp", "戻る") }}', "")),
    "activation-completion-untold": (
        "web/activate_done.html",
        ("以下の内容で、ワンタイムパスワード利用開始登録を完了しました。", "以下の内容です。"),
    ),
    "completion-told-on-refused-activation": (
        "web/activate.html",
        (
            "{% block content %}",
            (
                "{% block content %}{% if alerts %}"
                "<p>ワンタイムパスワード利用開始登録を完了しました。</p>{% endif %}"
            ),
        ),
    ),
    "completion-without-token-information": (
        "web/activate_done.html",
        ('<dt>シリアル番号</dt><dd class="num">{{ serial }}</dd>', ""),
        ('<dt>有効期限</dt><dd class="num">{{ expires_at | minutes }}</dd>', ""),
    ),
    "completion-without-expiry": (
        "web/activate_done.html",
        ('<dt>有効期限</dt><dd class="num">{{ expires_at | minutes }}</dd>', ""),
    ),
    "activation-completion-without-portal": (
        "web/activate_done.html",
        ('{{ go("/otp", "ワンタイムパスワード申請内容選択へ", "primary") }}', ""),
    ),
    "deactivation-button-renamed": (
        "web/deactivate.html",
        (">解除する</button>", ">次へ</button>"),
    ),
    "deactivation-completion-without-top": (
        "web/deactivate_done.html",
        ('{{ go("/", "トップページへ", "primary") }}', ""),
    ),
    "deactivation-completion-untold": (
        "web/deactivate_done.html",
        ("ワンタイムパスワード利用解除登録を受け付けました。", "お手続きの画面です。"),
    ),
    "kind-chosen-on-portal": (
        "web/portal.html",
        (
            '<section aria-label="お手続きの選択">',
            (
                '<table><tr><td>{{ go("/otp/issue/hardware", "選択") }}</td>'
                "<td>ハードウェアトークン</td></tr></table>"
                '<section aria-label="お手続きの選択">'
            ),
        ),
    ),
    "issue-asks-otp": (
        "web/issue_confirm.html",
        (
            _CONFIRMATION,
            '{{ field("otp", "ワンタイムパスワード", required=false) }}' + _CONFIRMATION,
        ),
    ),
    "issue-asks-serial": (
        "web/issue_confirm.html",
        (_CONFIRMATION, '{{ field("serial", "シリアル番号", required=false) }}' + _CONFIRMATION),
    ),
    "issue-asks-address": (
        "web/issue_confirm.html",
        (_CONFIRMATION, '{{ field("address", "送付先住所", required=false) }}' + _CONFIRMATION),
    ),
    "activation-asks-confirmation": (
        "web/activate.html",
        (
            '<div class="actions"><button',
            (
                '{{ field("confirmation", "確認用パスワード", type="password", required=false) }}'
                '<div class="actions"><button'
            ),
        ),
    ),
}

#: Screens under another title: template, title of the manual, title shown.
TITLES: dict[str, tuple[str, str, str]] = {
    "portal-title-wrong": ("web/portal.html", "ワンタイムパスワード申請内容選択", "ご登録内容"),
    "choice-title-wrong": ("web/issue_choose.html", "トークン発行（選択）", "種類のご指定"),
    "issue-title-wrong": (
        "web/issue_confirm.html",
        "トークン発行（ハードウェアトークン発行確認）",
        "ご確認",
    ),
    "issue-completion-title-wrong": (
        "web/issue_done.html",
        "トークン発行（ハードウェアトークン発行完了）",
        "お知らせ",
    ),
    "activation-title-wrong": (
        "web/activate.html",
        "ワンタイムパスワード利用開始（ハードウェアトークン確認）",
        "ご入力",
    ),
    "activation-completion-title-wrong": (
        "web/activate_done.html",
        "ワンタイムパスワード利用開始（ハードウェアトークン完了）",
        "お知らせ",
    ),
    "deactivation-title-wrong": (
        "web/deactivate.html",
        "ワンタイムパスワード利用解除（利用解除確認）",
        "ご確認",
    ),
    "deactivation-completion-title-wrong": (
        "web/deactivate_done.html",
        "ワンタイムパスワード利用解除（利用解除完了）",
        "お知らせ",
    ),
}

#: Statuses that bear another word than the manual's.
STATUS_WORDS: dict[str, tuple[Status, str]] = {
    "not-registered-misnamed": (Status.NOT_REGISTERED, "お申込みなし"),
    "issued-misnamed": (Status.ISSUED, "手続中"),
    "in-service-misnamed": (Status.IN_SERVICE, "有効"),
}

#: Buttons of the portal that are not there in any status.
BUTTONS: dict[str, str] = {
    "portal-without-issue": "トークン発行",
    "portal-without-activation": "ワンタイムパスワード利用開始",
    "portal-without-deactivation": "ワンタイムパスワード利用解除",
}

#: Rows of the choice of kind without what describes the kind.
KINDS: dict[str, tuple[Kind, str]] = {
    "software-undescribed": (Kind.SOFTWARE, "ソフトウェアトークン"),
    "hardware-undescribed": (Kind.HARDWARE, "ハードウェアトークン"),
}


def _under_title(template: str, right: str, wrong: str) -> None:
    heading = (f"<h1>{right}</h1>", f"<h1>{wrong}</h1>")
    rewrite(template, heading, (f"<title>{right}", f"<title>{wrong}"))


def _without_button(label: str) -> None:
    def buttons(original: Any, *rest: Any) -> list[portal.PortalButton]:
        return [replace(b, shown=b.shown and b.label != label) for b in original(*rest)]

    wrap(portal.portal_buttons, buttons)


def _put(table: dict[Any, str], key: object, word: str) -> None:
    table[key] = word


for _name, (_template, *_changes) in EDITS.items():
    fault(_name)(partial(edit, _template, *_changes))
for _name, (_template, _right, _wrong) in TITLES.items():
    fault(_name)(partial(_under_title, _template, _right, _wrong))
for _name, (_status, _word) in STATUS_WORDS.items():
    fault(_name)(partial(_put, pages.STATUS_NAME, _status, _word))
for _name, _label in BUTTONS.items():
    fault(_name)(partial(_without_button, _label))
for _name, (_kind, _word) in KINDS.items():
    fault(_name)(partial(_put, pages.KIND_LABEL, _kind, _word))
