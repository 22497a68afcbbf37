"""The token devices that a declaration asks for (IX-11)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime

from otp_conformance.commands import Commands
from otp_conformance.deployment.connecting.context import Connection, lacking
from otp_conformance.tokens import SimulatedToken
from otp_conformance.tokens.command import CommandToken
from otp_conformance.tokens.person import PersonToken
from otp_conformance.tokens.port import TokenAsset, TokenDevice
from otp_conformance.tokens.reading import Display
from otp_conformance.tokens.seed import SeedError, read_seed
from otp_conformance.tokens.stock_file import Expected, StockFile
from otp_conformance.verdict.outcome import DeclarationMismatch

MakeDevice = Callable[[TokenAsset, str], TokenDevice]
"""Makes the device of a token that is printed so; the text is the reference to its
seed, or empty where the adapter has another source (PSKC file, command, person)."""


def devices(connection: Connection) -> MakeDevice:
    """Return what makes devices for prepared tokens. Raises `DeclarationMismatch`.

    Each device that is made from a seed raises `DeclarationMismatch` at once
    when the seed cannot be had.
    """
    kind = connection.declaration.adapters.tokens.kind
    make = {
        "simulated": _simulated,
        "pskc": _from_file,
        "command": _commanded,
        "person": _read_by_people,
    }[kind]
    return make(connection)


def _simulated(connection: Connection) -> MakeDevice:
    written = connection.declaration.adapters.tokens.seed_format

    def make(asset: TokenAsset, seed_reference: str) -> TokenDevice:
        what = f"トークン {asset.serial} の seed"
        if not seed_reference:
            raise DeclarationMismatch(
                expected=f"{what} が参照（env:、file:、command:）で書かれていること",
                observed="記載なし",
                hint="一覧に seed を書くか、adapters.tokens.kind をほかの種類にしてください。",
            )
        text = connection.secret(seed_reference, what)
        try:
            seed = read_seed(text, written)
        except SeedError as error:
            raise DeclarationMismatch(
                expected=f"{what}（{seed_reference}）が Base32 か16進の種であること",
                observed=str(error),
                hint="参照の先の値を確かめてください。",
            ) from None
        return _from_seed(connection, asset, seed)

    return make


def _from_file(connection: Connection) -> MakeDevice:
    adapter = connection.declaration.adapters.tokens
    if not adapter.file:
        raise lacking("adapters.tokens.file", "PSKC ファイルの場所がありません")
    key = connection.secret(adapter.key, "adapters.tokens.key") if adapter.key else None
    rules = connection.rules
    expected = Expected(rules.digits, rules.step_seconds, rules.algorithm)
    stock = StockFile(connection.base / adapter.file, key, expected)

    def make(asset: TokenAsset, _seed_reference: str) -> TokenDevice:
        return _from_seed(connection, asset, stock.seed(asset.serial))

    return make


def _from_seed(connection: Connection, asset: TokenAsset, seed: bytes) -> TokenDevice:
    rules = connection.rules
    connection.on_secret(base64.b32encode(seed).decode())
    return SimulatedToken(
        asset,
        seed,
        digits=rules.digits,
        step_seconds=rules.step_seconds,
        algorithm=rules.algorithm,
        on_secret=connection.on_secret,
    )


def _commanded(connection: Connection) -> MakeDevice:
    adapter = connection.declaration.adapters.tokens
    if not adapter.command:
        raise lacking("adapters.tokens.command", "コマンドがありません")
    commands = Commands(connection.base, connection.env, adapter.timeout_seconds)

    def make(asset: TokenAsset, _seed_reference: str) -> TokenDevice:
        return CommandToken(
            asset,
            _display(connection),
            adapter.command,
            commands,
            any_moment=adapter.any_moment,
            now=lambda: _now(connection),
            on_secret=connection.on_secret,
        )

    return make


def _read_by_people(connection: Connection) -> MakeDevice:
    def make(asset: TokenAsset, _seed_reference: str) -> TokenDevice:
        return PersonToken(
            asset,
            _display(connection),
            connection.prompter,
            now=lambda: _now(connection),
            on_secret=connection.on_secret,
        )

    return make


def _display(connection: Connection) -> Display:
    return Display(connection.rules.digits, connection.rules.step_seconds)


def _now(connection: Connection) -> datetime:
    """Return the system's time: asked only once a display is read, not when connecting."""
    return connection.clock.now()
