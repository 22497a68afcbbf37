"""Port `TokenDevice`: one token in somebody's hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from otp_conformance.specification.words import Kind


@dataclass(frozen=True)
class TokenAsset:
    """A token for tests: what is printed on its back."""

    serial: str
    kind: Kind
    expires_at: datetime


@dataclass(frozen=True)
class Display:
    """What a token shows: digits, for how many seconds, how computed (IX-06, IX-07, IX-11)."""

    digits: int = 6
    step_seconds: int = 60
    algorithm: str = "SHA1"

    def step(self, moment: datetime) -> int:
        """Return the number of a moment's time step (RFC 6238, T0 = 0)."""
        return int(moment.timestamp()) // self.step_seconds

    def remaining(self, moment: datetime) -> float:
        """Return the seconds until a moment's time step ends."""
        return self.step_seconds - moment.timestamp() % self.step_seconds

    def fits(self, text: str) -> bool:
        """Tell whether a text can be a code: so many ASCII digits, no more."""
        return len(text) == self.digits and text.isascii() and text.isdigit()


class TokenDevice(Protocol):
    """One token in somebody's hand."""

    @property
    def asset(self) -> TokenAsset:
        """What is printed on the token."""

    @property
    def foresees(self) -> bool:
        """Whether `code_at` knows the codes of every moment.

        Without, a device gives the code of the moment at which it is asked, and
        earlier ones only where it has been read before (command, a person reading).
        """

    def code_at(self, moment: datetime) -> str:
        """Return the code shown at an aware moment (a secret: never log it).

        Raises `NotRun` for a moment that a device without foresight cannot know.
        """
