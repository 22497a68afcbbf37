"""Server-side sessions: limits by the bank's clock, state in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from reference_impl.domain.policy import LiveSessions
from reference_impl.service.core import Core
from reference_impl.service.outcomes import LOGIN
from reference_impl.store import customers, records, sessions
from reference_impl.store.sessions import Realm, SessionRow

PENDING_LIFE = timedelta(minutes=5)
"""How long a login may wait for its OTP after the password."""
_TOUCH_EVERY = timedelta(seconds=1)


def open_visit(core: Core, realm: Realm, customer_id: int | None, staff_id: str | None) -> str:
    """Store a session of a realm and return its identifier; sweeps out dead ones."""

    def work(connection: Connection) -> str:
        now = core.now()
        oldest = timedelta(minutes=core.policy.session_absolute_minutes)
        sessions.close_older_than(connection, now - oldest)
        return sessions.open_new(connection, realm, now, customer_id=customer_id, staff_id=staff_id)

    return core.store.write(work)


def visitor(core: Core, identifier: str, realm: Realm) -> SessionRow | None:
    """Return the live session of a realm and touch it; None otherwise.

    A session of another realm is none: a pending login opens nothing.
    """
    now = core.now()
    with core.store.read() as connection:
        row = sessions.find(connection, identifier)
        if row is None or row.realm is not realm or not _alive(core, row, now):
            return None
        if not _allowed(core, connection, row):
            return None
    if abs(now - row.seen_at) >= _TOUCH_EVERY and realm is not Realm.PENDING:
        core.store.write(lambda connection: sessions.touch(connection, row.id_hash, now))
    return row


def close_visit(core: Core, identifier: str) -> None:
    """End a session for good. A customer's answered login forms end with it.

    Otherwise a login form sent again after logout would open a session with a
    used code.
    """

    def work(connection: Connection) -> None:
        row = sessions.find(connection, identifier)
        if row is None:
            return
        sessions.close(connection, row.id_hash)
        if row.realm is Realm.CUSTOMER and row.customer_id is not None:
            records.forget_answers(connection, row.customer_id, LOGIN)

    core.store.write(work)


def _alive(core: Core, row: SessionRow, now: datetime) -> bool:
    if row.realm is Realm.PENDING:
        return now - row.created_at < PENDING_LIFE
    idle = timedelta(minutes=core.policy.session_idle_minutes)
    absolute = timedelta(minutes=core.policy.session_absolute_minutes)
    return now - row.seen_at < idle and now - row.created_at < absolute


def _allowed(core: Core, connection: Connection, row: SessionRow) -> bool:
    """Refuse sessions of suspended customers where they are cut (IX-25).

    Also catches one that was opened while the suspension was being written. A
    pending login stays, so that its page can say why the login fails.
    """
    if row.realm is not Realm.CUSTOMER or row.customer_id is None:
        return True
    cut = core.policy.live_sessions is LiveSessions.CUT
    return not (cut and customers.get(connection, row.customer_id).reg.suspended)
