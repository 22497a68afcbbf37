"""Words of the step sentences (cucumber expressions): name, pattern, meaning.

The runner registers them before it loads the steps. Patterns list the known
phrases, so that a sentence with an unknown one is an undefined step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from otp_conformance.people.alterations import ALTERABLE, ALTERATIONS
from otp_conformance.people.codes import CODE_PHRASES
from otp_conformance.people.customer import MAIN, OTHER
from otp_conformance.people.forms import FORMS, WAYS
from otp_conformance.people.inputs import (
    CONFIRMATION_PHRASES,
    OF_ANOTHER,
    SAME_AS_OTP,
    SERIAL_SOURCES,
    SERIAL_SPOILERS,
)
from otp_conformance.people.places import PROCEDURES, SCREENS, STATES, TITLED, UNSHOWN
from otp_conformance.people.repeats import ENDINGS, KEPT, RESPELT
from otp_conformance.people.timeline import DATE_PATTERN, SPAN_PATTERN, parse_date, parse_span
from otp_conformance.specification.words import Kind


@dataclass(frozen=True)
class WordType:
    """A parameter type for cucumber expressions."""

    name: str
    pattern: str
    python_type: type
    transform: Callable[[str], Any]


def _one_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


KINDS = {"ハードウェアトークン": Kind.HARDWARE, "ソフトウェアトークン": Kind.SOFTWARE}

WORD_TYPES: tuple[WordType, ...] = (
    WordType("person", _one_of([OTHER, MAIN]), str, str),
    WordType("code", _one_of(CODE_PHRASES), str, str),
    WordType("serial", _one_of([*SERIAL_SPOILERS, *SERIAL_SOURCES]), str, str),
    WordType("confirmation", _one_of((*CONFIRMATION_PHRASES, OF_ANOTHER, SAME_AS_OTP)), str, str),
    WordType("kind", _one_of(KINDS), Kind, KINDS.__getitem__),
    WordType("screen", _one_of(SCREENS), str, str),
    WordType("page", _one_of([*SCREENS, *UNSHOWN, *STATES]), str, str),
    WordType("titled", _one_of(TITLED), str, str),
    WordType("span", SPAN_PATTERN, object, parse_span),
    WordType("moment", DATE_PATTERN, object, parse_date),
    WordType("alteration", _one_of(ALTERATIONS), str, str),
    WordType("action", _one_of(ALTERABLE), str, str),
    WordType("form", _one_of(FORMS), str, str),
    WordType("kept", _one_of(KEPT), str, str),
    WordType("respelt", _one_of(RESPELT), str, str),
    WordType("ending", _one_of(ENDINGS), str, str),
    WordType("leaving", _one_of(WAYS), str, str),
    WordType("procedure", _one_of(PROCEDURES), str, str),
    WordType("quoted", "「[^」]*」", str, lambda text: text.strip("「」")),
)
