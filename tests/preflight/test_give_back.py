"""A preflight uses no prepared customer up, through whatever port they are handed out."""

from __future__ import annotations

from typing import Any, cast

from otp_conformance.assets.consumption import Spending
from otp_conformance.assets.port import Provisioner, TakesBack
from otp_conformance.deployment.counting import CountingProvisioner


class Prepared:
    """A provisioner that notes who is put back."""

    def __init__(self) -> None:
        self.back: list[str] = []

    def give_back(self, login_id: str) -> None:
        self.back.append(login_id)


def counting(inner: Any) -> CountingProvisioner:
    return CountingProvisioner(cast("Provisioner", inner), Spending())


def test_the_port_that_counts_puts_prepared_customers_back() -> None:
    prepared = Prepared()
    port = counting(prepared)
    assert isinstance(port, TakesBack)
    port.give_back("member00001")
    assert prepared.back == ["member00001"]


def test_customers_made_anew_need_no_giving_back() -> None:
    counting(object()).give_back("member00001")
