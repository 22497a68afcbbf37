"""The staff's door: `StaffService`. Every change is in the audit trail."""

from __future__ import annotations

from sqlalchemy import Connection

from reference_impl.service import desk, stock_import, views, visits
from reference_impl.service.contract import (
    AuditView,
    CustomerView,
    ImportReport,
    OrderView,
    TokenView,
)
from reference_impl.service.core import Core, audit
from reference_impl.store import customers, orders, records, tokens
from reference_impl.store.sessions import Realm


class Staff:
    """Implements `StaffService`."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def staff_login(self, staff_id: str, password: str) -> str | None:
        """Return a new staff session identifier, or None; both outcomes are recorded."""
        with self._core.store.read() as connection:
            encoded = records.staff_hash(connection, staff_id)
        right = self._core.passwords.verify(encoded, password)

        def note(connection: Connection) -> None:
            action = "staff_login" if right else "staff_login_refused"
            known = staff_id if encoded is not None else "?"
            audit(connection, self._core.now(), known, action, known)

        self._core.store.write(note)
        if not right:
            return None
        return visits.open_visit(self._core, Realm.STAFF, None, staff_id)

    def staff_session(self, session_id: str) -> str | None:
        """Return the staff ID of a live session, or None."""
        found = visits.visitor(self._core, session_id, Realm.STAFF)
        return None if found is None else found.staff_id

    def staff_logout(self, session_id: str) -> None:
        """End a staff session. Idempotent."""
        visits.close_visit(self._core, session_id)

    def orders(self, login_id: str | None = None) -> tuple[OrderView, ...]:
        """Return orders, oldest first; none for an unknown login ID."""
        with self._core.store.read() as connection:
            customer_id = None
            if login_id is not None:
                row = customers.by_login(connection, login_id)
                if row is None:
                    return ()
                customer_id = row.customer_id
            found = orders.listed(connection, customer_id)
            return tuple(views.order_view(connection, order) for order in found)

    def dispatch(self, actor: str, order_id: int, serial: str | None = None) -> OrderView:
        """Allot a stock serial (the given one, or the next) and mark as sent. StaffError."""
        return desk.dispatch(self._core, actor, order_id, serial)

    def customers(self) -> tuple[CustomerView, ...]:
        """Return all customers."""
        with self._core.store.read() as connection:
            found = customers.everybody(connection)
            return tuple(views.customer_view(connection, row, self._core.policy) for row in found)

    def find_customer(self, login_id: str) -> CustomerView | None:
        """Return one customer, or None."""
        with self._core.store.read() as connection:
            row = customers.by_login(connection, login_id)
            return None if row is None else views.customer_view(connection, row, self._core.policy)

    def unlock(self, actor: str, login_id: str, circumstances: str) -> None:
        """Lift a suspension; empty circumstances are refused. StaffError."""
        desk.unlock(self._core, actor, login_id, circumstances)

    def revoke(self, actor: str, login_id: str, reason: str) -> None:
        """Retire a customer's token at once (lost, stolen, broken). StaffError."""
        desk.revoke(self._core, actor, login_id, reason)

    def stock(self) -> tuple[TokenView, ...]:
        """Return all tokens."""
        with self._core.store.read() as connection:
            found = tokens.everything(connection)
            return tuple(views.token_view(connection, token) for token in found)

    def import_pskc(self, actor: str, data: bytes, password: str | None) -> ImportReport:
        """Import hardware tokens from an RFC 6030 file (all or nothing per entry). StaffError."""
        return stock_import.import_pskc(self._core, actor, data, password)

    def audit(self, limit: int = 200) -> tuple[AuditView, ...]:
        """Return the newest lines of the audit trail, newest first."""
        with self._core.store.read() as connection:
            return tuple(
                AuditView(row["at"], row["actor"], row["action"], row["subject"], row["detail"])
                for row in records.audit(connection, limit)
            )
