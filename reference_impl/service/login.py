"""Login: password first, then the OTP of the active token (LGN-01 to LGN-13)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from reference_impl.domain.policy import LoginFlow, OtpFunction
from reference_impl.domain.words import Refusal, Refused, TokenState
from reference_impl.service.contract import LoginOk, OtpNeeded
from reference_impl.service.core import Core, audit, by_customer
from reference_impl.service.outcomes import LOGIN, once
from reference_impl.service.verification import burn_if_submitted, verify_active
from reference_impl.store import customers, tokens
from reference_impl.store.customers import CustomerRow


def authenticate(
    core: Core, login_id: str, password: str, otp: str | None, form_id: str
) -> LoginOk | OtpNeeded | Refused:
    """First page. An unknown ID costs the same one verification as a known one."""
    with core.store.read() as connection:
        row = customers.by_login(connection, login_id)
    right = core.passwords.verify(None if row is None else row.password_hash, password)
    if row is None or not right:
        _refuse_credentials(core, row, otp)
        return Refused(Refusal.BAD_CREDENTIALS)
    if row.reg.suspended:
        _note(core, row, "login_refused", "suspended")
        return Refused(Refusal.SUSPENDED)
    if not row.reg.asks_otp:
        _note(core, row, "login", "password")
        return LoginOk(row.customer_id)
    if otp is None and core.policy.login_flow is LoginFlow.TWO_PAGES:
        return OtpNeeded(row.customer_id)
    return authenticate_otp(core, row.customer_id, otp or "", form_id)


def authenticate_otp(core: Core, customer_id: int, otp: str, form_id: str) -> LoginOk | Refused:
    """Second page, for a login whose password was accepted."""

    def decide(connection: Connection, row: CustomerRow, now: datetime) -> LoginOk | Refused:
        actor = by_customer(row.login_id)
        if row.reg.suspended:
            audit(connection, now, actor, "login_refused", row.login_id, "suspended")
            return Refused(Refusal.SUSPENDED)
        if not row.reg.asks_otp:
            # The token went away after the password page; begin again.
            return Refused(Refusal.OTP_REFUSED, "otp")
        verified = verify_active(core, connection, row, otp, OtpFunction.LOGIN, now)
        if isinstance(verified, Refused):
            return verified
        audit(connection, now, actor, "login", row.login_id, "password and OTP")
        return LoginOk(row.customer_id)

    return once(core, LoginOk, LOGIN, customer_id, form_id, (otp,), decide)


def _refuse_credentials(core: Core, row: CustomerRow | None, otp: str | None) -> None:
    def work(connection: Connection) -> None:
        now = core.now()
        if row is None:
            # What was typed may be anything, a password too: it is not recorded.
            audit(connection, now, "customer:?", "login_refused", "?", "unknown ID")
            return
        audit(connection, now, by_customer(row.login_id), "login_refused", row.login_id, "password")
        token = tokens.held(connection, row.customer_id, TokenState.ACTIVE)
        burn_if_submitted(core, connection, token, otp, OtpFunction.LOGIN, now)

    core.store.write(work)


def _note(core: Core, row: CustomerRow, action: str, detail: str) -> None:
    def work(connection: Connection) -> None:
        audit(connection, core.now(), by_customer(row.login_id), action, row.login_id, detail)

    core.store.write(work)
