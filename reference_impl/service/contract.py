"""Contract between the bank's faces (web, staff, test control) and its use cases.

Every time is an aware `datetime` that the caller does not supply: the service
asks its own clock. Refusals are values, not exceptions: a face shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reference_impl.domain.words import Kind as Kind
from reference_impl.domain.words import Refusal as Refusal
from reference_impl.domain.words import Refused as Refused
from reference_impl.domain.words import Status as Status


@dataclass(frozen=True)
class LoginOk:
    """Password (and OTP if needed) accepted: open a full session."""

    customer_id: int


@dataclass(frozen=True)
class OtpNeeded:
    """Password accepted; the OTP page comes next. No session yet, a pending login only."""

    customer_id: int


@dataclass(frozen=True)
class Issued:
    """The application was accepted (ISS-20)."""

    kind: Kind
    order_id: int


@dataclass(frozen=True)
class Activated:
    """Activation completed (ACT-31, ACT-32)."""

    kind: Kind
    serial: str
    expires_at: datetime


@dataclass(frozen=True)
class Deactivated:
    """Deactivation completed."""

    kind: Kind


@dataclass(frozen=True)
class Portal:
    """What the portal shows about one customer."""

    status: Status
    kind: Kind | None
    deactivation_asks_otp: bool
    serial: str | None


@dataclass(frozen=True)
class CustomerView:
    """A customer as staff see them. No secret in it."""

    customer_id: int
    login_id: str
    name: str
    address: str
    status: Status
    kind: Kind | None
    serial: str | None
    failures: int
    can_unlock: bool = False  # suspended, or another limit reached that staff may lift


@dataclass(frozen=True)
class OrderView:
    """An application for a token, as staff see it."""

    order_id: int
    login_id: str
    name: str
    kind: Kind
    ship_to: str
    status: str  # "accepted" | "dispatched" | "activated" | "cancelled"
    serial: str | None
    applied_at: datetime
    dispatched_at: datetime | None


@dataclass(frozen=True)
class TokenView:
    """A token in stock or beyond; never its seed."""

    serial: str
    kind: Kind
    state: str  # "stock" | "allotted" | "active" | "retired"
    expires_at: datetime
    holder: str | None


@dataclass(frozen=True)
class AuditView:
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


@dataclass(frozen=True)
class ImportReport:
    """Result of a stock import: how many new, and one line for each refused entry."""

    imported: int
    refused: tuple[str, ...]


class StaffError(Exception):
    """A staff action that cannot be done; the message (Japanese) says why."""


class CustomerService(Protocol):
    """What customers can do.

    ``form_id`` is the one-time number of the submitted form: an identical
    re-submission (double click, reload, replay) is answered like the first
    and counts nothing. An empty form_id is treated as a new submission.
    """

    def authenticate(
        self, login_id: str, password: str, otp: str | None, form_id: str = ""
    ) -> LoginOk | OtpNeeded | Refused:
        """First login page. ``otp`` is None unless the one-page login flow is set."""

    def authenticate_otp(self, customer_id: int, otp: str, form_id: str = "") -> LoginOk | Refused:
        """Second login page, for a login whose password was accepted."""

    def portal(self, customer_id: int) -> Portal:
        """Return the portal's content."""

    def customer(self, customer_id: int) -> CustomerView:
        """Return a customer for greeting them by name."""

    def may_issue(self, customer_id: int, kind: Kind | None = None) -> Refused | None:
        """Tell beforehand whether an issue (of a kind) would be refused."""

    def issue(
        self, customer_id: int, kind: str, confirmation: str, form_id: str = ""
    ) -> Issued | Refused:
        """Apply for a token. ``kind`` comes raw from the form (CON-09)."""

    def may_activate(self, customer_id: int) -> Refused | None:
        """Tell beforehand whether activation is open."""

    def activate(
        self, customer_id: int, serial: str, otp: str, form_id: str = ""
    ) -> Activated | Refused:
        """Activate. ``serial`` is ignored for a software token."""

    def may_deactivate(self, customer_id: int) -> Refused | None:
        """Tell beforehand whether deactivation is open."""

    def deactivate(
        self, customer_id: int, confirmation: str, otp: str | None, form_id: str = ""
    ) -> Deactivated | Refused:
        """Deactivate. ``otp`` is None where the form had no such field."""

    def open_session(self, customer_id: int) -> str:
        """Store a server-side session and return its random identifier."""

    def open_pending(self, customer_id: int) -> str:
        """Store a login waiting for its OTP and return its random identifier."""

    def session(self, session_id: str, *, pending: bool = False) -> int | None:
        """Return the customer of a live session and touch it, or None."""

    def close_session(self, session_id: str) -> None:
        """End a session for good (logout). Idempotent."""


