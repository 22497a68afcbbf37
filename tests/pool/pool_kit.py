"""A pool for the reference bank: made over its test-control API, written down, declared."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bank_process import KEY, BankProcess, not_started_by_a_run

from otp_conformance.assets.made_up import new_password, new_serial
from otp_conformance.resources import fixtures_dir

EXPIRES = "2031-03-31T23:59:00+09:00"
ENV = {"POOL_TEST_KEY": KEY}


@dataclass
class PoolMaker:
    """Makes accounts at the bank and the entries of the file side by side."""

    bank: BankProcess
    folder: Path
    entries: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    count: int = 0

    def _secret(self, name: str, value: str) -> None:
        path = self.folder / "secrets" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(value + "\n", encoding="utf-8")
        self.secrets.append(value)

    def token(
        self,
        kind: str = "hardware",
        length: int = 12,
        prefix: str = "",
        expires: str = EXPIRES,
        **more: str,
    ) -> str:
        serial = (prefix or "1") + new_serial(length)[1:]
        seed = base64.b32encode(new_password(20).encode()).decode()
        body: dict[str, Any] = {
            "serial": serial,
            "secret_base32": seed,
            "kind": kind,
            "expires_at": expires,
            **more,
        }
        self.bank.call("POST", "/tokens", body)
        self._secret(f"{serial}.seed", seed)
        lines = ["[[token]]", f'serial = "{serial}"', f'kind = "{kind}"']
        lines += [f'{key} = "{value}"' for key, value in more.items()]
        lines += [] if expires == EXPIRES else [f"expires_at = {expires}"]
        self.entries.append("\n".join(lines))
        return serial

    def customer(
        self,
        status: str,
        kind: str = "hardware",
        length: int = 12,
        *,
        listed: str = "",
        confirmation: int = 0,
    ) -> str:
        """Make a customer; ``listed``: the state that the list says, where it is another."""
        self.count += 1
        login_id = f"pool{self.count:04d}"
        body = {
            "status": status,
            "kind": kind,
            "login_id": login_id,
            "login_password": new_password(12),
            "confirmation_password": new_password(confirmation or 8),
            "name": f"見本　太郎{self.count}",
            "address": f"みほん県みほん市{self.count}番地",
        }
        lines = ["[[customer]]", f'login_id = "{login_id}"', f'status = "{listed or status}"']
        lines += [f'kind = "{kind}"', f'name = "{body["name"]}"', f'address = "{body["address"]}"']
        lines += [f"confirmation_length = {confirmation}"] if confirmation else []
        if status != "not_registered":
            body["token_serial"] = self.token(kind, length)
            if listed != "not_registered":
                lines.append(f'token = "{body["token_serial"]}"')
        self.bank.call("POST", "/customers", body)
        self._secret(f"{login_id}.login", body["login_password"])
        self._secret(f"{login_id}.confirmation", body["confirmation_password"])
        self.entries.append("\n".join(lines))
        return login_id

    def write(self, suspend: str = "prepared") -> Path:
        """Write the pool's file and a declaration; return the declaration's path."""
        self.write_list("pool.toml")
        declaration = self.folder / "bank.toml"
        declaration.write_text(declared(self.bank.url, suspend), encoding="utf-8")
        return declaration

    def write_list(self, name: str) -> None:
        """Write the list's file."""
        head = f"""\
[defaults]
login_password = "file:secrets/{{login_id}}.login"
confirmation_password = "file:secrets/{{login_id}}.confirmation"
seed = "file:secrets/{{serial}}.seed"
expires_at = {EXPIRES}
"""
        text = "\n\n".join([head, *self.entries]) + "\n"
        (self.folder / name).write_text(text, encoding="utf-8")


def declared(url: str, suspend: str = "prepared") -> str:
    """Return the reference's declaration for a bank that somebody else started."""
    text = (fixtures_dir() / "declarations" / "reference.toml").read_text(encoding="utf-8")
    text = not_started_by_a_run(text)
    for old, new in (
        ('base_url = "auto"', f'base_url = "{url}"'),
        (
            '[adapters.provisioning]                 # IX-44\nkind = "test_control"',
            f'[adapters.provisioning]\nkind = "pool"\nfile = "pool.toml"\nsuspend = "{suspend}"',
        ),
        ('key = "env:OTP_TEST_CONTROL_KEY"', 'key = "env:POOL_TEST_KEY"'),
    ):
        assert old in text, old
        text = text.replace(old, new)
    head, tail = text.split("[adapters.staff]", 1)
    rest = tail[tail.index("[adapters.test_control]") :]
    return f'{head}[adapters.staff]\nkind = "test_control"\n{rest}'


def at(step: int) -> datetime:
    return datetime.fromtimestamp(step * 60, tz=UTC)
