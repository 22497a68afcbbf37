"""Rows of customers. Changes are compare-and-set on the row's version."""

import sqlite3
from dataclasses import dataclass, field, fields, replace

from reference_impl.domain.registration import Registration
from reference_impl.store.database import ConflictError, Connection, change, first, insert, run

_SELECT = "SELECT * FROM customers"
_REGISTRATION = ", ".join(f"{f.name} = :{f.name}" for f in fields(Registration))
_SAVE = (
    f"UPDATE customers SET version = version + 1, {_REGISTRATION}"  # noqa: S608 - own names
    " WHERE customer_id = :customer_id AND version = :version"
)


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


def add(db: Connection, **about: str) -> CustomerRow:
    """Insert a customer who has never had to do with OTPs.

    ``about``: login ID, name, address and the two hashes, by the names of `CustomerRow`.
    """
    return get(db, insert(db, "customers", **about, **vars(Registration())))


def by_login(db: Connection, login_id: str) -> CustomerRow | None:
    """Return the customer with exactly this login ID (case and width as typed)."""
    found = first(db, f"{_SELECT} WHERE login_id = :login_id", login_id=login_id)
    return None if found is None else _row(found)


def get(db: Connection, customer_id: int) -> CustomerRow:
    """Return a customer known to exist. LookupError if gone (after a reset).

    Inside `Store.write` the database's write lock holds the row until the end.
    """
    found = first(db, f"{_SELECT} WHERE customer_id = :customer_id", customer_id=customer_id)
    if found is None:
        msg = f"no customer number {customer_id}"
        raise LookupError(msg)
    return _row(found)


def everybody(db: Connection) -> tuple[CustomerRow, ...]:
    """Return all customers in the order of their creation."""
    return tuple(_row(found) for found in run(db, f"{_SELECT} ORDER BY customer_id"))


def save(db: Connection, row: CustomerRow, reg: Registration) -> CustomerRow:
    """Store a new registration if nobody changed the row since. ConflictError otherwise."""
    key = {"customer_id": row.customer_id, "version": row.version}
    if not change(db, _SAVE, **key, **vars(reg)):
        raise ConflictError
    return replace(row, reg=reg, version=row.version + 1)


def _row(found: sqlite3.Row) -> CustomerRow:
    values = dict(found)
    reg = Registration(**{f.name: values.pop(f.name) for f in fields(Registration)})
    return CustomerRow(reg=reg, **values)
