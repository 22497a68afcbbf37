"""The faulty banks, by what is wrong with them."""

from tests.faults.banks import (
    deactivation,
    inputs,
    issue,
    login,
    otp,
    screens,
    suspension,
    switching,
    tokens,
)
from tests.faults.swap import BANKS

__all__ = [
    "BANKS",
    "deactivation",
    "inputs",
    "issue",
    "login",
    "otp",
    "screens",
    "suspension",
    "switching",
    "tokens",
]
