"""The customer's three procedures, issue, activation, deactivation, and the portal before them."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reference_impl.domain import inputs, registration
from reference_impl.domain.otp import Accepted, Failed, refusal_of
from reference_impl.domain.policy import FailureClass, OtpFunction
from reference_impl.domain.registration import Registration
from reference_impl.domain.token import expired, may_be_activated_by
from reference_impl.domain.words import Kind, Refusal, Refused, Status, TokenState
from reference_impl.service.bank import Bank, Work, note, notify, once
from reference_impl.service.verification import (
    burn_if_submitted,
    count_failure,
    judge_token,
    verify_active,
)
from reference_impl.store import customers, orders, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.tokens import TokenRow

SOFTWARE_LIFE = timedelta(days=5 * 365)
SECRET_BYTES = 20
_FORMAT = (FailureClass.EMPTY, FailureClass.MALFORMED)


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
    """A customer as their own pages show them (SCR-10 to SCR-14).

    No serial: that of a hardware token proves possession when it is typed.
    """

    name: str
    status: Status
    kind: Kind | None
    deactivation_asks_otp: bool


def portal(bank: Bank, customer_id: int) -> Portal:
    """Return the portal's content. LookupError for a customer who is gone."""
    row = _row(bank, customer_id)
    return Portal(row.name, row.reg.status, row.reg.kind, asks_otp(bank, row.reg))


def may_issue(bank: Bank, customer_id: int, kind: Kind | None = None) -> Refused | None:
    """Tell beforehand whether an issue (of a kind) would be refused."""
    return registration.may_issue(_row(bank, customer_id).reg, kind, bank.now(), bank.policy)


def may_activate(bank: Bank, customer_id: int) -> Refused | None:
    """Tell beforehand whether activation is open."""
    return registration.may_activate(_row(bank, customer_id).reg, bank.now(), bank.policy)


def may_deactivate(bank: Bank, customer_id: int) -> Refused | None:
    """Tell beforehand whether deactivation is open."""
    return registration.may_deactivate(_row(bank, customer_id).reg, bank.policy)


def _row(bank: Bank, customer_id: int) -> CustomerRow:
    with bank.read() as db:
        return customers.get(db, customer_id)


# -- the confirmation password, asked at issue and deactivation -------------------


def confirmed(bank: Bank, customer_id: int, confirmation: str) -> bool:
    """Tell whether the confirmation password is right.

    Slow on purpose, hence done before the transaction takes its lock.
    """
    if not inputs.is_confirmation(confirmation, bank.policy):
        return False
    return bank.passwords.verify(_row(bank, customer_id).confirmation_hash, confirmation)


def check_confirmation(work: Work, row: CustomerRow, raw: str, *, right: bool) -> Refused | None:
    """Refuse an empty, malformed or wrong confirmation password; count only wrong ones.

    Its own limit, never the OTP counter (AMB-57, IX-28).
    """
    checked = inputs.check_confirmation(raw, work.policy)
    if isinstance(checked, Refused):
        return checked
    if right:
        return None
    after = customers.save(work.db, row, registration.confirmation_failed(row.reg)).reg
    note(work, row, "confirmation_refused")
    locked = registration.confirmation_locked(after, work.policy)
    reason = Refusal.CONFIRMATION_LOCKED if locked else Refusal.CONFIRMATION_WRONG
    return Refused(reason, "confirmation")


# -- issue (ISS-06 to ISS-27, SWT-01 to SWT-11, RIS-01 to RIS-06) ------------------


def parse_kind(raw: str) -> Kind | None:
    """Return the kind that a form names, None for anything else (CON-09)."""
    return Kind(raw) if raw in set(Kind) else None


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
        note(work, row, "issue", chosen.value)
        notify(work, row.login_id, "issued", chosen)
        return Issued(chosen, order_id)

    return once(bank, Issued, "issue", customer_id, form_id, (kind, confirmation), decide)


def drop_open_order(work: Work, row: CustomerRow) -> None:
    """T11: cancel the open order, if any, and retire the token that was sent for it."""
    order = orders.open_of(work.db, row.customer_id)
    if order is None:
        return
    orders.cancel(work.db, order.order_id)
    sent = tokens.held(work.db, row.customer_id, TokenState.ALLOTTED)
    if sent is not None:
        tokens.retire(work.db, sent.token.token_id)
    note(work, row, "order_cancelled")


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


# -- activation: binding the token in hand to the customer (ACT-01 to ACT-40) -----


def activate(
    bank: Bank, customer_id: int, serial: str, otp: str, form_id: str = ""
) -> Activated | Refused:
    """Activate a token with its own current code; ``serial`` is ignored for a software token.

    One text for every verified refusal.
    """

    def decide(work: Work, row: CustomerRow) -> Activated | Refused:
        return _decide_activation(work, row, serial, otp)

    return once(bank, Activated, "activate", customer_id, form_id, (serial, otp), decide)


