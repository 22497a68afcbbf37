"""A provisioner in front of another one: does what the inner one does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from otp_conformance.assets.port import Listed, Need, Provisioned, Provisioner
from otp_conformance.tokens.port import TokenDevice
from otp_conformance.verdict.outcome import Outcome


class ForwardingProvisioner(Provisioner):
    """To be overridden in part."""

    def __init__(self, inner: Provisioner) -> None:
        self._inner = inner

    @property
    def made_at(self) -> datetime | None:
        """When the inner one's list was made."""
        return self._inner.made_at

    def customer(self, need: Need, *, confirmation_password: str | None = None) -> Provisioned:
        """Return the inner one's customer."""
        return self._inner.customer(need, confirmation_password=confirmation_password)

    def token(self, need: Need) -> TokenDevice:
        """Return the inner one's token."""
        return self._inner.token(need)

    def reserve_software_token(self, login_id: str) -> TokenDevice | None:
        """Return the token that the inner one has reserved."""
        return self._inner.reserve_software_token(login_id)

    def issued_software_token(self, login_id: str, fact: Callable[[str], str]) -> TokenDevice:
        """Return the token that the inner one knows to be issued."""
        return self._inner.issued_software_token(login_id, fact)

    def device(self, serial: str) -> TokenDevice:
        """Return a device that the inner one knows."""
        return self._inner.device(serial)

    def sent(self, token: TokenDevice, serial: str) -> TokenDevice:
        """Return the device that staff have sent."""
        return self._inner.sent(token, serial)

    def give_back(self, login_id: str) -> None:
        """Put a customer back where that can be."""
        self._inner.give_back(login_id)

    def unreadable(self) -> tuple[Outcome, ...]:
        """Return what is wrong with what is given to the inner one."""
        return self._inner.unreadable()

    def unused(self) -> tuple[Listed, ...]:
        """Return the free customers of the inner one's list."""
        return self._inner.unused()

    def lend(self, login_id: str) -> Provisioned | None:
        """Hand out one of the inner one's list, to be given back."""
        return self._inner.lend(login_id)
