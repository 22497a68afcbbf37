"""A preflight uses no prepared customer up, through whatever port they are handed out."""

from __future__ import annotations

from typing import cast

from otp_conformance.assets.consumption import Spending
from otp_conformance.assets.port import Provisioner
from otp_conformance.deployment.counting import CountingProvisioner


class Prepared:
    """A provisioner that notes who is put back."""

    def __init__(self) -> None:
        self.back: list[str] = []

    def give_back(self, login_id: str) -> None:
        self.back.append(login_id)


def test_the_port_that_counts_puts_prepared_customers_back() -> None:
    prepared = Prepared()
    CountingProvisioner(cast("Provisioner", prepared), Spending()).give_back("member00001")
    assert prepared.back == ["member00001"]
