"""A token past its expiry: what becomes of it is declared (TOK-11, IX-37, AMB-42)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from otp_conformance.people import stories
from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import NotRun

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World

# Whether the last minute belongs to the token is nowhere said: a day is beyond doubt.
_AFTER = timedelta(days=1)


def pass_by(world: World, customer: Customer) -> None:
    """Move the SUT's clock to the day after the expiry of the customer's token.

    Raises `NotRun` where the clock cannot be put back: every later scenario would
    meet its tokens years too late.
    """
    expiry = customer.in_hand().asset.expires_at
    if not world.sut.clock.reversible:
        raise NotRun(
            expected=f"時計を有効期限の翌日（{expiry + _AFTER:%Y年%m月%d日}）まで進めること",
            observed="この時計は元に戻せず、以後のシナリオのトークンまで期限を過ぎてしまいます",
            hint="戻せる時計（adapters.clock）のある環境なら実施できます。",
        )
    world.time.move_to(expiry + _AFTER)


def login(world: World) -> None:
    """Judge that the latest login, past the expiry, was refused iff declared so (IX-37)."""
    if world.declaration.expiry.after == "accepted":
        world.judge.accepted()
        return
    world.judge.login_refused()
    other = _with_valid_token(world, Status.IN_SERVICE)
    world.judge.control(other.log_in(other.code("新しい", "login")))


def activation(world: World) -> None:
    """Judge that the latest activation, past the expiry, was refused iff declared so (IX-37)."""
    if world.declaration.expiry.after == "accepted":
        world.judge.done(world.acting())
        return
    world.judge.refused()
    other = _with_valid_token(world, Status.ISSUED)
    world.judge.control_done(stories.try_activation(other), other)


def _with_valid_token(world: World, status: Status) -> Customer:
    """Return a customer for a control, whose token has not expired yet at the SUT's time."""
    other = world.control_customer(status)
    expiry = other.in_hand().asset.expires_at
    if expiry <= world.time.now():
        raise NotRun(
            expected="対照に、有効期限の残るトークンを持つ別のお客さまがいること",
            observed=f"対照のお客さまのトークンの有効期限は{expiry:%Y年%m月%d日}です",
            hint="有効期限の離れた二つのトークンを用意すると実施できます。",
        )
    return other
