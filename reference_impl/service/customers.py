"""The customers' door: `CustomerService` over the use cases."""

from __future__ import annotations

from reference_impl.domain import registration
from reference_impl.service import activating, applying, deactivating, login, views, visits
from reference_impl.service.contract import (
    Activated,
    CustomerView,
    Deactivated,
    Issued,
    Kind,
    LoginOk,
    OtpNeeded,
    Portal,
    Refused,
)
from reference_impl.service.core import Core
from reference_impl.store import customers
from reference_impl.store.customers import CustomerRow
from reference_impl.store.sessions import Realm


class Customers:
    """Implements `CustomerService`. A customer number that is gone raises LookupError."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def authenticate(
        self, login_id: str, password: str, otp: str | None, form_id: str = ""
    ) -> LoginOk | OtpNeeded | Refused:
        """First login page (LGN-03 to LGN-07)."""
        return login.authenticate(self._core, login_id, password, otp, form_id)

    def authenticate_otp(self, customer_id: int, otp: str, form_id: str = "") -> LoginOk | Refused:
        """Second login page (LGN-04)."""
        return login.authenticate_otp(self._core, customer_id, otp, form_id)

    def portal(self, customer_id: int) -> Portal:
        """Return the portal's content (SCR-10 to SCR-14)."""
        with self._core.store.read() as connection:
            row = customers.get(connection, customer_id)
            return Portal(
                status=row.reg.status,
                kind=row.reg.kind,
                deactivation_asks_otp=deactivating.asks_otp(self._core, row.reg),
                serial=views.shown_serial(connection, row),
            )

    def customer(self, customer_id: int) -> CustomerView:
        """Return a customer for greeting them by name."""
        with self._core.store.read() as connection:
            return views.customer_view(
                connection, customers.get(connection, customer_id), self._core.policy
            )

    def may_issue(self, customer_id: int, kind: Kind | None = None) -> Refused | None:
        """Tell beforehand whether an issue (of a kind) would be refused."""
        row = self._row(customer_id)
        return registration.may_issue(row.reg, kind, self._core.now(), self._core.policy)

    def issue(
        self, customer_id: int, kind: str, confirmation: str, form_id: str = ""
    ) -> Issued | Refused:
        """Apply for a token (ISS-19 to ISS-22)."""
        return applying.issue(self._core, customer_id, kind, confirmation, form_id)

    def may_activate(self, customer_id: int) -> Refused | None:
        """Tell beforehand whether activation is open."""
        row = self._row(customer_id)
        return registration.may_activate(row.reg, self._core.now(), self._core.policy)

    def activate(
        self, customer_id: int, serial: str, otp: str, form_id: str = ""
    ) -> Activated | Refused:
        """Activate (ACT-02)."""
        return activating.activate(self._core, customer_id, serial, otp, form_id)

    def may_deactivate(self, customer_id: int) -> Refused | None:
        """Tell beforehand whether deactivation is open."""
        return registration.may_deactivate(self._row(customer_id).reg, self._core.policy)

    def deactivate(
        self, customer_id: int, confirmation: str, otp: str | None, form_id: str = ""
    ) -> Deactivated | Refused:
        """Deactivate (DEA-14 to DEA-20)."""
        return deactivating.deactivate(self._core, customer_id, confirmation, otp, form_id)

    def open_session(self, customer_id: int) -> str:
        """Store a server-side session and return its random identifier."""
        return visits.open_visit(self._core, Realm.CUSTOMER, customer_id, None)

    def open_pending(self, customer_id: int) -> str:
        """Store a login waiting for its OTP and return its random identifier."""
        return visits.open_visit(self._core, Realm.PENDING, customer_id, None)

    def session(self, session_id: str, *, pending: bool = False) -> int | None:
        """Return the customer of a live session and touch it, or None."""
        realm = Realm.PENDING if pending else Realm.CUSTOMER
        found = visits.visitor(self._core, session_id, realm)
        return None if found is None else found.customer_id

    def close_session(self, session_id: str) -> None:
        """End a session or a pending login for good. Idempotent."""
        visits.close_visit(self._core, session_id)

    def _row(self, customer_id: int) -> CustomerRow:
        with self._core.store.read() as connection:
            return customers.get(connection, customer_id)
