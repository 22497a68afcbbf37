"""The faulty banks, by what is wrong with them."""

from workshop.faults.banks import (
    again,
    contents,
    deactivation,
    declared,
    hardening,
    inputs,
    issue,
    login,
    otp,
    screens,
    serials,
    stages,
    suspension,
    switching,
    tokens,
    undeclared,
    ways,
)
from workshop.faults.swap import BANKS

__all__ = [
    "BANKS",
    "again",
    "contents",
    "deactivation",
    "declared",
    "hardening",
    "inputs",
    "issue",
    "login",
    "otp",
    "screens",
    "serials",
    "stages",
    "suspension",
    "switching",
    "tokens",
    "undeclared",
    "ways",
]
