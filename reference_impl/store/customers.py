"""Rows of customers. Changes are compare-and-set on the row's version."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind, Status
from reference_impl.store.errors import ConflictError
from reference_impl.store.schema import customers


@dataclass(frozen=True)
class CustomerRow:
    """One customer as stored; the hashes stay out of the repr."""

    customer_id: int
    login_id: str
    name: str
    address: str
    reg: Registration
    version: int
    password_hash: str = field(repr=False)
    confirmation_hash: str = field(repr=False)


def add(
    connection: Connection,
    *,
    login_id: str,
    password_hash: str,
    confirmation_hash: str,
    name: str,
    address: str,
    reg: Registration,
) -> int:
    """Insert a customer and return the new number."""
    values = {
        "login_id": login_id,
        "password_hash": password_hash,
        "confirmation_hash": confirmation_hash,
        "name": name,
        "address": address,
        "version": 0,
    }
    result = connection.execute(insert(customers).values(**values, **_columns(reg)))
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - a single-row insert always has one
    return int(key[0])


def by_login(connection: Connection, login_id: str) -> CustomerRow | None:
    """Return the customer with exactly this login ID (case and width as typed)."""
    if not login_id.isprintable():  # PostgreSQL rejects NUL and half surrogates
        return None
    return _one(connection, select(customers).where(customers.c.login_id == login_id))


def get(connection: Connection, customer_id: int) -> CustomerRow:
    """Return a customer known to exist. LookupError if gone (after a reset)."""
    return _known(connection, select(customers).where(customers.c.id == customer_id), customer_id)


def lock(connection: Connection, customer_id: int) -> CustomerRow:
    """Return a customer, holding the row until the transaction ends. LookupError if gone.

    Everything that one customer does is serialised here (SQLite: by the
    database's own write lock).
    """
    query = select(customers).where(customers.c.id == customer_id).with_for_update()
    return _known(connection, query, customer_id)


def everybody(connection: Connection) -> tuple[CustomerRow, ...]:
    """Return all customers in the order of their creation."""
    rows = connection.execute(select(customers).order_by(customers.c.id)).mappings()
    return tuple(_row(row) for row in rows)


def save(connection: Connection, row: CustomerRow, reg: Registration) -> CustomerRow:
    """Store a new registration if nobody changed the row since. ConflictError otherwise."""
    result = connection.execute(
        update(customers)
        .where(customers.c.id == row.customer_id, customers.c.version == row.version)
        .values(version=row.version + 1, **_columns(reg))
    )
    if result.rowcount != 1:
        raise ConflictError
    return CustomerRow(
        row.customer_id,
        row.login_id,
        row.name,
        row.address,
        reg,
        row.version + 1,
        row.password_hash,
        row.confirmation_hash,
    )


def _known(connection: Connection, query: Select[Any], customer_id: int) -> CustomerRow:
    row = _one(connection, query)
    if row is None:
        msg = f"no customer number {customer_id}"
        raise LookupError(msg)
    return row


def _one(connection: Connection, query: Select[Any]) -> CustomerRow | None:
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else _row(found)


def _columns(reg: Registration) -> dict[str, Any]:
    return {
        "base": reg.base.value,
        "kind": None if reg.kind is None else reg.kind.value,
        "ordered": reg.ordered,
        "suspended": reg.suspended,
        "failures": reg.failures,
        "confirmation_failures": reg.confirmation_failures,
        "activation_failures": reg.activation_failures,
        "last_kind": None if reg.last_kind is None else reg.last_kind.value,
        "deactivated_at": reg.deactivated_at,
    }


def _row(found: RowMapping) -> CustomerRow:
    reg = Registration(
        base=Status(found["base"]),
        kind=None if found["kind"] is None else Kind(found["kind"]),
        ordered=found["ordered"],
        suspended=found["suspended"],
        failures=found["failures"],
        confirmation_failures=found["confirmation_failures"],
        activation_failures=found["activation_failures"],
        last_kind=None if found["last_kind"] is None else Kind(found["last_kind"]),
        deactivated_at=found["deactivated_at"],
    )
    return CustomerRow(
        customer_id=found["id"],
        login_id=found["login_id"],
        name=found["name"],
        address=found["address"],
        reg=reg,
        version=found["version"],
        password_hash=found["password_hash"],
        confirmation_hash=found["confirmation_hash"],
    )
