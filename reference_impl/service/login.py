"""Who gets in: password first, then the OTP (LGN-01 to LGN-13); server-side sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reference_impl.domain.policy import OtpFunction
from reference_impl.domain.words import Refusal, Refused, TokenState
from reference_impl.service.bank import LOGIN, Bank, Work, audit, note, once
from reference_impl.service.verification import burn_if_submitted, verify_active
from reference_impl.store import customers, records, sessions, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.database import Connection
from reference_impl.store.sessions import Realm, SessionRow

PENDING_LIFE = timedelta(minutes=5)
"""How long a login may wait for its OTP after the password."""
_TOUCH_EVERY = timedelta(seconds=1)


@dataclass(frozen=True)
class LoginOk:
    """Password (and OTP if needed) accepted: open a full session."""

    customer_id: int


@dataclass(frozen=True)
class OtpNeeded:
    """Password accepted; the OTP page comes next. No session yet, a pending login only."""

    customer_id: int


def authenticate(
    bank: Bank, login_id: str, password: str, otp: str | None, form_id: str = ""
) -> LoginOk | OtpNeeded | Refused:
    """First page; ``otp`` is None unless the one-page login flow is set.

    An unknown ID costs the same one verification as a known one.
    """
    with bank.read() as db:
        row = customers.by_login(db, login_id)
    encoded = None if row is None else row.password_hash
    answer = check_password(bank, Realm.CUSTOMER, login_id, encoded, password)
    if row is None or answer is not None:
        _refuse_credentials(bank, row, otp)
        return answer or Refused(Refusal.BAD_CREDENTIALS)
    if row.reg.suspended:
        bank.write(lambda work: note(work, row, "login_refused", "suspended"))
        return Refused(Refusal.SUSPENDED)
    if not row.reg.asks_otp:
        bank.write(lambda work: note(work, row, "login", "password"))
        return LoginOk(row.customer_id)
    if otp is None and bank.policy.login_flow == "two_pages":
        return OtpNeeded(row.customer_id)
    return authenticate_otp(bank, row.customer_id, otp or "", form_id)


def authenticate_otp(
    bank: Bank, customer_id: int, otp: str, form_id: str = ""
) -> LoginOk | Refused:
    """Second page, for a login whose password was accepted."""

    def decide(work: Work, row: CustomerRow) -> LoginOk | Refused:
        if row.reg.suspended:
            note(work, row, "login_refused", "suspended")
            return Refused(Refusal.SUSPENDED)
        if not row.reg.asks_otp:
            # The token went away after the password page; begin again.
            return Refused(Refusal.OTP_REFUSED, "otp")
        verified = verify_active(work, row, otp, OtpFunction.LOGIN)
        if isinstance(verified, Refused):
            return verified
        note(work, row, "login", "password and OTP")
        return LoginOk(row.customer_id)

    return once(bank, LoginOk, LOGIN, customer_id, form_id, (otp,), decide)


def _refuse_credentials(bank: Bank, row: CustomerRow | None, otp: str | None) -> None:
    def act(work: Work) -> None:
        if row is None:
            # What was typed may be anything, a password too: it is not recorded.
            audit(work, "customer:?", "login_refused", "?", "unknown ID")
            return
        note(work, row, "login_refused", "password")
        token = tokens.held(work.db, row.customer_id, TokenState.ACTIVE)
        burn_if_submitted(work, token, otp, OtpFunction.LOGIN)

    bank.write(act)


def check_password(
    bank: Bank, realm: Realm, typed_id: str, encoded: str | None, password: str
) -> Refused | None:
    """Refuse a wrong login password, and every one for a while after many wrong ones.

    Counted by the ID as typed, so that an unknown one (``encoded`` None) fares no better.
    Never an OTP failure (LCK-19).
    """
    limits = bank.settings.logins
    most = limits.staff_failures if realm is Realm.STAFF else limits.customer_failures
    whose, pause = f"{realm}:{typed_id}", timedelta(minutes=limits.pause_minutes)

    def paused(db: Connection, now: datetime) -> tuple[int, bool]:
        failures, last = records.wrong_passwords(db, whose) or (0, now)
        return failures, 0 < most <= failures and abs(now - last) < pause

    with bank.read() as db:
        if paused(db, bank.now())[1]:
            return Refused(Refusal.LOGIN_PAUSED)
    right = bank.passwords.verify(encoded, password)

    def settle(work: Work) -> Refused | None:
        failures, late = paused(work.db, work.now)  # by others that were verified meanwhile
        if late:
            return Refused(Refusal.LOGIN_PAUSED)
        if failures or not right:
            records.keep_wrong_passwords(work.db, whose, 0 if right else failures + 1, work.now)
        return None if right else Refused(Refusal.BAD_CREDENTIALS)

    return bank.write(settle)


def staff_login(bank: Bank, staff_id: str, password: str) -> str | Refused:
    """Return a new staff session identifier, or a refusal; both outcomes are recorded."""
    with bank.read() as db:
        encoded = records.staff_hash(db, staff_id)
    refused = check_password(bank, Realm.STAFF, staff_id, encoded, password)

    def act(work: Work) -> None:
        action = "staff_login" if refused is None else "staff_login_refused"
        known = staff_id if encoded is not None else "?"
        audit(work, known, action, known, "" if refused is None else refused.reason.value)

    bank.write(act)
    return refused or _open(bank, Realm.STAFF, staff_id=staff_id)


# -- sessions: limits by the bank's clock, state in the database ---------------


def open_session(bank: Bank, customer_id: int) -> str:
    """Store a customer's session and return its random identifier."""
    return _open(bank, Realm.CUSTOMER, customer_id)


