"""Faults in which serial is taken for which token."""

from __future__ import annotations

import unicodedata
from typing import Any

from reference_impl.domain import inputs
from reference_impl.domain.policy import Policy
from reference_impl.domain.words import Refusal, Refused, TokenState
from reference_impl.service import procedures
from reference_impl.store import tokens as rows
from workshop.faults.swap import fault, wrap


@fault("serial-read-as-number")
def serial_read_as_number() -> None:
    """Serials are read as numbers: signs, digit groups and other scripts' digits pass."""

    def check(original: Any, raw: str, policy: Policy) -> Any:
        try:
            int(raw.replace(",", "_"))
        except ValueError:
            return original(raw, policy)
        # Zeros in front stay: a serial that begins with one is still its token's.
        digits = "".join(str(unicodedata.digit(sign)) for sign in raw if sign.isdecimal())
        return original(digits, policy)

    wrap(inputs.check_serial, check)


@fault("serial-without-leading-zero")
def serial_without_leading_zero() -> None:
    """Serials are compared as numbers: zeros in front make no difference."""

    def by_serial(original: Any, connection: Any, serial: str) -> Any:
        found = original(connection, serial)
        if found is not None or not serial.isdecimal():
            return found
        names = (serial for (serial,) in connection.execute("SELECT serial FROM tokens"))
        equal = [name for name in names if int(name) == int(serial)]
        return original(connection, equal[0]) if equal else None

    wrap(rows.by_serial, by_serial)


@fault("serial-of-any-script")
def serial_of_any_script() -> None:
    """Digits of other scripts pass in a serial."""

    def check(original: Any, raw: str, policy: Policy) -> Any:
        read = "".join(
            str(unicodedata.digit(sign)) if sign.isdigit() and not sign.isascii() else sign
            for sign in raw
        )
        return original(read, policy)

    wrap(inputs.check_serial, check)


@fault("serial-of-ten-digits-refused")
def serial_of_ten_digits_refused() -> None:
    """Serials of ten digits are refused."""
    wrap(
        inputs.check_serial,
        lambda original, raw, policy: (
            Refused(Refusal.SERIAL_FORMAT, "serial") if len(raw) == 10 else original(raw, policy)
        ),
    )


def _own_token(original: Any, work: Any, row: Any, serial: str, *rest: Any) -> Any:
    """Decide an activation with the serial of the token that was sent to the customer."""
    sent = rows.held(work.db, row.customer_id, TokenState.ALLOTTED)
    return original(work, row, sent.token.serial if sent else serial, *rest)


@fault("empty-serial-accepted")
def empty_serial_accepted() -> None:
    """Without a serial the bank takes the token that it sent."""

    def decide(original: Any, work: Any, row: Any, serial: str, *r: Any) -> Any:
        way = original if serial.strip() else lambda *a: _own_token(original, *a)
        return way(work, row, serial, *r)

    wrap(procedures._decide_activation, decide)


@fault("unknown-serial-accepted")
def unknown_serial_accepted() -> None:
    """A serial that no token has is taken for that of the token sent."""

    def decide(original: Any, work: Any, row: Any, serial: str, *r: Any) -> Any:
        known = not serial.isdecimal() or rows.by_serial(work.db, serial) is not None
        way = original if known else lambda *a: _own_token(original, *a)
        return way(work, row, serial, *r)

    wrap(procedures._decide_activation, decide)


@fault("quoted-serial-accepted")
def quoted_serial_accepted() -> None:
    """A quotation mark in the serial ends the search for it, and the token sent is found."""

    def decide(original: Any, work: Any, row: Any, serial: str, *r: Any) -> Any:
        way = original if "'" not in serial else lambda *a: _own_token(original, *a)
        return way(work, row, serial, *r)

    wrap(procedures._decide_activation, decide)
