"""Unregistered customers and stock of a list, to be made into what is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from otp_conformance.assets.consumption import Spending
from otp_conformance.assets.pool.file import Pool
from otp_conformance.assets.pool.ledger import Assets, Ledger
from otp_conformance.assets.pool.provisioner import PoolMeans, PoolProvisioner
from otp_conformance.assets.pool.shelf import (
    choose_customer,
    choose_token,
    free_customers,
    free_tokens,
)
from otp_conformance.assets.port import Need, Provisioned, stock_for, unregistered_for
from otp_conformance.specification.words import Kind, Status


class ToMakeProvisioner(PoolProvisioner):
    """Hands out customers 未登録, each with the token of the stock that staff are to send.

    Whoever asked has them apply, be sent the token, activate and so on (`people.making`);
    both are booked together before, so that neither is ever used twice. ``lasting``: until
    when a token must not expire, asked only when one is chosen; ``reserved``: how many
    software tokens are reserved for each who is to be issued one (0: known at issue).
    """

    def __init__(
        self,
        pool: Pool,
        ledger: Ledger,
        spending: Spending,
        means: PoolMeans,
        *,
        lasting: Callable[[str], datetime],
        reserved: int = 1,
    ) -> None:
        super().__init__(pool, ledger, spending, means)
        self._lasting = lasting
        self._reserved = reserved

    def customer(self, need: Need, *, confirmation_password: str | None = None) -> Provisioned:
        """Return an unregistered customer and a token set aside for the needed state."""
        if need.status is Status.NOT_REGISTERED:
            return super().customer(need, confirmation_password=confirmation_password)
        if confirmation_password is not None:
            need = replace(need, confirmation_length=len(confirmation_password))
        unregistered = unregistered_for(need, reserved=self._reserved)
        stock = stock_for(need)
        software = self._means.software(self._spending.scenario)
        until = self._until()
        with self._booking() as (spent, book):
            free = free_customers(self._pool, spent)
            entry = choose_customer(free, unregistered, software=software)
            entry = entry or choose_customer(free, unregistered)
            if entry is None:
                raise self._lacking(unregistered)
            token = None
            if need.kind is Kind.HARDWARE:
                token = choose_token(self._pool, free_tokens(self._pool, spent), stock, until=until)
                if token is None:
                    raise self._lacking(stock, until)
            serials = frozenset({token.serial} if token else ())
            book(Assets(frozenset({entry.login_id}), serials))
        device = None if token is None else self._device(token)
        return Provisioned(self._account(entry), device, to_make=True)

    def _until(self) -> datetime:
        return self._lasting(self._spending.scenario)