class StaffService(Protocol):
    """What staff can do. Every change is written to the audit trail."""

    def staff_login(self, staff_id: str, password: str) -> str | None:
        """Return a new staff session identifier, or None."""

    def staff_session(self, session_id: str) -> str | None:
        """Return the staff ID of a live session, or None."""

    def staff_logout(self, session_id: str) -> None:
        """End a staff session. Idempotent."""

    def orders(self, login_id: str | None = None) -> tuple[OrderView, ...]:
        """Return orders, oldest first."""

    def dispatch(self, actor: str, order_id: int, serial: str | None = None) -> OrderView:
        """Allot a stock serial (the given one, or the next) and mark as sent. StaffError."""

    def customers(self) -> tuple[CustomerView, ...]:
        """Return all customers."""

    def find_customer(self, login_id: str) -> CustomerView | None:
        """Return one customer, or None."""

    def unlock(self, actor: str, login_id: str, circumstances: str) -> None:
        """Lift a suspension; empty circumstances are refused. StaffError."""

    def revoke(self, actor: str, login_id: str, reason: str) -> None:
        """Retire a customer's token at once (lost, stolen, broken). StaffError."""

    def stock(self) -> tuple[TokenView, ...]:
        """Return all tokens."""

    def import_pskc(self, actor: str, data: bytes, password: str | None) -> ImportReport:
        """Import hardware tokens from an RFC 6030 file (all or nothing per entry). StaffError."""

    def audit(self, limit: int = 200) -> tuple[AuditView, ...]:
        """Return the newest lines of the audit trail, newest first."""


class ControlService(Protocol):
    """What test control and demonstrations need besides; never on a customer's face."""

    def create_customer(
        self,
        *,
        login_id: str | None,
        login_password: str | None,
        confirmation_password: str | None,
        name: str | None,
        address: str | None,
        status: str,
        kind: str,
        token_serial: str | None,
    ) -> tuple[CustomerView, str, str]:
        """Create a customer in a state; return it with login and confirmation password.

        status: not_registered | issued | in_service | suspended | deactivated.
        "issued" with a token_serial: allotted and dispatched. All but
        not_registered and issued need a token_serial of a stock token of the kind.
        Missing values are made up (random). StaffError on nonsense.
        """

    def add_token(
        self,
        *,
        serial: str,
        secret: bytes,
        kind: str,
        expires_at: datetime,
        reserved_for: str | None = None,
    ) -> TokenView:
        """Put a token into stock. StaffError if the serial exists or is malformed.

        ``reserved_for``: login ID that gets this software token at issue.
        """

    def add_staff(self, staff_id: str, password: str) -> None:
        """Create or replace a staff account."""

    def current_code(self, serial: str) -> str:
        """Return the code a token shows now. Demonstration mode only."""

    def outbox(self, login_id: str | None = None) -> tuple[Notice, ...]:
        """Return notices, oldest first."""

    def reset(self) -> None:
        """Drop all customers, tokens, orders, sessions, notices; keep staff accounts."""
