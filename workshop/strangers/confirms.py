"""A bank that asks everything twice: input, confirmation, completion.

Written from the operation manual and its requirement list alone; the rules are those of
`tables`, the pages share nothing with it. Every procedure has a page of its own between
input and completion, with a way to correct what was typed. Field names are new on every
page, a serial number is typed into three boxes, the kind is a radio button in a card, an
application needs the customer's agreement, a notice after the login has to be ticked as
read, messages carry codes, refusals come as HTTP 403, 409 and 422, and every success is a
303 to a page of its own. A session that is over has a page of its own, too.

Run it: ``python -m workshop.strangers.confirms --port 8913``. It prints ``READY`` and its
address. Everything lives in memory; the clock is moved by ``/ope/clock``.
Invented faults are switched on with ``--fault NAME`` (see ``FAULTS``).
"""

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from http.server import ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, quote, unquote, urlsplit

from workshop.strangers import tables
from workshop.strangers.serving import run
from workshop.strangers.tables import (
    IN_SERVICE,
    ISSUED,
    JST,
    NOT_REGISTERED,
    STAFF,
    Form,
    Member,
    RefusedError,
    Token,
)

FAULTS = {
    **tables.FAULTS,
    "unconfirmed": "ISS-15: the confirmation password is asked for, and compared with nothing",
}
CODES = {
    "ワンタイムパスワードに誤りがあります。": "E2101",
    "確認用パスワードに誤りがあります。": "E2102",
    "シリアル番号またはワンタイムパスワードに誤りがあります。": "E2103",
    "注意事項に同意のうえ、お進みください。": "E2201",
}
STALE = "この画面からのお手続きは無効です。はじめからやり直してください。"
STYLE = """
body{font-family:sans-serif;margin:0;color:#222}header,footer{background:#e8f4ec;padding:.6em 1em}
nav ul{list-style:none;padding:0;display:flex;gap:1.5em}nav ul ul{display:block;margin-left:1em}
main{padding:0 2em 3em}.ttl{font-size:1.5em;border-left:.3em solid #185;padding-left:.4em}
.grid{display:grid;grid-template-columns:12em 1fr;gap:.5em;max-width:44em}
.grid>div{background:#f5f5f0;padding:.5em}.card{display:block;border:1px solid #185;padding:1em;
margin:.5em 0;max-width:40em}.badge{background:#185;color:#fff;padding:.1em .6em}
.step{display:flex;list-style:none;padding:0}.step li{padding:.3em 1em;background:#ddd}
.step li.is-active{background:#185;color:#fff}
.err{color:#b00;border:1px solid #b00;padding:.5em 2em}.toast{position:fixed;right:1em;bottom:1em}
.need{color:#fff;background:#b00;font-size:.7em}.fl{position:relative;margin:1em 0}
.fl input{padding:1.4em .6em .3em;width:18em}.fl span{position:absolute;left:.7em;top:.3em;
font-size:.8em;color:#666;pointer-events:none}.btn{background:#185;color:#fff;padding:.5em 1.5em;
border:0;text-decoration:none;display:inline-block;margin:.3em}.sub{background:#888}
.toast{position:fixed;right:1em;bottom:1em;background:#333;color:#fff;padding:1em}
"""
SCRIPT = """
document.querySelectorAll('[data-eye]').forEach(function (eye) {
  eye.addEventListener('click', function () {
    var input = document.getElementById(eye.dataset.eye);
    input.type = input.type === 'password' ? 'text' : 'password';
  });
});
var parts = [].slice.call(document.querySelectorAll('.part'));
parts.forEach(function (part, place) {
  part.addEventListener('input', function () {
    if (part.value.length === 4 && parts[place + 1]) parts[place + 1].focus();
  });
});
document.querySelectorAll('[data-agree]').forEach(function (box) {
  var button = document.getElementById(box.dataset.agree);
  var look = function () { button.disabled = !box.checked; };
  box.addEventListener('change', look); look();
});
var toast = document.querySelector('.toast');
if (toast) setTimeout(function () { toast.remove(); }, 3000);
"""


@dataclass
class Visit:
    """One browser behind the login password. ``told``: whether the notice was read."""

    member: str
    complete: bool
    used_at: float
    told: bool = False
    tickets: set[str] = field(default_factory=set)
    pending: dict[str, tuple[str, str, Form]] = field(default_factory=dict)
    done: dict[str, tuple[Form, str]] = field(default_factory=dict)


