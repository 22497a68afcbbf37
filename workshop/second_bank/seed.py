"""``python -m workshop.second_bank.seed --customers N --out DIR``: prepare the pool.

Writes the bank's database, ``pool.toml`` and one file for each secret (readable by
the owner only). N customers of every state and kind that scenarios ask for
most; of the rare ones a share. Never onto an earlier pool.
"""

from __future__ import annotations

import argparse
import base64
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from reference_impl.clock import system_clock
from reference_impl.service import control
from reference_impl.service.bank import Bank
from workshop.second_bank.rules import POLICY, open_bank

_JAPAN = ZoneInfo("Asia/Tokyo")
_LIFE = timedelta(days=5 * 365)
_SEED_BYTES = 20
_HARD, _SOFT = "hardware", "software"


@dataclass(frozen=True)
class Sort:
    """Customers of one sort: how many for each of N, and what is special about them."""

    share: float
    status: str
    kind: str = _HARD
    length: int = 12
    prefix: str = ""
    confirmation: int = 0
    reserved: bool = False


SORTS = (
    Sort(1.0, "not_registered"),
    Sort(0.3, "not_registered", reserved=True),
    Sort(1.0, "issued"),
    *(Sort(0.05, "issued", length=length) for length in (8, 9, 11)),
    Sort(0.15, "issued", length=10),
    Sort(0.05, "issued", prefix="0"),
    Sort(0.1, "issued", _SOFT),
    Sort(2.0, "in_service"),
    Sort(0.3, "in_service", _SOFT),
    Sort(0.05, "in_service", _SOFT, reserved=True),
    *(
        Sort(0.05, status, confirmation=length)
        for status in ("not_registered", "in_service")
        for length in (POLICY.confirmation_min, POLICY.confirmation_max)
    ),
    Sort(0.3, "suspended"),
    Sort(0.4, "deactivated", reserved=True),
    Sort(0.1, "deactivated", _SOFT, reserved=True),
)
STOCK_SHARE = 1.0


class Pool:
    """Writes the database, the list and the secrets."""

    def __init__(self, folder: Path, bank: Bank) -> None:
        self._folder, self._bank = folder, bank
        self._numbers = count(1)
        self._serials: set[str] = set()
        self._expiry = (system_clock() + _LIFE).astimezone(_JAPAN).replace(second=0, microsecond=0)
        # Whole paths: a reference is read from where the declaration lies.
        kept = (folder / "secrets").resolve()
        self.lines = [
            "pool_version = 1",
            "[defaults]",
            f'login_password = "file:{kept}/{{login_id}}.login"',
            f'confirmation_password = "file:{kept}/{{login_id}}.confirm"',
            f'seed = "file:{kept}/{{serial}}.seed"',
            f"expires_at = {self._expiry.isoformat()}",
        ]

    def token(self, kind: str, length: int = 12, prefix: str = "", reserved_for: str = "") -> str:
        """Put a token into stock, list it and return its serial."""
        serial = ""
        while not serial or serial in self._serials:
            start = prefix or secrets.choice("123456789")
            serial = start + "".join(
                secrets.choice("0123456789") for _ in range(length - len(start))
            )
        self._serials.add(serial)
        seed = secrets.token_bytes(_SEED_BYTES)
        control.add_token(
            self._bank,
            serial=serial,
            secret=seed,
            kind=kind,
            expires_at=self._expiry,
            reserved_for=reserved_for or None,
        )
        self._secret(f"{serial}.seed", base64.b32encode(seed).decode())
        self.lines += ["[[token]]", f'serial = "{serial}"', f'kind = "{kind}"']
        if reserved_for:
            self.lines.append(f'reserved_for = "{reserved_for}"')
        return serial

    def customer(self, sort: Sort) -> None:
        """Make one customer of a sort, with the tokens that belong to it."""
        login_id = f"member{next(self._numbers):05d}"
        bare = sort.status == "not_registered"
        serial = None if bare else self.token(sort.kind, sort.length, sort.prefix)
        if sort.reserved:
            self.token(_SOFT, reserved_for=login_id)
        confirmation = secrets.token_hex(16)[: sort.confirmation - 2] + "x7"
        view, password, confirmation = control.create_customer(
            self._bank,
            login_id=login_id,
            login_password=None,
            confirmation_password=confirmation if sort.confirmation else None,
            name="北斗 花子",
            address="ほくと市中央1丁目1番1号",
            status=sort.status,
            kind=sort.kind,
            token_serial=serial,
        )
        self._secret(f"{login_id}.login", password)
        self._secret(f"{login_id}.confirm", confirmation)
        self.lines += ["[[customer]]", f'login_id = "{login_id}"', f'status = "{sort.status}"']
        self.lines += [f'kind = "{sort.kind}"', f'name = "{view.name}"']
        self.lines += [f'address = "{view.address}"']
        if serial:
            self.lines.append(f'token = "{serial}"')
        if sort.confirmation:
            self.lines.append(f"confirmation_length = {sort.confirmation}")

    def _secret(self, name: str, value: str) -> None:
        path = self._folder / "secrets" / name
        path.touch(mode=0o600)
        path.write_text(value, encoding="utf-8")


def seed(folder: Path, customers: int) -> Path:
    """Prepare a pool in a folder that has none; return the list's path.

    Raises FileExistsError where a pool is.
    """
    (folder / "secrets").mkdir(parents=True)
    pool = Pool(folder, open_bank(folder, system_clock))
    for sort in _wanted(customers):
        pool.customer(sort)
    for _ in range(max(1, round(customers * STOCK_SHARE))):
        pool.token(_HARD)
    path = folder / "pool.toml"
    path.write_text("\n".join(pool.lines) + "\n", encoding="utf-8")
    return path


def _wanted(customers: int) -> Iterator[Sort]:
    for sort in SORTS:
        for _ in range(max(1, round(customers * sort.share))):
            yield sort


def main() -> int:
    """Read the command line, prepare, say where."""
    parser = argparse.ArgumentParser(prog="python -m workshop.second_bank.seed", allow_abbrev=False)
    parser.add_argument("--customers", type=int, required=True, help="of each common sort")
    parser.add_argument("--out", type=Path, required=True)
    found = parser.parse_args()
    begun = datetime.now(tz=_JAPAN)
    try:
        path = seed(found.out, found.customers)
    except FileExistsError:
        sys.stderr.write(f"{found.out} already holds a pool; name another folder\n")
        return 2
    taken = (datetime.now(tz=_JAPAN) - begun).total_seconds()
    sys.stdout.write(f"{path} ({taken:.0f} s)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
