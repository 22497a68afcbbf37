"""Customers and tokens out of a prepared pool (port `Provisioner`)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from otp_conformance.assets.consumption import Spending, Spent, What
from otp_conformance.assets.pool.file import Entry, Pool, PoolToken, load_pool
from otp_conformance.assets.pool.ledger import HANDED_OUT, Assets, Ledger, LedgerError
from otp_conformance.assets.pool.shelf import (
    beyond,
    choose_customer,
    choose_token,
    free_customers,
    free_tokens,
    name_of,
)
from otp_conformance.assets.port import Account, Listed, Need, Provisioned, Provisioner
from otp_conformance.clock.port import TOKYO
from otp_conformance.commands import filled
from otp_conformance.declaration.adapters.provisioning import ProvisioningAdapter
from otp_conformance.language import speaking
from otp_conformance.tokens.port import TokenAsset, TokenDevice
from otp_conformance.verdict.outcome import DeclarationMismatch, NotRun, Outcome, SetupFailed
from otp_conformance.verdict.verdict import Cause

_UNNOTED = frozenset({What.CUSTOMER, What.TOKEN, What.SOFTWARE_TOKEN, What.WAITED})
Secret = Callable[[str, str], str]
"""Returns a referenced secret; the second text names it in messages."""
MakeDevice = Callable[[TokenAsset, str], TokenDevice]
"""Makes the device of a token that is printed so; the text is the reference to its
seed, or empty where the adapter has another source (PSKC file, command, person)."""

LEDGER_NAME = "ledger.ndjson"


class AssetsLackingError(NotRun):
    """未実施: the pool has no free entry of the kind that a scenario needs."""

    cause = Cause.DECLARATION


@dataclass(frozen=True)
class PoolMeans:
    """What a pool needs of its surroundings.

    ``make_device`` makes a token's device from its seed's reference; ``software``
    tells how often the scenario at hand (its key) will apply for a software token.
    """

    secret: Secret
    make_device: MakeDevice
    step_seconds: int
    software: Callable[[str], int] = lambda _: 0


class PoolProvisioner(Provisioner):
    """Hands every prepared customer and token out once, over all runs (see `Ledger`)."""

    def __init__(self, pool: Pool, ledger: Ledger, spending: Spending, means: PoolMeans) -> None:
        self._pool = pool
        self._ledger = ledger
        self._spending = spending
        self._means = means
        self._devices: dict[str, TokenDevice] = {}
        spending.listeners.append(self._heard)

    @property
    def made_at(self) -> datetime | None:
        """When the list was made, as far as it tells."""
        return self._pool.made_at

    def customer(self, need: Need, *, confirmation_password: str | None = None) -> Provisioned:
        """Return a free customer as needed. Raises `AssetsLackingError`.

        Where a certain confirmation password is asked for, one of the same length
        is as good: the account tells it.
        """
        if confirmation_password is not None:
            need = replace(need, confirmation_length=len(confirmation_password))
        software = self._means.software(self._spending.scenario)
        with self._booking() as (spent, book):
            free = free_customers(self._pool, spent)
            # Another customer of the scenario may be the one who applies for software.
            entry = choose_customer(free, need, software=software) or choose_customer(free, need)
            if entry is None:
                raise self._lacking(need)
            book(_held_by(entry))
        return self._provisioned(entry)

    def unreadable(self) -> tuple[Outcome, ...]:
        """Return the free customers and tokens whose passwords and seeds cannot be had."""
        try:
            spent = self._out_of_reach()
        except LedgerError as error:
            return (_unusable(error),)
        found: list[Outcome] = []
        read: list[Callable[[], object]] = [
            *(partial(self._account, e) for e in free_customers(self._pool, spent)),
            *(
                partial(self._device, t)
                for t in self._pool.file.token
                if t.serial not in spent.tokens
            ),
        ]
        for each in read:
            try:
                each()
            except Outcome as trouble:
                found.append(trouble)
        return tuple(found)

    def unused(self) -> tuple[Listed, ...]:
        """Return the free customers of the list."""
        try:
            free = free_customers(self._pool, self._out_of_reach())
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

    def token(self, need: Need) -> TokenDevice:
        """Return a free token that belongs to nobody. Raises `AssetsLackingError`."""
        until = self._until()
        with self._booking() as (spent, book):
            token = choose_token(self._pool, free_tokens(self._pool, spent), need, until=until)
            if token is None:
                raise self._lacking(need, until)
            book(Assets(tokens=frozenset({token.serial})))
        return self._device(token)

    def reserve_software_token(self, login_id: str) -> TokenDevice:
        """Return the software token that is prepared for this customer's next application."""
        reserved = [t for t in self._pool.file.token if t.reserved_for == login_id]
        with self._booking() as (spent, book):
            token = next((t for t in reserved if t.serial not in spent.tokens), None)
            if token is None:
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

    def sent(self, token: TokenDevice, serial: str) -> TokenDevice:
        """Return the device that staff have sent; another one than asked for is booked instead.

        Raises `SetupFailed` for one that is not in the list, or used already.
        """
        asked = token.asset.serial
        if serial == asked:
            return token
        device = self.device(serial)
        with self._booking() as (spent, book):
            if serial in spent.tokens:
                raise SetupFailed(
                    expected="職員が発送するトークンが、まだ使っていないものであること",
                    observed=f"使用済みのトークン {serial} が発送されました",
                    hint="検査対象の在庫を、一覧の未使用のトークンだけにしてください。",
                )
            book(Assets(tokens=frozenset({serial})))
        self._release(Assets(tokens=frozenset({asked})))
        return device

    def give_back(self, login_id: str) -> None:
        """Book a customer and the token in hand as free again: nothing was changed."""
        self._release(_held_by(next(e for e in self._pool.entries if e.login_id == login_id)))

    # -- inside ------------------------------------------------------------

    @contextmanager
    def _booking(self) -> Iterator[tuple[Assets, Callable[[Assets], None]]]:
        """Hold the ledger; yields what is spent, and what books as handed out."""
        more = {"run": self._spending.run_id, "scenario": self._spending.scenario}
        try:
            with self._ledger.taking() as book:
                yield self._out_of_reach(), lambda assets: book(HANDED_OUT, assets, more)
        except LedgerError as error:
            raise _unusable(error) from None

    def _out_of_reach(self) -> Assets:
        """Return what has been spent, and what others are to spend. Raises `LedgerError`."""
        share = self._ledger.share(self._spending.run_id)
        return self._ledger.spent() | beyond(self._pool, share)

    def _release(self, assets: Assets) -> None:
        try:
            self._ledger.release(assets)
        except LedgerError as error:
            raise _unusable(error) from None

    def _heard(self, spent: Spent) -> None:
        if spent.what in _UNNOTED or not spent.who:
            return
        try:
            self._ledger.note(
                self._spending.run_id, self._spending.scenario, spent, self._means.step_seconds
            )
        except LedgerError as error:
            raise _unusable(error) from None

    def _until(self) -> datetime | None:
        """Return until when a token must not expire; None where that is not looked at."""
        return None

    def _lacking(self, need: Need, until: datetime | None = None) -> AssetsLackingError:
        with speaking("ja"):  # outcomes are Japanese, like the journal
            name = name_of(need)
        if until is not None:
            name = f"有効期限が{until.astimezone(TOKYO):%Y年%m月%d日}より後の{name}"
        return AssetsLackingError(
            expected=f"{name}が一覧に残っていること",
            observed=f"{self._pool.path.name} に、未使用の{name}がありません",
            hint="一覧に足すか、元の状態に戻してから otp-conformance assets --release で"
            "解放してください。",
        )

    def _provisioned(self, entry: Entry) -> Provisioned:
        account = self._account(entry)
        if entry.token is None:
            return Provisioned(account)
        return Provisioned(account, self._device(entry.token), self._last_used(entry.token))

    def _account(self, entry: Entry) -> Account:
        customer, defaults = entry.customer, self._pool.file.defaults
        places = {"login_id": customer.login_id, "serial": customer.token or ""}
        secrets = {}
        for key in ("login_password", "confirmation_password"):
            reference = getattr(customer, key) or getattr(defaults, key) or ""
            named = f"{self._pool.path.name}: customer {customer.login_id}: {key}"
            secrets[key] = _typeable(self._means.secret(filled(reference, places), named), named)
        return Account(
            login_id=customer.login_id,
            login_password=secrets["login_password"],
            confirmation_password=secrets["confirmation_password"],
            name=customer.name,
            address=customer.address,
        )

    def _last_used(self, token: PoolToken) -> datetime | None:
        """Return when a token was used last, as the file or an earlier run has it."""
        booked = self._ledger.newest_use(token.serial, self._means.step_seconds)
        return max((m for m in (token.last_used, booked) if m is not None), default=None)

    def _device(self, token: PoolToken) -> TokenDevice:
        if token.serial not in self._devices:
            defaults = self._pool.file.defaults
            seed = filled(token.seed or defaults.seed or "", {"serial": token.serial})
            asset = TokenAsset(token.serial, token.kind, self._pool.expiry(token))
            self._devices[token.serial] = self._means.make_device(asset, seed)
        return self._devices[token.serial]


