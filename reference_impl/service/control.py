"""Preparing customers, tokens and staff for tests and demonstrations."""

import secrets
import string
from dataclasses import replace
from datetime import datetime

from reference_impl.clock import require_aware
from reference_impl.domain import inputs, registration
from reference_impl.domain.otp import step_of
from reference_impl.domain.token import Token
from reference_impl.domain.words import Kind
from reference_impl.service.bank import SHORTEST_SECRET, Bank, Work, audit
from reference_impl.service.procedures import place_order
from reference_impl.service.staff import CustomerView, StaffError, in_stock, send, view
from reference_impl.store import customers, orders, records, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.records import Notice

ACTOR = "test-control"
STATES = ("not_registered", "issued", "in_service", "suspended", "deactivated")
_NEED_TOKEN = ("in_service", "suspended", "deactivated")
_ALPHABET = string.ascii_letters + string.digits
_LONGEST_ID = 64


def create_customer(
    bank: Bank,
    *,
    status: str,
    kind: str,
    token_serial: str | None = None,
    login_id: str | None = None,
    login_password: str | None = None,
    confirmation_password: str | None = None,
    name: str | None = None,
    address: str | None = None,
) -> tuple[CustomerView, str, str]:
    """Create a customer in a state; return it with login and confirmation password.

    status: not_registered | issued | in_service | suspended | deactivated.
    "issued" with a token_serial: allotted and dispatched. All but not_registered
    and issued need a token_serial of a stock token of the kind. Missing values are
    made up (random). StaffError if the state, the kind, the token or a password
    cannot be.
    """
    policy = bank.policy
    password = login_password or _random(16)
    length = max(policy.confirmation_min, min(10, policy.confirmation_max))
    confirmation = confirmation_password or _random(length)
    if not inputs.is_confirmation(confirmation, policy):
        raise StaffError("確認用パスワードの形式が正しくありません。")
    chosen = _kind(kind)
    known_as = _identifier(login_id or f"c{secrets.randbelow(10**10):010d}")
    about = {
        "password_hash": bank.passwords.hash(password),
        "confirmation_hash": bank.passwords.hash(confirmation),
        "name": _plain_text(name or "見本 太郎"),
        "address": _plain_text(address or "〒990-0000 見本県見本市見本町1-2-3"),
    }

    def act(work: Work) -> CustomerView:
        if customers.by_login(work.db, known_as) is not None:
            raise StaffError(f"ログインID {known_as} は既に使われています。")
        row = customers.add(work.db, login_id=known_as, **about)
        row = arrange(work, row, status, chosen, token_serial)
        audit(work, ACTOR, "create_customer", known_as, status)
        return view(bank, work.db, row)

    return bank.write(act), password, confirmation


def arrange(
    work: Work, row: CustomerRow, status: str, kind: Kind, serial: str | None
) -> CustomerRow:
    """Walk a new customer to a state of state machine 3.1. StaffError names what does not fit."""
    if status not in STATES:
        raise StaffError(f"status は {'、'.join(STATES)} のどれかにしてください。")
    if status in _NEED_TOKEN and serial is None:
        raise StaffError(f"status が {status} のときは token_serial が必要です。")
    if status == "not_registered" and serial is not None:
        raise StaffError("status が not_registered のときは token_serial を指定できません。")
    if status == "not_registered":
        return row
    applied = registration.applied(row.reg, kind, work.policy)
    if serial is None:
        place_order(work, row, kind)
        return customers.save(work.db, row, applied)
    token = in_stock(work, serial, kind)
    token_id = token.token.token_id
    order_id = orders.add(work.db, row.customer_id, kind, row.address, work.now)
    row = customers.save(work.db, row, applied)
    send(work, row, order_id, token)
    row = customers.get(work.db, row.customer_id)
    if status == "issued":
        return row
    tokens.activate(work.db, token_id, row.customer_id, None)
    orders.mark_activated(work.db, order_id, token_id)
    row = customers.save(work.db, row, registration.activated(row.reg))
    if status == "suspended":
        failures = work.policy.lock_threshold
        row = customers.save(work.db, row, replace(row.reg, failures=failures, suspended=True))
    if status == "deactivated":
        tokens.retire(work.db, token_id)
        row = customers.save(work.db, row, registration.ended(row.reg, work.now))
    return row


