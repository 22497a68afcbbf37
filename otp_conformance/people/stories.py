"""Longer things that customers and staff do, made of single verbs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.people.codes import MALFORMED
from otp_conformance.people.gate import is_open, opening_day, service_day
from otp_conformance.specification.words import Kind
from otp_conformance.tokens.port import TokenDevice
from otp_conformance.verdict.outcome import NotApplicable, SetupFailed

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World

CIRCUMSTANCES = "お客さまから連絡を受け、本人であることと誤入力の経緯を確認した"


def deliver(world: World, customer: Customer) -> TokenDevice:
    """Staff send a fresh token for the customer's open order; it arrives."""
    token = world.sut.provisioner.token()
    serial = world.sut.staff.dispatch(customer.account.login_id, token.asset.serial)
    customer.token = world.sut.provisioner.device(serial)
    customer.awaiting_dispatch = False
    return customer.token


def try_to_send_retired(world: World, customer: Customer) -> Attempt:
    """Staff try to send the customer's retired token once more (RIS-02)."""
    return _send(world, customer, customer.retired_token())


def send_new(world: World, customer: Customer) -> Attempt:
    """Staff send a fresh token."""
    return _send(world, customer, world.sut.provisioner.token())


def _send(world: World, customer: Customer, token: TokenDevice) -> Attempt:
    try:
        world.sut.staff.dispatch(customer.account.login_id, token.asset.serial)
    except SetupFailed as refusal:
        attempt = Attempt(Action.DISPATCH, accepted=False, told=True, seen=refusal.observed)
    else:
        seen = f"トークン {token.asset.serial} が発送されました"
        attempt = Attempt(Action.DISPATCH, accepted=True, told=False, seen=seen)
    world.last = attempt
    return attempt


def apply_for(customer: Customer, kind: Kind) -> None:
    """Apply for a token; it must be accepted."""
    customer.issue(kind, customer.confirmation("正しい")).require_accepted()


def apply_when_open(world: World, customer: Customer, kind: Kind) -> None:
    """Apply for a token as soon as the declared gate lets this customer (IX-30 to IX-32)."""
    wait_for_gate(world, customer, kind)
    apply_for(customer, kind)


def activate(customer: Customer) -> None:
    """Activate the token in hand; it must succeed."""
    try_activation(customer).require_accepted()


def try_activation(customer: Customer) -> Attempt:
    """Try to activate the token in hand, everything being right."""
    if customer.in_hand().asset.kind is Kind.SOFTWARE:
        return customer.activate_software(customer.code("新しい", "activation"))
    serial = customer.serial("届いたトークンの")
    return customer.activate(serial, customer.code("新しい", "activation"))


def deactivate(customer: Customer) -> None:
    """Deactivate the token in hand; it must succeed."""
    customer.try_deactivation("正しい", "新しい").require_accepted()


def receive_new_token(world: World, customer: Customer) -> None:
    """Apply for a hardware token and get it, waiting for the gate where declared."""
    apply_when_open(world, customer, Kind.HARDWARE)
    deliver(world, customer)


def start_software(world: World, customer: Customer) -> None:
    """Apply for and activate a software token on a new handset."""
    wait_for_gate(world, customer, Kind.SOFTWARE)
    device = world.sut.provisioner.reserve_software_token(customer.account.login_id)
    apply_for(customer, Kind.SOFTWARE)
    customer.token = device
    activate(customer)


def wait_for_gate(world: World, customer: Customer, kind: Kind) -> None:
    """Move on, day by day, until the declared gate is open for this customer."""
    while not gate_is_open(world, customer, kind):
        world.time.to_next_day(10, 0)


def gate_is_open(world: World, customer: Customer, kind: Kind) -> bool:
    """Tell whether the declared gate lets the customer start with a kind now."""
    if customer.deactivated_at is None:
        return True
    return is_open(
        world.declaration,
        deactivated=customer.deactivated_at,
        now=world.time.now(),
        former=customer.retired_token().asset.kind,
        new=kind,
    )


def try_start(world: World, customer: Customer, kind: Kind) -> Attempt:
    """Try the gated step of a new start, as declared: application or activation (IX-30)."""
    at_activation = world.declaration.switching.gate == "activation"
    reserved = None
    if at_activation and kind is Kind.SOFTWARE:
        reserved = world.sut.provisioner.reserve_software_token(customer.account.login_id)
    attempt = customer.issue(kind, customer.confirmation("正しい"))
    if not at_activation or not attempt.accepted:
        return attempt
    if reserved is None:
        deliver(world, customer)
    else:
        customer.token = reserved
    return try_activation(customer)


