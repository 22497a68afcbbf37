"""Deviations from the manual that an institution knows of and lives with for now."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from otp_conformance.declaration.base import FilledText, Section, ix


class KnownDeviation(Section):
    """One requirement that is known not to hold.

    The verdict stays 不合格: knowing of a deviation does not make it conform.
    Reports put the reason beside it; one that no longer deviates is stale, and
    an error, as is one past its day.
    """

    requirement: Annotated[
        str,
        ix("IX-01", "要件の番号", "Requirement"),
        Field(pattern=r"^[A-Z]{3}-[0-9]{2}$"),
    ]
    reason: Annotated[FilledText, ix("IX-01", "理由と対応の予定", "Reason, and what is planned")]
    until: Annotated[date, ix("IX-01", "見直す期日（この日を過ぎると誤りになる）", "Day of review")]
