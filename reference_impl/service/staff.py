"""What staff see and do: dispatch, unlock, revoke (SHP-01 to SHP-06, LCK-09 to LCK-14).

Every change is written to the audit trail.
"""

from dataclasses import dataclass

from reference_impl.domain import registration
from reference_impl.domain.token import Token, expired
from reference_impl.domain.words import Kind, OrderStatus, Status, TokenState
from reference_impl.service.bank import Bank, Work, audit, notify
from reference_impl.store import customers, orders, records, sessions, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.database import Connection
from reference_impl.store.orders import OrderRow
from reference_impl.store.records import AuditLine
from reference_impl.store.sessions import Realm
from reference_impl.store.tokens import StockToken, TokenRow


class StaffError(Exception):
    """A staff action that cannot be done; the message (Japanese) says why."""


@dataclass(frozen=True)
class CustomerView:
    """A customer as staff see them. No secret in it.

    ``can_unlock``: suspended, or another limit reached that staff may lift.
    """

    customer_id: int
    login_id: str
    name: str
    address: str
    status: Status
    kind: Kind | None
    serial: str | None
    failures: int
    can_unlock: bool


def all_customers(bank: Bank) -> tuple[CustomerView, ...]:
    """Return all customers."""
    with bank.read() as db:
        return tuple(view(bank, db, row) for row in customers.everybody(db))


def find_customer(bank: Bank, login_id: str) -> CustomerView | None:
    """Return one customer, or None."""
    with bank.read() as db:
        row = customers.by_login(db, login_id)
        return None if row is None else view(bank, db, row)


def view(bank: Bank, db: Connection, row: CustomerRow) -> CustomerView:
    """Return a customer as staff see them."""
    token = _own_token(db, row)
    return CustomerView(
        customer_id=row.customer_id,
        login_id=row.login_id,
        name=row.name,
        address=row.address,
        status=row.reg.status,
        kind=row.reg.kind,
        serial=None if token is None else token.serial,
        failures=row.reg.failures,
        can_unlock=registration.can_unlock(row.reg, bank.policy),
    )


def _own_token(db: Connection, row: CustomerRow) -> Token | None:
    """Return the token the customer holds now: the active one, else the allotted one."""
    for state in (TokenState.ACTIVE, TokenState.ALLOTTED):
        found = tokens.held(db, row.customer_id, state)
        if found is not None:
            return found.token
    return None


def all_orders(bank: Bank, login_id: str | None = None) -> tuple[OrderRow, ...]:
    """Return orders, oldest first, of one customer or of all."""
    with bank.read() as db:
        return orders.listed(db, login_id)


def all_tokens(bank: Bank) -> tuple[StockToken, ...]:
    """Return all tokens in the order of their arrival."""
    with bank.read() as db:
        return tokens.everything(db)


def audit_trail(bank: Bank, limit: int = 200) -> tuple[AuditLine, ...]:
    """Return the newest lines of the audit trail, newest first."""
    with bank.read() as db:
        return records.audit(db, limit)


def dispatch(bank: Bank, actor: str, order_id: int, serial: str | None = None) -> OrderRow:
    """Send one token (of the given serial, or the next) for one order (SHP-06). StaffError."""

    def act(work: Work) -> OrderRow:
        order = _order(work, order_id)
        row = customers.get(work.db, order.customer_id)
        if order.status is not OrderStatus.ACCEPTED:
            raise StaffError("この申請は発送待ちではありません。")
        token = _choose(work, serial, order, row)
        send(work, row, order.order_id, token)
        audit(work, actor, "dispatch", row.login_id, token.token.serial)
        notify(work, row.login_id, "dispatched")
        return _order(work, order_id)

    return bank.write(act)


def send(work: Work, row: CustomerRow, order_id: int, token: TokenRow) -> None:
    """T01: allot a stock token to the customer and mark the order as sent. StaffError if taken."""
    if not tokens.allot(work.db, token.token.token_id, row.customer_id):
        raise StaffError(f"シリアル番号 {token.token.serial} のトークンは在庫にありません。")
    orders.mark_dispatched(work.db, order_id, token.token.token_id, work.now)
    customers.save(work.db, row, registration.dispatched(row.reg))


def _order(work: Work, order_id: int) -> OrderRow:
    order = orders.by_id(work.db, order_id)
    if order is None:
        raise StaffError(f"申請番号 {order_id} の発行申請はありません。")
    return order


def _choose(work: Work, serial: str | None, order: OrderRow, row: CustomerRow) -> TokenRow:
    if not serial:
        token = tokens.next_in_stock(work.db, order.kind, work.now, row.login_id)
        if token is None:
            raise StaffError("発送できるトークンが在庫にありません。")
        return token
    token = in_stock(work, serial, order.kind)
    if expired(token.token, work.now):
        raise StaffError(f"シリアル番号 {serial} のトークンは有効期限が過ぎています。")
    return token


def in_stock(work: Work, serial: str, kind: Kind) -> TokenRow:
    """Return the stock token of this serial and kind. StaffError names what does not fit."""
    token = tokens.by_serial(work.db, serial)
    if token is None:
        raise StaffError("入力されたシリアル番号のトークンはありません。")
    if token.token.kind is not kind:
        raise StaffError(f"シリアル番号 {serial} のトークンは種類が違います。")
    if token.token.state is not TokenState.STOCK:
        raise StaffError(f"シリアル番号 {serial} のトークンは在庫にありません。")
    return token


def unlock(bank: Bank, actor: str, login_id: str, circumstances: str) -> None:
    """Lift a suspension after noting the circumstances (LCK-10, LCK-11); counts start anew.

    StaffError without circumstances, or where there is nothing to lift.
    """
    noted = _text(circumstances, "確認した状況を入力してください。")

    def act(work: Work) -> None:
        row = _customer(work, login_id)
        if not registration.can_unlock(row.reg, bank.policy):
            raise StaffError("このお客さまは停止状態ではありません。")
        customers.save(work.db, row, registration.unlocked(row.reg))
        audit(work, actor, "unlock", row.login_id, noted)
        notify(work, row.login_id, "unlocked")

    bank.write(act)


def revoke(bank: Bank, actor: str, login_id: str, reason: str) -> None:
    """Retire a token at once and end the customer's sessions (IX-43, C28, C32). StaffError."""
    noted = _text(reason, "理由を入力してください。")

    def act(work: Work) -> None:
        row = _customer(work, login_id)
        token = _own_token(work.db, row)
        if token is None:
            raise StaffError("このお客さまには失効させるトークンがありません。")
        tokens.retire(work.db, token.token_id)
        order = orders.open_of(work.db, row.customer_id)
        if order is not None:
            orders.cancel(work.db, order.order_id)
        customers.save(work.db, row, registration.ended(row.reg, work.now))
        sessions.close_all_of(work.db, row.customer_id, Realm.CUSTOMER, Realm.PENDING)
        audit(work, actor, "revoke", row.login_id, f"{token.serial}: {noted}")
        notify(work, row.login_id, "revoked", token.kind)

    bank.write(act)


def _customer(work: Work, login_id: str) -> CustomerRow:
    row = customers.by_login(work.db, login_id)
    if row is None:
        raise StaffError("該当するお客さまがいません。")
    return row


def _text(raw: str, complaint: str) -> str:
    """Return a remark fit for the audit trail: trimmed, control characters made visible."""
    text = raw.strip()
    if not text:
        raise StaffError(complaint)
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)
