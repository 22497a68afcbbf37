"""A login that has run out, as declared (ISS-01; IX-41)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from otp_conformance.specification.words import Kind
from otp_conformance.verdict.outcome import NotApplicable, NotRun

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World

_BEYOND = timedelta(minutes=1)
# Of the idle time, how much may pass between two signs of life.
_SHARE = 0.6
_MOST_SIGNS = 400


def idle(world: World, customer: Customer) -> None:
    """Let the customer do nothing for longer than the declared time."""
    world.time.advance(timedelta(minutes=world.declaration.sessions.idle_minutes) + _BEYOND)


def outlast(world: World, customer: Customer) -> None:
    """Let the customer stay busy until the declared time since the login is over.

    Raises `NotApplicable` where no such time is declared, `NotRun` where it would take
    hundreds of pages.
    """
    declared = world.declaration.sessions
    if declared.absolute_minutes is None:
        raise NotApplicable(
            expected="ログインから所定の時間がたつと切れることを確かめること",
            observed="ログインからの時間では切れないと宣言されています（sessions.absolute_minutes）",
        )
    whole = timedelta(minutes=declared.absolute_minutes) + _BEYOND
    stride = timedelta(minutes=declared.idle_minutes) * _SHARE
    if whole / stride > _MOST_SIGNS:
        raise NotRun(
            expected="操作を続けながら、ログインからの期限を過ぎること",
            observed=f"画面を{_MOST_SIGNS}回より多く開くことになります",
            hint="試験環境では sessions の二つの時間の差を小さくすると実施できます。",
        )
    while whole > stride:
        world.time.advance(stride)
        whole -= stride
        customer.site.agent.reload()
    world.time.advance(whole)


def issue_refused(world: World, customer: Customer) -> None:
    """Judge that an application from the screen at hand is refused; anew it is accepted."""
    screen = customer.site.issue_confirm
    if screen.is_shown():
        screen.submit(customer.confirmation("正しい"))
    world.case.refused(
        "期限の過ぎたログインでは発行を申請できない",
        not customer.site.issue_complete.is_shown(),
        expected="ログインし直すよう求められること",
        observed=customer.site.describe(),
    )
    customer.change_browser()
    world.judge.status(customer, "未登録")
    attempt = customer.issue(Kind.HARDWARE, customer.confirmation("正しい"))
    world.judge.control_done(attempt, customer)
