"""What a mistake costs, as declared: a right OTP beside it, or the confirmation password itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import NotRun

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World

# More mistakes than these would spend an hour of OTPs.
_MOST_MISTAKES = 30


def code_beside_wrong_password(world: World) -> None:
    """Judge the latest login, with the OTP of one refused for its password (LGN-07, IX-10).

    An OTP that is asked for only after the password has not been sent at all.
    """
    declared = world.declaration
    if not (declared.otp.consumed_with_wrong_password and declared.login.flow == "one_page"):
        world.judge.accepted()
        return
    world.judge.login_refused()
    customer = world.acting()
    world.judge.control(customer.log_in(customer.code("新しい", "login")))


def mistake_confirmation(world: World, customer: Customer) -> None:
    """Enter a wrong confirmation password as often as declared, OTPs right; each is refused.

    Where no limit is declared, as often as wrong OTPs would suspend. Raises `NotRun` for
    a limit that would spend too many OTPs.
    """
    times = world.declaration.confirmation_password.failure_limit or world.threshold
    if times > _MOST_MISTAKES:
        raise NotRun(
            expected=f"確認用パスワードを続けて{times}回間違えること",
            observed=f"{_MOST_MISTAKES}回を超える誤りは試みません",
            hint="試験環境で confirmation_password.failure_limit を小さくすると実施できます。",
        )
    for _ in range(times):
        attempt = customer.try_deactivation("一文字違いの", "新しい")
        attempt.require_refused("誤った確認用パスワード")


def confirmation_limit(world: World) -> None:
    """Judge the latest deactivation, after those mistakes; login is left alone (AMB-57, IX-28)."""
    customer = world.acting()
    if not world.declaration.confirmation_password.failure_limit:
        world.judge.done(customer)
        return
    world.judge.refused()
    customer.change_browser()
    world.judge.accepted(customer.log_in(customer.code("新しい", "login")))
    world.judge.status(customer, "サービス利用中")
    other = world.control_customer(Status.IN_SERVICE)
    world.judge.control_done(other.try_deactivation("正しい", "新しい"), other)
