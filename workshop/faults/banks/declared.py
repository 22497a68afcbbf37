"""Faults in what staff's revocation, a login's end and a mistake's price are declared to be."""

from __future__ import annotations

from typing import Any

from reference_impl.domain.otp import step_of
from reference_impl.domain.words import TokenState
from reference_impl.service import login, staff
from reference_impl.store import tokens as rows
from workshop.faults.banks.tokens import retired_code_passes, retired_token_activated
from workshop.faults.swap import fault, with_policy, wrap


@fault("revocation-without-effect")
def revocation_without_effect() -> None:
    """Staff are told that the token is retired, and nothing happens."""
    wrap(staff.revoke, lambda _original, *_rest: None)


@fault("revoked-code-passes")
def revoked_code_passes() -> None:
    """Codes of the revoked token still pass beside those of the new one."""
    retired_code_passes()


@fault("revoked-token-activated")
def revoked_token_activated() -> None:
    """The revoked token can be registered again."""
    retired_token_activated()


@fault("session-never-idles-out")
def session_never_idles_out() -> None:
    """A customer who went away is still logged in a day later."""
    with_policy(session_idle_minutes=1440, session_absolute_minutes=10080)


@fault("session-without-end")
def session_without_end() -> None:
    """A busy session goes on beyond the declared time."""
    with_policy(session_absolute_minutes=10080)


@fault("blanks-around-code-dropped")
def blanks_around_code_dropped() -> None:
    """Blanks around a code do not matter."""
    with_policy(trim_blanks=True)


@fault("wrong-password-burns-code")
def wrong_password_burns_code() -> None:
    """A wrong login password makes the code on display useless."""

    def refuse(original: Any, bank: Any, row: Any, otp: Any) -> None:
        original(bank, row, otp)
        if row is None:
            return

        def act(work: Any) -> None:
            held = rows.held(work.db, row.customer_id, TokenState.ACTIVE)
            if held is not None:
                step = step_of(work.now, bank.policy.otp_step_seconds)
                rows.use_step(work.db, held.token.token_id, step)

        bank.write(act)

    wrap(login._refuse_credentials, refuse)


@fault("confirmation-never-locked")
def confirmation_never_locked() -> None:
    """The confirmation password may be guessed for ever."""
    with_policy(confirmation_failure_limit=0)
