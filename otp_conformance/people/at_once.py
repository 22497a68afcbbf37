"""Several at one moment: the same form, mistakes, an unlock beside a mistake."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack

from otp_conformance.agent.page import FormRequest
from otp_conformance.people import forms, procedures
from otp_conformance.people.attempt import Action
from otp_conformance.people.customer import Customer
from otp_conformance.people.forms import FORMS
from otp_conformance.screens.site import Site
from otp_conformance.verdict.outcome import NotApplicable, NotRun

# Enough for every browser to have its request in hand.
_LEAD_SECONDS = 0.5
# More browsers than these nobody opens for one moment.
_MOST_AT_ONCE = 10
# A product that is too busy has not looked at what was sent.
_TOO_BUSY = (409, 429, 503)
_Ready = list[tuple[Site, FormRequest]]


def _send_at_once(ready: _Ready) -> list[Site]:
    """Send requests from their browsers at one moment; return these, as they end."""
    moment = time.time() + _LEAD_SECONDS
    with ExitStack() as under_way:
        for site, request in ready:
            under_way.enter_context(site.agent.sending(request, at=moment))
    return [site for site, _ in ready]


def log_in_twice_at_once(customer: Customer) -> list[Site]:
    """Send one and the same OTP from two browsers at one moment; return both, as they end."""
    return _send_at_once(_logins(customer, [customer.code("新しい", "login")] * 2))


def _logins(customer: Customer, codes: Sequence[str]) -> _Ready:
    """Have a browser ready for each OTP, at the page where it is asked."""
    ready: _Ready = []
    for code in codes:
        customer.change_browser()
        ready.append((customer.site, forms.filled_login(customer, code).request()))
    return ready


def twice_at_once(customer: Customer, screen: str) -> list[bool]:
    """Send a form with one and the same OTP from two browsers at one moment.

    Returns which of them tell success.
    """
    procedures.require_two_sessions(customer)
    action = FORMS[screen]
    if action is Action.DEACTIVATION:
        customer.require_declared_otp_field()
    ready: list[tuple[Site, forms.FilledForm]] = []
    for _ in range(2):
        customer.change_browser()
        ready.append((customer.site, forms.filled_form(customer, action)))
    ready[-1][1].now(customer, action)
    code = customer.last_code if ready[-1][1].otp else ""
    sites = _send_at_once([(site, form.with_otp(code)) for site, form in ready])
    done = [forms.completion(site, action).is_shown() for site in sites]
    if any(done):
        forms.succeeded(customer, action)
    customer.change_browser()
    return done


def activate_for_two_at_once(customer: Customer, serial: str) -> list[Site]:
    """Have two customers send one serial and one OTP at one moment; return their browsers."""
    both = (customer, customer.other())
    screens = [forms.AT[Action.ACTIVATION](each) for each in both]
    number, code = customer.serial(serial), customer.code("そのトークンの", "activation")
    asked = customer.scene.declaration.confirmation_password.asked_at_activation
    for each, screen in zip(both, screens, strict=True):
        screen.fill(number, code, each.account.confirmation_password if asked else None)
    requests = [(each.site, s.request()) for each, s in zip(both, screens, strict=True)]
    return _send_at_once(requests)


def mistakes_at_once(customer: Customer, times: int, *, together: bool = True) -> None:
    """Send so many wrong OTPs from as many browsers at one moment, or one after the other.

    Raises `NotRun` for too many browsers, `NotApplicable` where the product is too busy.
    """
    if times > _MOST_AT_ONCE:
        raise NotRun(
            expected=f"{times}回の誤りを同時に送ること",
            observed=f"{_MOST_AT_ONCE}を超えるブラウザーは同時に使いません",
            hint="試験環境で lockout.threshold を小さくすると実施できます。",
        )
    ready = _logins(customer, [customer.code("誤った", "login") for _ in range(times)])
    if together:
        _send_at_once(ready)
    else:
        for site, request in ready:
            site.agent.send(request)
    if any(site.view().http_status in _TOO_BUSY for site, _ in ready):
        raise NotApplicable(
            expected="同時に送った誤りがどれも受け取られること",
            observed="混雑を理由に受け取られないものがありました",
        )
    customer.change_browser()


def unlock_beside_mistake(customer: Customer) -> None:
    """Staff lift the suspension while a wrong OTP comes from a page kept open from before.

    Raises `NotApplicable` where one mistake suspends: then it may, whichever comes first.
    """
    if customer.scene.threshold == 1:
        raise NotApplicable(
            expected="停止状態の解除と一回の誤りが重なった後に、ログインできること",
            observed="一回の誤りで停止すると宣言されています（lockout.threshold）",
        )
    customer.return_to_former_browser()
    site = customer.site
    screen = forms.otp_input(site)
    screen.fill(*forms.login_inputs(customer, screen, customer.code("誤った", "login")))
    with site.agent.sending(screen.request(), at=time.time()):
        procedures.unlock_keeping_token(customer)
    customer.change_browser()
