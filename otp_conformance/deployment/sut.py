"""All ports to one deployment: anything that these can be put in front of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from otp_conformance.agent.port import ExtraInput, UserAgents
from otp_conformance.agent.reconnecting import Reconnecting
from otp_conformance.assets.consumption import Spending
from otp_conformance.assets.port import Provisioner
from otp_conformance.clock.port import Clock
from otp_conformance.deployment.restart import Restart
from otp_conformance.staff.port import StaffDesk

Outbox = Callable[[str], tuple[str, ...]]
"""Subjects of the notices sent to a customer (login ID), oldest first."""


@dataclass(frozen=True)
class Sut:
    """All ports to one deployment. ``login_extras``: declared further fields (IX-05).

    ``spending`` takes note of what scenarios use up; ``reconnecting`` of pages
    that had to be asked for again. ``outbox``: None where notices cannot be read (IX-46).
    ``restart``: None where it cannot be restarted (IX-01).
    ``recognised``: keys of the screens that were met under their declared titles.
    """

    base_url: str
    agents: UserAgents
    clock: Clock
    provisioner: Provisioner
    staff: StaffDesk
    login_extras: tuple[ExtraInput, ...] = ()
    spending: Spending = field(default_factory=Spending)
    reconnecting: Reconnecting = field(default_factory=Reconnecting)
    outbox: Outbox | None = None
    restart: Restart | None = None
    recognised: set[str] = field(default_factory=set)
