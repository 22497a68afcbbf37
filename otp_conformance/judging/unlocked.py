"""What staff's lifting of a suspension does, as declared (LCK-11; IX-26, AMB-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World


def login(world: World, customer: Customer) -> None:
    """Judge that the customer gets in: with the same token, or by password where it is retired."""
    kept = world.declaration.lockout.unlock.token == "kept"  # noqa: S105 - no secret
    code = customer.code("新しい", "login") if kept else None
    world.judge.accepted(customer.log_in(code))
    world.judge.status(customer, "サービス利用中" if kept else "未登録")