class Bank(tables.Bank):
    """The rules, with the visits of this bank's browsers."""

    def __init__(self, faults: frozenset[str]) -> None:
        super().__init__(faults)
        self.visits: dict[str, Visit] = {}

    def end_sessions(self, number: str) -> None:
        """Log a member out everywhere."""
        self.visits = {k: v for k, v in self.visits.items() if v.member != number}

    def confirm(self, member: Member, typed: str) -> None:
        """Compare the confirmation password exactly as received."""
        if "unconfirmed" not in self.faults:
            super().confirm(member, typed)

    def visit(self, key: str) -> Visit | None:
        """Return a visit that was used in the last minutes; an idle one ends here."""
        visit = self.visits.get(key)
        if visit is not None and self.now() - visit.used_at > tables.IDLE_SECONDS:
            del self.visits[key]
            return None
        if visit is not None:
            visit.used_at = self.now()
        return visit


# -- pieces of pages -----------------------------------------------------------

NOTICE = """
<h3>トークン<wbr>発行</h3><p>ワンタイムパスワードをご利用いただくには、「トークン発行」が必要です。
次の画面で、ソフトウェアトークン（携帯電話またはスマートフォンのアプリに表示する方法）、
ハードウェアトークン（キーホルダー型の生成機に表示する方法）のいずれかを選択してください。</p>
<h3>ワンタイムパスワード利用開始</h3><p>ソフトウェアトークンはアプリの起動後、ハードウェアトークンは
お手元に到着後、次の画面で利用開始を行ってください。次回のログインから、ワンタイムパスワードの入力が
必要になります。</p><h3>ワンタイムパスワード利用<ruby>解除<rt>かいじょ</rt></ruby></h3>
<p>次の場合は、次の画面で利用解除を行ってください。<br>①ソフトウェアトークンに利用している端末の機種変更：
変更前の端末で「利用解除」を行い、変更後の端末で再度「トークン発行」と「利用開始」を行ってください。<br>
②ソフトウェアトークンからハードウェアトークンへの切替：ソフトウェアトークンに表示されている
ワンタイムパスワードで「利用解除」を行い、「トークン発行」でハードウェアトークンを選択してください。
ハードウェアトークンからソフトウェアトークンへの切替はできません。</p>
"""


def named(ticket: str, key: str) -> str:
    """Return the name that a field has on the page of a ticket alone."""
    return "x" + hashlib.sha256(f"{ticket} {key}".encode()).hexdigest()[:9]


def lying(ticket: str, key: str, text: str, kind: str = "text") -> str:
    """Return a field with its caption lying over it."""
    name = named(ticket, key)
    field = f'<input id={name} name={name} type={kind} placeholder=" ">'
    return f"<div class=fl>{field}<span>{text}</span></div>"


def masked(ticket: str, key: str) -> str:
    """Return a masked field with a button that shows what was typed."""
    name = named(ticket, key)
    return (
        f"<input id={name} name={name} type=password autocomplete=off>"
        f'<button type=button data-eye={name} aria-label="入力した文字を表示する">👁</button>'
    )


def grid(*pairs: tuple[str, str]) -> str:
    """Return captions and contents in two columns that only the style sheet makes."""
    return (
        "<div class=grid>"
        + "".join(f"<div>{caption}</div><div>{content}</div>" for caption, content in pairs)
        + "</div>"
    )


NEED = " <span class=need>必須</span>"


def link(href: str, text: str, style: str = "sub") -> str:
    """Return a link that looks like a button."""
    return f'<a class="btn {style}" role=button href="{href}">{text}</a>'


def errors(text: str, target: str = "main") -> str:
    """Return the list of what is wrong, each with its code and a link to the field."""
    if not text:
        return ""
    code = CODES.get(text, "E2000")
    return (
        "<div class=err><p>入力内容をご確認ください。</p><ul>"
        f'<li><a href="#{target}">[{code}] {escape(text)}</a></li></ul></div>'
    )


