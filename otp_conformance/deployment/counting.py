"""Ports that take note of what is used up through them; else they do what the inner ones do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from otp_conformance.assets.consumption import Spending, What
from otp_conformance.assets.forwarding import ForwardingProvisioner
from otp_conformance.assets.port import Need, Provisioned, Provisioner, stock_for
from otp_conformance.clock.port import Clock, ForwardingClock
from otp_conformance.staff.port import Order, StaffDesk
from otp_conformance.tokens.port import TokenDevice


class CountingProvisioner(ForwardingProvisioner):
    """Notes every customer and token that is handed out."""

    def __init__(self, inner: Provisioner, spending: Spending) -> None:
        super().__init__(inner)
        self._spending = spending

    def customer(self, need: Need, *, confirmation_password: str | None = None) -> Provisioned:
        """Return a fresh customer, and note it."""
        if confirmation_password is not None:
            need = replace(need, confirmation_length=len(confirmation_password))
        found = self._inner.customer(need, confirmation_password=confirmation_password)
        self._spending.note(What.CUSTOMER, found.account.login_id, str(need))
        if found.to_make and found.token is not None:
            self._spending.note(What.TOKEN, found.token.asset.serial, str(stock_for(need)))
        return found

    def token(self, need: Need) -> TokenDevice:
        """Return a fresh token, and note it."""
        found = self._inner.token(need)
        self._spending.note(What.TOKEN, found.asset.serial, str(need))
        return found

    def reserve_software_token(self, login_id: str) -> TokenDevice | None:
        """Return the software token of a customer's next application, and note it."""
        found = self._inner.reserve_software_token(login_id)
        if found is not None:
            self._spending.note(What.SOFTWARE_TOKEN, found.asset.serial)
        return found

    def issued_software_token(self, login_id: str, fact: Callable[[str], str]) -> TokenDevice:
        """Return the software token that a customer was just issued, and note it."""
        found = self._inner.issued_software_token(login_id, fact)
        self._spending.note(What.SOFTWARE_TOKEN, found.asset.serial)
        return found


class CountingStaffDesk(StaffDesk):
    """Notes what staff are asked to do, once it is done."""

    def __init__(self, inner: StaffDesk, spending: Spending) -> None:
        self._inner = inner
        self._spending = spending

    def orders(self, login_id: str) -> tuple[Order, ...]:
        """Return a customer's orders."""
        return self._inner.orders(login_id)

    def dispatch(self, login_id: str, serial: str) -> str:
        """Send a token, and note it."""
        sent = self._inner.dispatch(login_id, serial)
        self._spending.note(What.DISPATCHED, sent, login_id)
        return sent

    def unlock(self, login_id: str, circumstances: str) -> None:
        """Lift a suspension, and note it."""
        self._inner.unlock(login_id, circumstances)
        self._spending.note(What.UNLOCKED, login_id)

    def revoke(self, login_id: str) -> None:
        """Retire a token, and note it."""
        self._inner.revoke(login_id)
        self._spending.note(What.REVOKED, login_id)


class CountingClock(ForwardingClock):
    """Notes how far the time is moved forward, beyond the latest seen, in whole seconds.

    The move to a scenario's beginning counts nothing: no real clock makes it. Nor does the way
    back to where it was after a restart.
    """

    def __init__(self, inner: Clock, spending: Spending) -> None:
        super().__init__(inner)
        self._spending = spending
        self._scenario = ""
        self._read: datetime | None = None

    def now(self) -> datetime:
        """Return the SUT's time."""
        now = self._inner.now()
        self._read = now if self._read is None else max(self._read, now)
        return now

    def move_to(self, moment: datetime) -> None:
        """Bring the SUT's time to a moment, and note the way there."""
        if self._scenario != self._spending.scenario:
            self._scenario, self._read = self._spending.scenario, None
        before = self._read
        self._inner.move_to(moment)
        self._read = moment
        if before is not None and moment > before:
            seconds = round((moment - before).total_seconds())
            self._spending.note(What.WAITED, amount=seconds)
