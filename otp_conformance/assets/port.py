"""Port `Provisioner`: customers and tokens that no earlier scenario has touched."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from otp_conformance.clock.port import TOKYO
from otp_conformance.specification.words import Kind, Status
from otp_conformance.tokens.port import TokenDevice
from otp_conformance.verdict.outcome import Outcome

LIFETIME = timedelta(days=5 * 365)
"""How long a token lasts that is made on request."""

_SAMPLE = (14, 5)


def expiry_of_new(now: datetime) -> datetime:
    """Return when a token expires that is made at an aware moment, in Japan's time.

    At least `LIFETIME` later, at the time of day of the manual's sample (L233): of an
    afternoon a clock of twelve hours, or another zone's, shows.
    """
    hour, minute = _SAMPLE
    day = (now + LIFETIME + timedelta(days=1)).astimezone(TOKYO)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


@dataclass(frozen=True)
class Need:
    """What a scenario asks of a provisioner, in the form of a table's key.

    ``status`` None: a token alone. ``confirmation_length``: of a customer whose
    confirmation password is to have that many characters; 0 for any. ``reserved``: how
    many software tokens of a list are to be reserved for them.
    """

    status: Status | None = None
    kind: Kind = Kind.HARDWARE
    serial_length: int = 0
    serial_prefix: str = ""
    confirmation_length: int = 0
    to_send: bool = True
    reserved: int = 0

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
        if self.reserved:
            parts.append(f"reserved={self.reserved}")
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
            reserved=int(values.get("reserved", 0)),
        )
        if str(need) != text:
            raise ValueError(text)
        return need


def unregistered_for(need: Need, *, reserved: int = 1) -> Need:
    """Return the unregistered customer of whom one as needed is made.

    ``reserved``: how many software tokens for one who is to be issued one.
    """
    made = need.status is not Status.NOT_REGISTERED
    return Need(
        Status.NOT_REGISTERED,
        confirmation_length=need.confirmation_length,
        reserved=reserved if made and need.kind is Kind.SOFTWARE else 0,
    )


def stock_for(need: Need) -> Need:
    """Return the token in stock of which a customer as needed is to hold one."""
    return Need(None, need.kind, need.serial_length, need.serial_prefix)


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
    on it; None where nobody knows of any. ``to_make``: the customer is unregistered yet,
    and ``token`` lies in stock, set aside: whoever asked brings both into the needed state
    by the manual's own procedures (`people.making`).
    """

    account: Account
    token: TokenDevice | None = None
    last_used: datetime | None = None
    to_make: bool = False


@dataclass(frozen=True)
class Listed:
    """A customer of a prepared list, in the state that the list says."""

    login_id: str
    status: Status
    kind: Kind


class Provisioner(ABC):
    """Supplies customers and tokens that no earlier scenario has touched.

    Where they come out of a prepared list, each can be asked for by name and put back
    unchanged; where each is made anew, there is no list and nothing to put back.
    """

    @property
    def made_at(self) -> datetime | None:
        """Aware moment, at the system, when a prepared list was made; None where nobody knows."""
        return None

    @abstractmethod
    def customer(self, need: Need, *, confirmation_password: str | None = None) -> Provisioned:
        """Return a fresh customer as needed, whose ``status`` must be named.

        An ISSUED hardware customer has a token dispatched (in hand, not activated).
        ``confirmation_password``: what it is to be where customers are made anew; a
        prepared one has one of the needed length instead.
        """

    @abstractmethod
    def token(self, need: Need) -> TokenDevice:
        """Return a fresh token, allotted to nobody; in stock where it is ``to_send``."""

    @abstractmethod
    def reserve_software_token(self, login_id: str) -> TokenDevice | None:
        """Return the software token that this customer's next application will be given.

        None where it is known only once it is issued (`issued_software_token`).
        """

    def issued_software_token(self, login_id: str, fact: Callable[[str], str]) -> TokenDevice:
        """Return the software token that a customer was just issued.

        ``fact`` returns what the completion screen shows under a caption, empty for
        nothing. `DeclarationMismatch` where its seed is not where it is declared.
        """
        del fact
        raise LookupError(f"the software token of {login_id} was prepared, and not given now")

    @abstractmethod
    def device(self, serial: str) -> TokenDevice:
        """Return the device with this serial, known from an earlier call."""

    def sent(self, token: TokenDevice, serial: str) -> TokenDevice:
        """Return the device that staff have sent when asked to send ``token``.

        A product may choose the token itself: then ``serial`` is another one, used up
        instead of the one asked for. `SetupFailed` for one that may not be used.
        """
        return token if serial == token.asset.serial else self.device(serial)

    def give_back(self, login_id: str) -> None:
        """Take a customer and the token in hand for free again: nothing was changed."""
        del login_id

    def unreadable(self) -> tuple[Outcome, ...]:
        """Return what is wrong with what is given for customers and tokens not used yet.

        Secrets that cannot be read, for one; uses nothing up.
        """
        return ()

    def unused(self) -> tuple[Listed, ...]:
        """Return the customers of a list whom nobody has used yet, in the list's order."""
        return ()

    def lend(self, login_id: str) -> Provisioned | None:
        """Hand out this one of a list, to be given back; None for one who is not free."""
        del login_id
        return None