def page(title: str, body: str, *, menu: str = "", script: str = SCRIPT) -> str:
    """Return a whole page: the bank's name is its first heading, the screen's the second."""
    return (
        '<!doctype html><html lang="ja"><head><meta charset="utf-8">'
        f"<title>{title}｜わかばネットバンク</title><style>{STYLE}</style></head><body>"
        "<header><h1>わかばネットバンク</h1></header>"
        f'{menu}<main id=main><h2 class=ttl>{title}</h2>{body}</main><footer><a href="/guide/mail">'
        'メール配信の停止・解除</a> <a href="/guide/close">口座の解約</a>'
        "<p>ワンタイムパスワードを連続して間違えると、認証が停止します。</p>"
        f"<small>わかば信用金庫</small></footer><script>{script}</script></body></html>"
    )


MENU = (
    '<nav><ul><li><a href="/ib/home">ホーム</a></li><li><a href="/ib/home">残高照会</a></li>'
    '<li><a href="/ib/otp/menu">ワンタイムパスワード申請</a>{inner}</li>'
    '<li><form method=post action="/ib/logout"><input type=submit value="ログアウト"></form></li>'
    "</ul></nav>"
)
INNER = '<ul><li><a href="/ib/otp">ワンタイムパスワード申請</a></li></ul>'


def inside(title: str, body: str, *, opened: bool = False) -> str:
    """Return a page behind the login."""
    return page(title, body, menu=MENU.format(inner=INNER if opened else ""))


def steps(current: int) -> str:
    """Return the bar of steps; a class marks the present one."""
    told = ("ハードウェアトークン確認", "ハードウェアトークン完了")
    return (
        "<ul class=step>"
        + "".join(
            f"<li{' class=is-active' if place == current else ''}>{text}</li>"
            for place, text in enumerate(told)
        )
        + "</ul>"
    )


Answer = tuple[int, str]


