"""Puts the five ports in front of a deployment, as its declaration says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from otp_conformance.agent.interstitials import attentive
from otp_conformance.agent.port import ExtraInput, UserAgents
from otp_conformance.agent.reconnecting import Reconnecting
from otp_conformance.agent.reconnecting_agents import reconnected
from otp_conformance.assets.spending import Spending
from otp_conformance.calls.person import NobodyThere, Prompter
from otp_conformance.clock.real import Announce, tell_nobody
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.deployment.connecting.clocks import clock
from otp_conformance.deployment.connecting.context import Connection
from otp_conformance.deployment.connecting.outbox import outbox
from otp_conformance.deployment.connecting.provisioning import provisioner
from otp_conformance.deployment.connecting.staff import staff
from otp_conformance.deployment.counting import (
    CountingClock,
    CountingProvisioner,
    CountingStaffDesk,
)
from otp_conformance.deployment.sut import Sut
from otp_conformance.tokens import learn_nothing


def connect(
    loaded: LoadedDeclaration,
    base_url: str,
    env: Mapping[str, str],
    agents: UserAgents,
    *,
    on_secret: Callable[[str], None] = learn_nothing,
    on_wait: Announce = tell_nobody,
    prompter: Prompter = NobodyThere(),  # noqa: B008 - it has no state
) -> Sut:
    """Return the ports to a running deployment.

    ``env`` holds the secrets that the declaration refers to; ``on_secret`` is
    told every secret that comes up, for masking, ``on_wait`` of every second
    that a clock waits; ``prompter`` asks people, where the declaration leaves
    a part to them. Raises `DeclarationMismatch`
    for an adapter that does not exist or lacks its part, and for a secret that
    cannot be read. Contacts nobody yet.
    """
    reconnecting = Reconnecting()
    agents = reconnected(agents, reconnecting)
    connection = Connection(
        declaration=loaded.declaration,
        base=Path(loaded.path).parent,
        base_url=base_url,
        env=env,
        agents=agents,
        on_secret=on_secret,
        on_wait=on_wait,
        prompter=prompter,
        make_clock=clock,
    )
    spending = Spending()
    supplies = CountingProvisioner(provisioner(connection, spending), spending)
    return Sut(
        base_url=base_url,
        agents=attentive(agents, loaded.declaration.login.interstitials),
        clock=CountingClock(connection.clock, spending),
        provisioner=supplies,
        staff=CountingStaffDesk(staff(connection, supplies), spending),
        login_extras=_extras(connection),
        spending=spending,
        reconnecting=reconnecting,
        outbox=outbox(connection),
    )


def _extras(connection: Connection) -> tuple[ExtraInput, ...]:
    key = "login.extra_fields.secret"
    return tuple(
        ExtraInput(
            extra.label, connection.secret(extra.secret, key) if extra.secret else extra.value
        )
        for extra in connection.declaration.login.extra_fields
    )
