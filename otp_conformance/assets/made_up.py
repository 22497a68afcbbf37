"""Customers, serial numbers and passwords that the suite makes up, to have them made."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from otp_conformance.assets.port import Account
from otp_conformance.tokens.port import Display

SEED_BYTES = 20  # RFC 4226 section 4, R6: 160 bits recommended
SERIAL_LENGTH = 12  # IX-13: where a scenario asks for no length of its own
_ALPHANUMERIC = string.ascii_letters + string.digits
_LOGIN_PASSWORD_LENGTH = 12


@dataclass(frozen=True)
class TokenRules:
    """What the declaration says about tokens and passwords (IX-28)."""

    display: Display = field(default_factory=Display)
    confirmation_min_length: int = 6
    confirmation_max_length: int = 12
    confirmation_digits_only: bool = False


def new_password(length: int) -> str:
    """Return a random alphanumeric password with at least one letter and one digit."""
    drawn = [secrets.choice(_ALPHANUMERIC) for _ in range(max(length - 2, 0))]
    drawn += [secrets.choice(string.ascii_letters), secrets.choice(string.digits)]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def new_serial(length: int) -> str:
    """Return a random serial; one in ten begins with 0, which must not get lost."""
    return "".join(secrets.choice(string.digits) for _ in range(length))


class MadeUpAccounts:
    """Makes accounts up. Login IDs carry a random part, so that runs do not meet.

    ``on_secret`` is told every password.
    """

    def __init__(self, rules: TokenRules, on_secret: Callable[[str], None]) -> None:
        self._rules = rules
        self._on_secret = on_secret
        self._run = secrets.token_hex(3)
        self._numbers = count(1)

    def account(self, confirmation_password: str | None, length: int) -> Account:
        """Return the next one; ``length`` of the confirmation password, 0 for any."""
        number = next(self._numbers)
        rules = self._rules
        length = length or min(max(8, rules.confirmation_min_length), rules.confirmation_max_length)
        made_up = new_serial if rules.confirmation_digits_only else new_password
        account = Account(
            login_id=f"t{self._run}{number:04d}",
            login_password=new_password(_LOGIN_PASSWORD_LENGTH),
            confirmation_password=confirmation_password or made_up(length),
            name=f"検査　花子{number}",
            address=f"みほん県みほん市見本町{number}番地",
        )
        self._on_secret(account.login_password)
        self._on_secret(account.confirmation_password)
        return account
