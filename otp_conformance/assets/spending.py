"""What scenarios use up at a system: customers, tokens, codes, attempts, staff's work, time.

One `Spending` belongs to the ports of one deployment. Whoever hands something
out, or sees it used, notes it here; the run journals each scenario's notes,
and a pool of prepared assets keeps them for good.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class What(StrEnum):
    """What can be used up. The values stand in journals and ledgers."""

    CUSTOMER = "customer"
    TOKEN = "token"  # noqa: S105 - a kind of asset, no secret
    SOFTWARE_TOKEN = "software_token"  # noqa: S105
    CODE = "code"
    WRONG = "wrong_attempt"
    SUSPENDED = "suspended"
    BURNT = "burnt"
    DISPATCHED = "dispatched"
    UNLOCKED = "unlocked"
    REVOKED = "revoked"
    WAITED = "waited_seconds"


@dataclass(frozen=True)
class Spent:
    """One thing used up.

    ``who``: login ID or serial number; ``detail``: for a customer or token
    what was asked for, see `Need`; for a code its time step. Never a secret.
    """

    what: What
    who: str = ""
    detail: str = ""
    amount: int = 1

    @property
    def key(self) -> str:
        """Name of the sum that it adds to: customers and tokens are told apart."""
        told_apart = self.what in (What.CUSTOMER, What.TOKEN, What.SOFTWARE_TOKEN)
        return f"{self.what}:{self.detail}" if told_apart and self.detail else str(self.what)


class Spending:
    """The notes of the scenario at hand."""

    def __init__(self) -> None:
        self.run_id = ""
        self.scenario = ""
        self.listeners: list[Callable[[Spent], None]] = []
        self._notes: list[Spent] = []

    def begin(self, run_id: str, scenario: str) -> None:
        """Begin a scenario's notes. ``scenario``: its key in the table of consumption."""
        self.run_id, self.scenario = run_id, scenario
        self._notes.clear()

    def note(self, what: What, who: str = "", detail: str = "", amount: int = 1) -> None:
        """Take note of something used up, and tell whoever listens."""
        spent = Spent(what, who, detail, amount)
        if what in (What.SUSPENDED, What.BURNT) and spent in self._notes:
            return  # seen once more: no second account or token
        self._notes.append(spent)
        for listener in self.listeners:
            listener(spent)

    def sums(self) -> dict[str, int]:
        """Return the sums of the scenario's notes by key, in order of appearance."""
        found: dict[str, int] = {}
        for spent in self._notes:
            found[spent.key] = found.get(spent.key, 0) + spent.amount
        return found
