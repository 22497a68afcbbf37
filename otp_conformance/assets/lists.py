"""Customers that somebody has prepared: what a provisioner with a list of them can do besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from otp_conformance.assets.port import Provisioned
from otp_conformance.specification.words import Kind, Status


@dataclass(frozen=True)
class Listed:
    """A customer of a prepared list, in the state that the list says."""

    login_id: str
    status: Status
    kind: Kind


@runtime_checkable
class TakesBack(Protocol):
    """A provisioner whose customers are prepared once and can be put back unchanged."""

    def give_back(self, login_id: str) -> None:
        """Take a customer and the token in hand for free again."""


@runtime_checkable
class KeepsList(TakesBack, Protocol):
    """A provisioner that can be asked for each customer by name."""

    def unused(self) -> tuple[Listed, ...]:
        """Return those whom nobody has used yet, in the list's order."""

    def lend(self, login_id: str) -> Provisioned | None:
        """Hand out this customer, to be given back; None for one who is not free any more."""
