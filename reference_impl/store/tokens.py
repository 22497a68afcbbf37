"""Rows of tokens. Every change of state or step is one conditional UPDATE."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from reference_impl.domain.token import Token
from reference_impl.domain.words import Kind, TokenState
from reference_impl.store.database import Connection, change, first, insert, run

_SELECT = "SELECT * FROM tokens"
_UNUSED = "(last_step IS NULL OR last_step < :step)"


@dataclass(frozen=True)
class TokenRow:
    """A token and its sealed seed, which stays out of the repr."""

    token: Token
    sealed: str = field(repr=False)


@dataclass(frozen=True)
class StockToken:
    """A token in stock or beyond, with its holder's login ID; never its seed."""

    serial: str
    kind: Kind
    state: TokenState
    expires_at: datetime
    holder: str | None


def add(
    db: Connection,
    *,
    serial: str,
    kind: Kind,
    expires_at: datetime,
    sealed: str,
    reserved_for: str | None = None,
) -> TokenRow:
    """Put a token into stock."""
    token = Token(0, serial, kind, TokenState.STOCK, expires_at)
    columns = {**vars(token), "token_id": None, "sealed_secret": sealed}
    token_id = insert(db, "tokens", reserved_for=reserved_for, **columns)
    return TokenRow(replace(token, token_id=token_id), sealed)


def by_serial(db: Connection, serial: str) -> TokenRow | None:
    """Return the token with exactly this serial."""
    return _row(first(db, f"{_SELECT} WHERE serial = :serial", serial=serial))


def held(db: Connection, customer_id: int, state: TokenState) -> TokenRow | None:
    """Return the token that a customer holds in a state (active or allotted), newest first."""
    query = f"{_SELECT} WHERE holder = :customer_id AND state = :state ORDER BY token_id DESC"
    return _row(first(db, query, customer_id=customer_id, state=state))


def next_in_stock(db: Connection, kind: Kind, now: datetime, login_id: str) -> TokenRow | None:
    """Return the next unexpired stock token: one reserved for this login ID, else a free one."""
    query = f"""{_SELECT}
        WHERE kind = :kind AND state = 'stock' AND expires_at > :now
        AND (reserved_for IS NULL OR reserved_for = :login_id)
        ORDER BY reserved_for IS NULL, token_id"""
    return _row(first(db, query, kind=kind, now=now, login_id=login_id))


def everything(db: Connection) -> tuple[StockToken, ...]:
    """Return all tokens in the order of their arrival."""
    query = """SELECT serial, tokens.kind, state, expires_at, login_id FROM tokens
        LEFT JOIN customers ON customers.customer_id = holder ORDER BY token_id"""
    return tuple(StockToken(*found) for found in run(db, query))


def sealed_of_others(db: Connection, token_id: int) -> Iterator[str]:
    """Yield the sealed seeds of all other active tokens."""
    query = f"{_SELECT} WHERE state = 'active' AND token_id <> :token_id"
    for found in run(db, query, token_id=token_id):
        yield found["sealed_secret"]


def allot(db: Connection, token_id: int, customer_id: int) -> bool:
    """T01: take a stock token for a customer; False if it is no longer in stock."""
    statement = """UPDATE tokens SET state = 'allotted', holder = :customer_id
        WHERE token_id = :token_id AND state = 'stock'"""
    return change(db, statement, token_id=token_id, customer_id=customer_id)


def activate(db: Connection, token_id: int, customer_id: int, step: int | None) -> bool:
    """T03: bind a token and burn the step, if any; False if another customer or code was first."""
    statement = f"""UPDATE tokens
        SET state = 'active', holder = :customer_id, last_step = coalesce(:step, last_step)
        WHERE token_id = :token_id AND (:step IS NULL OR {_UNUSED})
        AND (state = 'stock' OR (state = 'allotted' AND holder = :customer_id))"""  # noqa: S608
    return change(db, statement, token_id=token_id, customer_id=customer_id, step=step)


def use_step(db: Connection, token_id: int, step: int) -> bool:
    """T05: burn a time step; False if it or a later one was burnt meanwhile (TOK-03)."""
    statement = f"UPDATE tokens SET last_step = :step WHERE token_id = :token_id AND {_UNUSED}"  # noqa: S608
    return change(db, statement, token_id=token_id, step=step)


def retire(db: Connection, token_id: int) -> bool:
    """T08, T11: retire for ever; False if it was retired already."""
    statement = """UPDATE tokens SET state = 'retired'
        WHERE token_id = :token_id AND state <> 'retired'"""
    return change(db, statement, token_id=token_id)


def _row(found: sqlite3.Row | None) -> TokenRow | None:
    if found is None:
        return None
    return TokenRow(Token(**{f.name: found[f.name] for f in fields(Token)}), found["sealed_secret"])
