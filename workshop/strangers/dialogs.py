"""A bank that is one page: hash addresses, JSON requests, and a box for everything it has to say.

Written from the operation manual and its requirement list alone. Nothing loads a
second page: a script draws each view after its answer came, asks back in a box
before anything is done, and says every refusal in a box that has to be closed.
Customers carry a token of the browser tab (``sessionStorage``), staff a cookie.

Run it: ``python -m workshop.strangers.dialogs --port 8912``. It prints ``READY``
and its address. Everything lives in memory; the clock is moved by ``PUT /lab/clock``,
and calls under ``/lab/`` want the header ``X-Lab-Key`` (``LAB_KEY``).
Invented faults are switched on with ``--fault NAME`` (see ``FAULTS``).
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import pyotp

from workshop.strangers.dialogs_pages import DESK_SCRIPT, SCRIPT, STYLE, page
from workshop.strangers.serving import run

JST = timezone(timedelta(hours=9))
LAB_KEY = "asunaro-kensho"  # of a made-up staging system
DIGITS = 8
STEP_SECONDS = 60
BACK, AHEAD = 2, 1  # accepted steps before and after the present one
IDLE_SECONDS = 600  # a session without a request for so long is over
THRESHOLD = 3  # wrong one-time passwords in succession that suspend
CONFIRMATION = re.compile(r"[A-Za-z0-9]{8,12}")
SERIAL = re.compile(r"[0-9]{8,12}")
CODE = re.compile(rf"[0-9]{{{DIGITS}}}")
STAFF = {"kakari01": "himawari-7"}

FAULTS = {
    "codes-per-door": "TOK-04: a code used in one procedure is still good for another",
    "stop-sleeps-off": "LCK-07: a suspension is over after a day",
    "any-digits": "LGN-12: the digits of any script count as digits",
    "second-order": "ISS-18: the same application sent again is one more application",
    "soft-next-day": "SWT-06: hardware to software is open from the next day",
}

NEW, ISSUED, IN_SERVICE = "未登録", "トークン発行済", "サービス利用中"
HARD, SOFT = "hard", "soft"

WRONG_CODE = "ワンタイムパスワードが正しくありません。"
CODE_FORM = f"ワンタイムパスワードは半角数字{DIGITS}桁でご入力ください。"
STOPPED = "ワンタイムパスワードの認証を停止しております。お取引店へご連絡ください。"
NOT_NOW = "現在の登録状況ではこのお手続きはできません。"
STALE = "この画面は古くなっています。はじめからやり直してください。"

Json = dict[str, Any]


class RefusedError(Exception):
    """The bank says no; the text is for the person in front of it."""

    def __init__(self, text: str, status: int = 422, *, stopped: bool = False) -> None:
        super().__init__(text)
        self.status = status
        self.stopped = stopped


@dataclass
class Device:
    """One token. ``spent`` is the newest accepted time step, by door where they differ."""

    serial: str
    seed: str  # Base32
    expires: datetime
    kind: str = HARD
    state: str = "stock"  # stock | sent | active | retired
    owner: str = ""
    spent: dict[str, int] = field(default_factory=dict)


@dataclass
class Order:
    """One application. ``serial`` is empty until a token was sent."""

    number: str
    kind: str
    ship_to: str
    serial: str = ""
    state: str = "受付"  # 受付 | 発送済 | 取消


@dataclass
class Person:
    """One customer."""

    code: str
    password: str
    confirmation: str
    name: str
    address: str
    status: str = NEW
    kind: str = ""  # of the present registration, or the last one
    ended: date | None = None  # day of the last deactivation
    device: str = ""
    failures: int = 0
    stopped_at: float | None = None
    orders: list[Order] = field(default_factory=list)


@dataclass
class Session:
    """One browser tab behind the login password, or behind the whole login."""

    person: str
    complete: bool
    used_at: float
    tickets: dict[str, str] = field(default_factory=dict)  # ticket: the form it was given for
    answers: dict[str, tuple[Json, Json]] = field(default_factory=dict)


class Bank:
    """The rules. Every method is called under the server's lock."""

    def __init__(self, faults: frozenset[str]) -> None:
        self.faults = faults
        self.people: dict[str, Person] = {}
        self.devices: dict[str, Device] = {}
        self.sessions: dict[str, Session] = {}
        self.stands_at: float | None = None

    def now(self) -> float:
        """Return the bank's time: real, or the moment it was put to."""
        return time.time() if self.stands_at is None else self.stands_at

    def today(self) -> date:
        """Return the bank's date in Japan."""
        return datetime.fromtimestamp(self.now(), JST).date()

    # -- one-time passwords -------------------------------------------------

    def digits_of(self, code: str) -> str:
        """Return the code as it is compared, or refuse its form."""
        if "any-digits" in self.faults and code.isdecimal() and len(code) == DIGITS:
            return f"{int(code):0{DIGITS}d}"
        if not CODE.fullmatch(code):
            raise RefusedError(CODE_FORM)
        return code

    def spend(self, device: Device, code: str, door: str) -> bool:
        """Verify a code, and mark it and everything older as used."""
        totp = pyotp.TOTP(device.seed, digits=DIGITS, digest=hashlib.sha256, interval=STEP_SECONDS)
        door = door if "codes-per-door" in self.faults else ""
        present = int(self.now() // STEP_SECONDS)
        if self.now() >= device.expires.timestamp():
            return False
        for step in range(present - BACK, present + AHEAD + 1):
            fresh = step > device.spent.get(door, -1)
            if fresh and hmac.compare_digest(totp.at(step * STEP_SECONDS), code):
                device.spent[door] = step
                return True
        return False

    def stopped(self, person: Person) -> bool:
        """Tell whether the customer's authentication is suspended."""
        over = person.stopped_at is not None and self.now() - person.stopped_at >= 86400
        if over and "stop-sleeps-off" in self.faults:
            person.stopped_at, person.failures = None, 0
        return person.stopped_at is not None

    def prove(self, person: Person, code: str, door: str) -> None:
        """Want a code of the person's own token. Failures count; success clears them."""
        if self.stopped(person):
            raise RefusedError(STOPPED, 403, stopped=True)
        code = self.digits_of(code)
        if self.spend(self.devices[person.device], code, door):
            person.failures = 0
            return
        person.failures += 1
        if person.failures < THRESHOLD:
            raise RefusedError(WRONG_CODE)
        person.stopped_at = self.now()
        self.end_sessions(person.code)
        raise RefusedError(STOPPED, 403, stopped=True)

    def end_sessions(self, code: str) -> None:
        """Log a person out everywhere."""
        self.sessions = {k: s for k, s in self.sessions.items() if s.person != code}

    # -- sessions -----------------------------------------------------------

    def open_session(self, person: Person, *, complete: bool) -> str:
        """Return the token of a new session."""
        token = secrets.token_urlsafe(18)
        self.sessions[token] = Session(person.code, complete, self.now())
        return token

    def session(self, token: str) -> Session:
        """Return the session of a token; an idle one ends here."""
        session = self.sessions.get(token)
        if session is not None and self.now() - session.used_at > IDLE_SECONDS:
            del self.sessions[token]
            session = None
        if session is None:
            raise RefusedError("ログインしてからご利用ください。", 401)
        session.used_at = self.now()
        return session

    def enter(self, code: str, password: str) -> Json:
        """Check the login password; say which view comes next."""
        person = self.people.get(code)
        right = person is not None and hmac.compare_digest(
            person.password.encode(), password.encode()
        )
        if person is None or not right:
            raise RefusedError("お客さまコードまたはログイン用パスワードが正しくありません。")
        if self.stopped(person):
            raise RefusedError(STOPPED, 403, stopped=True)
        complete = person.status != IN_SERVICE
        token = self.open_session(person, complete=complete)
        return {"token": token, "next": "home" if complete else "code"}

    def enter_code(self, token: str, code: str) -> Json:
        """Check the one-time password of a login; the session gets a new token."""
        session = self.session(token)
        person = self.people[session.person]
        if session.complete or person.status != IN_SERVICE:
            raise RefusedError(STALE, 401)
        self.prove(person, code, "login")
        del self.sessions[token]
        return {"token": self.open_session(person, complete=True), "next": "home"}

    # -- the procedures -----------------------------------------------------

    def confirm(self, person: Person, typed: str) -> None:
        """Compare the confirmation password exactly as it came."""
        if not CONFIRMATION.fullmatch(typed):
            raise RefusedError("確認用パスワードは半角英数字8～12文字でご入力ください。")
        if not hmac.compare_digest(person.confirmation, typed):
            raise RefusedError("確認用パスワードが正しくありません。")

    def may(self, person: Person, form: str) -> None:
        """Refuse a form that the person's registration does not allow."""
        wanted = {"kinds": NEW, HARD: NEW, SOFT: NEW, "begin": ISSUED}
        if form == "end":
            allowed = person.status in (ISSUED, IN_SERVICE)
        else:
            allowed = person.status == wanted[form]
        if not allowed:
            raise RefusedError(NOT_NOW, 409)
        if form == SOFT and person.kind == HARD and person.ended:
            later = self.today() > person.ended
            if not (later and "soft-next-day" in self.faults):
                raise RefusedError("ハードトークンからソフトトークンへの切替はできません。", 409)
        if form == HARD and person.kind == SOFT and person.ended == self.today():
            raise RefusedError("トークンの種類の変更は、利用解除の翌日から承ります。", 409)

    def apply(self, person: Person, kind: str, confirmation: str) -> Json:
        """Take an application. A software token is made at once, and its key shown."""
        self.confirm(person, confirmation)
        order = Order(f"A{secrets.randbelow(10**9):09d}", kind, person.address)
        person.status, person.kind = ISSUED, kind
        person.orders.append(order)
        if kind == HARD:
            return {}
        device = self.make_device({"kind": SOFT})
        device.state, device.owner, order.serial = "sent", person.code, device.serial
        order.state = "発送済"
        return {"key": device.seed}

    def begin(self, person: Person, given: Json) -> Json:
        """Bind a token to the person, all or nothing."""
        serial = given.get("serial", "")
        if person.kind == SOFT:
            serial = person.orders[-1].serial
        elif not SERIAL.fullmatch(serial):
            raise RefusedError("シリアル番号は半角数字8～12桁でご入力ください。")
        code = self.digits_of(given.get("code", ""))
        device = self.devices.get(serial)
        mine = device is not None and device.kind == person.kind
        if device is not None and device.state != "stock":
            mine = mine and device.state == "sent" and device.owner == person.code
        if device is None or not mine or not self.spend(device, code, "begin"):
            raise RefusedError("シリアル番号かワンタイムパスワードが正しくありません。")
        for other in self.devices.values():
            if other.owner == person.code and other.state == "sent":
                other.state = "retired"
        device.state, device.owner = "active", person.code
        person.status, person.device, person.failures = IN_SERVICE, serial, 0
        until = device.expires.astimezone(JST).strftime("%Y年%m月%d日 %H時%M分")
        return {"serial": serial, "until": until}

    def end(self, person: Person, given: Json) -> Json:
        """Deactivate, or cancel an application that was not activated."""
        self.confirm(person, given.get("confirmation", ""))
        if person.status == IN_SERVICE:
            self.prove(person, given.get("code", ""), "end")
        self.retire(person)
        return {}

    def retire(self, person: Person) -> None:
        """Put every token the person has out of service, for ever."""
        for device in self.devices.values():
            if device.owner == person.code and device.state in ("sent", "active"):
                device.state = "retired"
        for order in person.orders:
            order.state = "取消" if order.state == "受付" else order.state
        person.status, person.device, person.failures = NEW, "", 0
        person.stopped_at, person.ended = None, self.today()

    def form(self, session: Session, name: str) -> Json:
        """Return what a view with a form needs, with a ticket good for one act."""
        person = self.people[session.person]
        self.may(person, name)
        ticket = secrets.token_hex(8)
        session.tickets[ticket] = name
        return {"ticket": ticket, "kind": person.kind, "in_service": person.status == IN_SERVICE}

    def act(self, session: Session, name: str, given: Json) -> Json:
        """Do what a form asks for; the same form sent again is answered as before."""
        person = self.people[session.person]
        ticket = given.get("ticket", "")
        if session.tickets.get(ticket) != name:
            raise RefusedError(STALE, 409)
        if ticket in session.answers:
            before, answer = session.answers[ticket]
            if "second-order" in self.faults and name == HARD:
                person.status = NEW
            elif before == given:
                return answer
            else:
                raise RefusedError(STALE, 409)
        self.may(person, name)
        if name in (HARD, SOFT):
            told = self.apply(person, name, given.get("confirmation", ""))
        else:
            told = (self.begin if name == "begin" else self.end)(person, given)
        session.answers[ticket] = (given, told)
        return told

    # -- the institution's side ---------------------------------------------

    def send(self, person: Person, serial: str) -> None:
        """Book a token in stock as sent for the person's open application."""
        open_orders = [order for order in person.orders if order.state == "受付"]
        device = self.devices.get(serial)
        if person.status != ISSUED or not open_orders:
            raise RefusedError("発送を待つお申し込みはありません。")
        if device is None or device.state != "stock":
            raise RefusedError("そのシリアル番号は在庫にありません。")
        device.state, device.owner = "sent", person.code
        open_orders[-1].serial, open_orders[-1].state = serial, "発送済"

    def make_device(self, wish: Json) -> Device:
        """Make a token, in stock unless told otherwise."""
        length = int(wish.get("digits") or 12)
        serial = wish.get("serial") or "0" + "".join(
            secrets.choice("0123456789") for _ in range(length - 1)
        )
        later = datetime.fromtimestamp(self.now(), JST) + timedelta(days=5 * 365)
        until = wish.get("until") or later.replace(second=0, microsecond=0).isoformat()
        seed = base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=")
        device = Device(serial, seed, datetime.fromisoformat(until), wish.get("kind") or HARD)
        self.devices[serial] = device
        return device

    def make_person(self, wish: Json) -> Json:
        """Make a customer in a wished phase, with a token where the phase has one."""
        length = int(wish.get("confirmation") or 10)
        code = f"{secrets.randbelow(10**7):07d}"
        person = Person(
            code=code,
            password="pw" + secrets.token_hex(5),
            confirmation=("c" + secrets.token_hex(8))[: length - 1] + "Z",
            name="翌檜 花" + code[-3:],
            address=f"あすなろ市緑町{int(code[-3:]) + 1}丁目",
        )
        self.people[code] = person
        told: Json = {
            "person": {
                "code": code,
                "login": person.password,
                "confirm": person.confirmation,
                "name": person.name,
                "address": person.address,
            }
        }
        phase, kind = wish["phase"], wish.get("kind") or HARD
        if phase == "not_registered":
            return told
        device = self.make_device({**wish, "kind": kind, "serial": ""})
        order = Order(f"A{secrets.randbelow(10**9):09d}", kind, person.address, device.serial)
        order.state, person.kind, person.status = "発送済", kind, ISSUED
        person.orders.append(order)
        device.state, device.owner = "sent", code
        told["device"] = {
            "serial": device.serial,
            "seed": device.seed,
            "until": device.expires.isoformat(),
        }
        if phase == "issued":
            return told
        device.state, person.status, person.device = "active", IN_SERVICE, device.serial
        if phase == "suspended":
            person.failures, person.stopped_at = THRESHOLD, self.now()
        elif phase == "deactivated":
            self.retire(person)
        return told


class Desk:
    """What staff's page asks for."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.clerks: set[str] = set()

    def people(self, _: Json) -> Json:
        """Return every customer in short."""
        return {
            "people": [
                {"code": p.code, "name": p.name, "status": self.status(p)}
                for p in self.bank.people.values()
            ]
        }

    def status(self, person: Person) -> str:
        """Return the status as staff sees it."""
        return "認証停止" if self.bank.stopped(person) else person.status

    def person(self, given: Json) -> Person:
        """Return the customer that a request is about."""
        person = self.bank.people.get(given.get("code", ""))
        if person is None:
            raise RefusedError("お客さまが見つかりません。", 404)
        return person

    def show(self, given: Json) -> Json:
        """Return one customer in full."""
        person = self.person(given)
        kinds = {HARD: "ハードトークン", SOFT: "ソフトトークン"}
        return {
            "code": person.code,
            "name": person.name,
            "address": person.address,
            "status": self.status(person),
            "orders": [
                [order.number, kinds[order.kind], order.ship_to, order.serial, order.state]
                for order in person.orders
            ],
        }

    def send(self, given: Json) -> Json:
        """Book a token as sent."""
        self.bank.send(self.person(given), given.get("serial", ""))
        return {"told": "発送を記録しました。"}

    def lift(self, given: Json) -> Json:
        """Lift a suspension once it is noted what was found."""
        person = self.person(given)
        if not given.get("note", "").strip():
            raise RefusedError("確認内容をご入力ください。")
        if not self.bank.stopped(person):
            raise RefusedError("停止中のお客さまではありません。")
        person.stopped_at, person.failures = None, 0
        return {"told": "停止を解除しました。"}

    def revoke(self, given: Json) -> Json:
        """Retire a lost token, and end the customer's sessions."""
        person = self.person(given)
        if not given.get("note", "").strip():
            raise RefusedError("事由をご入力ください。")
        if person.status == NEW:
            raise RefusedError("有効なトークンがありません。")
        self.bank.retire(person)
        self.bank.end_sessions(person.code)
        return {"told": "トークンを無効にしました。"}


def unique(pairs: list[tuple[str, Any]]) -> Json:
    """Return a JSON object whose names are there once and whose values are texts."""
    told = dict(pairs)
    if len(told) != len(pairs) or not all(isinstance(value, str) for value in told.values()):
        raise ValueError
    return told


class Handler(BaseHTTPRequestHandler):
    """One request. Everything happens under one lock: the bank is small."""

    bank: ClassVar[Bank]
    desk: ClassVar[Desk]
    lock: ClassVar[threading.Lock]
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing: requests carry passwords."""

    def send(self, content: bytes, kind: str, status: int = 200, cookie: str = "") -> None:
        """Send an answer that nobody keeps or frames."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
        self.send_header("X-Content-Type-Options", "nosniff")
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(content)

    def tell(self, told: Json, status: int = 200, cookie: str = "") -> None:
        """Send JSON."""
        self.send(json.dumps(told).encode(), "application/json", status, cookie)

    def do_GET(self) -> None:
        """Answer a request that changes nothing."""
        files = {
            "/": (page("app.js", "あすなろネット"), "text/html; charset=utf-8"),
            "/kakari/": (page("kakari.js", "あすなろネット係員"), "text/html; charset=utf-8"),
            "/app.js": (SCRIPT, "text/javascript; charset=utf-8"),
            "/kakari.js": (DESK_SCRIPT, "text/javascript; charset=utf-8"),
            "/style.css": (STYLE, "text/css; charset=utf-8"),
        }
        path = urlsplit(self.path).path
        if path in files:
            text, kind = files[path]
            self.send(text.encode(), kind)
        else:
            self.answer("GET")

    def do_POST(self) -> None:
        """Answer a request that may change something."""
        self.answer("POST")

    def do_PUT(self) -> None:
        """Answer a request that may change something."""
        self.answer("PUT")

    def do_DELETE(self) -> None:
        """Answer a request that may change something."""
        self.answer("DELETE")

    def answer(self, method: str) -> None:
        """Answer with JSON, a refusal as JSON too."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = [unquote(part) for part in urlsplit(self.path).path.split("/")[1:]]
        with self.lock:
            try:
                given: Json = json.loads(raw, object_pairs_hook=unique) if raw else {}
                if not isinstance(given, dict):
                    raise ValueError
                self.route(method, parts, given)
            except RefusedError as refused:
                told = {"message": str(refused), "stopped": refused.stopped}
                self.tell(told, refused.status)
            except (ValueError, KeyError):
                self.tell({"message": "受け付けられない内容です。", "stopped": False}, 400)

    def route(self, method: str, parts: list[str], given: Json) -> None:
        """Send the request to customers' answers, the staff's or the laboratory's."""
        match parts:
            case ["api", *rest]:
                self.tell(self.customer(method, rest, given))
            case ["kakari", "api", name]:
                self.staff(method, name, given)
            case ["lab", name]:
                self.tell(self.lab(method, name, given))
            case _:
                raise RefusedError("ありません。", 404)

    def customer(self, method: str, parts: list[str], given: Json) -> Json:
        """Answer a customer's page."""
        bank, token = self.bank, self.headers.get("X-Tab-Token", "")
        match method, parts:
            case "POST", ["enter"]:
                return bank.enter(given.get("code", ""), given.get("password", ""))
            case "POST", ["enter", "code"]:
                return bank.enter_code(token, given.get("code", ""))
        session = bank.session(token)
        if not session.complete:
            raise RefusedError("ログインしてからご利用ください。", 401)
        match method, parts:
            case "DELETE", ["enter"]:
                del bank.sessions[token]
                return {}
            case "GET", ["me"]:
                person = bank.people[session.person]
                return {"name": person.name, "status": person.status}
            case "GET", ["forms", ("kinds" | "hard" | "soft" | "begin" | "end") as name]:
                return bank.form(session, name)
            case "POST", ["forms", ("hard" | "soft" | "begin" | "end") as name]:
                return bank.act(session, name, given)
        raise RefusedError("ありません。", 404)

    def staff(self, method: str, name: str, given: Json) -> None:
        """Answer staff's page: a cookie, and a header no other site can send."""
        morsel = SimpleCookie(self.headers.get("Cookie", "")).get("kakari")
        key = morsel.value if morsel else ""
        if method != "POST" or self.headers.get("X-Kakari") != "1":
            raise RefusedError("ありません。", 404)
        if name == "enter":
            if STAFF.get(given.get("clerk", "")) != given.get("password", ""):
                raise RefusedError("係員番号か合言葉が違います。")
            fresh = secrets.token_hex(16)
            self.desk.clerks.add(fresh)
            self.tell({}, cookie=f"kakari={fresh}; HttpOnly; SameSite=Strict; Path=/kakari")
            return
        verbs: dict[str, Callable[[Json], Json]] = {
            "people": self.desk.people,
            "show": self.desk.show,
            "send": self.desk.send,
            "lift": self.desk.lift,
            "revoke": self.desk.revoke,
        }
        if key not in self.desk.clerks:
            raise RefusedError("係員としてお入りください。", 401)
        if name not in verbs:
            raise RefusedError("ありません。", 404)
        self.tell(verbs[name](given))

    def lab(self, method: str, name: str, given: Json) -> Json:
        """Answer the operators of the staging system."""
        if not hmac.compare_digest(self.headers.get("X-Lab-Key", ""), LAB_KEY):
            raise RefusedError("key wanted", 403)
        bank = self.bank
        match method, name:
            case "PUT", "clock":
                bank.stands_at = float(given["unix"])
            case "GET", "clock":
                pass
            case "POST", "people":
                return bank.make_person(given)
            case "POST", "devices":
                device = bank.make_device(given)
                return {
                    "device": {
                        "serial": device.serial,
                        "seed": device.seed,
                        "until": device.expires.isoformat(),
                    }
                }
            case _:
                raise RefusedError("unknown", 404)
        return {"server": {"unix": bank.now()}}


def serve(port: int, faults: frozenset[str] = frozenset()) -> ThreadingHTTPServer:
    """Return a server that is bound but does not run yet (port 0: any)."""
    bank = Bank(faults)
    members = {"bank": bank, "desk": Desk(bank), "lock": threading.Lock()}
    return ThreadingHTTPServer(("127.0.0.1", port), type("BoundHandler", (Handler,), members))


if __name__ == "__main__":
    run(__doc__, serve, FAULTS, 8912)
