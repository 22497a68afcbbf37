"""Puts the five ports in front of a deployment, as its declaration says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.run.connecting.clocks import clock
from otp_conformance.run.connecting.context import Connection
from otp_conformance.run.connecting.provisioning import provisioner
from otp_conformance.run.connecting.staff import staff
from otp_conformance.sut.interstitials import attentive
from otp_conformance.sut.ports import ExtraInput, Sut, UserAgents
from otp_conformance.sut.tokens import learn_nothing


def connect(
    loaded: LoadedDeclaration,
    base_url: str,
    env: Mapping[str, str],
    agents: UserAgents,
    *,
    on_secret: Callable[[str], None] = learn_nothing,
) -> Sut:
    """Return the ports to a running deployment.

    ``env`` holds the secrets that the declaration refers to; ``on_secret`` is
    told every secret that comes up, for masking. Raises `DeclarationMismatch`
    for an adapter that does not exist or lacks its part, and for a secret that
    cannot be read. Contacts nobody yet.
    """
    connection = Connection(
        declaration=loaded.declaration,
        base=Path(loaded.path).parent,
        base_url=base_url,
        env=env,
        agents=agents,
        on_secret=on_secret,
    )
    supplies = provisioner(connection)
    return Sut(
        base_url=base_url,
        agents=attentive(agents, loaded.declaration.login.interstitials),
        clock=clock(connection),
        provisioner=supplies,
        staff=staff(connection, supplies),
        login_extras=_extras(connection),
    )


def _extras(connection: Connection) -> tuple[ExtraInput, ...]:
    key = "login.extra_fields.secret"
    return tuple(
        ExtraInput(
            extra.label, connection.secret(extra.secret, key) if extra.secret else extra.value
        )
        for extra in connection.declaration.login.extra_fields
    )
