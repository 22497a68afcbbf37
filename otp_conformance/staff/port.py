"""Port `StaffDesk`: the credit union's staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from otp_conformance.specification.words import Kind


@dataclass(frozen=True)
class Order:
    """A staff-side order for a token."""

    login_id: str
    kind: Kind
    ship_to: str
    status: str
    serial: str | None
    cancelled: bool = False


class StaffDesk(Protocol):
    """The credit union's staff."""

    def orders(self, login_id: str) -> tuple[Order, ...]:
        """Return a customer's orders, oldest first."""

    def dispatch(self, login_id: str, serial: str | None = None) -> str:
        """Allot a token to the customer's open order, send it, return its serial."""

    def unlock(self, login_id: str, circumstances: str) -> None:
        """Lift a suspension after noting the circumstances (LCK-10, LCK-11)."""

    def revoke(self, login_id: str) -> None:
        """Retire the customer's token (lost or stolen, IX-43)."""