class Window:
    """Turns a customer's requests into pages; each has its HTTP status."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.forms: dict[str, Callable[[Visit, Member, str], str]] = {
            "/ib/otp/issue/hardware": self.issue_form,
            "/ib/otp/start": self.start_form,
            "/ib/otp/end": self.end_form,
        }
        self.acts: dict[str, Callable[[Member, Form], str]] = {
            "/ib/otp/issue/hardware": self.issue,
            "/ib/otp/start": self.start,
            "/ib/otp/end": self.end,
        }

    # -- the login -------------------------------------------------------------

    @staticmethod
    def login_page(message: str = "") -> str:
        """Return the login; the picture's letters are not compared on a staging system."""
        ticket = secrets.token_hex(6)
        return page(
            "ログイン",
            errors(message)
            + f'<form method=post action="/ib/login"><input type=hidden name=t value={ticket}>'
            + lying(ticket, "kno", "お客さま番号")
            + lying(ticket, "kpw", "ログインパスワード", "password")
            + "<p>画像認証：検証環境では無効です<br>"
            + '<input type=text disabled placeholder="画像の文字"></p>'
            + "<button class=btn>ログイン</button></form>",
        )

    @staticmethod
    def code_page(message: str = "") -> str:
        """Return the second page of the login."""
        ticket = secrets.token_hex(6)
        return page(
            "可変パスワードの入力",
            errors(message, named(ticket, "otp"))
            + f'<form method=post action="/ib/login/code"><input type=hidden name=t value={ticket}>'
            + grid(
                (
                    f"可変パスワード（トークン表示の数字）{NEED}",
                    masked(ticket, "otp") + "<br><small>例：123456</small>",
                )
            )
            + "<button class=btn>認証</button></form>",
        )

    @staticmethod
    def stopped() -> Answer:
        """Return the page of a suspended customer."""
        text = "ワンタイムパスワード認証が停止しています。お取引店へご連絡ください。"
        return 403, page(
            "ご利用停止のお知らせ", f"<p>[E2900] {text}</p>" + link("/ib/login", "戻る")
        )

    @staticmethod
    def over() -> Answer:
        """Return the page of a session that is over, or was never there."""
        return 200, page(
            "お手続きの有効時間が過ぎました",
            "<p>一定時間操作がなかったか、ログインされていません。もう一度ログインしてください。</p>"
            + link("/ib/login", "ログイン画面へ"),
        )

    @staticmethod
    def notice() -> str:
        """Return what a customer must have read once in each session."""
        return page(
            "重要なお知らせ",
            "<p>前回ログイン日時：2026年11月20日 9時12分</p>"
            "<p>不審なメールにご注意ください。パスワードを電話でお聞きすることはありません。</p>"
            '<form method=post action="/ib/notice"><label><input type=checkbox name=read value=1>'
            "上記の内容を確認しました</label><p><button class=btn>次へ進む</button></p></form>",
        )

    # -- screens ----------------------------------------------------------------

    @staticmethod
    def home(member: Member, *, opened: bool = False) -> str:
        """Return the top page."""
        return inside(
            "トップページ",
            f"<p>{escape(member.name)} さま</p><h3>お知らせ</h3><p>お知らせはありません。</p>",
            opened=opened,
        )

    @staticmethod
    def portal(member: Member, message: str = "") -> str:
        """Return the choice of procedures: the status stands in a table of all services."""
        rows = (
            ("電子メール通知", "<span class=badge>登録済み</span>"),
            ("ワンタイムパスワード", f"<span class=badge>{member.status}</span>"),
            ("投資信託", "<span class=badge>未登録</span>"),
        )
        return inside(
            "ワンタイムパスワード申請内容選択",
            errors(message) + "<p>ワンタイムパスワードの登録情報を表示しています。<br>"
            "登録情報の変更を行う場合は、変更対象のボタンを押してください。</p>"
            + "<h3>ワンタイムパスワード登録状況</h3><table id=services><thead><tr><th>サービス</th>"
            "<th>登録状況</th></tr></thead><tbody>"
            + "".join(f"<tr><td>{name}</td><td>{status}</td></tr>" for name, status in rows)
            + "</tbody></table><h2>注意事項</h2>"
            + NOTICE
            + "<p>"
            + link("/ib/otp/issue", "トークン<wbr>発行", "")
            + link("/ib/otp/start", "ワンタイムパスワード<br>利用開始", "")
            + link("/ib/otp/end", "ワンタイムパスワード<br>利用解除", "")
            + "</p>"
            + link("/ib/home", "トップページへ"),
            opened=True,
        )

    def kinds(self, member: Member) -> Answer:
        """Return the two kinds as cards with a radio button each."""
        if member.status != NOT_REGISTERED:
            return 409, self.portal(
                member, "トークンは既に発行されているため、お申し込みできません。"
            )
        card = (
            "<label class=card><input type=radio name=kind value={0}> <b>{1}</b><br>（{2}）</label>"
        )
        return 200, inside(
            "トークン発行（選択）",
            "<p>ご利用になるトークンの種類をお選びください。</p><h2>トークンの選択</h2>"
            '<form method=get action="/ib/otp/issue/kind">'
            + card.format(
                "software",
                "ソフトウェアトークン",
                "携帯電話またはスマートフォンのアプリに表示する方法",
            )
            + card.format(
                "hardware", "ハードウェアトークン", "キーホルダー型の生成機に表示する方法"
            )
            + "<button class=btn>選択</button></form>"
            + link("/ib/otp", "戻る"),
        )

    @staticmethod
    def software() -> str:
        """Say that software tokens are not offered here."""
        return inside(
            "ソフトウェアトークンのお申し込み",
            "<p>ソフトウェアトークンは現在お取り扱いしておりません。</p>"
            + link("/ib/otp/issue", "戻る"),
        )

    def _form(self, visit: Visit, path: str, ticket: str, inner: str) -> str:
        visit.tickets.add(ticket)
        return (
            f'<form method=post action="{path}"><input type=hidden name=t value={ticket}>'
            f"{inner}</form>"
        )

    def issue_form(self, visit: Visit, member: Member, message: str = "") -> str:
        """Return the application's input: an agreement and the confirmation password."""
        ticket = secrets.token_hex(8)
        agree = named(ticket, "agree")
        inner = (
            f"<p><label><input type=checkbox name={agree} value=1 data-agree=go>"
            "注意事項に同意する</label></p><h3>確認用パスワードの入力</h3>"
            + grid(
                (
                    f"確認用パスワード{NEED}",
                    masked(ticket, "word") + " <small>半角英数字6～10桁</small>",
                )
            )
            + "<button class=btn id=go>トークンを発行する</button>"
        )
        return inside(
            "トークン発行（ハードウェアトークン発行確認）",
            errors(message, named(ticket, "word"))
            + "<h3>注意事項</h3><p>トークンはご登録の住所へお送りします。</p>"
            + self._form(visit, "/ib/otp/issue/hardware", ticket, inner)
            + link("/ib/otp/issue", "戻る"),
        )

    def start_form(self, visit: Visit, member: Member, message: str = "") -> str:
        """Return the activation's input: the serial number in three boxes, and the OTP."""
        ticket = secrets.token_hex(8)
        boxes = "－".join(
            f"<input class=part type=tel size=4 maxlength=4 name={named(ticket, f's{place}')} "
            f'aria-label="シリアル番号（{place}つ目）">'
            for place in (1, 2, 3)
        )
        inner = (
            "<h3>シリアル番号の入力</h3>"
            + grid((f"シリアル番号{NEED}", f"{boxes}<br><small>（半角数字8～12桁）</small>"))
            + "<h3>ワンタイムパスワードの入力</h3>"
            + grid(
                (
                    f"ワンタイムパスワード{NEED}",
                    masked(ticket, "otp") + "<br><small>（半角数字）例：123456</small>",
                )
            )
            + "<button class='btn sub' name=stop value=1>申込を中止する</button>"
            + "<button class=btn name=go value=1>利用開始する</button>"
        )
        return inside(
            "ワンタイムパスワード利用開始（ハードウェアトークン確認）",
            steps(0)
            + errors(message, named(ticket, "otp"))
            + "<p>トークンに記載されているシリアル番号とワンタイムパスワードを入力し、"
            "「利用開始する」ボタンを押してください。</p>"
            + self._form(visit, "/ib/otp/start", ticket, inner)
            + link("/ib/otp", "戻る"),
        )

    def end_form(self, visit: Visit, member: Member, message: str = "") -> str:
        """Return the deactivation's input."""
        ticket = secrets.token_hex(8)
        inner = (
            "<h3>確認用パスワードの入力</h3>"
            + grid(
                (f"確認用パスワード{NEED}", masked(ticket, "word")),
                (f"ワンタイムパスワード{NEED}", masked(ticket, "otp")),
            )
            + "<button class=btn>解除する</button>"
        )
        return inside(
            "ワンタイムパスワード利用解除（利用解除確認）",
            errors(message, named(ticket, "word"))
            + self._form(visit, "/ib/otp/end", ticket, inner)
            + link("/ib/otp", "戻る"),
        )

    def check_page(self, path: str, key: str, shown: list[tuple[str, str]], button: str) -> str:
        """Return the page between input and completion."""
        return inside(
            "入力内容の確認",
            "<p>お手続きはまだ完了していません。内容をご確認のうえ、ボタンを押してください。</p>"
            + grid(*shown)
            + f'<form method=post action="/ib/do"><input type=hidden name=k value={key}>'
            + f"<button class=btn>{button}</button></form>"
            + link(path, "修正する"),
        )

    # -- procedures ---------------------------------------------------------------

    def allowed(self, path: str, member: Member) -> str:
        """Return why a procedure is not open to the member, empty where it is."""
        if path.startswith("/ib/otp/issue"):
            told = "トークンは既に発行されているため、お申し込みできません。"
            return "" if member.status == NOT_REGISTERED else told
        wanted = ISSUED if path == "/ib/otp/start" else IN_SERVICE
        return "" if member.status == wanted else "現在の登録状況では、このお手続きはできません。"

    def typed(self, path: str, form: Form) -> Form:
        """Return what was typed, by the fields' own keys."""
        ticket = form["t"]
        keys = ("agree", "word", "otp", "s1", "s2", "s3")
        given = {key: form.get(named(ticket, key), "") for key in keys}
        parts = [given[key] for key in ("s1", "s2", "s3")]
        fits = all(len(part) <= 4 for part in parts)
        return {**given, "serial": "".join(parts) if fits else ""}

    def looked_at(
        self, path: str, member: Member, given: Form
    ) -> tuple[list[tuple[str, str]], str]:
        """Check an input as far as can be done before the act; return what is shown next."""
        if path == "/ib/otp/issue/hardware":
            if not given["agree"]:
                raise RefusedError("注意事項に同意のうえ、お進みください。")
            self.bank.confirm(member, given["word"])
            return [
                ("お手続き", "ハードウェアトークンの発行"),
                ("お届け先", escape(member.address)),
            ], "申し込む"
        if path == "/ib/otp/start":
            if not tables.SERIAL.fullmatch(given["serial"]):
                raise RefusedError("シリアル番号は半角数字8～12桁で入力してください。")
            if not re.fullmatch(rf"[0-9]{{{tables.DIGITS}}}", given["otp"]):
                raise RefusedError(
                    f"ワンタイムパスワードは半角数字{tables.DIGITS}桁で入力してください。"
                )
            return [("お手続き", "利用開始"), ("トークンの番号", given["serial"])], "登録する"
        self.bank.confirm(member, given["word"])
        if not given["otp"]:
            raise RefusedError("ワンタイムパスワードを入力してください。")
        return [("お手続き", "利用解除")], "解除を確定する"

    def issue(self, member: Member, given: Form) -> str:
        """Apply, and say so; a note in the corner says it for three seconds, too."""
        self.bank.issue(member, given["word"])
        return inside(
            "トークン発行（ハードウェアトークン発行完了）",
            "<p>ハードウェアトークン発行申請の受付が完了しました。<br>ご登録の住所へハードウェアトークンを"
            "お送りします。お手元に届きましたら、ワンタイムパスワード利用開始登録を行ってください。</p>"
            "<div class=toast>受け付けました</div>"
            + link("/ib/otp", "ワンタイムパスワード申請内容選択へ"),
        )

    def start(self, member: Member, given: Form) -> str:
        """Activate, and show the token's data."""
        token: Token = self.bank.activate(member, given["serial"], given["otp"])
        until = token.expires.astimezone(JST).strftime("%Y年%m月%d日 %H時%M分")
        return inside(
            "ワンタイムパスワード利用開始（ハードウェアトークン完了）",
            steps(1)
            + "<p>以下の内容でワンタイムパスワード利用開始登録を完了いたしました。</p>"
            + "<h2>トークン情報</h2>"
            + grid(
                ("シリアル番号", "-".join(re.findall(".{1,4}", token.serial))), ("有効期限", until)
            )
            + link("/ib/otp", "ワンタイムパスワード申請内容選択へ"),
        )

    def end(self, member: Member, given: Form) -> str:
        """Deactivate, and say so."""
        self.bank.deactivate(member, given["word"], given["otp"])
        return inside(
            "ワンタイムパスワード利用解除（利用解除完了）",
            "<p>ワンタイムパスワード利用解除の登録を受け付けました。</p>"
            + link("/ib/home", "トップページへ"),
        )


