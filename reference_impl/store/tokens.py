"""Rows of tokens. Every change of state or step is one conditional UPDATE."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    insert,
    or_,
    select,
    update,
)

from reference_impl.domain.token import Token
from reference_impl.domain.words import Kind, TokenState
from reference_impl.store.schema import tokens

_COLUMNS = (
    tokens.c.id,
    tokens.c.serial,
    tokens.c.kind,
    tokens.c.state,
    tokens.c.expires_at,
    tokens.c.holder_id,
    tokens.c.last_step,
    tokens.c.sealed_secret,
)


@dataclass(frozen=True)
class TokenRow:
    """A token and its sealed seed, which stays out of the repr."""

    token: Token
    sealed: str = field(repr=False)


def add(
    connection: Connection,
    *,
    serial: str,
    kind: Kind,
    expires_at: datetime,
    sealed: str,
    reserved_for: str | None = None,
) -> int:
    """Put a token into stock and return its number."""
    result = connection.execute(
        insert(tokens).values(
            serial=serial,
            kind=kind.value,
            state=TokenState.STOCK.value,
            expires_at=expires_at,
            sealed_secret=sealed,
            reserved_for=reserved_for,
        )
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - a single-row insert always has one
    return int(key[0])


def by_serial(connection: Connection, serial: str) -> TokenRow | None:
    """Return the token with exactly this serial."""
    return _one(connection, select(*_COLUMNS).where(tokens.c.serial == serial))


def by_id(connection: Connection, token_id: int) -> TokenRow | None:
    """Return a token by its number."""
    return _one(connection, select(*_COLUMNS).where(tokens.c.id == token_id))


def held(connection: Connection, customer_id: int, state: TokenState) -> TokenRow | None:
    """Return the token that a customer holds in a state (active or allotted), newest first."""
    return _one(
        connection,
        select(*_COLUMNS)
        .where(tokens.c.holder_id == customer_id, tokens.c.state == state.value)
        .order_by(tokens.c.id.desc())
        .limit(1),
    )


def next_in_stock(
    connection: Connection, kind: Kind, now: datetime, login_id: str
) -> TokenRow | None:
    """Return the next unexpired stock token: one reserved for this login ID, else a free one."""
    return _one(
        connection,
        select(*_COLUMNS)
        .where(
            tokens.c.kind == kind.value,
            tokens.c.state == TokenState.STOCK.value,
            tokens.c.expires_at > now,
            or_(tokens.c.reserved_for.is_(None), tokens.c.reserved_for == login_id),
        )
        .order_by(tokens.c.reserved_for.is_(None), tokens.c.id)
        .limit(1),
    )


def everything(connection: Connection) -> tuple[Token, ...]:
    """Return all tokens in the order of their arrival."""
    rows = connection.execute(select(*_COLUMNS).order_by(tokens.c.id)).mappings()
    return tuple(_row(row).token for row in rows)


def sealed_of_others(connection: Connection, token_id: int) -> Iterator[str]:
    """Yield the sealed seeds of all other active tokens."""
    query = select(tokens.c.sealed_secret).where(
        tokens.c.state == TokenState.ACTIVE.value, tokens.c.id != token_id
    )
    for (sealed,) in connection.execute(query):
        yield sealed


def allot(connection: Connection, token_id: int, customer_id: int) -> bool:
    """T01: take a stock token for a customer; False if it is no longer in stock."""
    return _change(
        connection,
        and_(tokens.c.id == token_id, tokens.c.state == TokenState.STOCK.value),
        state=TokenState.ALLOTTED.value,
        holder_id=customer_id,
    )


def activate(connection: Connection, token_id: int, customer_id: int, step: int | None) -> bool:
    """T03: bind a token and burn the step; False if another customer or code was first."""
    state, holder = tokens.c.state, tokens.c.holder_id
    free = or_(
        state == TokenState.STOCK.value,
        and_(state == TokenState.ALLOTTED.value, holder == customer_id),
    )
    where = and_(tokens.c.id == token_id, free)
    values: dict[str, Any] = {"state": TokenState.ACTIVE.value, "holder_id": customer_id}
    if step is not None:
        where = and_(where, _unused(step))
        values["last_step"] = step
    return _change(connection, where, **values)


def use_step(connection: Connection, token_id: int, step: int) -> bool:
    """T05: burn a time step; False if it or a later one was burnt meanwhile (TOK-03)."""
    return _change(connection, and_(tokens.c.id == token_id, _unused(step)), last_step=step)


def retire(connection: Connection, token_id: int) -> bool:
    """T08, T11: retire for ever; False if it was retired already."""
    return _change(
        connection,
        and_(tokens.c.id == token_id, tokens.c.state != TokenState.RETIRED.value),
        state=TokenState.RETIRED.value,
    )


def _unused(step: int) -> ColumnElement[bool]:
    return or_(tokens.c.last_step.is_(None), tokens.c.last_step < step)


def _change(connection: Connection, where: ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401
    return connection.execute(update(tokens).where(where).values(**values)).rowcount == 1


def _one(connection: Connection, query: Select[Any]) -> TokenRow | None:
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else _row(found)


def _row(found: RowMapping) -> TokenRow:
    token = Token(
        token_id=found["id"],
        serial=found["serial"],
        kind=Kind(found["kind"]),
        state=TokenState(found["state"]),
        expires_at=found["expires_at"],
        holder=found["holder_id"],
        last_step=found["last_step"],
    )
    return TokenRow(token, found["sealed_secret"])