def _typeable(password: str, named: str) -> str:
    """Return a password that fits a field of one line; ``named``: where it stands, for readers."""
    if any(unicodedata.category(letter) == "Cc" for letter in password):
        raise DeclarationMismatch(
            expected=f"{named} がキーボードで打てる一行の文字列であること",
            observed="途中に改行か制御文字があります（値は表示しません）",
            hint="参照の先を、パスワードだけの一行にしてください。",
        )
    return password


def _held_by(entry: Entry) -> Assets:
    """Return a customer and the token in hand."""
    held = frozenset({entry.customer.token} if entry.customer.token else ())
    return Assets(frozenset({entry.login_id}), held)


def _unusable(error: LedgerError) -> DeclarationMismatch:
    return DeclarationMismatch(expected="消費の台帳を読み書きできること", observed=str(error))


def list_of(adapter: ProvisioningAdapter, base: Path) -> Path:
    """Return where the declared list is to be. ``base``: folder of the declaration."""
    return base / adapter.file


def open_pool(
    adapter: ProvisioningAdapter, base: Path, *, needs_seeds: bool = True, shortest_serial: int = 0
) -> tuple[Pool, Ledger]:
    """Return the declared pool and its ledger. ``base``: folder of the declaration.

    ``needs_seeds``, ``shortest_serial``: see `load_pool`.

    Raises `DeclarationError` with every problem of the pool's file.
    """
    path = list_of(adapter, base)
    ledger = base / adapter.ledger if adapter.ledger else path.parent / LEDGER_NAME
    pool = load_pool(
        path,
        needs_seeds=needs_seeds,
        to_make=adapter.kind == "procedures",
        shortest_serial=shortest_serial,
    )
    return pool, Ledger(ledger)
