"""How customers come into a scenario, in a state and with what it needs, and are found again."""

from __future__ import annotations

import secrets
import string
from typing import Literal

from otp_conformance.assets.port import Need
from otp_conformance.people import procedures
from otp_conformance.people.customer import Customer
from otp_conformance.people.gate import opening_day, service_day
from otp_conformance.people.making import made
from otp_conformance.people.scene import Scene
from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import DeclarationMismatch, SetupFailed

_CHARACTERS = {
    "digits": string.digits,
    "alphanumeric": string.ascii_letters + string.digits,
    "printable": string.ascii_letters + string.digits + "!#$%&+-",
}


class People:
    """The customers of one scenario, by name."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._by_name: dict[str, Customer] = {}

    def person(self, name: str) -> Customer:
        """Return somebody whom an earlier step has introduced."""
        if name not in self._by_name:
            raise LookupError(f"「{name}」が前提に現れていません（シナリオの誤り）")
        return self._by_name[name]

    def acting(self) -> Customer:
        """Return the customer who acted last."""
        if not self.scene.acting:
            raise LookupError("まだだれも操作していません（シナリオの誤り）")
        return self.person(self.scene.acting)

    def introduce(
        self, name: str, need: Need, *, confirmation_password: str | None = None
    ) -> Customer:
        """Bring a fresh customer in the needed state into the scenario.

        One who is to be made is brought there first (`making.made`). One out of a list is
        looked at where that can be told (`make_sure_suspended`).
        """
        provisioned = self.scene.provisioner.customer(
            need, confirmation_password=confirmation_password
        )
        if provisioned.to_make:
            provisioned = made(self.scene, provisioned, need)
        customer = Customer(self.scene, self._by_name, name, provisioned)
        if provisioned.token is not None and provisioned.last_used is not None:
            step = self.scene.time.step(provisioned.last_used)
            self.scene.ledger.book(provisioned.token, step)
        if need.status is Status.DEACTIVATED:
            customer.retire()
        self._by_name[name] = customer
        if need.status is Status.SUSPENDED:
            make_sure_suspended(customer)
        return customer

    def introduce_with_length(
        self, name: str, extreme: Literal["最短", "最長"], status: Status
    ) -> Customer:
        """Bring in one whose confirmation password is as short or long as declared (DEA-25)."""
        rules = self.scene.declaration.confirmation_password
        length = rules.min_length if extreme == "最短" else rules.max_length
        characters = _CHARACTERS[rules.characters]
        password = "".join(secrets.choice(characters) for _ in range(length))
        self.scene.keep_secret(password)
        return self.introduce(
            name, Need(status, confirmation_length=length), confirmation_password=password
        )

    def to_next_day(self, hour: int, minute: int) -> None:
        """Move to a time of the next day, as the declaration means it for a new start (IX-32).

        Where only business days count, a weekend or holiday after a deactivation is passed.
        """
        time, declaration = self.scene.time, self.scene.declaration
        time.to_next_day(hour, minute)
        if not declaration.switching.business_days_only:
            return
        ended = [at for each in self._by_name.values() if (at := each.deactivated_at) is not None]
        opening = max((opening_day(at, declaration) for at in ended), default=None)
        while opening is not None and service_day(time.now(), declaration) < opening:
            time.to_next_day(hour, minute)

    def control_customer(self, status: Status) -> Customer:
        """Return a customer of their own for a control."""
        return self.introduce("対照のお客さま", Need(status))


def make_sure_suspended(customer: Customer) -> None:
    """Make sure that a customer of a prepared list who is to be suspended really is (IX-44).

    The suite has not brought them there and sees no state, so a list may be out of date:
    somebody was unlocked, or a suspension ended by itself. Whatever the scenario then saw
    would say nothing, be it a refusal or a success.

    Where the declaration says so, the suite suspends the customer first, by wrong OTPs
    (IX-21). Then a fresh right OTP must not log in; this is done in a browser of its own.
    A system that makes customers on request has answered with their state: nothing is
    done there. Raises `DeclarationMismatch` for one who was prepared and is not suspended,
    `SetupFailed` for one whom the wrong OTPs did not suspend.
    """
    adapter = customer.scene.declaration.adapters.provisioning
    if not adapter.listed:
        return
    here = adapter.suspends_here
    if here:
        procedures.mistake_at_login(customer, customer.scene.threshold)
    attempt = customer.log_in("新しい")
    if attempt.accepted:
        raise _not_suspended(customer, attempt.seen, here=here)
    customer.begin_anew()


def _not_suspended(
    customer: Customer, seen: str, *, here: bool
) -> SetupFailed | DeclarationMismatch:
    login_id = customer.account.login_id
    if here:
        return SetupFailed(
            expected=f"ワンタイムパスワードを続けて{customer.scene.threshold}回間違えた"
            f"お客さま {login_id} の認証が停止すること",
            observed=f"新しいワンタイムパスワードでログインできました。{seen}",
            hint="停止する回数（lockout.threshold）が宣言どおりかを確かめてください。",
        )
    return DeclarationMismatch(
        expected=f"停止中として用意されたお客さま {login_id} の認証が、はじめに停止していること",
        observed="準備したお客さまが停止中ではありません。"
        f"新しいワンタイムパスワードでログインできました。{seen}",
        hint="停止させ直して otp-conformance assets --release で解放するか、スイートに停止させて"
        '（adapters.provisioning.suspend = "wrong_codes"）ください。停止が自動で解除される'
        "製品なら、LCK-07 の不適合です。",
    )
