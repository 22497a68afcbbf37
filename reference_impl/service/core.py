"""What every use case shares: store, rules, clock, passwords, and the two diaries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from reference_impl.clock import Clock, require_aware
from reference_impl.domain.policy import Policy
from reference_impl.service.texts import Text
from reference_impl.store import records
from reference_impl.store.engine import Store
from reference_impl.store.passwords import Passwords


@dataclass(frozen=True)
class Core:
    """The parts of one bank. ``demo``: virtual tokens may show their codes."""

    store: Store
    policy: Policy
    clock: Clock
    passwords: Passwords
    demo: bool

    def now(self) -> datetime:
        """Return the present moment, aware. ValueError if the clock is naive."""
        return require_aware(self.clock())


def audit(
    connection: Connection, now: datetime, actor: str, action: str, subject: str, detail: str = ""
) -> None:
    """Write one line of the audit trail. Never pass a code, password or seed."""
    records.write_audit(connection, now, actor[:80], action, subject[:80], detail)


def by_customer(login_id: str) -> str:
    """Return the audit actor of a customer, not to be confused with a staff ID."""
    return f"customer:{login_id}"


def notify(connection: Connection, now: datetime, login_id: str, text: Text) -> None:
    """Put a notice into the outbox (RFC 4226 section 7.2; NIST SP 800-63B-4 section 4.6)."""
    records.write_notice(connection, now, login_id, text.subject, text.body)
