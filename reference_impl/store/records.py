"""Append-only rows: answered forms, audit trail, outbox; and staff accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from reference_impl.store import schema

KEEP_FORMS = timedelta(days=1)


def answered(
    connection: Connection, customer_id: int, form_id: str, digest: str
) -> tuple[str, datetime] | None:
    """Return the stored answer to exactly this form and content, with its moment."""
    table = schema.submissions
    found = connection.execute(
        select(table.c.digest, table.c.outcome, table.c.at).where(
            table.c.customer_id == customer_id, table.c.form_hash == _hash(form_id)
        )
    ).one_or_none()
    if found is None or found.digest != digest:
        return None
    return found.outcome, found.at


def remember_answer(
    connection: Connection,
    customer_id: int,
    form_id: str,
    *,
    use_case: str,
    digest: str,
    outcome: str,
    now: datetime,
) -> None:
    """Store the answer to a form; the same form with another content replaces it."""
    table = schema.submissions
    connection.execute(delete(table).where(table.c.at < now - KEEP_FORMS))
    key = {"customer_id": customer_id, "form_hash": _hash(form_id)}
    values = {"use_case": use_case, "digest": digest, "outcome": outcome, "at": now}
    changed = connection.execute(
        update(table)
        .where(table.c.customer_id == customer_id, table.c.form_hash == key["form_hash"])
        .values(**values)
    )
    if changed.rowcount == 0:
        connection.execute(insert(table).values(**key, **values))


def forget_answers(connection: Connection, customer_id: int, use_case: str) -> None:
    """Drop the stored answers of a use case, so that a replay counts as new."""
    table = schema.submissions
    connection.execute(
        delete(table).where(table.c.customer_id == customer_id, table.c.use_case == use_case)
    )


def write_audit(
    connection: Connection, at: datetime, actor: str, action: str, subject: str, detail: str
) -> None:
    """Append one line to the audit trail."""
    connection.execute(
        insert(schema.audit).values(
            at=at, actor=actor, action=action, subject=subject, detail=detail
        )
    )


def audit(connection: Connection, limit: int) -> Sequence[RowMapping]:
    """Return the newest lines of the audit trail, newest first."""
    query = select(schema.audit).order_by(schema.audit.c.id.desc()).limit(limit)
    return connection.execute(query).mappings().all()


def write_notice(
    connection: Connection, at: datetime, login_id: str, subject: str, body: str
) -> None:
    """Append a message to the outbox."""
    connection.execute(
        insert(schema.notices).values(at=at, login_id=login_id, subject=subject, body=body)
    )


def notices(connection: Connection, login_id: str | None) -> Sequence[RowMapping]:
    """Return messages, oldest first, of one login ID or of all."""
    query = select(schema.notices).order_by(schema.notices.c.id)
    if login_id is not None:
        query = query.where(schema.notices.c.login_id == login_id)
    return connection.execute(query).mappings().all()


def staff_hash(connection: Connection, staff_id: str) -> str | None:
    """Return the password hash of a staff account, or None."""
    if not staff_id.isprintable():
        return None
    query = select(schema.staff.c.password_hash).where(schema.staff.c.staff_id == staff_id)
    found: Any = connection.execute(query).scalar_one_or_none()
    return None if found is None else str(found)


def put_staff(connection: Connection, staff_id: str, password_hash: str) -> None:
    """Create or replace a staff account."""
    table = schema.staff
    changed = connection.execute(
        update(table).where(table.c.staff_id == staff_id).values(password_hash=password_hash)
    )
    if changed.rowcount == 0:
        connection.execute(insert(table).values(staff_id=staff_id, password_hash=password_hash))


def drop_everything_but_staff(connection: Connection) -> None:
    """Empty the bank for a reset: staff accounts, their sessions and the audit trail stay."""
    connection.execute(delete(schema.submissions))
    connection.execute(delete(schema.sessions).where(schema.sessions.c.customer_id.is_not(None)))
    for table in (schema.orders, schema.tokens, schema.notices, schema.customers):
        connection.execute(delete(table))


def _hash(form_id: str) -> str:
    return sha256(form_id.encode("utf-8", "surrogatepass")).hexdigest()
