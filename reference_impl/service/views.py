"""What faces may see of rows: never a hash, never a seed."""

from __future__ import annotations

from sqlalchemy import Connection

from reference_impl.domain.policy import Policy
from reference_impl.domain.registration import can_unlock
from reference_impl.domain.token import Token
from reference_impl.domain.words import Kind, Status, TokenState
from reference_impl.service.contract import CustomerView, OrderView, TokenView
from reference_impl.store import customers, tokens
from reference_impl.store.customers import CustomerRow
from reference_impl.store.orders import OrderRow


def own_token(connection: Connection, row: CustomerRow) -> Token | None:
    """Return the token the customer holds now: the active one, else the allotted one."""
    for state in (TokenState.ACTIVE, TokenState.ALLOTTED):
        found = tokens.held(connection, row.customer_id, state)
        if found is not None:
            return found.token
    return None


def customer_view(connection: Connection, row: CustomerRow, policy: Policy) -> CustomerView:
    """Return a customer as staff see them."""
    token = own_token(connection, row)
    return CustomerView(
        customer_id=row.customer_id,
        login_id=row.login_id,
        name=row.name,
        address=row.address,
        status=row.reg.status,
        kind=row.reg.kind,
        serial=None if token is None else token.serial,
        failures=row.reg.failures,
        can_unlock=can_unlock(row.reg, policy),
    )


def shown_serial(connection: Connection, row: CustomerRow) -> str | None:
    """Return the serial the customer may read on the screen.

    Not that of a hardware token before activation: typing it proves possession.
    """
    token = own_token(connection, row)
    if token is None:
        return None
    if row.reg.base is Status.IN_SERVICE or token.kind is Kind.SOFTWARE:
        return token.serial
    return None


def order_view(connection: Connection, order: OrderRow) -> OrderView:
    """Return an order as staff see it."""
    row = customers.get(connection, order.customer_id)
    token = None if order.token_id is None else tokens.by_id(connection, order.token_id)
    return OrderView(
        order_id=order.order_id,
        login_id=row.login_id,
        name=row.name,
        kind=order.kind,
        ship_to=order.ship_to,
        status=order.status.value,
        serial=None if token is None else token.token.serial,
        applied_at=order.applied_at,
        dispatched_at=order.dispatched_at,
    )


def token_view(connection: Connection, token: Token) -> TokenView:
    """Return a token as staff see it; the holder by login ID."""
    holder = None if token.holder is None else customers.get(connection, token.holder).login_id
    return TokenView(token.serial, token.kind, token.state.value, token.expires_at, holder)
