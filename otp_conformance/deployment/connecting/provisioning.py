"""The provisioner that a declaration asks for (IX-44)."""

from __future__ import annotations

from pathlib import Path

from otp_conformance.assets.consumption import load_table
from otp_conformance.assets.pool.ledger import Ledger
from otp_conformance.assets.pool.load import Pool, load_pool
from otp_conformance.assets.pool.provisioner import Outbox, PoolMeans, PoolProvisioner
from otp_conformance.assets.port import Provisioner
from otp_conformance.assets.spending import Spending
from otp_conformance.assets.test_control import TestControlProvisioner
from otp_conformance.calls.described import member
from otp_conformance.declaration.adapters.http_call import HttpCall
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
        outbox=_outbox(connection),
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


def _outbox(connection: Connection) -> Outbox | None:
    adapter = connection.declaration.adapters.provisioning
    if adapter.outbox is None:
        return None
    call: HttpCall = adapter.outbox
    caller = connection.caller("お客さまへの通知の確認", "adapters.provisioning.outbox")

    def subjects(login_id: str) -> tuple[str, ...]:
        answer = caller.json(call, {"login_id": login_id})
        try:
            notices = member(answer, adapter.outbox_subjects)
            return tuple(str(n["subject"] if isinstance(n, dict) else n) for n in notices)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            where = adapter.outbox_subjects or "（全体）"
            raise caller.unreadable(f"{where} に件名の配列がありません: {error}") from None

    return subjects
