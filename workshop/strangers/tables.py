"""A bank of unlabelled tables, as institutions built them around 2003.

Written from the operation manual and its requirement list alone. Shift_JIS
pages, captions in neighbouring cells, headings that are only ``<font><b>``,
buttons that are pictures, a session number in every address (good only
together with the browser's cookie), and a whole page for every step.

Run it: ``python -m workshop.strangers.tables --port 8911``. It prints
``READY`` and its address. Everything lives in memory; the clock is moved by ``/ope/clock``.
Invented faults are switched on with ``--fault NAME`` (see ``FAULTS``).
"""

import hashlib
import hmac
import json
import re
import secrets
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from html import escape
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, quote, unquote, urlsplit

from workshop.strangers.serving import run

JST = timezone(timedelta(hours=9))
DIGITS = 6
STEP_SECONDS = 60
WINDOW = 1  # accepted steps before and after the present one
IDLE_SECONDS = 900  # a session without a request for so long is over
THRESHOLD = 5  # wrong one-time passwords in succession that suspend
CONFIRMATION = re.compile(r"[A-Za-z0-9]{6,10}")
SERIAL = re.compile(r"[0-9]{8,12}")
STAFF = ("teller01", "madoguchi")

FAULTS = {
    "used-code-returns": "TOK-03: a used code is accepted again in the next minute",
    "count-kept": "LCK-04: a login does not put the failure count back to zero",
    "retired-welcome": "DEA-20: a deactivated token can be activated again",
    "confirmation-prefix": "ISS-16: only the first six characters of the password are compared",
}

NOT_REGISTERED, ISSUED, IN_SERVICE = "未登録", "トークン発行済", "サービス利用中"

Form = dict[str, str]


class RefusedError(Exception):
    """The bank says no; the text is for the customer."""


@dataclass
class Token:
    """One hardware token. ``last_step`` is the last time step that was accepted."""

    serial: str
    key: bytes
    expires: datetime
    last_step: int = -1
    owner: str = ""
    state: str = "stock"  # stock | sent | active | retired


@dataclass
class Order:
    """One application for a token. ``serial`` is empty until it was sent."""

    number: str
    address: str
    serial: str = ""


@dataclass
class Member:
    """One customer with the two passwords and the registration."""

    number: str
    password: str
    confirmation: str
    name: str
    address: str
    status: str = NOT_REGISTERED
    serial: str = ""
    failures: int = 0
    suspended: bool = False
    orders: list[Order] = field(default_factory=list)


@dataclass
class Session:
    """One browser that has passed at least the login password."""

    member: str
    cookie: str
    complete: bool = False
    used_at: float = 0.0
    done: dict[str, tuple[Form, str]] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)


def code_of(key: bytes, step: int) -> str:
    """Return the one-time password of a time step (RFC 6238, SHA-1)."""
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


