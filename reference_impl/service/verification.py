"""Verifying an OTP inside a transaction: judge, burn, count, suspend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from reference_impl.domain import registration, suspension
from reference_impl.domain.otp import Accepted, CodeAt, Failed, judge, refusal_of
from reference_impl.domain.policy import Consumption, FailureClass, LiveSessions, OtpFunction
from reference_impl.domain.token import expired
from reference_impl.domain.words import Refusal, Refused, TokenState
from reference_impl.service import texts
from reference_impl.service.codes import code_at
from reference_impl.service.core import Core, audit, by_customer, notify
from reference_impl.store import customers, sessions, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.sessions import Realm
from reference_impl.store.tokens import TokenRow


def judge_token(
    core: Core,
    connection: Connection,
    token: TokenRow,
    otp: str,
    function: OtpFunction,
    now: datetime,
) -> Accepted | Failed:
    """Judge a code against a token; nothing is changed."""
    return judge(
        otp,
        now,
        code_at(core.store.seal.open(token.sealed), core.policy.otp_digits),
        token.token.last_step,
        function,
        core.policy,
        _others(core, connection, token),
    )


def verify_active(
    core: Core,
    connection: Connection,
    row: CustomerRow,
    otp: str,
    function: OtpFunction,
    now: datetime,
) -> CustomerRow | Refused:
    """Verify a code of the customer's active token and settle everything that follows.

    Success burns the step and ends the run of failures; a counted failure may
    suspend, and then says so at once (AMB-12). No active token: refused, not counted.
    """
    token = tokens.held(connection, row.customer_id, TokenState.ACTIVE)
    if token is None:
        return Refused(Refusal.OTP_REFUSED, "otp")
    verdict = judge_token(core, connection, token, otp, function, now)
    if isinstance(verdict, Failed):
        return count_failure(core, connection, row, function, verdict.failure, now)
    if expired(token.token, now):
        burn_if_submitted(core, connection, token, otp, function, now)
        audit(connection, now, by_customer(row.login_id), "otp_expired_token", row.login_id)
        return Refused(Refusal.TOKEN_EXPIRED, "otp")
    if not tokens.use_step(connection, token.token.token_id, verdict.step):
        return count_failure(core, connection, row, function, FailureClass.REUSED, now)
    return customers.save(connection, row, registration.otp_succeeded(row.reg))


def count_failure(
    core: Core,
    connection: Connection,
    row: CustomerRow,
    function: OtpFunction,
    failure: FailureClass,
    now: datetime,
) -> Refused:
    """Record a refused code; count it where the policy says so, suspend at the N-th."""
    actor = by_customer(row.login_id)
    detail = f"{function.value}: {failure.value}"
    audit(connection, now, actor, "otp_refused", row.login_id, detail)
    if not suspension.counts(function, failure, core.policy):
        return refusal_of(failure)
    after = customers.save(connection, row, registration.otp_failed(row.reg, core.policy))
    if not after.reg.suspended:
        return refusal_of(failure)
    audit(connection, now, actor, "suspended", row.login_id, f"failures: {after.reg.failures}")
    notify(connection, now, row.login_id, texts.suspended())
    if core.policy.live_sessions is LiveSessions.CUT:
        sessions.close_all_of(connection, row.customer_id, (Realm.CUSTOMER,))
    return Refused(Refusal.SUSPENDED)


def burn_if_submitted(
    core: Core,
    connection: Connection,
    token: TokenRow | None,
    otp: str | None,
    function: OtpFunction,
    now: datetime,
) -> None:
    """Burn a right code that was refused for another reason, if so declared (IX-10)."""
    if core.policy.consumption is not Consumption.ON_SUBMISSION or token is None or not otp:
        return
    verdict = judge_token(core, connection, token, otp, function, now)
    if isinstance(verdict, Accepted):
        tokens.use_step(connection, token.token.token_id, verdict.step)


def _others(core: Core, connection: Connection, token: TokenRow) -> Iterator[CodeAt]:
    """Yield the other tokens where it matters whether a code is one of theirs.

    Opening every seed of the bank is dear, so only if the policy treats another
    token's code differently from a wrong one.
    """
    classes = core.policy.lock_classes
    if (FailureClass.OTHER_TOKEN in classes) == (FailureClass.WRONG in classes):
        return
    for sealed in tokens.sealed_of_others(connection, token.token.token_id):
        yield code_at(core.store.seal.open(sealed), core.policy.otp_digits)
