"""Faults that only a restart shows: what was kept in the process alone is gone after it."""

from __future__ import annotations

from typing import Any

from reference_impl import server
from reference_impl.service.bank import Bank
from reference_impl.store.database import run
from workshop.faults.swap import fault, wrap


def _at_start(statement: str) -> None:
    """Change the database whenever the bank starts; at the first start it is empty."""

    def build(original: Any, *arguments: Any) -> Bank:
        bank: Bank = original(*arguments)
        bank.store.write(lambda db: run(db, statement))
        return bank

    wrap(server.build_bank, build)


@fault("restart-forgets-used-codes")
def restart_forgets_used_codes() -> None:
    """Which code was used last is known to the process alone."""
    _at_start("UPDATE tokens SET last_step = NULL")


@fault("restart-forgets-mistakes")
def restart_forgets_mistakes() -> None:
    """Mistakes are counted in the process alone."""
    _at_start("UPDATE customers SET failures = 0")


@fault("restart-counts-old-mistakes")
def restart_counts_old_mistakes() -> None:
    """Whoever has a token in use comes back with the mistakes of before the last right login."""
    _at_start("UPDATE customers SET failures = 1 WHERE base = 'in_service' AND NOT suspended")


@fault("restart-lifts-suspensions")
def restart_lifts_suspensions() -> None:
    """Who is suspended is known to the process alone."""
    _at_start("UPDATE customers SET suspended = 0, failures = 0")


@fault("restart-suspends-again")
def restart_suspends_again() -> None:
    """That staff have lifted a suspension is not written down."""
    _at_start(
        "UPDATE customers SET suspended = 1 WHERE login_id IN "
        "(SELECT subject FROM audit WHERE action = 'unlock')"
    )


@fault("restart-loses-applications")
def restart_loses_applications() -> None:
    """Applications that were not dispatched yet are gone."""
    _at_start(
        "UPDATE customers SET base = 'not_registered', ordered = 0 WHERE customer_id IN "
        "(SELECT customer_id FROM orders WHERE status = 'accepted')"
    )


@fault("restart-loses-activations")
def restart_loses_activations() -> None:
    """Which customers need an OTP is known to the process alone: after a restart nobody does."""
    _at_start("UPDATE customers SET base = 'issued' WHERE base = 'in_service'")


@fault("restart-undoes-deactivations")
def restart_undoes_deactivations() -> None:
    """A deactivation is forgotten: the customer is in service as before."""
    _at_start(
        "UPDATE customers SET base = 'in_service', kind = last_kind WHERE deactivated_at NOTNULL"
    )


@fault("restart-ends-logins")
def restart_ends_logins() -> None:
    """Logins are known to the process alone, against the declaration."""
    _at_start("DELETE FROM sessions")
