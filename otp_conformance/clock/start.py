"""Where the scenarios begin, at a clock that can be put back."""

from __future__ import annotations

from datetime import datetime, timedelta

from otp_conformance.clock.port import TOKYO

# Every scenario begins here, so that a run can be repeated to the second: a
# Tuesday morning, 20 s into a minute, far from month end and year end (`scenario_start`).
SCENARIO_START = datetime(2026, 11, 24, 10, 0, 20, tzinfo=TOKYO)

# First and last day of a month on which scenarios begin, so that its end is far.
_USUAL_DAYS = (4, 24)
_QUIET_DAYS = {12: (4, 14), 1: (10, 24)}


def scenario_start(made: datetime | None = None) -> datetime:
    """Return where scenarios begin at a clock that can be put back.

    ``made``: aware moment, at the system, when a list of prepared customers and tokens was
    made; a scenario that began before would meet nobody yet.
    """
    start = SCENARIO_START
    while made is not None and not (start > made and _is_quiet(start)):
        start += timedelta(days=7)
    return start


def _is_quiet(moment: datetime) -> bool:
    """Tell whether no end of a month or year is near."""
    first, last = _QUIET_DAYS.get(moment.month, _USUAL_DAYS)
    return first <= moment.day <= last
