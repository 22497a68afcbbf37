"""Which described calls and commands a preflight leaves alone, so that readers are told."""

from __future__ import annotations

from collections.abc import Iterator

from otp_conformance.declaration.model import Declaration

_TABLES = {"http": "calls", "command": "commands"}


def untried(declaration: Declaration) -> Iterator[str]:
    """Yield the keys of what would change something, or has no answer before it is used."""
    adapters = declaration.adapters
    staff, making = adapters.staff, adapters.provisioning
    described: list[tuple[str, object, tuple[str, ...]]] = []
    if staff is not None and staff.kind in _TABLES and declaration.ics.staff_access:
        table = _TABLES[staff.kind]
        verbs: tuple[str, ...] = ("dispatch", "unlock", "revoke")
        described.append((f"staff.{table}", getattr(staff, table), verbs))
    if making.described:
        table = _TABLES[making.kind]
        # Customers are made for the walk, with a token of the stock where they are sent one.
        verbs = ("software_token",) if making.sends_serial else ("token", "software_token")
        described.append((f"provisioning.{table}", getattr(making, table), verbs))
    if staff is not None and staff.kind == "screens" and declaration.ics.staff_access:
        yield from (f"adapters.staff.recipes.{verb}" for verb in ("dispatch", "unlock"))
        if declaration.ics.staff_revocation:
            yield "adapters.staff.recipes.revoke"
    for key, offered, verbs in described:
        yield from (f"adapters.{key}.{verb}" for verb in verbs if getattr(offered, verb))
    if adapters.restart is not None:
        parts = {"command": ".command", "http": ".call", "process": ""}
        yield f"adapters.restart{parts[adapters.restart.kind]}"
    if adapters.tokens.software.source == "call":
        yield "adapters.tokens.software.call"
