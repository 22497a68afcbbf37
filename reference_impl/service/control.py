"""Preparing customers, tokens and staff for tests and demonstrations."""

from __future__ import annotations

import secrets
import string
from datetime import datetime

from sqlalchemy import Connection

from reference_impl.clock import require_aware
from reference_impl.domain import inputs
from reference_impl.domain.otp import step_of
from reference_impl.domain.words import Kind
from reference_impl.service import arrange, views
from reference_impl.service.codes import SHORTEST_SECRET, code_at
from reference_impl.service.contract import CustomerView, Notice, StaffError, TokenView
from reference_impl.service.core import Core, audit
from reference_impl.store import customers, records, tokens

ACTOR = "test-control"
_ALPHABET = string.ascii_letters + string.digits
_LONGEST_ID = 64


class Control:
    """Implements `ControlService`."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def create_customer(
        self,
        *,
        login_id: str | None,
        login_password: str | None,
        confirmation_password: str | None,
        name: str | None,
        address: str | None,
        status: str,
        kind: str,
        token_serial: str | None,
    ) -> tuple[CustomerView, str, str]:
        """Create a customer in a state; return it with login and confirmation password.

        StaffError if the state, the kind, the token or a password cannot be.
        """
        core = self._core
        password = login_password or _random(16)
        confirmation = confirmation_password or self._confirmation()
        if not inputs.is_confirmation(confirmation, core.policy):
            raise StaffError("確認用パスワードの形式が正しくありません。")
        wish = arrange.wish(status, kind, token_serial)
        new = arrange.NewCustomer(
            login_id=_identifier(login_id or f"c{secrets.randbelow(10**10):010d}"),
            password_hash=core.passwords.hash(password),
            confirmation_hash=core.passwords.hash(confirmation),
            name=_plain_text(name or "見本 太郎"),
            address=_plain_text(address or "〒990-0000 見本県見本市見本町1-2-3"),
        )

        def work(connection: Connection) -> CustomerView:
            customer_id = arrange.create(core, connection, new, wish, core.now())
            audit(connection, core.now(), ACTOR, "create_customer", new.login_id, wish.status)
            return views.customer_view(
                connection, customers.get(connection, customer_id), self._core.policy
            )

        return core.store.write(work), password, confirmation

    def _confirmation(self) -> str:
        low, high = self._core.policy.confirmation_min, self._core.policy.confirmation_max
        return _random(max(low, min(10, high)))

    def add_token(
        self,
        *,
        serial: str,
        secret: bytes,
        kind: str,
        expires_at: datetime,
        reserved_for: str | None = None,
    ) -> TokenView:
        """Put a token into stock. StaffError if the serial exists or is malformed."""
        policy = self._core.policy
        chosen = arrange.kind_of(kind)
        if not inputs.is_serial(serial, policy):
            raise StaffError(
                f"シリアル番号は半角数字{policy.serial_min}～{policy.serial_max}桁にしてください。"
            )
        if len(secret) < SHORTEST_SECRET:
            raise StaffError(f"シードは{SHORTEST_SECRET}バイト以上にしてください。")
        if reserved_for is not None and chosen is not Kind.SOFTWARE:
            raise StaffError("取り置きができるのはソフトウェアトークンだけです。")
        if reserved_for is not None:
            _identifier(reserved_for)
        require_aware(expires_at)

        def work(connection: Connection) -> TokenView:
            if tokens.by_serial(connection, serial) is not None:
                raise StaffError(f"シリアル番号 {serial} は既に登録されています。")
            token_id = tokens.add(
                connection,
                serial=serial,
                kind=chosen,
                expires_at=expires_at,
                sealed=self._core.store.seal.close(secret),
                reserved_for=reserved_for,
            )
            audit(connection, self._core.now(), ACTOR, "add_token", serial, chosen.value)
            row = tokens.by_id(connection, token_id)
            assert row is not None  # noqa: S101 - inserted above, in this transaction
            return views.token_view(connection, row.token)

        return self._core.store.write(work)

    def add_staff(self, staff_id: str, password: str) -> None:
        """Create or replace a staff account. StaffError for an unusable ID or password."""
        _identifier(staff_id)
        if not password:
            raise StaffError("パスワードが空です。")
        encoded = self._core.passwords.hash(password)

        def work(connection: Connection) -> None:
            records.put_staff(connection, staff_id, encoded)
            audit(connection, self._core.now(), ACTOR, "add_staff", staff_id)

        self._core.store.write(work)

    def current_code(self, serial: str) -> str:
        """Return the code a token shows now. StaffError outside demonstration mode."""
        if not self._core.demo:
            raise StaffError("ワンタイムパスワードの表示はデモのときだけ使えます。")
        with self._core.store.read() as connection:
            row = tokens.by_serial(connection, serial) if serial.isprintable() else None
        if row is None:
            raise StaffError("このシリアル番号のトークンはありません。")
        policy = self._core.policy
        secret = self._core.store.seal.open(row.sealed)
        return code_at(secret, policy.otp_digits)(
            step_of(self._core.now(), policy.otp_step_seconds)
        )

    def outbox(self, login_id: str | None = None) -> tuple[Notice, ...]:
        """Return notices, oldest first."""
        with self._core.store.read() as connection:
            return tuple(
                Notice(row["at"], row["login_id"], row["subject"], row["body"])
                for row in records.notices(connection, login_id)
            )

    def reset(self) -> None:
        """Drop all customers, tokens, orders, sessions, notices; keep staff and audit trail."""

        def work(connection: Connection) -> None:
            records.drop_everything_but_staff(connection)
            audit(connection, self._core.now(), ACTOR, "reset", "bank")

        self._core.store.write(work)


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _plain_text(text: str) -> str:
    """Return a text unchanged if every database can store it. StaffError otherwise."""
    if any(ord(char) < ord(" ") or "\ud800" <= char <= "\udfff" for char in text):
        raise StaffError("氏名と住所に制御文字は使えません。")
    return text


def _identifier(text: str) -> str:
    """Return an ID unchanged if it can be stored and typed. StaffError otherwise."""
    if not text.isprintable() or text != text.strip() or not 0 < len(text) <= _LONGEST_ID:
        raise StaffError(f"ID は印刷できる文字{_LONGEST_ID}文字以内にしてください。")
    return text
