"""Verifying an OTP inside a transaction: judge, burn, count, suspend."""

from collections.abc import Iterator

from reference_impl.domain import registration
from reference_impl.domain.otp import Accepted, CodeAt, Failed, judge, refusal_of
from reference_impl.domain.policy import FailureClass, OtpFunction
from reference_impl.domain.token import expired
from reference_impl.domain.words import Refusal, Refused, TokenState
from reference_impl.service.bank import Work, note, notify
from reference_impl.store import customers, sessions, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.sessions import Realm
from reference_impl.store.tokens import TokenRow


def judge_token(work: Work, token: TokenRow, otp: str, function: OtpFunction) -> Accepted | Failed:
    """Judge a code against a token; nothing is changed."""
    return judge(
        otp,
        work.now,
        work.bank.code_at(token.sealed),
        token.token.last_step,
        function,
        work.policy,
        _others(work, token),
    )


def verify_active(
    work: Work, row: CustomerRow, otp: str, function: OtpFunction
) -> CustomerRow | Refused:
    """Verify a code of the customer's active token and settle everything that follows.

    Success burns the step and ends the run of failures; a counted failure may
    suspend, and then says so at once (AMB-12). No active token: refused, not counted.
    """
    token = tokens.held(work.db, row.customer_id, TokenState.ACTIVE)
    if token is None:
        return Refused(Refusal.OTP_REFUSED, "otp")
    verdict = judge_token(work, token, otp, function)
    if isinstance(verdict, Failed):
        return count_failure(work, row, function, verdict.failure)
    if expired(token.token, work.now):
        burn_if_submitted(work, token, otp, function)
        note(work, row, "otp_expired_token")
        return Refused(Refusal.TOKEN_EXPIRED, "otp")
    if not tokens.use_step(work.db, token.token.token_id, verdict.step):
        return count_failure(work, row, function, FailureClass.REUSED)
    return customers.save(work.db, row, registration.otp_succeeded(row.reg))


def count_failure(
    work: Work, row: CustomerRow, function: OtpFunction, failure: FailureClass
) -> Refused:
    """Record a refused code; count it where the policy says so, suspend at the N-th."""
    note(work, row, "otp_refused", f"{function.value}: {failure.value}")
    if not registration.counts(function, failure, work.policy):
        return refusal_of(failure)
    after = customers.save(work.db, row, registration.otp_failed(row.reg, work.policy))
    if not after.reg.suspended:
        return refusal_of(failure)
    note(work, row, "suspended", f"failures: {after.reg.failures}")
    notify(work, row.login_id, "suspended")
    if work.policy.live_sessions == "cut":
        sessions.close_all_of(work.db, row.customer_id, Realm.CUSTOMER)
    return Refused(Refusal.SUSPENDED)


def burn_if_submitted(
    work: Work, token: TokenRow | None, otp: str | None, function: OtpFunction
) -> None:
    """Burn a right code that was refused for another reason, if so declared (IX-10)."""
    if work.policy.consumption != "on_submission" or token is None or not otp:
        return
    verdict = judge_token(work, token, otp, function)
    if isinstance(verdict, Accepted):
        tokens.use_step(work.db, token.token.token_id, verdict.step)


def _others(work: Work, token: TokenRow) -> Iterator[CodeAt]:
    """Yield the other tokens where it matters whether a code is one of theirs.

    Opening every seed of the bank is dear, so only if the policy treats another
    token's code differently from a wrong one.
    """
    classes = work.policy.lock_classes
    if (FailureClass.OTHER_TOKEN in classes) == (FailureClass.WRONG in classes):
        return
    for sealed in tokens.sealed_of_others(work.db, token.token.token_id):
        yield work.bank.code_at(sealed)
