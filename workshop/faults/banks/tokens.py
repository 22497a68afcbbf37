"""Faults in activating a token: whose it is, what becomes of it, what is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from reference_impl.domain import registration, token
from reference_impl.domain.otp import Accepted, Failed
from reference_impl.domain.registration import Registration
from reference_impl.domain.token import Token
from reference_impl.domain.words import Refusal, Refused, Status, TokenState
from reference_impl.service import procedures, verification
from reference_impl.service.procedures import Activated
from reference_impl.store import orders
from reference_impl.store import tokens as rows
from workshop.faults.swap import fault, swap, with_policy, wrap


def _take_any(connection: Any, token_id: int, customer_id: int, step: int | None) -> bool:
    """Bind a token whatever its state and holder."""
    statement = "UPDATE tokens SET state = 'active', holder = ?, last_step = ? WHERE token_id = ?"
    connection.execute(statement, (customer_id, step, token_id))
    return True


def open_states(*states: TokenState) -> None:
    """Let tokens in some states be activated by anybody."""
    wrap(
        token.may_be_activated_by,
        lambda original, found, who, policy: found.state in states or original(found, who, policy),
    )
    swap(rows.activate, _take_any)


@fault("retired-token-activated")
def retired_token_activated() -> None:
    """A deactivated token can be activated again, by whoever types its serial."""
    open_states(TokenState.RETIRED)


@fault("retired-token-activated-by-others")
def retired_token_activated_by_others() -> None:
    """A deactivated token is refused to its former customer only."""

    def may(original: Any, found: Token, who: int, policy: Any) -> bool:
        if found.state is TokenState.RETIRED:
            return found.holder != who
        return bool(original(found, who, policy))

    wrap(token.may_be_activated_by, may)
    swap(rows.activate, _take_any)


@fault("allotted-token-activated-by-others")
def allotted_token_activated_by_others() -> None:
    """A token on its way to one customer can be activated by another."""
    open_states(TokenState.ALLOTTED)


@fault("active-token-taken-over")
def active_token_taken_over() -> None:
    """A token that another customer uses can be activated."""
    open_states(TokenState.ACTIVE)


@fault("stock-token-activated")
def stock_token_activated() -> None:
    """Any token in stock can be activated, sent or not."""
    with_policy(binding="activation")


@fault("retired-code-passes")
def retired_code_passes() -> None:
    """Codes of a customer's former tokens pass beside those of the present one."""

    def judge_token(
        original: Any, work: Any, row: Any, code: str, function: Any
    ) -> Accepted | Failed:
        verdict: Accepted | Failed = original(work, row, code, function)
        if isinstance(verdict, Accepted) or row.token.holder is None:
            return verdict
        former = rows.held(work.db, row.token.holder, TokenState.RETIRED)
        if former is None:
            return verdict
        other: Accepted | Failed = original(work, former, code, function)
        return other if isinstance(other, Accepted) else verdict

    wrap(verification.judge_token, judge_token)
    # The steps of two tokens have nothing to do with each other.
    swap(rows.use_step, lambda *_: True)


@fault("activation-before-issue")
def activation_before_issue() -> None:
    """The activation screen opens for customers who never applied."""

    def may_activate(original: Any, reg: Registration, *rest: Any) -> Refused | None:
        refused: Refused | None = original(reg, *rest)
        return None if refused is not None and refused.reason is Refusal.NOT_ISSUED else refused

    wrap(registration.may_activate, may_activate)


@fault("activation-while-in-service")
def activation_while_in_service() -> None:
    """A customer in service can activate another token on top."""

    def may_activate(original: Any, reg: Registration, *rest: Any) -> Refused | None:
        refused: Refused | None = original(reg, *rest)
        return None if refused is not None and refused.reason is Refusal.IN_SERVICE else refused

    wrap(registration.may_activate, may_activate)


@fault("failed-activation-half-done")
def failed_activation_half_done() -> None:
    """A refused activation puts the customer into service all the same."""
    wrap(
        registration.activation_failed,
        lambda original, reg: replace(original(reg), base=Status.IN_SERVICE),
    )


@fault("failed-activation-drops-application")
def failed_activation_drops_application() -> None:
    """A refused activation sends the customer back to the beginning."""
    wrap(
        registration.activation_failed,
        lambda original, reg: replace(original(reg), base=Status.NOT_REGISTERED, ordered=False),
    )


@fault("activation-without-effect")
def activation_without_effect() -> None:
    """The completion screen is shown, and nothing has been registered."""
    wrap(
        registration.activated,
        lambda original, reg: replace(original(reg), base=Status.ISSUED, ordered=True),
    )


def _shown(change: Any) -> None:
    def activate(original: Any, *arguments: Any) -> Any:
        answer = original(*arguments)
        return change(answer) if isinstance(answer, Activated) else answer

    wrap(procedures.activate, activate)


@fault("completion-shows-other-serial")
def completion_shows_other_serial() -> None:
    """The completion screen leaves out the first digit of the serial."""
    _shown(lambda answer: replace(answer, serial=answer.serial[1:]))


@fault("completion-shows-other-expiry")
def completion_shows_other_expiry() -> None:
    """The completion screen shows the expiry nine hours off, as in another time zone."""
    _shown(lambda answer: replace(answer, expires_at=answer.expires_at - timedelta(hours=9)))


@fault("retired-token-sent-again")
def retired_token_sent_again() -> None:
    """Tokens go back into stock when they are deactivated."""

    def retire(_original: Any, connection: Any, token_id: int) -> bool:
        statement = "UPDATE tokens SET state = 'stock', holder = NULL WHERE token_id = ?"
        connection.execute(statement, (token_id,))
        return True

    wrap(rows.retire, retire)


@fault("returned-token-goes-out")
def returned_token_goes_out() -> None:
    """Whatever token staff choose, the one that the customer gave back is put into the envelope."""

    def mark(original: Any, connection: Any, order_id: int, token_id: int, *rest: Any) -> bool:
        order = orders.by_id(connection, order_id)
        assert order is not None
        former = rows.held(connection, order.customer_id, TokenState.RETIRED)
        return bool(
            original(
                connection, order_id, token_id if former is None else former.token.token_id, *rest
            )
        )

    wrap(orders.mark_dispatched, mark)
