"""Issue: applying for a token (ISS-06 to ISS-27, SWT-01 to SWT-11, RIS-01 to RIS-06)."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter

from reference_impl.domain import inputs, registration
from reference_impl.domain.words import Kind, Refusal, Refused, TokenState
from reference_impl.service.bank import Bank, Work, audit, by_customer, notify, once
from reference_impl.store import customers, orders, tokens
from reference_impl.store.customers import CustomerRow

SOFTWARE_LIFE = timedelta(days=5 * 365)
SECRET_BYTES = 20


@dataclass(frozen=True)
class Issued:
    """The application was accepted (ISS-20)."""

    kind: Kind
    order_id: int


_ANSWERS: TypeAdapter[Issued | Refused] = TypeAdapter(Issued | Refused)


def may_issue(bank: Bank, customer_id: int, kind: Kind | None = None) -> Refused | None:
    """Tell beforehand whether an issue (of a kind) would be refused."""
    with bank.read() as db:
        reg = customers.get(db, customer_id).reg
    return registration.may_issue(reg, kind, bank.now(), bank.policy)


def parse_kind(raw: str) -> Kind | None:
    """Return the kind that a form names, None for anything else (CON-09)."""
    try:
        return Kind(raw)
    except ValueError:
        return None


def issue(
    bank: Bank, customer_id: int, kind: str, confirmation: str, form_id: str = ""
) -> Issued | Refused:
    """Apply for a token; hardware waits for staff, software is allotted at once."""
    chosen = parse_kind(kind)
    right = confirmed(bank, customer_id, confirmation)

    def decide(work: Work, row: CustomerRow) -> Issued | Refused:
        closed = registration.may_issue(row.reg, chosen, work.now, bank.policy)
        if closed is not None:
            return closed
        if chosen is None:
            return Refused(Refusal.UNKNOWN_KIND)
        refused = check_confirmation(work, row, confirmation, right=right)
        if refused is not None:
            return refused
        drop_open_order(work, row)
        order_id = place_order(work, row, chosen)
        customers.save(work.db, row, registration.applied(row.reg, chosen, bank.policy))
        audit(work, by_customer(row.login_id), "issue", row.login_id, chosen.value)
        notify(work, row.login_id, "issued", chosen)
        return Issued(chosen, order_id)

    return once(bank, _ANSWERS, "issue", customer_id, form_id, (kind, confirmation), decide)


def confirmed(bank: Bank, customer_id: int, confirmation: str) -> bool:
    """Tell whether the confirmation password is right.

    Slow on purpose, hence done before the transaction takes its lock.
    """
    if not inputs.is_confirmation(confirmation, bank.policy):
        return False
    with bank.read() as db:
        encoded = customers.get(db, customer_id).confirmation_hash
    return bank.passwords.verify(encoded, confirmation)


def check_confirmation(work: Work, row: CustomerRow, raw: str, *, right: bool) -> Refused | None:
    """Refuse an empty, malformed or wrong confirmation password; count only wrong ones.

    Its own limit, never the OTP counter (AMB-57, IX-28).
    """
    checked = inputs.check_confirmation(raw, work.policy)
    if isinstance(checked, Refused):
        return checked
    if right:
        return None
    failures = row.reg.confirmation_failures + 1
    customers.save(work.db, row, registration.confirmation_failed(row.reg))
    audit(work, by_customer(row.login_id), "confirmation_refused", row.login_id)
    locked = registration.confirmation_locked(failures, work.policy)
    reason = Refusal.CONFIRMATION_LOCKED if locked else Refusal.CONFIRMATION_WRONG
    return Refused(reason, "confirmation")


def drop_open_order(work: Work, row: CustomerRow) -> None:
    """T11: cancel the open order, if any, and retire the token that was sent for it."""
    order = orders.open_of(work.db, row.customer_id)
    if order is None:
        return
    orders.cancel(work.db, order.order_id)
    sent = tokens.held(work.db, row.customer_id, TokenState.ALLOTTED)
    if sent is not None:
        tokens.retire(work.db, sent.token.token_id)
    audit(work, by_customer(row.login_id), "order_cancelled", row.login_id)


def place_order(work: Work, row: CustomerRow, kind: Kind) -> int:
    """Record the order to the registered address (SHP-01) and return its number."""
    order_id = orders.add(work.db, row.customer_id, kind, row.address, work.now)
    if kind is Kind.SOFTWARE:
        # From stock, those reserved for this customer first, or a new one.
        token = tokens.next_in_stock(work.db, kind, work.now, row.login_id) or tokens.add(
            work.db,
            serial=new_serial(work),
            kind=kind,
            expires_at=(work.now + SOFTWARE_LIFE).replace(second=0, microsecond=0),
            sealed=work.bank.store.seal.close(secrets.token_bytes(SECRET_BYTES)),
        )
        tokens.allot(work.db, token.token.token_id, row.customer_id)
        orders.mark_dispatched(work.db, order_id, token.token.token_id, work.now)
    return order_id


def new_serial(work: Work) -> str:
    """Return a serial of the greatest length that no token has."""
    while True:
        serial = "".join(secrets.choice("0123456789") for _ in range(work.policy.serial_max))
        if tokens.by_serial(work.db, serial) is None:
            return serial
