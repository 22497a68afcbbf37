"""Append-only rows: answered forms, audit trail, outbox; staff accounts, wrong passwords."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reference_impl.store.database import Connection, first, insert, run
from reference_impl.store.sessions import hashed

KEEP_FORMS = timedelta(days=1)
KEEP_WRONG_PASSWORDS = timedelta(days=1)


@dataclass(frozen=True)
class AuditLine:
    """One line of the audit trail."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True)
class Notice:
    """A message in the outbox. Never contains a code, password or seed."""

    at: datetime
    login_id: str
    subject: str
    body: str


def answered(
    db: Connection, customer_id: int, form_id: str, digest: str
) -> tuple[str, datetime] | None:
    """Return the stored answer to exactly this form and content, with its moment."""
    query = """SELECT outcome, at FROM submissions
        WHERE customer_id = :customer_id AND form_hash = :form_hash AND digest = :digest"""
    key = {"customer_id": customer_id, "form_hash": hashed(form_id), "digest": digest}
    found = first(db, query, **key)
    return None if found is None else (found["outcome"], found["at"])


def remember_answer(
    db: Connection, customer_id: int, form_id: str, now: datetime, **answer: str
) -> None:
    """Store the answer to a form; the same form with another content replaces it.

    ``answer``: use case, digest of the content, and outcome as JSON.
    """
    run(db, "DELETE FROM submissions WHERE at < :oldest", oldest=now - KEEP_FORMS)
    key = {"customer_id": customer_id, "form_hash": hashed(form_id)}
    insert(db, "submissions", "REPLACE", **key, at=now, **answer)


def forget_answers(db: Connection, customer_id: int, use_case: str) -> None:
    """Drop the stored answers of a use case, so that a replay counts as new."""
    statement = "DELETE FROM submissions WHERE customer_id = :customer_id AND use_case = :use_case"
    run(db, statement, customer_id=customer_id, use_case=use_case)


def write_audit(db: Connection, line: AuditLine) -> None:
    """Append one line to the audit trail."""
    insert(db, "audit", **vars(line))


def audit(db: Connection, limit: int) -> tuple[AuditLine, ...]:
    """Return the newest lines of the audit trail, newest first."""
    query = "SELECT at, actor, action, subject, detail FROM audit ORDER BY id DESC LIMIT :limit"
    return tuple(AuditLine(*found) for found in run(db, query, limit=limit))


def write_notice(db: Connection, notice: Notice) -> None:
    """Append a message to the outbox."""
    insert(db, "notices", **vars(notice))


def notices(db: Connection, login_id: str | None) -> tuple[Notice, ...]:
    """Return messages, oldest first, of one login ID or of all."""
    query = """SELECT at, login_id, subject, body FROM notices
        WHERE :login_id IS NULL OR login_id = :login_id ORDER BY id"""
    return tuple(Notice(*found) for found in run(db, query, login_id=login_id))


def staff_hash(db: Connection, staff_id: str) -> str | None:
    """Return the password hash of a staff account, or None."""
    query = "SELECT password_hash FROM staff WHERE staff_id = :staff_id"
    found = first(db, query, staff_id=staff_id)
    return None if found is None else str(found["password_hash"])


def put_staff(db: Connection, staff_id: str, password_hash: str) -> None:
    """Create or replace a staff account."""
    insert(db, "staff", "REPLACE", staff_id=staff_id, password_hash=password_hash)


def wrong_passwords(db: Connection, whose: str) -> tuple[int, datetime] | None:
    """Return how many in a row were wrong, and the moment of the last; None: none was."""
    query = "SELECT failures, at FROM wrong_passwords WHERE whose = :whose"
    found = first(db, query, whose=hashed(whose))
    return None if found is None else (found["failures"], found["at"])


def keep_wrong_passwords(db: Connection, whose: str, failures: int, now: datetime) -> None:
    """Store how many in a row were wrong, 0 for none, and forget old ones of anybody."""
    statement = "DELETE FROM wrong_passwords WHERE whose = :whose OR at < :oldest"
    run(db, statement, whose=hashed(whose), oldest=now - KEEP_WRONG_PASSWORDS)
    if failures:
        insert(db, "wrong_passwords", whose=hashed(whose), failures=failures, at=now)


def drop_everything_but_staff(db: Connection) -> None:
    """Empty the bank for a reset: staff accounts, their sessions and the audit trail stay."""
    run(db, "DELETE FROM sessions WHERE customer_id IS NOT NULL")
    for table in ("submissions", "orders", "tokens", "notices", "wrong_passwords", "customers"):
        run(db, f"DELETE FROM {table}")  # noqa: S608 - the bank's own names
