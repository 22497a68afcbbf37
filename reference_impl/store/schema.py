"""Tables. Moments are UTC microseconds written by the application, never by SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

SCHEMA_VERSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored as whole microseconds since 1970 UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware datetime into microseconds; ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a naive datetime must not reach the store"
            raise ValueError(msg)
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Turn microseconds into an aware datetime in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

customers = Table(
    "customers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("login_id", String(64), nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("confirmation_hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("base", String(20), nullable=False),
    Column("kind", String(10)),
    Column("ordered", Boolean, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("confirmation_failures", Integer, nullable=False),
    Column("activation_failures", Integer, nullable=False),
    Column("last_kind", String(10)),
    Column("deactivated_at", Moment),
    # Raised by every change; a writer that read another number has lost the race.
    Column("version", Integer, nullable=False),
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("serial", String(32), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("sealed_secret", Text, nullable=False),
    Column("holder_id", Integer, ForeignKey("customers.id")),
    Column("reserved_for", String(64)),
    Column("last_step", BigInteger),
    sqlite_autoincrement=True,
)
_active = text("state = 'active'")
Index(
    "one_active_token_per_customer",
    tokens.c.holder_id,
    unique=True,
    sqlite_where=_active,
    postgresql_where=_active,
)

orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("customer_id", Integer, ForeignKey("customers.id"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("ship_to", Text, nullable=False),
    Column("status", String(10), nullable=False),
    Column("token_id", Integer, ForeignKey("tokens.id")),
    Column("applied_at", Moment, nullable=False),
    Column("dispatched_at", Moment),
    sqlite_autoincrement=True,
)
_open = text("status IN ('accepted', 'dispatched')")
Index(
    "one_open_order_per_customer",
    orders.c.customer_id,
    unique=True,
    sqlite_where=_open,
    postgresql_where=_open,
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("realm", String(10), nullable=False),
    Column("customer_id", Integer, ForeignKey("customers.id"), index=True),
    Column("staff_id", String(64)),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("customer_id", Integer, ForeignKey("customers.id"), primary_key=True),
    Column("form_hash", String(64), primary_key=True),
    Column("use_case", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)

staff = Table(
    "staff",
    metadata,
    Column("staff_id", String(64), primary_key=True),
    Column("password_hash", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("login_id", String(64), nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)
