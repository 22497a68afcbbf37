"""The provisioner that a declaration asks for (IX-44)."""

from __future__ import annotations

from pathlib import Path

from otp_conformance.assets.consumption import load_table
from otp_conformance.assets.pool.ledger import Ledger
from otp_conformance.assets.pool.load import Pool, load_pool
from otp_conformance.assets.pool.provisioner import PoolMeans, PoolProvisioner
from otp_conformance.assets.port import Provisioner
from otp_conformance.assets.spending import Spending
from otp_conformance.assets.test_control import TestControlProvisioner
from otp_conformance.declaration.adapters.provisioning import ProvisioningAdapter
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.deployment.connecting.context import Connection, lacking
from otp_conformance.deployment.connecting.tokens import devices

LEDGER_NAME = "ledger.ndjson"


def provisioner(connection: Connection, spending: Spending) -> Provisioner:
    """Return the adapter of the port `Provisioner`. Raises `DeclarationMismatch`."""
    adapters = connection.declaration.adapters
    if adapters.provisioning.kind == "test_control":
        if adapters.tokens.kind != "simulated":
            found = f"{adapters.tokens.kind} は、試験用APIで作るトークンには使えません"
            raise lacking("adapters.tokens.kind", found)
        control = connection.control("adapters.provisioning.kind")
        return TestControlProvisioner(control, connection.rules, on_secret=connection.on_secret)
    make_device = devices(connection)
    try:
        pool, ledger = open_pool(
            adapters.provisioning, connection.base, needs_seeds=adapters.tokens.kind == "simulated"
        )
    except DeclarationError as error:
        raise lacking("adapters.provisioning.file", str(error.problems[0])) from None
    table = load_table()
    means = PoolMeans(
        secret=connection.secret,
        make_device=make_device,
        step_seconds=connection.rules.step_seconds,
        software=table.applies_for_software,
    )
    return PoolProvisioner(pool, ledger, spending, means)


def open_pool(
    adapter: ProvisioningAdapter, base: Path, *, needs_seeds: bool = True
) -> tuple[Pool, Ledger]:
    """Return the declared pool and its ledger. ``base``: folder of the declaration.

    Raises `DeclarationError` with every problem of the pool's file.
    """
    path = base / adapter.file
    ledger = base / adapter.ledger if adapter.ledger else path.parent / LEDGER_NAME
    return load_pool(path, needs_seeds=needs_seeds), Ledger(ledger)
