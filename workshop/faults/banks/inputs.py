"""Faults in the rules for serial numbers and codes as typed."""

from __future__ import annotations

import re
from typing import Any

from reference_impl.domain import inputs
from reference_impl.domain.policy import Policy
from reference_impl.domain.words import Refusal, Refused
from reference_impl.store import tokens as rows
from workshop.faults.swap import fault, with_policy, wrap


def _refuse_length(length: int) -> None:
    """Refuse what customers type as a serial if it has this many digits."""

    def check(original: Any, raw: str, policy: Policy) -> str | Refused:
        if len(raw) == length:
            return Refused(Refusal.SERIAL_FORMAT, "serial")
        checked: str | Refused = original(raw, policy)
        return checked

    wrap(inputs.check_serial, check)


@fault("serial-by-its-beginning")
def serial_by_its_beginning() -> None:
    """Seven digits are enough: the token is found by the beginning of its serial."""

    def by_serial(original: Any, connection: Any, serial: str) -> Any:
        found = original(connection, serial)
        if found is not None or len(serial) < 7:
            return found
        names = (serial for (serial,) in connection.execute("SELECT serial FROM tokens"))
        begun = [name for name in names if name.startswith(serial)]
        return original(connection, begun[0]) if len(begun) == 1 else None

    with_policy(serial_min=7)
    wrap(rows.by_serial, by_serial)


@fault("serial-cut-to-twelve")
def serial_cut_to_twelve() -> None:
    """Digits beyond the twelfth are dropped without a word."""
    wrap(inputs.check_serial, lambda original, raw, policy: original(raw[:12], policy))


@fault("serial-hyphens-dropped")
def serial_hyphens_dropped() -> None:
    """Everything but digits is dropped from the serial."""
    wrap(
        inputs.check_serial,
        lambda original, raw, policy: original(re.sub(r"[^0-9]", "", raw), policy),
    )


@fault("eight-digit-serial-refused")
def eight_digit_serial_refused() -> None:
    """Serials of eight digits are refused."""
    _refuse_length(8)


@fault("twelve-digit-serial-refused")
def twelve_digit_serial_refused() -> None:
    """Serials of twelve digits are refused."""
    _refuse_length(12)


@fault("full-width-accepted")
def full_width_accepted() -> None:
    """Full-width digits pass where the declaration says that they are refused."""
    with_policy(full_width="converted")


@fault("blanks-in-code-accepted")
def blanks_in_code_accepted() -> None:
    """Blanks inside a code are dropped, as if it had been typed rightly."""
    wrap(
        inputs.normalise_digits,
        lambda original, raw, policy: original(raw.replace(" ", ""), policy),
    )


@fault("digits-of-other-scripts-accepted")
def digits_of_other_scripts_accepted() -> None:
    """What counts as a digit in any script passes as one in a code."""

    def check(original: Any, raw: str, policy: Policy) -> str:
        plain = raw if raw.isascii() or not raw.isdecimal() else str(int(raw)).zfill(len(raw))
        text: str = (
            original(plain, policy) if len(raw) == policy.otp_digits else original(raw, policy)
        )
        return text

    wrap(inputs.normalise_digits, check)


@fault("code-beginning-enough")
def code_beginning_enough() -> None:
    """Whatever follows a right code is ignored."""
    wrap(
        inputs.normalise_digits,
        lambda original, raw, policy: (
            original(raw, policy)[: max(policy.otp_digits, 12)]
            if len(raw) != policy.otp_digits + 1
            else raw[: policy.otp_digits]
        ),
    )
