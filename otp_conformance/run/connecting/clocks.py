"""The clock that a declaration asks for (IX-12)."""

from __future__ import annotations

from otp_conformance.run.connecting.context import Connection, lacking
from otp_conformance.sut.clock import SteeredClock
from otp_conformance.sut.ports import Clock


def clock(connection: Connection) -> Clock:
    """Return the adapter of the port `Clock`. Raises `DeclarationMismatch`."""
    kind = connection.declaration.adapters.clock.kind
    if kind == "test_control":
        return SteeredClock(connection.control("adapters.clock.kind"))
    raise lacking("adapters.clock.kind", f"{kind} にはまだ対応していません")
