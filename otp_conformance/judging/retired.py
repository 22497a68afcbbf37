"""What becomes of a deactivated token, as declared (DEA-20, DEA-21, RIS-03; IX-35, AMB-29, AMB-60).

Whatever is declared, a token that is refused never lets anybody in.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from otp_conformance.people import stories
from otp_conformance.specification.words import Status

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World

STILL = "トークン発行済"


def activation(world: World, owner: Customer) -> None:
    """Judge the latest activation, tried with the token that ``owner`` has deactivated.

    Refused at the activation, or, where so declared, at the login behind it; only to the
    former owner, or only for some days, where so declared.
    """
    customer = world.acting()
    if _free(world, customer, owner):
        world.judge.done(customer)
        return
    if world.declaration.retired.refused_at == "login":
        _refused_at_login(world, customer, owner)
        return
    world.judge.refused()
    world.judge.status(customer, STILL)
    world.judge.accepted(customer.log_in(None))
    world.judge.control_done(stories.try_activation(customer), customer)


def _free(world: World, customer: Customer, owner: Customer) -> bool:
    """Tell whether the declaration lets this customer use the token (again)."""
    declared = world.declaration.retired
    if declared.scope == "customer" and customer is not owner:
        return True
    if declared.refused_days is None or owner.deactivated_at is None:
        return False
    return world.time.now() >= owner.deactivated_at + timedelta(days=declared.refused_days)


def _refused_at_login(world: World, customer: Customer, owner: Customer) -> None:
    """The activation seems to be done; the token still does not let its user in."""
    world.judge.accepted()
    customer.log_out()
    customer.log_in(customer.code("そのトークンの", "login"))
    world.judge.login_refused()
    other = world.control_customer(Status.ISSUED)
    stories.activate(other)
    world.judge.control(other.log_in(other.code("新しい", "login")))