def _decide_activation(work: Work, row: CustomerRow, serial: str, otp: str) -> Activated | Refused:
    closed = registration.may_activate(row.reg, work.now, work.policy)
    if closed is not None:
        return closed
    token: TokenRow | None
    if row.reg.kind is Kind.SOFTWARE:
        token = tokens.held(work.db, row.customer_id, TokenState.ALLOTTED)
    else:
        checked = inputs.check_serial(serial, work.policy)
        if isinstance(checked, Refused):
            return checked
        token = tokens.by_serial(work.db, checked)
        if token is not None and not may_be_activated_by(token.token, row.customer_id, work.policy):
            token = None
    otp_text = inputs.normalise_digits(otp, work.policy)
    if token is None:
        if not inputs.is_code(otp_text, work.policy.otp_digits):
            return refusal_of(FailureClass.MALFORMED if otp_text else FailureClass.EMPTY)
        return _refuse_activation(work, row, None)
    verdict = judge_token(work, token, otp, OtpFunction.ACTIVATION)
    if isinstance(verdict, Failed):
        return _refuse_activation(work, row, verdict.failure)
    if expired(token.token, work.now):
        burn_if_submitted(work, token, otp, OtpFunction.ACTIVATION)
        return Refused(Refusal.TOKEN_EXPIRED)
    return _bind(work, row, token, verdict)


def _refuse_activation(work: Work, row: CustomerRow, failure: FailureClass | None) -> Refused:
    """Refuse; ``failure`` None: the serial is not acceptable, which is no OTP failure."""
    if failure is None:
        note(work, row, "activation_refused", "serial")
    else:
        counted = count_failure(work, row, OtpFunction.ACTIVATION, failure)
        if counted.reason is Refusal.SUSPENDED or failure in _FORMAT:
            return counted
    fresh = customers.get(work.db, row.customer_id)
    after = customers.save(work.db, fresh, registration.activation_failed(fresh.reg))
    locked = registration.activation_locked(after.reg, work.policy)
    return Refused(Refusal.ACTIVATION_LIMIT if locked else Refusal.ACTIVATION_REFUSED)


def _bind(work: Work, row: CustomerRow, token: TokenRow, verdict: Accepted) -> Activated | Refused:
    kind, serial, number = token.token.kind, token.token.serial, token.token.token_id
    if not tokens.activate(work.db, number, row.customer_id, verdict.step):
        return _refuse_activation(work, row, None)
    order = orders.open_of(work.db, row.customer_id)
    if order is not None:
        orders.mark_activated(work.db, order.order_id, number)
    left_over = tokens.held(work.db, row.customer_id, TokenState.ALLOTTED)
    if left_over is not None:  # another one had been sent: never two usable tokens
        tokens.retire(work.db, left_over.token.token_id)
    customers.save(work.db, row, replace(registration.activated(row.reg), kind=kind))
    note(work, row, "activate", f"{kind.value} {serial}")
    notify(work, row.login_id, "activated", kind)
    return Activated(kind, serial, token.token.expires_at)


# -- deactivation: ending OTP authentication, retiring the token (DEA-01 to DEA-29) --


def asks_otp(bank: Bank, reg: Registration) -> bool:
    """Tell whether the deactivation screen has an OTP field (AMB-26, IX-27)."""
    return reg.base is Status.IN_SERVICE and bank.policy.deactivation_otp == "in_service"


def deactivate(
    bank: Bank, customer_id: int, confirmation: str, otp: str | None, form_id: str = ""
) -> Deactivated | Refused:
    """Deactivate; both secrets must be right where both are asked (truth table 7.6).

    ``otp`` is None where the form had no such field.
    """
    right = confirmed(bank, customer_id, confirmation)

    def decide(work: Work, row: CustomerRow) -> Deactivated | Refused:
        closed = registration.may_deactivate(row.reg, bank.policy)
        if closed is not None:
            return closed
        refused = _missing(bank, row, confirmation, otp) or check_confirmation(
            work, row, confirmation, right=right
        )
        if refused is not None:
            token = tokens.held(work.db, row.customer_id, TokenState.ACTIVE)
            burn_if_submitted(work, token, otp, OtpFunction.DEACTIVATION)
            return refused
        verified: CustomerRow | Refused = row
        if asks_otp(bank, row.reg):
            verified = verify_active(work, row, otp or "", OtpFunction.DEACTIVATION)
        if isinstance(verified, Refused):
            return verified
        return _end(work, verified)

    content = (confirmation, otp or "")
    return once(bank, Deactivated, "deactivate", customer_id, form_id, content, decide)


def _missing(bank: Bank, row: CustomerRow, confirmation: str, otp: str | None) -> Refused | None:
    """Refuse an empty OTP before a secret is tried and counted."""
    checked = inputs.check_confirmation(confirmation, bank.policy)
    if isinstance(checked, Refused):
        return checked
    counted = registration.counts(OtpFunction.DEACTIVATION, FailureClass.EMPTY, bank.policy)
    empty = not inputs.normalise_digits(otp or "", bank.policy)
    if asks_otp(bank, row.reg) and empty and not counted:
        return Refused(Refusal.OTP_REQUIRED, "otp")
    return None


def _end(work: Work, row: CustomerRow) -> Deactivated:
    kind = row.reg.kind
    assert kind is not None  # noqa: S101 - in service or ordered: the kind is known
    token = tokens.held(work.db, row.customer_id, TokenState.ACTIVE)
    if token is not None:
        tokens.retire(work.db, token.token.token_id)
    drop_open_order(work, row)
    customers.save(work.db, row, registration.ended(row.reg, work.now))
    note(work, row, "deactivate", kind.value)
    notify(work, row.login_id, "deactivated", kind)
    return Deactivated(kind)
