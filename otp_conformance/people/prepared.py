"""Customers out of a prepared list: whether they are in the state that the list says (IX-44).

The suite has not brought them there and sees no state, so a list may be out of date:
somebody was unlocked, or a suspension ended by itself. Whatever the scenario then saw
would say nothing, be it a refusal or a success.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from otp_conformance.people import stories
from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import DeclarationMismatch, SetupFailed

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World


def make_sure(world: World, customer: Customer, status: Status) -> None:
    """Make sure that a customer of a prepared list who is to be suspended really is.

    Where the declaration says so, the suite suspends the customer first, by wrong OTPs
    (IX-21). Then a fresh right OTP must not log in; this is done in a browser of its own.
    A system that makes customers on request has answered with their state: nothing is
    done there. Raises `DeclarationMismatch` for one who was prepared and is not suspended,
    `SetupFailed` for one whom the wrong OTPs did not suspend.
    """
    adapter = world.declaration.adapters.provisioning
    if status is not Status.SUSPENDED or adapter.kind != "pool":
        return
    here = adapter.suspend == "wrong_codes"
    if here:
        stories.mistake_at_login(customer, world.threshold)
    attempt = customer.log_in(customer.code("新しい", "login"))
    if attempt.accepted:
        raise _not_suspended(world, customer, attempt.seen, here=here)
    customer.begin_anew()


def _not_suspended(
    world: World, customer: Customer, seen: str, *, here: bool
) -> SetupFailed | DeclarationMismatch:
    login_id = customer.account.login_id
    if here:
        return SetupFailed(
            expected=f"ワンタイムパスワードを続けて{world.threshold}回間違えた"
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
