"""Make the secrets that a pool refers to: a password a customer, a seed a token.

    python third_party/secrets_of_pool.py POOL.toml STATE_FOLDER

Existing files stay as they are. Standard library only: it also runs inside a
product's own virtual environment.
"""

from __future__ import annotations

import os
import secrets
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Prepared:
    """One customer with what belongs to it.

    ``seed`` is hexadecimal, 20 bytes; with ``serial`` empty for a customer without token.
    """

    login_id: str
    status: str
    serial: str
    password: str
    seed: str


def secret(path: Path, make: str) -> str:
    """Return a file's secret; a missing one is written with mode 0600."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(make)
    return path.read_text().strip()


def prepared(pool: Path, state: Path) -> list[Prepared]:
    """Return the pool's customers with their secrets, making those that are missing."""
    data = tomllib.loads(pool.read_text(encoding="utf-8"))
    seeds = {
        token["serial"]: secret(state / "seeds" / token["serial"], secrets.token_hex(20))
        for token in data["token"]
    }
    return [
        Prepared(
            login_id=customer["login_id"],
            status=customer["status"],
            serial=customer.get("token", ""),
            password=secret(
                state / "passwords" / customer["login_id"], f"Pw{secrets.token_hex(8)}"
            ),
            seed=seeds.get(customer.get("token", ""), ""),
        )
        for customer in data["customer"]
    ]


if __name__ == "__main__":
    print(f"{len(prepared(Path(sys.argv[1]), Path(sys.argv[2])))} customers")
