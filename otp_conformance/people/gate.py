"""The next-day gate as declared (IX-30 to IX-32; AMB-08 to AMB-10)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from otp_conformance.declaration.model import Declaration
from otp_conformance.specification.words import Kind

_SATURDAY = 5  # as `date.weekday` counts


def service_day(moment: datetime, declaration: Declaration) -> date:
    """Return the calendar date of a moment, in the declared zone and with its cut-over."""
    zone = ZoneInfo(declaration.switching.time_zone)
    cutover = timedelta(minutes=declaration.switching.cutover_minutes)
    return (moment.astimezone(zone) - cutover).date()


def covered(declaration: Declaration, former: Kind, new: Kind) -> bool:
    """Tell whether the gate applies to going from one kind to another."""
    if declaration.switching.gate == "none":
        return False
    if former is new is Kind.HARDWARE:
        return declaration.switching.covers_same_kind
    if former is new is Kind.SOFTWARE:
        return declaration.switching.covers_handset_change
    return True


def is_open(
    declaration: Declaration, *, deactivated: datetime, now: datetime, former: Kind, new: Kind
) -> bool:
    """Tell whether a start after a deactivation is possible now, by declaration."""
    if not covered(declaration, former, new):
        return True
    return service_day(now, declaration) >= opening_day(deactivated, declaration)


def opening_day(deactivated: datetime, declaration: Declaration) -> date:
    """Return the first day on which the gate is open after a deactivation.

    The next calendar date; where business days are declared, the first later one that
    is neither a Saturday, a Sunday nor a declared holiday (AMB-10, IX-32).
    """
    switching = declaration.switching
    day = service_day(deactivated, declaration) + timedelta(days=1)
    while switching.business_days_only and (
        day.weekday() >= _SATURDAY or day in switching.holidays
    ):
        day += timedelta(days=1)
    return day