class Handler(tables.Handler):
    """One request of a customer, of staff or of an operator."""

    bank: ClassVar[tables.Bank]

    @property
    def own(self) -> Bank:
        """The bank, with its visits."""
        assert isinstance(self.bank, Bank)
        return self.bank

    def fields(self, text: str) -> Form:
        """Return the fields of a form; one that is there twice makes it void."""
        parsed = parse_qs(text, keep_blank_values=True)
        if any(len(values) > 1 for values in parsed.values()):
            return {}
        return {name: values[0] for name, values in parsed.items()}

    def show(self, status: int, text: str, headers: Form | None = None) -> None:
        """Send a page in UTF-8."""
        self.send(text.encode(), "text/html; charset=utf-8", status, headers)

    def go(self, where: str, headers: Form | None = None) -> None:
        """Lead to another page (303)."""
        self.show(303, "", {**(headers or {}), "Location": where})

    def customer(self, path: str, form: Form, *, posted: bool) -> None:
        """Answer a customer."""
        window = Window(self.own)
        if path in ("/", "/ib/login") and not posted:
            self.show(200, window.login_page())
        elif path == "/ib/login":
            self.log_in(window, form)
        else:
            visit = self.own.visit(self.cookie("wb"))
            if visit is None:
                self.show(*window.over())
            elif path == "/ib/logout" and posted:
                del self.own.visits[self.cookie("wb")]
                self.show(200, page("ログアウト", link("/ib/login", "ログイン画面へ")))
            elif not visit.complete:
                self.code(window, visit, path, form, posted=posted)
            elif path == "/ib/notice" or not visit.told:
                self.tell(window, visit, form, posted=posted)
            else:
                self.serve(window, visit, path, form, posted=posted)

    def log_in(self, window: Window, form: Form) -> None:
        """Check the login password."""
        ticket = form.get("t", "")
        member = self.bank.members.get(form.get(named(ticket, "kno"), ""))
        given = form.get(named(ticket, "kpw"), "").encode()
        if member is None or not hmac.compare_digest(member.password.encode(), given):
            told = "お客さま番号またはログインパスワードに誤りがあります。"
            self.show(422, window.login_page(told))
        elif member.suspended:
            self.show(*window.stopped())
        else:
            complete = member.status != IN_SERVICE
            self.enter_bank(member, complete=complete)

    def enter_bank(self, member: Member, *, complete: bool) -> None:
        """Begin a visit under a fresh key and lead to what comes next."""
        self.own.visits.pop(self.cookie("wb"), None)
        key = secrets.token_hex(16)
        self.own.visits[key] = Visit(member.number, complete, self.bank.now())
        cookie = {"Set-Cookie": f"wb={key}; HttpOnly; SameSite=Strict; Path=/"}
        self.go("/ib/notice" if complete else "/ib/login/code", cookie)

    def code(self, window: Window, visit: Visit, path: str, form: Form, *, posted: bool) -> None:
        """Check the one-time password of a login."""
        if path != "/ib/login/code":
            self.show(*window.over())
            return
        if not posted:
            self.show(200, window.code_page())
            return
        member = self.bank.members[visit.member]
        try:
            self.bank.prove(member, form.get(named(form.get("t", ""), "otp"), ""))
        except RefusedError as refused:
            if member.suspended:
                self.show(*window.stopped())
            else:
                self.show(422, window.code_page(str(refused)))
            return
        self.enter_bank(member, complete=True)

    def tell(self, window: Window, visit: Visit, form: Form, *, posted: bool) -> None:
        """Show the notice until it is ticked as read."""
        visit.told = visit.told or (posted and form.get("read") == "1")
        if visit.told:
            self.go("/ib/home")
        else:
            self.show(200, window.notice())

    def serve(self, window: Window, visit: Visit, path: str, form: Form, *, posted: bool) -> None:
        """Answer somebody who is inside."""
        member = self.bank.members[visit.member]
        if path in window.forms:
            self.show(*self.form_of(window, visit, path, form, posted=posted))
        elif path == "/ib/do" and posted:
            self.do(window, visit, form.get("k", ""))
        elif path == "/ib/done" and form.get("k") in visit.done:
            self.show(200, visit.done[form["k"]][1])
        elif path == "/ib/otp/issue":
            self.show(*window.kinds(member))
        elif path == "/ib/otp/issue/kind" and form.get("kind") == "hardware":
            self.go("/ib/otp/issue/hardware")
        elif path == "/ib/otp/issue/kind" and form.get("kind") == "software":
            self.show(200, window.software())
        elif path == "/ib/otp/issue/kind":
            self.go("/ib/otp/issue")
        elif path == "/ib/otp":
            self.show(200, window.portal(member))
        else:
            self.show(200, window.home(member, opened=path == "/ib/otp/menu"))

    def form_of(
        self, window: Window, visit: Visit, path: str, form: Form, *, posted: bool
    ) -> tuple[int, str]:
        """Return an input page, or the page that confirms what was typed."""
        member = self.bank.members[visit.member]
        ticket = form.get("t", "")
        if posted and ticket in visit.done:
            before, answer = visit.done[ticket]
            return (200, answer) if before == form else (409, window.portal(member, STALE))
        if told := window.allowed(path, member):
            return 409, window.portal(member, told)
        if not posted:
            return 200, window.forms[path](visit, member, "")
        if ticket not in visit.tickets:
            return 409, window.portal(member, STALE)
        if "stop" in form:
            return 200, window.portal(member)
        given = window.typed(path, form)
        try:
            shown, button = window.looked_at(path, member, given)
        except RefusedError as refused:
            return 422, window.forms[path](visit, member, str(refused))
        key = secrets.token_hex(8)
        visit.pending[key] = (path, ticket, form)
        return 200, window.check_page(path, key, shown, button)

    def do(self, window: Window, visit: Visit, key: str) -> None:
        """Do what was confirmed; the same again leads to the same answer."""
        member = self.bank.members[visit.member]
        if key not in visit.pending:
            self.show(409, window.portal(member, STALE))
            return
        path, ticket, form = visit.pending[key]
        if ticket not in visit.done:
            if told := window.allowed(path, member):
                self.show(409, window.portal(member, told))
                return
            try:
                visit.done[ticket] = form, window.acts[path](member, window.typed(path, form))
            except RefusedError as refused:
                if member.suspended:
                    self.show(*window.stopped())
                else:
                    self.show(422, window.forms[path](visit, member, str(refused)))
                return
        self.go(f"/ib/done?k={quote(ticket)}")

    # -- staff ------------------------------------------------------------------------

    def desk(self, path: str, form: Form, *, posted: bool) -> None:
        """Answer the staff: one list of customers, one page for each."""
        del posted
        member = self.bank.members.get(form.get("no", ""))
        key = self.cookie("jimu")
        if path == "/login" and (form.get("u"), form.get("p")) == STAFF:
            fresh = secrets.token_hex(12)
            self.bank.tellers.add(fresh)
            self.go("/tanmatsu/", {"Set-Cookie": f"jimu={fresh}; HttpOnly; Path=/tanmatsu"})
        elif key not in self.bank.tellers:
            self.show(
                200,
                page(
                    "事務センター",
                    '<form method=post action="/tanmatsu/login">ユーザーID <input name=u><br>'
                    "パスワード <input type=password name=p><button>サインイン</button></form>",
                ),
            )
        elif member is None:
            self.show(
                200,
                page(
                    "お客さま検索",
                    '<form method=get action="/tanmatsu/card">お客さま番号 <input name=no>'
                    "<button>検索</button></form>",
                ),
            )
        else:
            self.show(200, self.card(member, self.worked(path, member, form)))

    def worked(self, path: str, member: Member, form: Form) -> str:
        """Do a verb of the staff; return what is said of it."""
        if path == "/send":
            try:
                self.bank.send(member, form.get("serial", ""))
            except RefusedError as refused:
                return str(refused)
            return "発送を登録しました。"
        if path == "/lift" and form.get("memo", "").strip() and member.suspended:
            member.suspended, member.failures = False, 0
            return "停止を解除しました。"
        if path == "/void" and form.get("memo", "").strip() and member.status != NOT_REGISTERED:
            self.bank.retire(member)
            self.bank.end_sessions(member.number)
            return "トークンを失効しました。"
        return "" if path == "/card" else "処理できませんでした。"

    def card(self, member: Member, told: str) -> str:
        """Return what the institution knows about a customer."""
        orders = "".join(
            f"<tr><td>{order.number}</td><td>{escape(order.address)}</td>"
            f"<td>{order.serial or '未定'}</td></tr>"
            for order in member.orders
        )
        verbs = "".join(
            f'<form method=post action="/tanmatsu/{verb}"><input type=hidden name=no '
            f"value={member.number}>{caption} <input name={name}><button>{text}</button></form>"
            for verb, caption, name, text in (
                ("send", "発送するトークン", "serial", "発送登録"),
                ("lift", "確認内容", "memo", "停止解除"),
                ("void", "失効事由", "memo", "失効"),
            )
        )
        return page(
            "お客さま情報",
            f"<p>{told}</p><p>{member.number} {escape(member.name)} {member.status}</p>"
            "<table><tr><th>受付番号</th><th>お届け先</th><th>シリアル番号</th></tr>"
            f"{orders}</table>{verbs}",
            script="",
        )

    def route(self, *, posted: bool) -> None:
        """Send the request to customers' pages, the staff's or the operators'."""
        address = urlsplit(self.path)
        raw = self.body()
        path = unquote(address.path)
        if path.startswith("/ope/"):
            self.operate(path, raw, posted=posted)
            return
        form = self.fields(raw.decode("utf-8", "replace") if posted else address.query)
        if path.startswith("/tanmatsu"):
            self.desk(path.removeprefix("/tanmatsu"), form, posted=posted)
        else:
            self.customer(path, form, posted=posted)


def serve(port: int, faults: frozenset[str] = frozenset()) -> ThreadingHTTPServer:
    """Return a server that is bound but does not run yet (port 0: any)."""
    handler = type("BoundHandler", (Handler,), {"bank": Bank(faults), "lock": threading.Lock()})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


if __name__ == "__main__":
    run(__doc__, serve, FAULTS, 8913)
