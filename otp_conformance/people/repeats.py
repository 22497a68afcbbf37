"""The same thing once more: repeated requests, screens out of date, twins."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from otp_conformance.agent.page import FormRequest
from otp_conformance.people import stories
from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.people.requests import ended, login_request, reached
from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import NotApplicable

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World
    from otp_conformance.screens.site import Site

# -- kept and repeated -------------------------------------------------------


def repeat_issue(customer: Customer) -> None:
    """Apply, then send the same request once more (ISS-18)."""
    reached(customer, customer.go_to_hardware_confirmation(), "発行確認の画面")
    site = customer.site
    site.issue_confirm.fill_confirmation(customer.confirmation("正しい"))
    kept = site.issue_confirm.request()
    site.issue_confirm.press_submit()
    site.issue_complete.require()
    customer.awaiting_dispatch = True
    site.agent.send(kept)


def _activate_keeping(customer: Customer) -> FormRequest:
    reached(customer, customer.go_to_activation(), "利用開始登録の画面")
    site = customer.site
    serial = customer.serial("届いたトークンの")
    code = customer.code("新しい", "activation")
    site.activation.fill(serial, code, customer.typed_at_activation)
    kept = site.activation.request()
    site.activation.press_submit()
    site.activation_complete.require()
    customer.wait_for_effect()
    return kept


def repeat_activation(customer: Customer) -> None:
    """Activate, then send the same request once more (ACT-11)."""
    kept = _activate_keeping(customer)
    customer.site.agent.send(kept)


def activate_deactivate_repeat(customer: Customer) -> None:
    """Activate, deactivate, then send the activation's request once more (DEA-20)."""
    kept = _activate_keeping(customer)
    stories.deactivate(customer)
    customer.site.agent.send(kept)


def press_again_activation(customer: Customer) -> None:
    """Activate, go back in the browser and press the button again where it is there."""
    _activate_keeping(customer)
    site = customer.site
    site.agent.back()
    if site.activation.is_shown():
        serial = customer.serial("届いたトークンの")
        code = customer.code("新しい", "activation")
        site.activation.submit(serial, code, customer.typed_at_activation)


def _deactivate_keeping(customer: Customer) -> FormRequest:
    reached(customer, customer.go_to_deactivation(), "利用解除の画面")
    screen = customer.site.deactivation
    code = customer.code("新しい", "deactivation") if screen.has_otp_field() else None
    screen.fill(customer.confirmation("正しい"), code)
    kept = screen.request()
    screen.press_submit()
    customer.site.deactivation_complete.require()
    customer.retire()
    customer.wait_for_effect()
    return kept


def repeat_deactivation(customer: Customer) -> None:
    """Deactivate, then send the same request once more (DEA-14)."""
    kept = _deactivate_keeping(customer)
    customer.site.agent.send(kept)


def press_again_deactivation(customer: Customer) -> None:
    """Deactivate, go back in the browser and press the button again where it is there."""
    _deactivate_keeping(customer)
    site = customer.site
    site.agent.back()
    if site.deactivation.is_shown():
        asks = site.deactivation.has_otp_field()
        code = customer.code("利用解除したトークンの", "deactivation") if asks else None
        site.deactivation.submit(customer.confirmation("正しい"), code)


# -- out of date: two browsers ----------------------------------------------


def _require_two_sessions(world: World) -> None:
    if world.declaration.sessions.concurrent == "refused":
        raise NotApplicable(
            expected="二つのブラウザで同時にログインして確かめること",
            observed="同時に二つのログインはできないと宣言されています",
        )


def activate_from_stale(world: World, customer: Customer, serial: str, code: str) -> Attempt:
    """Open the activation screen, activate in another browser, then send the first screen."""
    _require_two_sessions(world)
    reached(customer, customer.go_to_activation(), "利用開始登録の画面")
    stale = customer.site
    customer.change_browser()
    stories.activate(customer)
    number = customer.serial(serial)
    stale.activation.submit(number, customer.code(code, "activation"), customer.typed_at_activation)
    done = stale.activation_complete.is_shown()
    return ended(world, customer, stale, Action.ACTIVATION, ok=done)


def deactivate_from_stale(world: World, customer: Customer) -> Attempt:
    """Open the deactivation screen, deactivate in another browser, then send the first screen."""
    _require_two_sessions(world)
    reached(customer, customer.go_to_deactivation(), "利用解除の画面")
    stale = customer.site
    asks = stale.deactivation.has_otp_field()
    customer.change_browser()
    stories.deactivate(customer)
    code = customer.code("利用解除したトークンの", "deactivation") if asks else None
    stale.deactivation.submit(customer.confirmation("正しい"), code)
    done = stale.deactivation_complete.is_shown()
    return ended(world, customer, stale, Action.DEACTIVATION, ok=done)


def control_stale(world: World, action: Action) -> None:
    """Another customer gets through from a screen opened before, nothing having happened since.

    A second browser is logged in meanwhile, as in the tested case.
    """
    status = Status.ISSUED if action is Action.ACTIVATION else Status.IN_SERVICE
    other = world.control_customer(status)
    if action is Action.ACTIVATION:
        reached(other, other.go_to_activation(), "利用開始登録の画面")
    else:
        reached(other, other.go_to_deactivation(), "利用解除の画面")
    opened = other.site
    other.change_browser()
    other.ensure_logged_in()
    if action is Action.ACTIVATION:
        serial = other.serial("届いたトークンの")
        code = other.code("新しい", "activation")
        opened.activation.submit(serial, code, other.typed_at_activation)
        done = opened.activation_complete.is_shown()
    else:
        asks = opened.deactivation.has_otp_field()
        entered = other.code("新しい", "deactivation") if asks else None
        opened.deactivation.submit(other.confirmation("正しい"), entered)
        done = opened.deactivation_complete.is_shown()
    world.judge.control_done(ended(world, other, opened, action, ok=done), other)


# -- twins -------------------------------------------------------------------

# One pair may miss the moment between a product's looking and its writing.
_PAIRS = 3
# Enough for both browsers to have the request in hand.
_LEAD_SECONDS = 0.5


def race(world: World, customer: Customer) -> None:
    """Send one and the same OTP from two browsers at the same moment, time and again (TOK-03)."""
    for pair in range(1, _PAIRS + 1):
        sites = _race_once(customer)
        inside = [site.top.is_shown() for site in sites]
        world.case.confirm(
            f"二つのうち一方だけがログインできる（{pair}組目）",
            inside.count(True) == 1,
            expected="同じワンタイムパスワードを同時に送った二つのうち、一方だけがログインできること",
            observed="、".join(site.describe() for site in sites),
        )


def _race_once(customer: Customer) -> list[Site]:
    """Bring two browsers to the OTP entry, then have both send the same OTP at one moment."""
    code = customer.code("新しい", "login")
    ready: list[tuple[Site, FormRequest]] = []
    for _ in range(2):
        customer.change_browser()
        ready.append((customer.site, login_request(customer, code)))
    moment = time.time() + _LEAD_SECONDS
    with ExitStack() as under_way:
        for site, request in ready:
            under_way.enter_context(site.agent.sending(request, at=moment))
    return [site for site, _ in ready]
