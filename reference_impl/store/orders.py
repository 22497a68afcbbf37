"""Rows of orders (applications for a token). One customer has at most one open order."""

from dataclasses import dataclass
from datetime import datetime

from reference_impl.domain.words import Kind, OrderStatus
from reference_impl.store.database import Connection, change, first, insert, run

_SELECT = """SELECT order_id, customer_id, login_id, name, orders.kind, ship_to, status, serial,
    applied_at, dispatched_at FROM orders
    JOIN customers USING (customer_id) LEFT JOIN tokens USING (token_id)"""
_OPEN = "status IN ('accepted', 'dispatched')"


@dataclass(frozen=True)
class OrderRow:
    """One order with its customer's login ID and name and, once sent, the token's serial."""

    order_id: int
    customer_id: int
    login_id: str
    name: str
    kind: Kind
    ship_to: str
    status: OrderStatus
    serial: str | None
    applied_at: datetime
    dispatched_at: datetime | None


def add(db: Connection, customer_id: int, kind: Kind, ship_to: str, applied_at: datetime) -> int:
    """Insert an accepted order and return its number.

    sqlite3.IntegrityError if the customer has an open one: the database refuses it.
    """
    values = {"kind": kind, "ship_to": ship_to, "applied_at": applied_at}
    status = OrderStatus.ACCEPTED
    return insert(db, "orders", customer_id=customer_id, status=status, **values)


def by_id(db: Connection, order_id: int) -> OrderRow | None:
    """Return an order by its number."""
    found = first(db, f"{_SELECT} WHERE order_id = :order_id", order_id=order_id)
    return None if found is None else OrderRow(*found)


def open_of(db: Connection, customer_id: int) -> OrderRow | None:
    """Return the customer's open order."""
    query = f"{_SELECT} WHERE customer_id = :customer_id AND {_OPEN}"
    found = first(db, query, customer_id=customer_id)
    return None if found is None else OrderRow(*found)


def listed(db: Connection, login_id: str | None = None) -> tuple[OrderRow, ...]:
    """Return orders, oldest first, of one customer or of all."""
    if login_id is None:
        query = f"{_SELECT} ORDER BY order_id"
    elif login_id.isprintable():
        query = f"{_SELECT} WHERE login_id = :login_id ORDER BY order_id"
    else:  # half surrogates cannot be stored, hence not found
        return ()
    return tuple(OrderRow(*found) for found in run(db, query, login_id=login_id))


def mark_dispatched(db: Connection, order_id: int, token_id: int, dispatched_at: datetime) -> bool:
    """Mark as sent with a token; False if it was not waiting any more (SHP-06)."""
    statement = """UPDATE orders
        SET status = 'dispatched', token_id = :token_id, dispatched_at = :at
        WHERE order_id = :order_id AND status = 'accepted'"""
    return change(db, statement, order_id=order_id, token_id=token_id, at=dispatched_at)


def mark_activated(db: Connection, order_id: int, token_id: int) -> bool:
    """Close an order by activation of a token; False if it was closed already."""
    statement = f"""UPDATE orders SET status = 'activated', token_id = :token_id
        WHERE order_id = :order_id AND {_OPEN}"""  # noqa: S608 - own text
    return change(db, statement, order_id=order_id, token_id=token_id)


def cancel(db: Connection, order_id: int) -> bool:
    """Close an order without activation; False if it was closed already."""
    statement = f"UPDATE orders SET status = 'cancelled' WHERE order_id = :order_id AND {_OPEN}"  # noqa: S608
    return change(db, statement, order_id=order_id)
