"""Issue: applying for a token (ISS-06 to ISS-27, SWT-01 to SWT-11, RIS-01 to RIS-06)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection

from reference_impl.domain import inputs, registration, suspension
from reference_impl.domain.words import Kind, Refusal, Refused, TokenState
from reference_impl.service import texts
from reference_impl.service.contract import Issued
from reference_impl.service.core import Core, audit, by_customer, notify
from reference_impl.service.outcomes import once
from reference_impl.store import customers, orders, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.tokens import TokenRow

SOFTWARE_LIFE = timedelta(days=5 * 365)
SECRET_BYTES = 20


def parse_kind(raw: str) -> Kind | None:
    """Return the kind that a form names, None for anything else (CON-09)."""
    try:
        return Kind(raw)
    except ValueError:
        return None


def issue(
    core: Core, customer_id: int, kind: str, confirmation: str, form_id: str
) -> Issued | Refused:
    """Apply for a token; hardware waits for staff, software is allotted at once."""
    chosen = parse_kind(kind)
    right = confirmed(core, customer_id, confirmation)

    def decide(connection: Connection, row: CustomerRow, now: datetime) -> Issued | Refused:
        closed = registration.may_issue(row.reg, chosen, now, core.policy)
        if closed is not None:
            return closed
        if chosen is None:
            return Refused(Refusal.UNKNOWN_KIND)
        refused = check_confirmation(core, connection, row, confirmation, now, right=right)
        if refused is not None:
            return refused
        drop_open_order(connection, row, now)
        order_id = place_order(core, connection, row, chosen, now)
        customers.save(connection, row, registration.applied(row.reg, chosen, core.policy))
        audit(connection, now, by_customer(row.login_id), "issue", row.login_id, chosen.value)
        notify(connection, now, row.login_id, texts.issued(chosen))
        return Issued(chosen, order_id)

    return once(core, Issued, "issue", customer_id, form_id, (kind, confirmation), decide)


def confirmed(core: Core, customer_id: int, confirmation: str) -> bool:
    """Tell whether the confirmation password is right.

    Slow on purpose, hence done before the transaction takes its lock.
    """
    if not inputs.is_confirmation(confirmation, core.policy):
        return False
    with core.store.read() as connection:
        encoded = customers.get(connection, customer_id).confirmation_hash
    return core.passwords.verify(encoded, confirmation)


def check_confirmation(
    core: Core,
    connection: Connection,
    row: CustomerRow,
    raw: str,
    now: datetime,
    *,
    right: bool,
) -> Refused | None:
    """Refuse an empty, malformed or wrong confirmation password; count only wrong ones.

    Its own limit, never the OTP counter (AMB-57, IX-28).
    """
    checked = inputs.check_confirmation(raw, core.policy)
    if isinstance(checked, Refused):
        return checked
    if right:
        return None
    failures = row.reg.confirmation_failures + 1
    customers.save(connection, row, registration.confirmation_failed(row.reg))
    audit(connection, now, by_customer(row.login_id), "confirmation_refused", row.login_id)
    locked = suspension.confirmation_locked(failures, core.policy)
    reason = Refusal.CONFIRMATION_LOCKED if locked else Refusal.CONFIRMATION_WRONG
    return Refused(reason, "confirmation")


def drop_open_order(connection: Connection, row: CustomerRow, now: datetime) -> None:
    """T11: cancel the open order, if any, and retire the token that was sent for it."""
    order = orders.open_of(connection, row.customer_id)
    if order is None:
        return
    orders.cancel(connection, order.order_id)
    sent = tokens.held(connection, row.customer_id, TokenState.ALLOTTED)
    if sent is not None:
        tokens.retire(connection, sent.token.token_id)
    audit(connection, now, by_customer(row.login_id), "order_cancelled", row.login_id)


def place_order(
    core: Core, connection: Connection, row: CustomerRow, kind: Kind, now: datetime
) -> int:
    """Record the order to the registered address (SHP-01) and return its number."""
    order_id = orders.add(connection, row.customer_id, kind, row.address, now)
    if kind is Kind.SOFTWARE:
        token = _software_token(core, connection, row.login_id, now)
        tokens.allot(connection, token.token.token_id, row.customer_id)
        orders.mark_dispatched(connection, order_id, token.token.token_id, now)
    return order_id


def _software_token(core: Core, connection: Connection, login_id: str, now: datetime) -> TokenRow:
    """Take a software token from stock, reserved ones first, or make a new one."""
    found = tokens.next_in_stock(connection, Kind.SOFTWARE, now, login_id)
    if found is not None:
        return found
    token_id = tokens.add(
        connection,
        serial=new_serial(core, connection),
        kind=Kind.SOFTWARE,
        expires_at=(now + SOFTWARE_LIFE).replace(second=0, microsecond=0),
        sealed=core.store.seal.close(secrets.token_bytes(SECRET_BYTES)),
    )
    made = tokens.by_id(connection, token_id)
    assert made is not None  # noqa: S101 - inserted above, in this transaction
    return made


def new_serial(core: Core, connection: Connection) -> str:
    """Return a serial of the greatest length that no token has."""
    while True:
        serial = "".join(secrets.choice("0123456789") for _ in range(core.policy.serial_max))
        if tokens.by_serial(connection, serial) is None:
            return serial
