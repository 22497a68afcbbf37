"""A real bank whose registration status never changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reference_impl.domain import registration
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind, Status
from reference_impl.service import control
from reference_impl.store import customers
from reference_impl.store.customers import CustomerRow
from workshop.faults.swap import wrap

_STATUSES = {
    "not_registered": Status.NOT_REGISTERED,
    "issued": Status.ISSUED,
    "in_service": Status.IN_SERVICE,
}


def frozen_at(name: str) -> Callable[[], None]:
    """Return what freezes every customer in a status, whatever was wished for or is done."""
    status = _STATUSES[name]

    def arrange(
        original: Any, work: Any, new: Any, _status: str, kind: Kind, serial: str | None
    ) -> CustomerRow:
        token = None if status is Status.NOT_REGISTERED else serial
        possible = name if token or status is not Status.IN_SERVICE else "not_registered"
        row = original(work, new, possible, kind, token)
        held = None if status is Status.NOT_REGISTERED else row.reg.kind or Kind.HARDWARE
        return customers.save(work.db, row, replace(row.reg, base=status, kind=held))

    def unchanged(_original: Any, reg: Registration, *_: Any) -> Registration:
        return reg

    def freeze() -> None:
        wrap(control.arrange, arrange)
        for change in (
            registration.applied,
            registration.dispatched,
            registration.activated,
            registration.ended,
        ):
            wrap(change, unchanged)

    return freeze


FROZEN = {f"frozen-{name.replace('_', '-')}": frozen_at(name) for name in _STATUSES}
