"""The provisioner that a declaration asks for (IX-44)."""

from __future__ import annotations

from otp_conformance.run.connecting.context import Connection, lacking
from otp_conformance.run.connecting.tokens import devices
from otp_conformance.sut.ports import Provisioner
from otp_conformance.sut.provision import TestControlProvisioner


def provisioner(connection: Connection) -> Provisioner:
    """Return the adapter of the port `Provisioner`. Raises `DeclarationMismatch`."""
    adapters = connection.declaration.adapters
    if adapters.provisioning.kind == "test_control":
        if adapters.tokens.kind != "simulated":
            found = f"{adapters.tokens.kind} は、試験用APIで作るトークンには使えません"
            raise lacking("adapters.tokens.kind", found)
        control = connection.control("adapters.provisioning.kind")
        return TestControlProvisioner(control, connection.rules, on_secret=connection.on_secret)
    devices(connection)
    found = f"{adapters.provisioning.kind} にはまだ対応していません"
    raise lacking("adapters.provisioning.kind", found)
