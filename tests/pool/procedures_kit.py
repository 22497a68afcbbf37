"""A list for the example whose customers the procedures make: just what `plan` says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bank_process import KEY
from pool_kit import PoolMaker

from otp_conformance.assets.port import Need
from otp_conformance.resources import fixtures_dir
from otp_conformance.specification.words import Kind

EXAMPLE = fixtures_dir() / "declarations" / "procedures-example.toml"
STAFF = "made-up-staff-password"
ENV = {"OTP_TEST_CONTROL_KEY": KEY, "OTP_STAFF_PASSWORD": STAFF}
LATER = "2036-03-31T23:59:00+09:00"


class ListMaker(PoolMaker):
    """Puts unregistered customers and stock into the bank, and lists them."""

    def unregistered(self, reserved: int = 0, confirmation: int = 0) -> str:
        login_id = self.customer("not_registered", confirmation=confirmation)
        for _ in range(reserved):
            self.token("software", reserved_for=login_id)
        return login_id

    def provide(self, plan: Mapping[str, Any]) -> None:
        """List exactly what a plan (``--format json``) needs."""
        needs = [(Need.parse(text), n) for text, n in plan["needs"].items()]
        needs.sort(key=lambda item: (item[0].serial_length, item[0].serial_prefix))
        for need, number in needs:
            for _ in range(number):
                if need.status is not None:
                    self.unregistered(need.reserved, need.confirmation_length)
                elif need.kind is Kind.HARDWARE:
                    self.token(length=need.serial_length or 12, prefix=need.serial_prefix)
        spare = plan["software_tokens"] - sum(n.reserved * k for n, k in needs)
        if spare:
            for _ in range(spare):
                self.unregistered(2)
        for _ in plan["letting_a_token_expire"]:
            self.token(expires=LATER)

    def declare(self) -> Path:
        """Write the list, and the example for this bank beside it; return its path."""
        self.bank.call("POST", "/staff/accounts", {"staff_id": "staff01", "password": STAFF})
        self.write_list("procedures-list.toml")
        text = EXAMPLE.read_text(encoding="utf-8")
        url = 'base_url = "http://127.0.0.1:8080"'
        assert url in text
        path = self.folder / "bank.toml"
        path.write_text(text.replace(url, f'base_url = "{self.bank.url}"'), encoding="utf-8")
        return path


def planned(output: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output)
    return found


__all__ = ["ENV", "EXAMPLE", "ListMaker", "planned"]
