"""Rows of orders (applications for a token). One customer has at most one open order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from reference_impl.domain.words import Kind, OrderStatus
from reference_impl.store.schema import orders

OPEN = (OrderStatus.ACCEPTED, OrderStatus.DISPATCHED)


@dataclass(frozen=True)
class OrderRow:
    """One order as stored."""

    order_id: int
    customer_id: int
    kind: Kind
    ship_to: str
    status: OrderStatus
    token_id: int | None
    applied_at: datetime
    dispatched_at: datetime | None


def add(
    connection: Connection, customer_id: int, kind: Kind, ship_to: str, applied_at: datetime
) -> int:
    """Insert an accepted order and return its number.

    IntegrityError if the customer has an open one: the database refuses it.
    """
    result = connection.execute(
        insert(orders).values(
            customer_id=customer_id,
            kind=kind.value,
            ship_to=ship_to,
            status=OrderStatus.ACCEPTED.value,
            applied_at=applied_at,
        )
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - a single-row insert always has one
    return int(key[0])


def by_id(connection: Connection, order_id: int) -> OrderRow | None:
    """Return an order by its number."""
    return _one(connection, select(orders).where(orders.c.id == order_id))


def open_of(connection: Connection, customer_id: int) -> OrderRow | None:
    """Return the customer's open order."""
    return _one(
        connection,
        select(orders).where(
            orders.c.customer_id == customer_id,
            orders.c.status.in_([status.value for status in OPEN]),
        ),
    )


def listed(connection: Connection, customer_id: int | None = None) -> tuple[OrderRow, ...]:
    """Return orders, oldest first, of one customer or of all."""
    query = select(orders).order_by(orders.c.id)
    if customer_id is not None:
        query = query.where(orders.c.customer_id == customer_id)
    return tuple(_row(row) for row in connection.execute(query).mappings())


def mark_dispatched(
    connection: Connection, order_id: int, token_id: int, dispatched_at: datetime
) -> bool:
    """Mark as sent with a token; False if it was not waiting any more (SHP-06)."""
    return _change(
        connection,
        order_id,
        (OrderStatus.ACCEPTED,),
        status=OrderStatus.DISPATCHED.value,
        token_id=token_id,
        dispatched_at=dispatched_at,
    )


def mark_activated(connection: Connection, order_id: int, token_id: int) -> bool:
    """Close an order by activation of a token; False if it was closed already."""
    return _change(
        connection, order_id, OPEN, status=OrderStatus.ACTIVATED.value, token_id=token_id
    )


def cancel(connection: Connection, order_id: int) -> bool:
    """Close an order without activation; False if it was closed already."""
    return _change(connection, order_id, OPEN, status=OrderStatus.CANCELLED.value)


def _change(
    connection: Connection,
    order_id: int,
    allowed: tuple[OrderStatus, ...],
    **values: Any,  # noqa: ANN401 - column values
) -> bool:
    states = [status.value for status in allowed]
    result = connection.execute(
        update(orders).where(orders.c.id == order_id, orders.c.status.in_(states)).values(**values)
    )
    return result.rowcount == 1


def _one(connection: Connection, query: Select[Any]) -> OrderRow | None:
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else _row(found)


def _row(found: RowMapping) -> OrderRow:
    return OrderRow(
        order_id=found["id"],
        customer_id=found["customer_id"],
        kind=Kind(found["kind"]),
        ship_to=found["ship_to"],
        status=OrderStatus(found["status"]),
        token_id=found["token_id"],
        applied_at=found["applied_at"],
        dispatched_at=found["dispatched_at"],
    )
