"""Customers and tokens out of a prepared pool (port `Provisioner`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from otp_conformance.assets.lists import Listed
from otp_conformance.assets.pool.ledger import HANDED_OUT, Assets, Ledger, LedgerError
from otp_conformance.assets.pool.load import Entry, Pool
from otp_conformance.assets.pool.model import PoolToken
from otp_conformance.assets.pool.shelf import (
    choose_customer,
    choose_token,
    free_customers,
    free_tokens,
    name_of,
)
from otp_conformance.assets.port import Account, Need, Provisioned
from otp_conformance.assets.spending import Spending, Spent, What
from otp_conformance.clock.steered import TOKYO
from otp_conformance.language import speaking
from otp_conformance.specification.words import Kind, Status
from otp_conformance.tokens.port import TokenAsset, TokenDevice
from otp_conformance.verdict.outcome import DeclarationMismatch, NotRun, SetupFailed
from otp_conformance.verdict.verdict import Cause

_UNNOTED = frozenset({What.CUSTOMER, What.TOKEN, What.SOFTWARE_TOKEN, What.WAITED})
_PLACE = re.compile(r"\{(login_id|serial)\}")
MakeDevice = Callable[[TokenAsset, str], TokenDevice]


class AssetsLackingError(NotRun):
    """未実施: the pool has no free entry of the kind that a scenario needs."""

    cause = Cause.DECLARATION


class Secret(Protocol):
    """Resolves a reference; ``key`` names it in messages."""

    def __call__(self, reference: str, key: str) -> str:
        """Return the secret. Raises `DeclarationMismatch`."""


def filled_in(reference: str, *, login_id: str = "", serial: str = "") -> str:
    """Return a reference with its places filled in."""
    values: Mapping[str, str] = {"login_id": login_id, "serial": serial}
    return _PLACE.sub(lambda place: values[place[1]], reference)


@dataclass(frozen=True)
class PoolMeans:
    """What a pool needs of its surroundings.

    ``make_device`` makes a token's device from its seed's reference; ``software``
    tells whether the scenario at hand (its key) will apply for a software token.
    """

    secret: Secret
    make_device: MakeDevice
    step_seconds: int
    software: Callable[[str], bool] = lambda _: False


class PoolProvisioner:
    """Hands every prepared customer and token out once, over all runs (see `Ledger`)."""

    def __init__(self, pool: Pool, ledger: Ledger, spending: Spending, means: PoolMeans) -> None:
        self._pool = pool
        self._ledger = ledger
        self._spending = spending
        self._means = means
        self._devices: dict[str, TokenDevice] = {}
        spending.listeners.append(self._heard)

    def customer(
        self,
        status: Status,
        kind: Kind = Kind.HARDWARE,
        *,
        serial_length: int | None = None,
        serial_prefix: str = "",
        confirmation_password: str | None = None,
    ) -> Provisioned:
        """Return a free customer in the given state.

        Where a certain confirmation password is asked for, one of the same length
        is as good: the account tells it. Raises `AssetsLackingError`.
        """
        length = len(confirmation_password or "")
        need = Need(status, kind, serial_length or 0, serial_prefix, length)
        software = self._means.software(self._spending.scenario)
        with self._booking() as (spent, book):
            free = free_customers(self._pool, spent)
            # Another customer of the scenario may be the one who applies for software.
            entry = choose_customer(free, need, software=software) or choose_customer(free, need)
            if entry is None:
                raise self._lacking(need)
            book(_held_by(entry))
        return self._provisioned(entry)

    def unused(self) -> tuple[Listed, ...]:
        """Return the free customers of the list."""
        try:
            free = free_customers(self._pool, self._ledger.spent())
        except LedgerError as error:
            raise _unusable(error) from None
        return tuple(Listed(e.login_id, e.status, e.kind) for e in free)

    def lend(self, login_id: str) -> Provisioned | None:
        """Hand out one of the list, None if somebody else has come first."""
        with self._booking() as (spent, book):
            free = free_customers(self._pool, spent)
            entry = next((e for e in free if e.login_id == login_id), None)
            if entry is None:
                return None
            book(_held_by(entry))
        return self._provisioned(entry)

    def token(
        self,
        kind: Kind = Kind.HARDWARE,
        *,
        serial_length: int | None = None,
        to_send: bool = True,
    ) -> TokenDevice:
        """Return a free token that belongs to nobody. Raises `AssetsLackingError`."""
        need = Need(kind=kind, serial_length=serial_length or 0, to_send=to_send)
        with self._booking() as (spent, book):
            token = choose_token(free_tokens(self._pool, spent), need)
            if token is None:
                raise self._lacking(need)
            book(Assets(tokens=frozenset({token.serial})))
        return self._device(token)

    def reserve_software_token(self, login_id: str) -> TokenDevice:
        """Return the software token that is prepared for this customer's next application."""
        token = next((t for t in self._pool.file.token if t.reserved_for == login_id), None)
        with self._booking() as (spent, book):
            if token is None or token.serial in spent.tokens:
                raise AssetsLackingError(
                    expected=f"お客さま {login_id} に予約されたソフトウェアトークンがあること",
                    observed=f"{self._pool.path.name} に reserved_for = {login_id} の"
                    "未使用のトークンがありません",
                    hint="種類が software のトークンを予約して一覧に足してください。",
                )
            book(Assets(tokens=frozenset({token.serial})))
        return self._device(token)

    def device(self, serial: str) -> TokenDevice:
        """Return the device with this serial; `SetupFailed` for one not in the pool."""
        token = self._pool.tokens.get(serial)
        if token is None:
            raise SetupFailed(
                expected="用意した一覧にあるトークンのシリアル番号であること",
                observed=f"知らないシリアル番号です：{serial}",
                hint=f"{self._pool.path.name} に [[token]] を足してください。",
            )
        return self._device(token)

    def give_back(self, login_id: str) -> None:
        """Book a customer and the token in hand as free again: nothing was changed."""
        entry = next(e for e in self._pool.entries if e.login_id == login_id)
        try:
            self._ledger.release(_held_by(entry))
        except LedgerError as error:
            raise _unusable(error) from None

    # -- inside ------------------------------------------------------------

    @contextmanager
    def _booking(self) -> Iterator[tuple[Assets, Callable[[Assets], None]]]:
        """Hold the ledger; yields what is spent, and what books as handed out."""
        more = {"run": self._spending.run_id, "scenario": self._spending.scenario}
        try:
            with self._ledger.taking() as book:
                yield self._ledger.spent(), lambda assets: book(HANDED_OUT, assets, more)
        except LedgerError as error:
            raise _unusable(error) from None

    def _heard(self, spent: Spent) -> None:
        if spent.what in _UNNOTED or not spent.who:
            return
        try:
            self._ledger.note(self._spending.run_id, self._spending.scenario, spent)
        except LedgerError as error:
            raise _unusable(error) from None

    def _lacking(self, need: Need) -> AssetsLackingError:
        with speaking("ja"):  # outcomes are Japanese, like the journal
            name = name_of(need)
        return AssetsLackingError(
            expected=f"{name}が一覧に残っていること",
            observed=f"{self._pool.path.name} に、未使用の{name}がありません",
            hint="一覧に足すか、元の状態に戻してから otp-conformance assets --release で"
            "解放してください。",
        )

    def _provisioned(self, entry: Entry) -> Provisioned:
        customer, defaults = entry.customer, self._pool.file.defaults
        secrets = {}
        for key in ("login_password", "confirmation_password"):
            reference = getattr(customer, key) or getattr(defaults, key) or ""
            named = f"{self._pool.path.name}: customer {customer.login_id}: {key}"
            filled = filled_in(reference, login_id=customer.login_id, serial=customer.token or "")
            secrets[key] = self._means.secret(filled, named)
        account = Account(
            login_id=customer.login_id,
            login_password=secrets["login_password"],
            confirmation_password=secrets["confirmation_password"],
            name=customer.name,
            address=customer.address,
        )
        if entry.token is None:
            return Provisioned(account)
        return Provisioned(account, self._device(entry.token), self._last_used(entry.token))

    def _last_used(self, token: PoolToken) -> datetime | None:
        """Return when a token was used last, as the file or an earlier run has it."""
        step = self._ledger.newest_step(token.serial)
        booked = (
            None
            if step is None
            else datetime.fromtimestamp(step * self._means.step_seconds, tz=TOKYO)
        )
        return max((m for m in (token.last_used, booked) if m is not None), default=None)

    def _device(self, token: PoolToken) -> TokenDevice:
        if token.serial not in self._devices:
            defaults = self._pool.file.defaults
            expires_at = token.expires_at or defaults.expires_at
            assert expires_at is not None  # noqa: S101 - checked when the file was read
            seed = filled_in(token.seed or defaults.seed or "", serial=token.serial)
            asset = TokenAsset(token.serial, token.kind, expires_at)
            self._devices[token.serial] = self._means.make_device(asset, seed)
        return self._devices[token.serial]


def _held_by(entry: Entry) -> Assets:
    """Return a customer and the token in hand."""
    held = frozenset({entry.customer.token} if entry.customer.token else ())
    return Assets(frozenset({entry.login_id}), held)


def _unusable(error: LedgerError) -> DeclarationMismatch:
    return DeclarationMismatch(expected="消費の台帳を読み書きできること", observed=str(error))
