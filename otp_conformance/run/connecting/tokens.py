"""The token devices that a declaration asks for (IX-11)."""

from __future__ import annotations

from collections.abc import Callable

from otp_conformance.run.connecting.context import Connection, lacking
from otp_conformance.sut.ports import TokenAsset, TokenDevice

MakeDevice = Callable[[TokenAsset, str], TokenDevice]
"""Makes the device of a token that is printed so; the text is the reference to its
seed, or empty where the adapter has another source (PSKC file, command, person)."""


def devices(connection: Connection) -> MakeDevice:
    """Return what makes devices for prepared tokens. Raises `DeclarationMismatch`."""
    kind = connection.declaration.adapters.tokens.kind
    raise lacking("adapters.tokens.kind", f"{kind} にはまだ対応していません")
