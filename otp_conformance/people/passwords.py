"""Customers whose confirmation password has a declared extreme length (DEA-25, IX-28)."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING

from otp_conformance.assets.port import Need
from otp_conformance.specification.words import Status

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World

_CHARACTERS = {
    "digits": string.digits,
    "alphanumeric": string.ascii_letters + string.digits,
    "printable": string.ascii_letters + string.digits + "!#$%&+-",
}


def introduce_with_length(world: World, name: str, extreme: str, status: Status) -> Customer:
    """Bring in a customer whose confirmation password is 最短 or 最長."""
    rules = world.declaration.confirmation_password
    length = rules.min_length if extreme == "最短" else rules.max_length
    characters = _CHARACTERS[rules.characters]
    password = "".join(secrets.choice(characters) for _ in range(length))
    world.keep_secret(password)
    return world.introduce(name, Need(status), confirmation_password=password)


def mistake_passwords(customer: Customer, times: int) -> None:
    """Enter wrong login passwords together with right OTPs; none may let in."""
    for _ in range(times):
        mistake_password(customer)


def mistake_password(customer: Customer) -> None:
    """Enter a wrong login password together with a right OTP; it must not let in."""
    attempt = customer.log_in_with_wrong_password(customer.code("新しい", "login"))
    attempt.require_refused("誤ったログインパスワード")
