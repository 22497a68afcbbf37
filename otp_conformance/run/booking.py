"""Prepared customers and tokens for turns that are carried out on other machines.

The list's ledger stays with the run: what a turn will use is booked here before the turn is
handed out, and goes along as its share; what was used of it comes back as lines of a ledger.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from otp_conformance.assets.consumption import load_table
from otp_conformance.assets.pool.file import Pool
from otp_conformance.assets.pool.ledger import (
    HANDED_OUT,
    RELEASED,
    SHARE,
    Assets,
    Ledger,
    LedgerError,
)
from otp_conformance.assets.pool.shelf import beyond, free_customers, free_tokens
from otp_conformance.errors import UsageError
from otp_conformance.run.budget import Shelf, beginning, pool_of
from otp_conformance.run.division import on_shelf, with_what_they_hold
from otp_conformance.run.request import Request
from otp_conformance.run.wire import Lent


class Booking:
    """The list of one run. Safe to share between threads; raises `UsageError` (bad ledger)."""

    def __init__(self, request: Request, run_id: str, pool: Pool, ledger: Ledger) -> None:
        self._declaration = request.loaded.declaration
        self._run_id = run_id
        self._pool = pool
        self._ledger = ledger
        self._lock = threading.Lock()

    @classmethod
    def of(cls, request: Request, run_id: str) -> Booking | None:
        """Return it, or None where customers are made anew."""
        prepared = pool_of(request.loaded)
        return None if prepared is None else cls(request, run_id, *prepared)

    def lend(self, scenario_id: str) -> Lent:
        """Book what a scenario was measured to use, and return it."""
        needs = load_table().of(scenario_id, self._declaration)
        with self._lock:
            try:
                with self._ledger.taking() as book:
                    share = self._ledger.share(self._run_id)
                    spent = self._ledger.spent() | beyond(self._pool, share)
                    shelf = Shelf(
                        self._pool,
                        free_customers(self._pool, spent),
                        free_tokens(self._pool, spent),
                        beginning(self._declaration, self._pool),
                    )
                    before = on_shelf(shelf)
                    shelf.serve(needs, in_part=True)
                    taken = with_what_they_hold(self._pool, before - on_shelf(shelf))
                    book(HANDED_OUT, taken, {"run": self._run_id, "scenario": scenario_id})
                earlier = self._ledger.uses(taken.tokens)
            except LedgerError as error:
                raise UsageError(str(error), str(error)) from error
        return Lent(
            customers=sorted(taken.customers), tokens=sorted(taken.tokens), earlier=list(earlier)
        )

    def settle(self, lent: Lent, lines: Sequence[Mapping[str, Any]]) -> None:
        """Take over what a turn's own ledger says; free again what it did not touch."""
        whole = Assets(frozenset(lent.customers), frozenset(lent.tokens))
        besides = {HANDED_OUT, RELEASED, SHARE}
        with self._lock:
            try:
                self._ledger.take_over([line for line in lines if line["what"] not in besides])
                untouched = whole - _handed_out(lines)
                if untouched != Assets():
                    self._ledger.release(untouched)
            except LedgerError as error:
                raise UsageError(str(error), str(error)) from error


def _handed_out(lines: Iterable[Mapping[str, Any]]) -> Assets:
    found = Assets()
    for line in lines:
        one = Assets(
            frozenset({line["customer"]} if "customer" in line else ()),
            frozenset({line["token"]} if "token" in line else ()),
        )
        if line["what"] == HANDED_OUT:
            found |= one
        elif line["what"] == RELEASED:
            found -= one
    return found
