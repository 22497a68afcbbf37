"""Port `Provisioner`: customers and tokens that no earlier scenario has touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from otp_conformance.specification.words import Kind, Status
from otp_conformance.tokens.port import TokenDevice


@dataclass(frozen=True)
class Need:
    """What a scenario asks of a provisioner, in the form of a table's key.

    ``status`` None: a token alone. ``confirmation_length``: of a customer whose
    confirmation password is to have that many characters; 0 for any.
    """

    status: Status | None = None
    kind: Kind = Kind.HARDWARE
    serial_length: int = 0
    serial_prefix: str = ""
    confirmation_length: int = 0
    to_send: bool = True

    def __str__(self) -> str:
        parts = [str(self.status)] if self.status else []
        parts.append(str(self.kind))
        if self.serial_length:
            parts.append(f"serial_length={self.serial_length}")
        if self.serial_prefix:
            parts.append(f"serial_prefix={self.serial_prefix}")
        if self.confirmation_length:
            parts.append(f"confirmation_length={self.confirmation_length}")
        if not self.to_send:
            parts.append("not_sent")
        return ",".join(parts)

    @classmethod
    def parse(cls, text: str) -> Need:
        """Read what `__str__` wrote. Raises `ValueError` for anything else."""
        words = text.split(",")
        status = Status(words.pop(0)) if len(words) > 1 and words[0] in set(Status) else None
        values = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        need = cls(
            status,
            Kind(words[0]),
            int(values.get("serial_length", 0)),
            values.get("serial_prefix", ""),
            int(values.get("confirmation_length", 0)),
            to_send="not_sent" not in words,
        )
        if str(need) != text:
            raise ValueError(text)
        return need


@dataclass(frozen=True)
class Account:
    """A customer's credentials."""

    login_id: str
    login_password: str = field(repr=False)
    confirmation_password: str = field(repr=False)
    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class Provisioned:
    """A customer brought into a state, with the token of that state if any.

    ``token``: the active, suspended, allotted or (for DEACTIVATED) retired one.
    ``last_used``: aware moment of the newest time step that may have been used
    on it; None where nobody knows of any.
    """

    account: Account
    token: TokenDevice | None = None
    last_used: datetime | None = None


class Provisioner(Protocol):
    """Supplies customers and tokens that no earlier scenario has touched."""

    def customer(
        self,
        status: Status,
        kind: Kind = Kind.HARDWARE,
        *,
        serial_length: int | None = None,
        serial_prefix: str = "",
        confirmation_password: str | None = None,
    ) -> Provisioned:
        """Return a fresh customer in the given state.

        An ISSUED hardware customer has a token dispatched (in hand, not activated).
        ``serial_length``: digits of the serial of that state's token (None: any),
        which begins with ``serial_prefix``. ``confirmation_password``: None for
        any; a prepared customer has one of the same length instead.
        """

    def token(
        self,
        kind: Kind = Kind.HARDWARE,
        *,
        serial_length: int | None = None,
        to_send: bool = True,
    ) -> TokenDevice:
        """Return a fresh token, allotted to nobody; in stock where it is ``to_send``."""

    def reserve_software_token(self, login_id: str) -> TokenDevice:
        """Return the software token that this customer's next application will be given."""

    def device(self, serial: str) -> TokenDevice:
        """Return the device with this serial, known from an earlier call."""
