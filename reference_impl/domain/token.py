"""Hardware and software tokens: state machine 3.2 as pure functions."""

from dataclasses import dataclass
from datetime import datetime

from reference_impl.domain.policy import Policy
from reference_impl.domain.words import Kind, TokenState


@dataclass(frozen=True)
class Token:
    """One token. ``holder``: customer it is allotted to or active for.

    ``last_step``: highest accepted time step, None until first use.
    """

    token_id: int
    serial: str
    kind: Kind
    state: TokenState
    expires_at: datetime
    holder: int | None = None
    last_step: int | None = None


def expired(token: Token, now: datetime) -> bool:
    """Tell whether the expiry has been reached (TOK-11, IX-37)."""
    return now >= token.expires_at


def may_be_activated_by(token: Token, customer_id: int, policy: Policy) -> bool:
    """Tell whether this hardware token is this customer's to activate (T03, T12; IX-15).

    A retired token never is, for anyone (DEA-20, DEA-21).
    """
    if token.kind is not Kind.HARDWARE:
        return False
    if token.state is TokenState.ALLOTTED:
        return token.holder == customer_id
    return token.state is TokenState.STOCK and policy.binding == "activation"
