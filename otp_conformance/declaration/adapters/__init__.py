"""By which adapters the harness reaches the system: one module an adapter."""

from __future__ import annotations

from typing import Annotated

from otp_conformance.declaration.adapters.clock import ClockAdapter
from otp_conformance.declaration.adapters.outbox import OutboxAdapter
from otp_conformance.declaration.adapters.provisioning import ProvisioningAdapter
from otp_conformance.declaration.adapters.restart import RestartAdapter
from otp_conformance.declaration.adapters.staff import StaffAdapter
from otp_conformance.declaration.adapters.test_control import TestControlAdapter
from otp_conformance.declaration.adapters.tokens import TokenAdapter
from otp_conformance.declaration.base import Section, ix


class Adapters(Section):
    """Adapters; those without default are always needed (section 6, last line)."""

    clock: Annotated[ClockAdapter, ix("IX-12", "時刻", "Clock")] = ClockAdapter(kind="real")
    tokens: Annotated[TokenAdapter, ix("IX-11", "トークン", "Tokens")]
    provisioning: Annotated[
        ProvisioningAdapter, ix("IX-44", "お客さまとトークンの用意", "Customers and tokens")
    ]
    staff: Annotated[StaffAdapter | None, ix("IX-17 IX-26", "職員の操作", "Staff")] = None
    outbox: Annotated[
        OutboxAdapter | None, ix("IX-46", "お客さまへの通知", "Notices to customers")
    ] = None
    restart: Annotated[
        RestartAdapter | None, ix("IX-01 IX-41", "検査対象の再起動", "Restarting the system")
    ] = None
    test_control: Annotated[
        TestControlAdapter | None, ix("IX-12 IX-44", "試験用API", "Test-control API")
    ] = None
