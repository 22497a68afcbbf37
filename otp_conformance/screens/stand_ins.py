"""What is typed for the sake of a page that lets nothing be sent but what looks right.

Some pages keep their button disabled until every field looks right. What they would send is
learnt with stand-ins that look so; what was meant is put into the request in their place. So
the server's own answer is seen. A stand-in itself is never sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from otp_conformance.declaration.model import Declaration

_DIGITS = "1357902468"
_OTHERS = "2468013579"
_WORD = "Stand1n8"
_SERIAL, _OTP, _CONFIRMATION = "serial", "otp.field", "confirmation.field"


def stand_ins(values: Mapping[str, str], declared: Declaration) -> dict[str, str]:
    """Return values (label key to what was typed) with those replaced that do not look right."""
    return {key: _stand_in(key, value, declared) for key, value in values.items()}


def _stand_in(key: str, value: str, declared: Declaration) -> str:
    otp, serial = declared.otp.digits, declared.serial
    if key == _OTP:
        return value if re.fullmatch(rf"[0-9]{{{otp}}}", value) else (_DIGITS * 2)[:otp]
    if key.endswith(_SERIAL):
        right = rf"[0-9]{{{serial.min_length},{serial.max_length}}}"
        return value if re.fullmatch(right, value) else (_OTHERS * 4)[: serial.min_length]
    known = declared.confirmation_password
    if key != _CONFIRMATION:
        return value if value and value == value.strip() else _WORD
    if value == value.strip() and known.min_length <= len(value) <= known.max_length:
        return value
    signs = _DIGITS if known.characters == "digits" else _WORD
    return (signs * known.min_length)[: known.min_length]
