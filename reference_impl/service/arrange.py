"""Bringing a new customer into any state of state machine 3.1 at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from reference_impl.domain import registration
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind, TokenState
from reference_impl.service.applying import place_order
from reference_impl.service.contract import StaffError
from reference_impl.service.core import Core
from reference_impl.service.desk import send
from reference_impl.store import customers, orders, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.tokens import TokenRow

STATES = ("not_registered", "issued", "in_service", "suspended", "deactivated")
_NEED_TOKEN = ("in_service", "suspended", "deactivated")


@dataclass(frozen=True)
class Wish:
    """The state to bring a customer into."""

    status: str
    kind: Kind
    serial: str | None


@dataclass(frozen=True)
class NewCustomer:
    """Who the customer is; the hashes stay out of the repr."""

    login_id: str
    name: str
    address: str
    password_hash: str = field(repr=False)
    confirmation_hash: str = field(repr=False)


def kind_of(raw: str) -> Kind:
    """Return the kind a request names. StaffError for anything else."""
    try:
        return Kind(raw)
    except ValueError as error:
        raise StaffError("kind は hardware か software にしてください。") from error


def wish(status: str, kind: str, serial: str | None) -> Wish:
    """Check a wished state. StaffError names what does not fit."""
    if status not in STATES:
        raise StaffError(f"status は {'、'.join(STATES)} のどれかにしてください。")
    if status in _NEED_TOKEN and serial is None:
        raise StaffError(f"status が {status} のときは token_serial が必要です。")
    if status == "not_registered" and serial is not None:
        raise StaffError("status が not_registered のときは token_serial を指定できません。")
    return Wish(status, kind_of(kind), serial)


def create(
    core: Core, connection: Connection, new: NewCustomer, wished: Wish, now: datetime
) -> int:
    """Insert the customer, walk to the state, return the number. StaffError if impossible."""
    if customers.by_login(connection, new.login_id) is not None:
        raise StaffError(f"ログインID {new.login_id} は既に使われています。")
    token = _stock_token(connection, wished)
    customer_id = customers.add(
        connection,
        login_id=new.login_id,
        password_hash=new.password_hash,
        confirmation_hash=new.confirmation_hash,
        name=new.name,
        address=new.address,
        reg=Registration(),
    )
    if wished.status == "not_registered":
        return customer_id
    row = customers.lock(connection, customer_id)
    order_id = _apply(core, connection, row, wished.kind, token, now)
    if wished.status == "issued" or token is None:
        return customer_id
    _activate(connection, customers.lock(connection, customer_id), order_id, token)
    if wished.status == "suspended":
        _suspend(core, connection, customers.lock(connection, customer_id))
    if wished.status == "deactivated":
        ended = customers.lock(connection, customer_id)
        tokens.retire(connection, token.token.token_id)
        customers.save(connection, ended, registration.ended(ended.reg, now))
    return customer_id


def _stock_token(connection: Connection, wished: Wish) -> TokenRow | None:
    if wished.serial is None:
        return None
    token = tokens.by_serial(connection, wished.serial) if wished.serial.isprintable() else None
    if token is None:
        raise StaffError("token_serial のトークンはありません。")
    if token.token.state is not TokenState.STOCK:
        raise StaffError(f"シリアル番号 {wished.serial} のトークンは在庫にありません。")
    if token.token.kind is not wished.kind:
        raise StaffError(f"シリアル番号 {wished.serial} のトークンは種類が違います。")
    return token


def _apply(
    core: Core,
    connection: Connection,
    row: CustomerRow,
    kind: Kind,
    token: TokenRow | None,
    now: datetime,
) -> int:
    """Issue and, with a token, send it. Software: the given token is the one allotted."""
    applied = registration.applied(row.reg, kind, core.policy)
    if token is None:
        order_id = place_order(core, connection, row, kind, now)
        customers.save(connection, row, applied)
        return order_id
    order_id = orders.add(connection, row.customer_id, kind, row.address, now)
    saved = customers.save(connection, row, applied)
    if kind is Kind.HARDWARE:
        send(connection, saved, order_id, token, now)
    else:
        tokens.allot(connection, token.token.token_id, row.customer_id)
        orders.mark_dispatched(connection, order_id, token.token.token_id, now)
    return order_id


def _activate(connection: Connection, row: CustomerRow, order_id: int, token: TokenRow) -> None:
    tokens.activate(connection, token.token.token_id, row.customer_id, None)
    orders.mark_activated(connection, order_id, token.token.token_id)
    customers.save(connection, row, registration.activated(row.reg))


def _suspend(core: Core, connection: Connection, row: CustomerRow) -> None:
    threshold = core.policy.lock_threshold
    customers.save(connection, row, replace(row.reg, failures=threshold, suspended=True))
