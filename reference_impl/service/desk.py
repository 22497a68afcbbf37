"""What staff do at their desk: dispatch, unlock, revoke (SHP-01 to SHP-06, LCK-09 to LCK-14)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from reference_impl.domain import registration
from reference_impl.domain.token import expired
from reference_impl.domain.words import Kind, OrderStatus, TokenState
from reference_impl.service import texts, views
from reference_impl.service.contract import OrderView, StaffError
from reference_impl.service.core import Core, audit, notify
from reference_impl.store import customers, orders, sessions, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.orders import OrderRow
from reference_impl.store.sessions import Realm
from reference_impl.store.tokens import TokenRow


def dispatch(core: Core, actor: str, order_id: int, serial: str | None) -> OrderView:
    """Send one token for one order (SHP-06). StaffError says what is wrong."""

    def work(connection: Connection) -> OrderView:
        first = _order(connection, order_id)
        row = customers.lock(connection, first.customer_id)
        order = _order(connection, order_id)  # as it is now that the customer is held
        if order.status is not OrderStatus.ACCEPTED:
            raise StaffError("この申請は発送待ちではありません。")
        now = core.now()
        token = _choose(connection, serial, order, row, now)
        send(connection, row, order.order_id, token, now)
        audit(connection, now, actor, "dispatch", row.login_id, token.token.serial)
        notify(connection, now, row.login_id, texts.dispatched())
        return views.order_view(connection, _order(connection, order_id))

    return core.store.write(work)


def send(
    connection: Connection, row: CustomerRow, order_id: int, token: TokenRow, now: datetime
) -> None:
    """T01: allot a stock token to the customer and mark the order as sent. StaffError if taken."""
    if not tokens.allot(connection, token.token.token_id, row.customer_id):
        raise StaffError(f"シリアル番号 {token.token.serial} のトークンは在庫にありません。")
    orders.mark_dispatched(connection, order_id, token.token.token_id, now)
    customers.save(connection, row, registration.dispatched(row.reg))


def _order(connection: Connection, order_id: int) -> OrderRow:
    order = orders.by_id(connection, order_id)
    if order is None:
        raise StaffError(f"申請番号 {order_id} の発行申請はありません。")
    return order


def _choose(
    connection: Connection, serial: str | None, order: OrderRow, row: CustomerRow, now: datetime
) -> TokenRow:
    if not serial:
        token = tokens.next_in_stock(connection, order.kind, now, row.login_id)
        if token is None:
            raise StaffError("発送できるトークンが在庫にありません。")
        return token
    token = tokens.by_serial(connection, serial) if serial.isprintable() else None
    if token is None:
        raise StaffError("入力されたシリアル番号のトークンはありません。")
    if token.token.kind is not order.kind:
        raise StaffError(f"シリアル番号 {serial} のトークンは種類が違います。")
    if token.token.state is not TokenState.STOCK:
        raise StaffError(f"シリアル番号 {serial} のトークンは在庫にありません。")
    if expired(token.token, now):
        raise StaffError(f"シリアル番号 {serial} のトークンは有効期限が過ぎています。")
    return token


def unlock(core: Core, actor: str, login_id: str, circumstances: str) -> None:
    """Lift a suspension after noting the circumstances (LCK-10, LCK-11); counts start anew."""
    noted = _text(circumstances, "確認した状況を入力してください。")

    def work(connection: Connection) -> None:
        row = _customer(connection, login_id)
        if not registration.can_unlock(row.reg, core.policy):
            raise StaffError("このお客さまは停止状態ではありません。")
        now = core.now()
        customers.save(connection, row, registration.unlocked(row.reg))
        audit(connection, now, actor, "unlock", row.login_id, noted)
        notify(connection, now, row.login_id, texts.unlocked())

    core.store.write(work)


def revoke(core: Core, actor: str, login_id: str, reason: str) -> None:
    """Retire a token at once and end the customer's sessions (IX-43, C28, C32)."""
    noted = _text(reason, "理由を入力してください。")

    def work(connection: Connection) -> None:
        row = _customer(connection, login_id)
        token = views.own_token(connection, row)
        if token is None:
            raise StaffError("このお客さまには失効させるトークンがありません。")
        now = core.now()
        tokens.retire(connection, token.token_id)
        order = orders.open_of(connection, row.customer_id)
        if order is not None:
            orders.cancel(connection, order.order_id)
        customers.save(connection, row, registration.ended(row.reg, now))
        sessions.close_all_of(connection, row.customer_id, (Realm.CUSTOMER, Realm.PENDING))
        audit(connection, now, actor, "revoke", row.login_id, f"{token.serial}: {noted}")
        notify(connection, now, row.login_id, texts.revoked(Kind(token.kind)))

    core.store.write(work)


def _customer(connection: Connection, login_id: str) -> CustomerRow:
    row = customers.by_login(connection, login_id)
    if row is None:
        raise StaffError("該当するお客さまがいません。")
    return customers.lock(connection, row.customer_id)


def _text(raw: str, complaint: str) -> str:
    """Return a remark fit for the audit trail: trimmed, control characters made visible."""
    text = raw.strip()
    if not text:
        raise StaffError(complaint)
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)
