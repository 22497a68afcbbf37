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