class Bank:
    """The rules. Every method is called under the server's lock."""

    def __init__(self, faults: frozenset[str]) -> None:
        self.faults = faults
        self.members: dict[str, Member] = {}
        self.tokens: dict[str, Token] = {}
        self.sessions: dict[str, Session] = {}
        self.tellers: set[str] = set()
        self.stopped_at: float | None = None

    def now(self) -> float:
        """Return the bank's time: real, or where it was put (it then stands still)."""
        return time.time() if self.stopped_at is None else self.stopped_at

    # -- one-time passwords -------------------------------------------------

    def matching_step(self, token: Token, code: str) -> int | None:
        """Return the unused step in the window whose code this is."""
        present = int(self.now() // STEP_SECONDS)
        for step in range(present - WINDOW, present + WINDOW + 1):
            used = step <= token.last_step
            if "used-code-returns" in self.faults and present > token.last_step:
                used = False
            if not used and hmac.compare_digest(code_of(token.key, step), code):
                return step
        return None

    def spend(self, token: Token, code: str) -> bool:
        """Verify a code and mark it (and everything older) as used."""
        step = self.matching_step(token, code)
        if step is None or self.now() >= token.expires.timestamp():
            return False
        token.last_step = step
        return True

    def prove(self, member: Member, code: str) -> None:
        """Ask for the member's own token; failures count, success clears them."""
        if member.suspended:
            raise RefusedError("ワンタイムパスワード認証が停止しています。当組合へご連絡ください。")
        if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", code):
            raise RefusedError(f"ワンタイムパスワードは半角数字{DIGITS}桁で入力してください。")
        if self.spend(self.tokens[member.serial], code):
            if "count-kept" not in self.faults:
                member.failures = 0
            return
        member.failures += 1
        if member.failures >= THRESHOLD:
            member.suspended = True
            self.end_sessions(member.number)
            raise RefusedError("ワンタイムパスワード認証が停止しています。当組合へご連絡ください。")
        raise RefusedError("ワンタイムパスワードに誤りがあります。")

    def session(self, sid: str) -> Session | None:
        """Return a session that was used in the last minutes; an idle one ends here."""
        session = self.sessions.get(sid)
        if session is not None and self.now() - session.used_at > IDLE_SECONDS:
            del self.sessions[sid]
            return None
        if session is not None:
            session.used_at = self.now()
        return session

    def end_sessions(self, number: str) -> None:
        """Log a member out everywhere."""
        self.sessions = {k: s for k, s in self.sessions.items() if s.member != number}

    # -- the three procedures -----------------------------------------------

    def confirm(self, member: Member, typed: str) -> None:
        """Compare the confirmation password exactly as received."""
        if not CONFIRMATION.fullmatch(typed):
            raise RefusedError("確認用パスワードは半角英数字6～10桁で入力してください。")
        wanted = member.confirmation
        if "confirmation-prefix" in self.faults:
            wanted, typed = wanted[:6], typed[:6]
        if not hmac.compare_digest(wanted, typed):
            raise RefusedError("確認用パスワードに誤りがあります。")

    def issue(self, member: Member, confirmation: str) -> None:
        """Accept an application for a hardware token."""
        if member.status != NOT_REGISTERED:
            raise RefusedError("トークンは既に発行されているため、お申し込みできません。")
        self.confirm(member, confirmation)
        member.status = ISSUED
        member.orders.append(Order(f"H{secrets.randbelow(10**8):08d}", member.address))

    def activate(self, member: Member, serial: str, code: str) -> Token:
        """Bind the token that was sent to this member."""
        if member.status != ISSUED:
            raise RefusedError("現在の登録状況では、利用開始の登録はできません。")
        if not SERIAL.fullmatch(serial):
            raise RefusedError("シリアル番号は半角数字8～12桁で入力してください。")
        if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", code):
            raise RefusedError(f"ワンタイムパスワードは半角数字{DIGITS}桁で入力してください。")
        token = self.tokens.get(serial)
        again = "retired-welcome" in self.faults and token is not None and token.state == "retired"
        sent = token is not None and token.state == "sent" and token.owner == member.number
        if token is None or not (sent or again) or not self.spend(token, code):
            raise RefusedError("シリアル番号またはワンタイムパスワードに誤りがあります。")
        for other in self.tokens.values():
            if other.owner == member.number and other.state == "sent":
                other.state = "retired"
        token.state, token.owner = "active", member.number
        member.status, member.serial, member.failures = IN_SERVICE, serial, 0
        return token

    def deactivate(self, member: Member, confirmation: str, code: str) -> None:
        """Take the member's token out of service for ever."""
        if member.status != IN_SERVICE:
            raise RefusedError("現在の登録状況では、利用解除はできません。")
        self.confirm(member, confirmation)
        self.prove(member, code)
        self.retire(member)

    def retire(self, member: Member) -> None:
        """Retire whatever token the member has or was sent."""
        for token in self.tokens.values():
            if token.owner == member.number and token.state in ("sent", "active"):
                token.state = "retired"
        member.status, member.serial, member.failures = NOT_REGISTERED, "", 0
        member.suspended = False

    # -- the institution's side ---------------------------------------------

    def send(self, member: Member, serial: str) -> None:
        """Allot a token in stock to the member's open application and send it."""
        token = self.tokens.get(serial)
        waiting = [order for order in member.orders if not order.serial]
        if member.status != ISSUED or not waiting:
            raise RefusedError("発送を待つ申込みがありません。")
        if token is None or token.state != "stock":
            raise RefusedError("そのトークンは在庫にありません。")
        token.state, token.owner = "sent", member.number
        waiting[-1].serial = serial

    def make(self, wish: Form) -> Member:
        """Prepare a member for staging in a wished state."""
        number = f"{secrets.randbelow(10**8):08d}"
        length = int(wish.get("confirmation_length") or 8)
        member = Member(
            number=number,
            password="Li" + secrets.token_hex(4),
            confirmation="K" + secrets.token_hex(8)[: length - 2] + "q",
            name="白根 太郎" + number[-2:],
            address=f"白根市本町{int(number[-3:]) + 1}番地",
        )
        self.members[number] = member
        state = wish["state"]
        if state == "new":
            return member
        member.status = ISSUED
        member.orders.append(Order(f"H{secrets.randbelow(10**8):08d}", member.address))
        self.send(member, wish["serial"])
        if state == "issued":
            return member
        token = self.tokens[wish["serial"]]
        token.state, member.status, member.serial = "active", IN_SERVICE, token.serial
        if state == "stopped":
            member.suspended, member.failures = True, THRESHOLD
        elif state == "cancelled":
            self.retire(member)
        return member


# ---------------------------------------------------------------------------
# Pages: tables in tables, pictures for buttons.

NOTICE = """
<b>【トークン発行】</b><br>ワンタイムパスワードのご利用には「トークン発行」が必要です。次画面にて
いずれかを選択してください。<br>・ソフトウェアトークン（携帯電話またはスマートフォンのアプリに表示する方法）<br>
・ハードウェアトークン（キーホルダー型の生成機に表示する方法）<br>
<b>【ワンタイムパスワード利用開始】</b><br>ソフトウェアトークンはアプリの起動後、ハードウェアトークンは
お手元に到着後、次画面にて利用開始を行ってください。次回のログインから、ワンタイムパスワードの入力が必要になります。<br>
<b>【ワンタイムパスワード利用解除】</b><br>以下の場合は、次画面にて利用解除を行ってください。<br>
①ソフトウェアトークンに利用している端末の機種変更<br>変更前の端末で「利用解除」を行い、変更後の端末で再度「トークン発行」と
「利用開始」を行ってください。<br>②ソフトウェアトークンからハードウェアトークンへの切替<br>ソフトウェアトークンに表示されている
ワンタイムパスワードにて「利用解除」を行い、「トークン発行」にてハードウェアトークンを選択してください。
ハードウェアトークンからソフトウェアトークンへは切替できません。
"""


def picture(name: str, text: str) -> str:
    """Return a picture that submits its form; the text is painted on it."""
    return (
        f'<input type=image border=0 name="{name}" alt="{text}" '
        f'src="/gazo/{quote(text)}.svg" width={len(text) * 18 + 20} height=30>'
    )


def band(text: str) -> str:
    """Return a heading: a coloured cell with a fat font."""
    return (
        "<table width=640 border=0 cellpadding=4><tr><td bgcolor=#004080>"
        f"<font color=#ffffff size=4><b>{text}</b></font></td></tr></table>"
    )


def sub(text: str) -> str:
    """Return a smaller heading."""
    return f"<br><font color=#004080><b>■{text}</b></font><br>"


def row(caption: str, content: str) -> str:
    """Return one table row: the caption in one cell, the content in the next."""
    return (
        f"<tr><td bgcolor=#cce0ff nowrap><font size=2>{caption}</font></td>"
        f"<td bgcolor=#ffffff>{content}</td></tr>"
    )


def grid(*rows: str) -> str:
    """Return a table with lines around its cells."""
    return f"<table border=1 cellspacing=0 cellpadding=5>{''.join(rows)}</table>"


def red(text: str) -> str:
    """Return a refusal, or nothing for an empty text."""
    return f"<p><font color=#ff0000><b>{escape(text)}</b></font></p>" if text else ""


def page(body: str) -> str:
    """Return a whole page. Its window title is always the institution's name."""
    return (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"><html><head>'
        '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'
        "<title>しらねダイレクト</title></head><body bgcolor=#f4f4ec><center>"
        "<table width=820 border=0><tr><td><font size=5 color=#804000><i>しらね信用組合</i></font>"
        f"</td></tr></table>{body}<hr width=820><font size=1>Copyright 2003 しらね信用組合</font>"
        "</center></body></html>"
    )


class Counter:
    """Turns requests of customers into pages."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.screens: dict[str, Callable[[str, Session, Member], str]] = {
            "TOP": self.top,
            "MENU": self.menu,
            "OTP0": self.portal,
            "ISS1": self.kinds,
            "ISSS": self.software,
            "ISS2": self.issue_form,
            "ACT1": self.activation_form,
            "DEA1": self.deactivation_form,
        }
        self.acts: dict[str, Callable[[str, Session, Member, Form], str]] = {
            "ISS2": self.issue,
            "ACT1": self.activate,
            "DEA1": self.deactivate,
        }

    # -- login --------------------------------------------------------------

    def login_page(self, message: str = "") -> str:
        """Return the first page: number and password."""
        return page(
            band("ログイン")
            + red(message)
            + "<form method=post action=/cgi-bin/login>"
            + grid(
                row("契約者番号", "<input type=text name=kno size=12>"),
                row("ログインパスワード", "<input type=password name=kpw size=16>"),
            )
            + "<br>"
            + picture("go", "ログイン")
            + "</form>"
        )

    def otp_page(self, sid: str, message: str = "") -> str:
        """Return the second page: the one-time password."""
        return page(
            band("ログイン（ワンタイムパスワード認証）")
            + red(message)
            + f"<form method=post action=/cgi-bin/login2><input type=hidden name=sid value={sid}>"
            + grid(
                row(
                    "トークンの表示",
                    f"<input type=text name=otp size=8 autocomplete=off> 半角数字{DIGITS}桁",
                )
            )
            + "<br>"
            + picture("go", "認証する")
            + "</form>"
        )

    def login(self, form: Form) -> tuple[str, str, str]:
        """Check the password; return where to go, a cookie value and a page."""
        member = self.bank.members.get(form.get("kno", ""))
        given = form.get("kpw", "")
        if member is None or not hmac.compare_digest(member.password.encode(), given.encode()):
            return "", "", self.login_page("契約者番号またはログインパスワードに誤りがあります。")
        if member.suspended:
            return "", "", self.stopped()
        sid, cookie = secrets.token_hex(12), secrets.token_hex(12)
        complete = member.status != IN_SERVICE
        self.bank.sessions[sid] = Session(
            member.number, cookie, complete=complete, used_at=self.bank.now()
        )
        return ("" if not complete else self.link("TOP", sid)), cookie, self.otp_page(sid)

    def login2(self, sid: str, session: Session, form: Form) -> tuple[str, str, str]:
        """Check the one-time password; a new session number on success."""
        member = self.bank.members[session.member]
        if member.status != IN_SERVICE or session.complete:
            return "", "", self.login_page("はじめからログインしてください。")
        try:
            self.bank.prove(member, form.get("otp", ""))
        except RefusedError as refused:
            if member.suspended:
                return "", "", self.stopped()
            return "", "", self.otp_page(sid, str(refused))
        del self.bank.sessions[sid]
        fresh, cookie = secrets.token_hex(12), secrets.token_hex(12)
        self.bank.sessions[fresh] = Session(
            member.number, cookie, complete=True, used_at=self.bank.now()
        )
        return self.link("TOP", fresh), cookie, ""

    def stopped(self) -> str:
        """Return the page of a suspended customer."""
        return page(
            band("ワンタイムパスワード認証停止のお知らせ")
            + red("ワンタイムパスワード認証が停止しています。当組合へご連絡ください。")
            + "<a href=/>ログイン画面へ</a>"
        )

    # -- after the login ----------------------------------------------------

    @staticmethod
    def link(screen: str, sid: str) -> str:
        """Return the address of a screen in a session."""
        return f"/cgi-bin/ib?scr={screen}&sid={sid}"

    def frame(self, sid: str, body: str, *, opened: bool = False) -> str:
        """Return a page with the bank's menu on its left."""
        items = ["残高照会", "入出金明細", "振込"]
        lines = [f"<tr><td bgcolor=#e0e0e0>{item}</td></tr>" for item in items]
        lines.append(
            f'<tr><td bgcolor=#ffe0a0><a href="{self.link("MENU", sid)}">'
            "ワンタイムパスワード申請</a></td></tr>"
        )
        if opened:
            lines.append(
                f'<tr><td>　└<a href="{self.link("OTP0", sid)}">'
                "ワンタイムパスワード申請</a></td></tr>"
            )
        lines.append(
            "<tr><td><form method=post action=/cgi-bin/logout>"
            f"<input type=hidden name=sid value={sid}>"
            + picture("bye", "ログアウト")
            + "</form></td></tr>"
        )
        return page(
            "<table width=820 border=0 cellspacing=6><tr valign=top><td width=170>"
            f"<table border=0 cellpadding=6>{''.join(lines)}</table></td>"
            f"<td>{body}</td></tr></table>"
        )

    def form(self, sid: str, session: Session, screen: str, inner: str) -> str:
        """Return a form that carries a ticket of its own."""
        ticket = secrets.token_hex(8)
        session.tickets.add(ticket)
        return (
            f"<form method=post action=/cgi-bin/ib><input type=hidden name=sid value={sid}>"
            f"<input type=hidden name=scr value={screen}>"
            f"<input type=hidden name=tkt value={ticket}>{inner}</form>"
        )

    def button(self, sid: str, screen: str, text: str) -> str:
        """Return a picture that leads to a screen without doing anything."""
        return (
            "<form method=get action=/cgi-bin/ib style='display:inline'>"
            f"<input type=hidden name=scr value={screen}><input type=hidden name=sid value={sid}>"
            + picture("go", text)
            + "</form>"
        )

    def top(self, sid: str, session: Session, member: Member) -> str:
        """Return the top screen."""
        return self.frame(
            sid,
            band("トップページ") + f"<p>{escape(member.name)} 様、いらっしゃいませ。</p>",
        )

    def menu(self, sid: str, session: Session, member: Member) -> str:
        """Return the top screen with the menu unfolded."""
        return self.frame(sid, band("トップページ") + "<p>お選びください。</p>", opened=True)

    def portal(self, sid: str, session: Session, member: Member, message: str = "") -> str:
        """Return the choice of procedures with the present status."""
        buttons = "</td><td>".join(
            [
                self.button(sid, "ISS1", "トークン発行"),
                self.button(sid, "ACT1", "ワンタイムパスワード利用開始"),
                self.button(sid, "DEA1", "ワンタイムパスワード利用解除"),
            ]
        )
        return self.frame(
            sid,
            band("ワンタイムパスワード申請内容選択")
            + red(message)
            + "<p>ワンタイムパスワードの登録情報を表示します。<br>"
            "登録情報の変更を行う場合は変更対象ボタンを押してください。</p>"
            + sub("ワンタイムパスワード登録状況")
            + grid(row("登録状況", f"<b>{member.status}</b>"))
            + sub("注意事項")
            + f"<font size=2>{NOTICE}</font>"
            + f"<table border=0><tr><td>{buttons}</td></tr></table>"
            + self.button(sid, "TOP", "トップページへ"),
            opened=True,
        )

    def kinds(self, sid: str, session: Session, member: Member) -> str:
        """Return the choice between the two kinds."""
        if member.status != NOT_REGISTERED:
            refusal = "トークンは既に発行されているため、お申し込みできません。"
            return self.portal(sid, session, member, refusal)
        return self.frame(
            sid,
            band("トークン発行（選択）")
            + "<p>トークンの種類を選択してください。</p>"
            + sub("トークンの選択")
            + grid(
                row(
                    self.button(sid, "ISSS", "選択"),
                    "ソフトウェアトークン（携帯電話またはスマートフォンのアプリに表示する方法）",
                ),
                row(
                    self.button(sid, "ISS2", "選択"),
                    "ハードウェアトークン（キーホルダー型の生成機に表示する方法）",
                ),
            )
            + "<br>"
            + self.button(sid, "OTP0", "戻る"),
        )

    def software(self, sid: str, session: Session, member: Member) -> str:
        """Say that software tokens are not offered here."""
        return self.frame(
            sid,
            band("トークン発行（ソフトウェアトークン）")
            + red("ソフトウェアトークンは、ただいまお取り扱いしておりません。")
            + self.button(sid, "ISS1", "戻る"),
        )

    def issue_form(self, sid: str, session: Session, member: Member, message: str = "") -> str:
        """Return the confirmation of an application."""
        if member.status != NOT_REGISTERED:
            refusal = "トークンは既に発行されているため、お申し込みできません。"
            return self.portal(sid, session, member, refusal)
        inner = (
            sub("注意事項") + "<font size=2>トークンはご登録の住所へお送りします。"
            "お届けまで一週間ほどかかります。</font>"
            + sub("確認用パスワードの入力")
            + grid(
                row(
                    "【必須】確認用パスワード",
                    "<input type=password name=kakunin size=14> 半角英数字6～10桁",
                )
            )
            + "<br>"
            + picture("ok", "トークンを発行する")
        )
        return self.frame(
            sid,
            band("トークン発行（ハードウェアトークン発行確認）")
            + red(message)
            + self.form(sid, session, "ISS2", inner)
            + self.button(sid, "ISS1", "戻る"),
        )

    def issue(self, sid: str, session: Session, member: Member, form: Form) -> str:
        """Apply, and say that the application was accepted."""
        try:
            self.bank.issue(member, form.get("kakunin", ""))
        except RefusedError as refused:
            return self.issue_form(sid, session, member, str(refused))
        return self.frame(
            sid,
            band("トークン発行（ハードウェアトークン発行完了）")
            + "<p>ハードウェアトークン発行申請の受付が完了しました。<br>"
            "当組合よりご登録の住所へトークンを送付いたします。お手元に届きましたら、利用開始の登録をしてください。</p>"
            + self.button(sid, "OTP0", "ワンタイムパスワード申請内容選択へ"),
        )

    def stages(self, current: int) -> str:
        """Return the two steps of the activation, the present one marked."""
        names = ["ハードウェアトークン確認", "ハードウェアトークン完了"]
        cells = [
            f"<td bgcolor=#ff9900><b>{name}</b></td>"
            if index == current
            else f"<td bgcolor=#dddddd>{name}</td>"
            for index, name in enumerate(names)
        ]
        return f"<table border=0 cellpadding=4><tr>{'<td>→</td>'.join(cells)}</tr></table>"

    def activation_form(self, sid: str, session: Session, member: Member, message: str = "") -> str:
        """Return the form for serial number and one-time password."""
        if member.status != ISSUED:
            refusal = "現在の登録状況では、利用開始の登録はできません。"
            return self.portal(sid, session, member, refusal)
        inner = (
            sub("シリアル番号の入力")
            + grid(row("【必須】シリアル番号", "<input name=serial size=16> （半角数字8～12桁）"))
            + sub("ワンタイムパスワードの入力")
            + grid(
                row(
                    "【必須】ワンタイムパスワード",
                    "<input name=otp size=8> （半角数字）",
                )
            )
            + "<br>"
            + picture("ok", "利用開始する")
            + picture("cancel", "申込を中止する")
        )
        return self.frame(
            sid,
            band("ワンタイムパスワード利用開始（ハードウェアトークン確認）")
            + self.stages(0)
            + red(message)
            + "<p>トークンに記載されているシリアル番号とワンタイムパスワードを入力し、"
            "「利用開始する」ボタンを押してください。</p>"
            + self.form(sid, session, "ACT1", inner)
            + self.button(sid, "OTP0", "戻る"),
        )

    def activate(self, sid: str, session: Session, member: Member, form: Form) -> str:
        """Activate, and show the token's data."""
        if "cancel.x" in form:
            return self.portal(sid, session, member)
        try:
            token = self.bank.activate(member, form.get("serial", ""), form.get("otp", ""))
        except RefusedError as refused:
            return self.activation_form(sid, session, member, str(refused))
        until = token.expires.astimezone(JST).strftime("%Y年%m月%d日 %H時%M分")
        return self.frame(
            sid,
            band("ワンタイムパスワード利用開始（ハードウェアトークン完了）")
            + self.stages(1)
            + "<p>以下の内容でワンタイムパスワード利用開始登録を完了いたしました。</p>"
            + sub("トークン情報")
            + grid(row("シリアル番号", token.serial), row("有効期限", until))
            + "<br>"
            + self.button(sid, "OTP0", "ワンタイムパスワード申請内容選択へ"),
        )

    def deactivation_form(
        self, sid: str, session: Session, member: Member, message: str = ""
    ) -> str:
        """Return the form for confirmation password and one-time password."""
        if member.status != IN_SERVICE:
            refusal = "現在の登録状況では、利用解除はできません。"
            return self.portal(sid, session, member, refusal)
        inner = (
            sub("確認用パスワードの入力")
            + "<table border=1 cellpadding=5><tr><td bgcolor=#cce0ff>【必須】確認用パスワード</td>"
            "<td bgcolor=#cce0ff>【必須】ワンタイムパスワード</td></tr><tr>"
            "<td><input type=password name=kakunin size=14></td>"
            "<td><input name=otp size=8 autocomplete=off></td></tr></table><br>"
            + picture("ok", "解除する")
        )
        return self.frame(
            sid,
            band("ワンタイムパスワード利用解除（利用解除確認）")
            + red(message)
            + self.form(sid, session, "DEA1", inner)
            + self.button(sid, "OTP0", "戻る"),
        )

    def deactivate(self, sid: str, session: Session, member: Member, form: Form) -> str:
        """Deactivate, and say so."""
        try:
            self.bank.deactivate(member, form.get("kakunin", ""), form.get("otp", ""))
        except RefusedError as refused:
            if member.suspended:
                return self.stopped()
            return self.deactivation_form(sid, session, member, str(refused))
        return self.frame(
            sid,
            band("ワンタイムパスワード利用解除（利用解除完了）")
            + "<p>ワンタイムパスワード利用解除の登録を受け付けました。</p>"
            + self.button(sid, "TOP", "トップページへ"),
        )

    def serve(self, sid: str, session: Session, form: Form, *, posted: bool) -> str:
        """Return the page for a request inside a complete session."""
        member = self.bank.members[session.member]
        screen = form.get("scr", "")
        if not posted:
            return self.screens.get(screen, self.top)(sid, session, member)
        ticket = form.get("tkt", "")
        if screen not in self.acts or ticket not in session.tickets:
            return self.portal(sid, session, member, "この操作は無効です。やり直してください。")
        if ticket in session.done:  # reloaded or pressed twice: the first answer again
            before, answer = session.done[ticket]
            stale = "この操作は無効です。やり直してください。"
            return answer if before == form else self.portal(sid, session, member, stale)
        answer = self.acts[screen](sid, session, member, form)
        session.done[ticket] = (form, answer)
        return answer


class Desk:
    """The staff's own site: a search, one customer's card, one form for sending."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    def login_page(self, message: str = "") -> str:
        """Return the staff's login."""
        return page(
            band("営業店端末")
            + red(message)
            + "<form method=post action=/tanmatsu/login>"
            + grid(
                row("行員番号", "<input name=ban size=10>"),
                row("暗証", "<input type=password name=pw size=16>"),
            )
            + picture("go", "端末を開く")
            + "</form>"
        )

    def search(self, message: str = "") -> str:
        """Return the search for a customer, and what waits to be sent."""
        waiting = [
            row(order.number, f"{member.number} {escape(member.name)}")
            for member in self.bank.members.values()
            for order in member.orders
            if not order.serial and member.status == ISSUED
        ]
        return page(
            band("契約者検索")
            + red(message)
            + "<form method=get action=/tanmatsu/card>"
            + grid(row("契約者番号", "<input name=no size=12>"))
            + picture("go", "照会")
            + "</form>"
            + sub("発送待ち")
            + grid(*waiting[:20])
            + "<form method=post action=/tanmatsu/logout>"
            + picture("bye", "端末を閉じる")
            + "</form>"
        )

    def card(self, member: Member, message: str = "") -> str:
        """Return what the institution knows about a customer."""
        orders = "".join(
            f"<tr><td>{order.number}</td><td>ハードウェアトークン</td><td>{escape(order.address)}</td>"
            f"<td>{order.serial or '―'}</td>"
            f"<td>{'発送済' if order.serial else '発送待ち'}</td></tr>"
            for order in member.orders
        )
        hidden = f"<input type=hidden name=no value={member.number}>"
        state = "停止中" if member.suspended else member.status
        return page(
            band("契約者カード")
            + red(message)
            + grid(
                row("契約者番号", member.number),
                row("氏名", escape(member.name)),
                row("届出住所", escape(member.address)),
                row("登録状況", state),
            )
            + sub("申込一覧")
            + "<table border=1><tr><td>申込番号</td><td>種類</td><td>送付先</td>"
            f"<td>シリアル番号</td><td>状態</td></tr>{orders}</table>"
            + f"<form method=get action=/tanmatsu/send>{hidden}{picture('go', '発送登録へ')}</form>"
            + f"<form method=post action=/tanmatsu/unlock>{hidden}"
            + grid(row("聴取内容", "<input name=memo size=40>"))
            + picture("go", "停止を解く")
            + f"</form><form method=post action=/tanmatsu/revoke>{hidden}"
            + grid(row("失効の理由", "<input name=why size=40>"))
            + picture("go", "失効登録")
            + "</form><a href=/tanmatsu/>契約者検索</a>"
        )

    def send_page(self, member: Member, message: str = "") -> str:
        """Return the form that books a token as sent."""
        return page(
            band("発送登録")
            + red(message)
            + "<form method=post action=/tanmatsu/send>"
            + f"<input type=hidden name=no value={member.number}>"
            + grid(
                row("契約者番号", member.number),
                row("送付先", escape(member.address)),
                row("製造番号", "<input name=serial size=16>"),
            )
            + picture("go", "発送済にする")
            + "</form><a href=/tanmatsu/>契約者検索</a>"
        )

    def serve(self, path: str, form: Form, *, posted: bool) -> str:
        """Return the page for a request of somebody who is logged in."""
        member = self.bank.members.get(form.get("no", ""))
        if path in ("", "/"):
            return self.search()
        if member is None:
            return self.search("該当する契約者はありません。")
        if path == "/send":
            if not posted:
                return self.send_page(member)
            try:
                self.bank.send(member, form.get("serial", ""))
            except RefusedError as refused:
                return self.send_page(member, str(refused))
            return self.card(member, "発送を登録しました。")
        if posted and path in ("/unlock", "/revoke"):
            return self.unlock(member, form) if path == "/unlock" else self.revoke(member, form)
        return self.card(member)

    def unlock(self, member: Member, form: Form) -> str:
        """Lift a suspension once the circumstances are noted."""
        if not form.get("memo", "").strip():
            return self.card(member, "聴取内容を入力してください。")
        if not member.suspended:
            return self.card(member, "停止していません。")
        member.suspended, member.failures = False, 0
        return self.card(member, "停止を解きました。")

    def revoke(self, member: Member, form: Form) -> str:
        """Retire a lost token, and end the customer's sessions."""
        if not form.get("why", "").strip() or member.status == NOT_REGISTERED:
            return self.card(member, "失効できません。")
        self.bank.retire(member)
        self.bank.end_sessions(member.number)
        return self.card(member, "失効を登録しました。")


# ---------------------------------------------------------------------------
# The server.


class Handler(BaseHTTPRequestHandler):
    """One request. Everything happens under one lock: the bank is small."""

    bank: ClassVar[Bank]
    lock: ClassVar[threading.Lock] = threading.Lock()
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing: requests carry passwords."""

    def body(self) -> bytes:
        """Return the body of the request."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def fields(self, text: str) -> Form:
        """Return the fields of a form; one that is there twice makes it void."""
        parsed = parse_qs(text, keep_blank_values=True, encoding="cp932", errors="replace")
        if any(len(values) > 1 for values in parsed.values()):
            return {}
        return {name: values[0] for name, values in parsed.items()}

    def cookie(self, name: str) -> str:
        """Return a cookie of the request, or nothing."""
        morsel = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        return morsel.value if morsel else ""

    def answer(self, text: str, *, status: int = 200, headers: Form | None = None) -> None:
        """Send a page in Shift_JIS."""
        content = text.encode("cp932", errors="xmlcharrefreplace")
        self.send(content, "text/html; charset=Shift_JIS", status, headers)

    def send(
        self, content: bytes, kind: str, status: int = 200, headers: Form | None = None
    ) -> None:
        """Send an answer that nobody may keep."""
        self.send_response(status)
        extra = {"Content-Type": kind, "Content-Length": str(len(content))}
        for name, value in {**extra, "Cache-Control": "no-store", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        """Answer a request that changes nothing."""
        with self.lock:
            self.route(posted=False)

    def do_POST(self) -> None:
        """Answer a request that may change something."""
        with self.lock:
            self.route(posted=True)

    def route(self, *, posted: bool) -> None:
        """Send the request to customers' pages, the staff's or the operators'."""
        address = urlsplit(self.path)
        raw = self.body()
        if address.path.startswith("/gazo/"):
            text = escape(unquote(address.path[6:-4]))
            drawn = (
                '<svg xmlns="http://www.w3.org/2000/svg" '
                f'width="{len(text) * 18 + 20}" height="30">'
                '<rect width="100%" height="100%" fill="#d0d0d0" stroke="#606060"/>'
                f'<text x="10" y="21" font-size="16">{text}</text></svg>'
            )
            self.send(drawn.encode(), "image/svg+xml")
        elif address.path.startswith("/ope/"):
            self.operate(address.path, raw, posted=posted)
        elif address.path.startswith("/tanmatsu"):
            form = self.fields(raw.decode("ascii", "replace") if posted else address.query)
            self.desk(address.path.removeprefix("/tanmatsu"), form, posted=posted)
        else:
            form = self.fields(raw.decode("ascii", "replace") if posted else address.query)
            self.customer(address.path, form, posted=posted)

    def customer(self, path: str, form: Form, *, posted: bool) -> None:
        """Answer a customer."""
        counter = Counter(self.bank)
        if path == "/":
            self.answer(counter.login_page())
            return
        if path == "/cgi-bin/login" and posted:
            self.enter(*counter.login(form))
            return
        sid = form.get("sid", "")
        session = self.bank.session(sid)
        if session is None or not hmac.compare_digest(session.cookie, self.cookie("mark")):
            self.answer(counter.login_page("ログインしてからご利用ください。"))
        elif path == "/cgi-bin/login2" and posted:
            self.enter(*counter.login2(sid, session, form))
        elif path == "/cgi-bin/logout" and posted:
            del self.bank.sessions[sid]
            self.answer(counter.login_page("ログアウトしました。"))
        elif path != "/cgi-bin/ib" or not session.complete:
            self.answer(counter.login_page("ログインしてからご利用ください。"))
        else:
            self.answer(counter.serve(sid, session, form, posted=posted))

    def enter(self, where: str, cookie: str, text: str) -> None:
        """Send a page of the login, or lead to the top screen."""
        headers = {"Set-Cookie": f"mark={cookie}; HttpOnly; SameSite=Strict; Path=/"}
        if where:
            self.answer("", status=303, headers={**headers, "Location": where})
        else:
            self.answer(text, headers=headers if cookie else None)

    def desk(self, path: str, form: Form, *, posted: bool) -> None:
        """Answer the staff."""
        desk = Desk(self.bank)
        key = self.cookie("tanmatsu")
        if path == "/login" and posted:
            if (form.get("ban"), form.get("pw")) != STAFF:
                self.answer(desk.login_page("行員番号または暗証に誤りがあります。"))
                return
            fresh = secrets.token_hex(12)
            self.bank.tellers.add(fresh)
            cookie = f"tanmatsu={fresh}; HttpOnly; SameSite=Strict; Path=/tanmatsu"
            self.answer(desk.search(), headers={"Set-Cookie": cookie})
        elif key not in self.bank.tellers:
            self.answer(desk.login_page())
        elif path == "/logout" and posted:
            self.bank.tellers.discard(key)
            self.answer(desk.login_page("端末を閉じました。"))
        else:
            self.answer(desk.serve(path, form, posted=posted))

    def operate(self, path: str, raw: bytes, *, posted: bool) -> None:
        """Answer the operators of the staging system (JSON)."""
        bank = self.bank
        try:
            wish: Form = json.loads(raw) if posted else {}
        except ValueError:
            self.send(b'{"error": "no JSON"}', "application/json", 400)
            return
        told: dict[str, str]
        if path == "/ope/clock":
            if posted:
                bank.stopped_at = datetime.fromisoformat(wish["at"]).timestamp()
            told = {"jikoku": datetime.fromtimestamp(bank.now(), JST).isoformat()}
        elif path == "/ope/token" and posted:
            expires = datetime.fromisoformat(wish["until"])
            bank.tokens[wish["no"]] = Token(wish["no"], bytes.fromhex(wish["key"]), expires)
            told = {"no": wish["no"]}
        elif path == "/ope/member" and posted:
            made = bank.make(wish)
            told = {
                "kno": made.number,
                "kpw": made.password,
                "kakunin": made.confirmation,
                "name": made.name,
                "address": made.address,
            }
        else:
            self.send(b"{}", "application/json", 404)
            return
        self.send(json.dumps(told).encode(), "application/json")


def serve(port: int, faults: frozenset[str] = frozenset()) -> ThreadingHTTPServer:
    """Return a server that is bound but does not run yet (port 0: any)."""
    handler = type("BoundHandler", (Handler,), {"bank": Bank(faults), "lock": threading.Lock()})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


if __name__ == "__main__":
    run(__doc__, serve, FAULTS, 8911)
