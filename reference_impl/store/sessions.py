"""Rows of server-side sessions. Only the SHA-256 of an identifier is stored."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select, update

from reference_impl.store.schema import sessions

ID_BYTES = 32


class Realm(StrEnum):
    """Whose session it is; a pending login is not a customer's session."""

    CUSTOMER = "customer"
    PENDING = "pending"
    STAFF = "staff"


@dataclass(frozen=True)
class SessionRow:
    """One session as stored."""

    id_hash: str
    realm: Realm
    customer_id: int | None
    staff_id: str | None
    created_at: datetime
    seen_at: datetime


def open_new(
    connection: Connection,
    realm: Realm,
    now: datetime,
    *,
    customer_id: int | None = None,
    staff_id: str | None = None,
) -> str:
    """Store a session and return its identifier (256 random bits), known to nobody else."""
    identifier = secrets.token_urlsafe(ID_BYTES)
    connection.execute(
        insert(sessions).values(
            id_hash=_hash(identifier),
            realm=realm.value,
            customer_id=customer_id,
            staff_id=staff_id,
            created_at=now,
            seen_at=now,
        )
    )
    return identifier


def find(connection: Connection, identifier: str) -> SessionRow | None:
    """Return the session with this identifier, dead or alive."""
    query = select(sessions).where(sessions.c.id_hash == _hash(identifier))
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        return None
    return SessionRow(
        id_hash=found["id_hash"],
        realm=Realm(found["realm"]),
        customer_id=found["customer_id"],
        staff_id=found["staff_id"],
        created_at=found["created_at"],
        seen_at=found["seen_at"],
    )


def touch(connection: Connection, id_hash: str, now: datetime) -> None:
    """Remember that the session was used."""
    connection.execute(update(sessions).where(sessions.c.id_hash == id_hash).values(seen_at=now))


def close(connection: Connection, id_hash: str) -> None:
    """Drop a session."""
    connection.execute(delete(sessions).where(sessions.c.id_hash == id_hash))


def close_all_of(connection: Connection, customer_id: int, realms: tuple[Realm, ...]) -> int:
    """Drop a customer's sessions of some realms and return how many there were."""
    names = [realm.value for realm in realms]
    result = connection.execute(
        delete(sessions).where(sessions.c.customer_id == customer_id, sessions.c.realm.in_(names))
    )
    return int(result.rowcount)


def close_older_than(connection: Connection, moment: datetime) -> None:
    """Drop sessions opened before a moment; all of them are past every limit."""
    connection.execute(delete(sessions).where(sessions.c.created_at < moment))


def _hash(identifier: str) -> str:
    return sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()
