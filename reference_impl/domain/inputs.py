r"""Input rules: what may stand in a field (IX-13, IX-14, IX-28, IX-06).

Every value is normalised once, here, before anything is compared, counted or
remembered; nothing below ever sees the raw text. `[0-9]` with `fullmatch`
because `\d`, `int()` and `str.isdigit` also take full-width and other digits.
"""

import re

from reference_impl.domain.policy import Policy
from reference_impl.domain.words import Refusal, Refused

_HALF_WIDTH = {0xFF10 + digit: ord("0") + digit for digit in range(10)}
_BLANKS = " \t\u3000"


def normalise_digits(raw: str, policy: Policy) -> str:
    """Return the text of a serial or OTP field as the declared handling makes it.

    Default: unchanged. Blanks at the ends go only with ``trim_blanks``,
    full-width digits become half-width only with ``full_width = converted``.
    """
    text = raw.strip(_BLANKS) if policy.trim_blanks else raw
    if policy.full_width == "converted":
        text = text.translate(_HALF_WIDTH)
    return text


def check_serial(raw: str, policy: Policy) -> str | Refused:
    """Return the serial, or why it is refused (ACT-12 to ACT-19)."""
    serial = normalise_digits(raw, policy)
    if not serial:
        return Refused(Refusal.SERIAL_REQUIRED, "serial")
    if not is_serial(serial, policy):
        return Refused(Refusal.SERIAL_FORMAT, "serial")
    return serial


def is_serial(serial: str, policy: Policy) -> bool:
    """Tell whether a text is an allowed serial: half-width digits, length in range."""
    wanted = rf"[0-9]{{{policy.serial_min},{policy.serial_max}}}"
    return re.fullmatch(wanted, serial) is not None


def is_code(text: str, digits: int) -> bool:
    """Tell whether a text is exactly so many half-width digits (TOK-08)."""
    return re.fullmatch(rf"[0-9]{{{digits}}}", text) is not None


def check_confirmation(raw: str, policy: Policy) -> str | Refused:
    """Return the confirmation password exactly as typed, or why it is refused.

    Never trimmed, converted or case-folded (DEA-25, ISS-16).
    """
    if not raw:
        return Refused(Refusal.CONFIRMATION_REQUIRED, "confirmation")
    if not is_confirmation(raw, policy):
        return Refused(Refusal.CONFIRMATION_FORMAT, "confirmation")
    return raw


def is_confirmation(text: str, policy: Policy) -> bool:
    """Tell whether a text could be a confirmation password: half-width alphanumerics."""
    wanted = rf"[0-9A-Za-z]{{{policy.confirmation_min},{policy.confirmation_max}}}"
    return re.fullmatch(wanted, text) is not None