def to_next_day(world: World, hour: int, minute: int) -> None:
    """Move to a time of the next day, as the declaration means it for a new start (IX-32).

    Where only business days count, a weekend or holiday after a deactivation is passed.
    """
    world.time.to_next_day(hour, minute)
    if not world.declaration.switching.business_days_only:
        return
    ended = [at for person in world.people() if (at := person.deactivated_at) is not None]
    opening = max((opening_day(at, world.declaration) for at in ended), default=None)
    while opening is not None and service_day(world.time.now(), world.declaration) < opening:
        world.time.to_next_day(hour, minute)


def unlock_keeping_token(world: World, customer: Customer) -> None:
    """Staff lift a suspension; the customer goes on with the same token (LCK-13, LCK-14).

    Raises `NotApplicable` where the declaration says that the token is retired by it.
    """
    if world.declaration.lockout.unlock.token == "retired":  # noqa: S105 - no secret
        raise NotApplicable(
            expected="停止状態の解除の後に、同じトークンで確かめること",
            observed="停止状態を解除するとトークンは失効すると宣言されています"
            "（lockout.unlock.token）",
        )
    world.unlock(customer)


def revoke(world: World, customer: Customer) -> None:
    """Staff retire the token that a customer has lost; its sessions are over (IX-43)."""
    world.sut.staff.revoke(customer.account.login_id)
    customer.retire()
    customer.change_browser()


def retry_start(world: World, customer: Customer, kind: Kind) -> Attempt:
    """Try the gated step again, as the control of an earlier refusal."""
    if world.declaration.switching.gate == "activation" and customer.token is not None:
        return try_activation(customer)
    return try_start(world, customer, kind)


def deactivate_at(world: World, customer: Customer, moment: datetime) -> None:
    """Deactivate at a given moment; the code of that very minute is used."""
    world.time.move_to(moment - timedelta(minutes=5))
    customer.ensure_logged_in()
    world.time.move_to(moment)
    deactivate(customer)


def almost_suspend_repeatedly(world: World, customer: Customer, times: int) -> None:
    """One mistake fewer than suspends, then a right login; so many times."""
    world.story_logins.clear()
    for _ in range(times):
        mistake_at_login(customer, world.threshold - 1)
        world.story_logins.append(customer.log_in(customer.code("新しい", "login")))


def mistake_at_login(customer: Customer, times: int) -> None:
    """Enter wrong OTPs at login; each must be refused."""
    for _ in range(times):
        attempt = customer.log_in(customer.code("誤った", "login"))
        attempt.require_refused("誤ったワンタイムパスワード")


def mistake_at_deactivation(customer: Customer, times: int) -> None:
    """Enter wrong OTPs on the deactivation screen; each must be refused."""
    customer.require_declared_otp_field()
    for _ in range(times):
        attempt = customer.try_deactivation("正しい", "誤った")
        attempt.require_refused("誤ったワンタイムパスワード")


def mistake_at_activation(customer: Customer, times: int) -> None:
    """Enter wrong OTPs on the activation screen; none may activate.

    Ends early when the customer is not let in any more.
    """
    for _ in range(times):
        customer.log_out()
        if not customer.log_in(None).accepted:
            return
        serial = customer.serial("届いたトークンの")
        attempt = customer.activate(serial, customer.code("誤った", "activation"))
        attempt.require_refused("誤ったワンタイムパスワード")
        customer.logged_in = not customer.site.login.is_shown()


def activate_after_new_login(customer: Customer) -> Attempt:
    """Log in anew and try to activate rightly; the end is wherever that stops."""
    customer.change_browser()
    attempt = customer.log_in(None)
    if not attempt.accepted:
        return attempt
    return try_activation(customer)


def enter_malformed(customer: Customer, times: int) -> None:
    """Enter malformed OTPs at login; each must be refused."""
    for i in range(times):
        attempt = customer.log_in(customer.code(MALFORMED[i % len(MALFORMED)], "login"))
        attempt.require_refused("形の合わないワンタイムパスワード")


def enter_stale(customer: Customer) -> None:
    """Enter an OTP that has just left the look-back window; it must be refused."""
    attempt = customer.log_in(customer.code("許容幅より一つ古い", "login"))
    attempt.require_refused("許容幅より古いワンタイムパスワード")


def reuse_at_login(customer: Customer, times: int) -> None:
    """Enter the last used OTP again and again; each must be refused."""
    for _ in range(times):
        attempt = customer.log_in(customer.code("同じ", "login"))
        attempt.require_refused("使用済みのワンタイムパスワード")
