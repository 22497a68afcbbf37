"""Rows of server-side sessions. Only the SHA-256 of an identifier is stored."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from reference_impl.store.database import Connection, first, insert, run


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
    db: Connection, realm: Realm, now: datetime, customer_id: int | None, staff_id: str | None
) -> str:
    """Store a session and return its identifier (256 random bits), known to nobody else."""
    identifier = secrets.token_urlsafe(32)
    row = SessionRow(hashed(identifier), realm, customer_id, staff_id, now, now)
    insert(db, "sessions", **vars(row))
    return identifier


def find(db: Connection, identifier: str) -> SessionRow | None:
    """Return the session with this identifier, dead or alive."""
    query = "SELECT * FROM sessions WHERE id_hash = :id_hash"
    found = first(db, query, id_hash=hashed(identifier))
    return None if found is None else SessionRow(**{**dict(found), "realm": Realm(found["realm"])})


def touch(db: Connection, id_hash: str, now: datetime) -> None:
    """Remember that the session was used."""
    statement = "UPDATE sessions SET seen_at = :now WHERE id_hash = :id_hash"
    run(db, statement, id_hash=id_hash, now=now)


def close(db: Connection, id_hash: str) -> None:
    """Drop a session."""
    run(db, "DELETE FROM sessions WHERE id_hash = :id_hash", id_hash=id_hash)


def close_all_of(db: Connection, customer_id: int, *realms: Realm) -> None:
    """Drop a customer's sessions of some realms."""
    statement = "DELETE FROM sessions WHERE customer_id = :customer_id AND realm = :realm"
    for realm in realms:
        run(db, statement, customer_id=customer_id, realm=realm)


def close_older_than(db: Connection, moment: datetime) -> None:
    """Drop sessions opened before a moment; all of them are past every limit."""
    run(db, "DELETE FROM sessions WHERE created_at < :moment", moment=moment)


def hashed(identifier: str) -> str:
    """Return what is stored of a secret identifier, of a session or of a form."""
    return sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()
