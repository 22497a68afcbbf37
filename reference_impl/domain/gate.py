"""The next-day gate after a deactivation (SWT-02 to SWT-05; IX-30 to IX-32)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from reference_impl.domain.policy import Gate, Policy
from reference_impl.domain.words import Kind


def bank_date(moment: datetime, policy: Policy) -> date:
    """Return the calendar date of an aware moment by the bank's zone and cut-over."""
    local = moment.astimezone(ZoneInfo(policy.gate_time_zone)).replace(tzinfo=None)
    return (local - timedelta(minutes=policy.gate_cutover_minutes)).date()


def covers(last: Kind, wanted: Kind, policy: Policy) -> bool:
    """Tell whether the gate applies to going from one kind to the other (IX-31)."""
    if last is not wanted:
        return True
    if wanted is Kind.HARDWARE:
        return policy.gate_covers_same_kind
    return policy.gate_covers_handset_change


def too_early(
    step: Gate,
    now: datetime,
    deactivated_at: datetime | None,
    last: Kind | None,
    wanted: Kind,
    policy: Policy,
) -> bool:
    """Tell whether a step (Gate.ISSUE or Gate.ACTIVATION) must wait for the next date."""
    if policy.gate not in (step, Gate.BOTH) or deactivated_at is None or last is None:
        return False
    if not covers(last, wanted, policy):
        return False
    return bank_date(now, policy) <= bank_date(deactivated_at, policy)
