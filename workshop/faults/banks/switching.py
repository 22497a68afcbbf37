"""Faults in the wait until the next day."""

from __future__ import annotations

from datetime import datetime, timedelta

from reference_impl.domain import registration
from reference_impl.domain.policy import Gate
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind
from workshop.faults.swap import fault, swap, with_policy


@fault("next-day-in-utc")
def next_day_in_utc() -> None:
    """The date changes at nine in the morning, as it does in UTC."""
    with_policy(gate_time_zone="UTC")


@fault("no-next-day-gate")
def no_next_day_gate() -> None:
    """The kind can be changed on the very day of the deactivation."""
    with_policy(gate=Gate.NONE)


@fault("next-day-is-24-hours")
def next_day_is_24_hours() -> None:
    """Instead of the next date, a full day must have passed."""

    def too_early(step: Gate, reg: Registration, wanted: Kind, now: datetime, _: object) -> bool:
        if step is not Gate.ISSUE or reg.deactivated_at is None or reg.last_kind is wanted:
            return False
        return now - reg.deactivated_at < timedelta(hours=24)

    swap(registration.too_early, too_early)