def open_pending(bank: Bank, customer_id: int) -> str:
    """Store a login waiting for its OTP and return its random identifier."""
    return _open(bank, Realm.PENDING, customer_id)


def _open(
    bank: Bank, realm: Realm, customer_id: int | None = None, staff_id: str | None = None
) -> str:
    def act(work: Work) -> str:
        oldest = timedelta(minutes=bank.policy.session_absolute_minutes)
        sessions.close_older_than(work.db, work.now - oldest)
        return sessions.open_new(work.db, realm, work.now, customer_id, staff_id)

    return bank.write(act)


def session(bank: Bank, identifier: str) -> int | None:
    """Return the customer of a live session and touch it, or None."""
    found = _live(bank, identifier, Realm.CUSTOMER)
    return None if found is None else found.customer_id


def pending(bank: Bank, identifier: str) -> int | None:
    """Return the customer of a login that waits for its OTP, or None."""
    found = _live(bank, identifier, Realm.PENDING)
    return None if found is None else found.customer_id


def staff_session(bank: Bank, identifier: str) -> str | None:
    """Return the staff ID of a live session and touch it, or None."""
    found = _live(bank, identifier, Realm.STAFF)
    return None if found is None else found.staff_id


def close_session(bank: Bank, identifier: str) -> None:
    """End a session for good. Idempotent. A customer's answered login forms end with it.

    Otherwise a login form sent again after logout would open a session with a
    used code.
    """

    def act(work: Work) -> None:
        row = sessions.find(work.db, identifier)
        if row is None:
            return
        sessions.close(work.db, row.id_hash)
        if row.realm is Realm.CUSTOMER and row.customer_id is not None:
            records.forget_answers(work.db, row.customer_id, LOGIN)

    if identifier:
        bank.write(act)


def _live(bank: Bank, identifier: str, realm: Realm) -> SessionRow | None:
    """Return the live session of a realm and touch it; one of another realm is none."""
    now = bank.now()
    with bank.read() as db:
        row = sessions.find(db, identifier) if identifier else None
        if row is None or row.realm is not realm or not _alive(bank, db, row, now):
            return None
    if abs(now - row.seen_at) >= _TOUCH_EVERY and realm is not Realm.PENDING:
        bank.write(lambda work: sessions.touch(work.db, row.id_hash, work.now))
    return row


def _alive(bank: Bank, db: Connection, row: SessionRow, now: datetime) -> bool:
    """Tell whether a session is within its limits, and not cut by a suspension (IX-25).

    The cut also catches one that was opened while the suspension was being written. A
    pending login stays, so that its page can say why the login fails.
    """
    if row.realm is Realm.PENDING:
        return now - row.created_at < PENDING_LIFE
    idle = timedelta(minutes=bank.policy.session_idle_minutes)
    absolute = timedelta(minutes=bank.policy.session_absolute_minutes)
    if now - row.seen_at >= idle or now - row.created_at >= absolute:
        return False
    cut = row.customer_id is not None and bank.policy.live_sessions == "cut"
    return not (cut and customers.get(db, row.customer_id or 0).reg.suspended)