def add_token(
    bank: Bank,
    *,
    serial: str,
    secret: bytes,
    kind: str,
    expires_at: datetime,
    reserved_for: str | None = None,
) -> Token:
    """Put a token into stock. StaffError if the serial exists or is malformed.

    ``reserved_for``: login ID that gets this software token at issue.
    """
    policy = bank.policy
    chosen = _kind(kind)
    if not inputs.is_serial(serial, policy):
        raise StaffError(
            f"シリアル番号は半角数字{policy.serial_min}～{policy.serial_max}桁にしてください。"
        )
    if len(secret) < SHORTEST_SECRET:
        raise StaffError(f"シードは{SHORTEST_SECRET}バイト以上にしてください。")
    if reserved_for is not None:
        _identifier(reserved_for)
        if chosen is not Kind.SOFTWARE:
            raise StaffError("取り置きができるのはソフトウェアトークンだけです。")
    require_aware(expires_at)

    def act(work: Work) -> Token:
        if tokens.by_serial(work.db, serial) is not None:
            raise StaffError(f"シリアル番号 {serial} は既に登録されています。")
        row = tokens.add(
            work.db,
            serial=serial,
            kind=chosen,
            expires_at=expires_at,
            sealed=bank.store.seal.close(secret),
            reserved_for=reserved_for,
        )
        audit(work, ACTOR, "add_token", serial, chosen.value)
        return row.token

    return bank.write(act)


def add_staff(bank: Bank, staff_id: str, password: str) -> None:
    """Create or replace a staff account. StaffError for an unusable ID or password."""
    _identifier(staff_id)
    if not password:
        raise StaffError("パスワードが空です。")
    encoded = bank.passwords.hash(password)

    def act(work: Work) -> None:
        records.put_staff(work.db, staff_id, encoded)
        audit(work, ACTOR, "add_staff", staff_id)

    bank.write(act)


def current_code(bank: Bank, serial: str) -> str:
    """Return the code a token shows now. StaffError outside demonstration mode."""
    if not bank.settings.demo:
        raise StaffError("ワンタイムパスワードの表示はデモのときだけ使えます。")
    with bank.read() as db:
        row = tokens.by_serial(db, serial)
    if row is None:
        raise StaffError("このシリアル番号のトークンはありません。")
    return bank.code_at(row.sealed)(step_of(bank.now(), bank.policy.otp_step_seconds))


def outbox(bank: Bank, login_id: str | None = None) -> tuple[Notice, ...]:
    """Return notices, oldest first."""
    with bank.read() as db:
        return records.notices(db, login_id)


def reset(bank: Bank) -> None:
    """Drop all customers, tokens, orders, sessions, notices; keep staff and audit trail."""

    def act(work: Work) -> None:
        records.drop_everything_but_staff(work.db)
        audit(work, ACTOR, "reset", "bank")

    bank.write(act)


def _kind(raw: str) -> Kind:
    try:
        return Kind(raw)
    except ValueError as error:
        raise StaffError("kind は hardware か software にしてください。") from error


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _plain_text(text: str) -> str:
    """Return a text unchanged if it can be stored and shown. StaffError otherwise."""
    if any(ord(char) < ord(" ") or "\ud800" <= char <= "\udfff" for char in text):
        raise StaffError("氏名と住所に制御文字は使えません。")
    return text


def _identifier(text: str) -> str:
    """Return an ID unchanged if it can be stored and typed. StaffError otherwise."""
    if not text.isprintable() or text != text.strip() or not 0 < len(text) <= _LONGEST_ID:
        raise StaffError(f"ID は印刷できる文字{_LONGEST_ID}文字以内にしてください。")
    return text
