"""What the portal shows about one customer (SCR-10 to SCR-14)."""

from dataclasses import dataclass

from reference_impl.domain.words import Kind, Status
from reference_impl.service.bank import Bank
from reference_impl.service.deactivating import asks_otp
from reference_impl.store import customers


@dataclass(frozen=True)
class Portal:
    """A customer as their own pages show them.

    No serial: that of a hardware token proves possession when it is typed.
    """

    name: str
    status: Status
    kind: Kind | None
    deactivation_asks_otp: bool


def portal(bank: Bank, customer_id: int) -> Portal:
    """Return the portal's content. LookupError for a customer who is gone."""
    with bank.read() as db:
        row = customers.get(db, customer_id)
    return Portal(row.name, row.reg.status, row.reg.kind, asks_otp(bank, row.reg))
