"""The forms of the procedures: the way to each, rightly filled in, and how what was sent ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from otp_conformance.agent.page import FormRequest, Parameter
from otp_conformance.people.attempt import Action, Attempt, unproven
from otp_conformance.people.customer import Customer
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.site import Site
from otp_conformance.verdict.outcome import DeclarationMismatch, SetupFailed

OTP_FIELD = "otp.field"  # a label key, no secret
FORMS = {
    "発行確認の画面": Action.ISSUE,
    "利用開始登録の画面": Action.ACTIVATION,
    "利用解除の画面": Action.DEACTIVATION,
}
"""The forms whose pages the manual shows, by their names in the sentences."""


# -- the way there -------------------------------------------------------------


def reached(customer: Customer, there: bool, what: str, key: str) -> None:
    """Raise unless the customer has got to a screen; ``key``: its name in screens.toml.

    `DeclarationMismatch` for a page that may be that screen under an undeclared title,
    else `SetupFailed`.
    """
    site = customer.site
    if there:
        return
    if site.is_strange():
        raise DeclarationMismatch(
            expected=f"{what}へ進めること",
            observed=site.describe(),
            hint="その画面なら、題名を宣言の [labels] の "
            f"{site.screen(key).title_key} に書いてください。",
        )
    raise SetupFailed(expected=f"{what}へ進めること", observed=site.describe())


def at_login(customer: Customer) -> Screen:
    """Go as far as the OTP is asked: to the second page, or to the only one (IX-05)."""
    site, account = customer.site, customer.account
    site.login.open(account.login_id)
    if not site.login.has_otp_field():
        site.login.submit(account.login_id, account.login_password)
        reached(customer, site.login_otp.is_shown(), "ワンタイムパスワードの入力", "login_otp")
    return otp_input(site)


def otp_input(site: Site) -> Screen:
    """Return the page in sight that asks for the OTP."""
    return site.login_otp if site.login_otp.is_shown() else site.login


def login_inputs(customer: Customer, screen: Screen, code: str) -> tuple[str, ...]:
    """Return what is typed at the page that asks for the OTP: all of it, where it is one page."""
    account = customer.account
    second = screen is customer.site.login_otp
    return (code,) if second else (account.login_id, account.login_password, code)


def filled_login(customer: Customer, code: str) -> Screen:
    """Go as far as the OTP is asked, and fill that page in with an OTP."""
    screen = at_login(customer)
    screen.fill(*login_inputs(customer, screen, code))
    return screen


def _at_issue(customer: Customer) -> Screen:
    reached(customer, customer.go_to_hardware_confirmation(), "発行確認の画面", "issue_confirm")
    return customer.site.issue_confirm


def _filled_issue(customer: Customer) -> Screen:
    screen = _at_issue(customer)
    screen.fill_confirmation(customer.confirmation("正しい"))
    return screen


def _at_activation(customer: Customer) -> Screen:
    reached(customer, customer.go_to_activation(), "利用開始登録の画面", "activation")
    return customer.site.activation


def _filled_activation(customer: Customer) -> Screen:
    screen = _at_activation(customer)
    screen.fill(*customer.activation_inputs())
    return screen


def _at_deactivation(customer: Customer) -> Screen:
    reached(customer, customer.go_to_deactivation(), "利用解除の画面", "deactivation")
    return customer.site.deactivation


def _filled_deactivation(customer: Customer) -> Screen:
    screen = _at_deactivation(customer)
    screen.fill(*customer.deactivation_inputs(screen))
    return screen


AT: dict[Action, Callable[[Customer], Screen]] = {
    Action.LOGIN: at_login,
    Action.ISSUE: _at_issue,
    Action.ACTIVATION: _at_activation,
    Action.DEACTIVATION: _at_deactivation,
}
"""The way to each form, which stays empty."""
FILLED: dict[Action, Callable[[Customer], Screen]] = {
    Action.ISSUE: _filled_issue,
    Action.ACTIVATION: _filled_activation,
    Action.DEACTIVATION: _filled_deactivation,
}
"""The way to each form, and the form rightly filled in; a login takes an OTP (`filled_login`)."""


@dataclass(frozen=True)
class FilledForm:
    """A form rightly filled in, to be sent later. ``otp``: its field's name, None for none."""

    request: FormRequest
    otp: Parameter | None

    def with_otp(self, code: str) -> FormRequest:
        """Return its request with an OTP, where it has any."""
        return self.request.with_value(self.otp, code) if self.otp else self.request

    def now(self, customer: Customer, action: Action) -> FormRequest:
        """Return its request with an OTP of this very moment."""
        function = "activation" if action is Action.ACTIVATION else "deactivation"
        return self.with_otp(customer.code("新しい", function) if self.otp else "")


def filled_form(customer: Customer, action: Action) -> FilledForm:
    """Fill in a form rightly, and take its request to be sent later."""
    screen = FILLED[action](customer)
    asked = screen.has_otp_field()
    request = screen.request()  # first: a field without a name goes by what the request has of it
    return FilledForm(request, screen.parameter(OTP_FIELD) if asked else None)


# -- how it ended --------------------------------------------------------------


def completion(site: Site, action: Action) -> Screen:
    """Return the screen that tells the success of an action."""
    return {
        Action.LOGIN: site.top,
        Action.ISSUE: site.issue_complete,
        Action.ACTIVATION: site.activation_complete,
        Action.DEACTIVATION: site.deactivation_complete,
    }[action]


def ended(customer: Customer, site: Site, action: Action, *, ok: bool | None = None) -> Attempt:
    """Note how a request ended at one of the customer's browsers; ``ok`` None: as it shows."""
    customer.scene.now_acting(customer.name, site)
    # Who sends what no page sends is told enough by an error of the protocol.
    told = site.tells_refusal() or site.view().is_error
    attempt = Attempt(
        action,
        accepted=completion(site, action).is_shown() if ok is None else ok,
        told=told or site.login.is_shown() or site.login_otp.is_shown(),
        unproven=unproven(site.agent.delivery(), told=told),
        seen=site.describe(),
        suspended=site.suspension_shown(),
        asked_otp=site.login_otp.is_shown(),
        news=site.may_tell_refusal(),
    )
    customer.scene.last = attempt
    customer.attempts.append(attempt)
    if attempt.accepted:
        customer.wait_for_effect(action)
    return attempt


def ended_issue(customer: Customer, site: Site, *, ok: bool | None = None) -> Attempt:
    """Note how an application ended; what was accepted waits for its dispatch."""
    attempt = ended(customer, site, Action.ISSUE, ok=ok)
    customer.awaiting_dispatch = customer.awaiting_dispatch or attempt.accepted
    return attempt


def succeeded(customer: Customer, action: Action) -> None:
    """Note what follows from a success."""
    customer.awaiting_dispatch = customer.awaiting_dispatch or action is Action.ISSUE
    if action is Action.DEACTIVATION:
        customer.retire()
    customer.wait_for_effect(action)


# -- left without sending ------------------------------------------------------

WAYS: dict[str, Callable[[Customer], None]] = {
    "メニューから別の画面へ移る": lambda customer: customer.site.top.open_portal(),
    "ブラウザーで前の画面へ戻る": lambda customer: customer.site.agent.back(),
    "ログアウトする": lambda customer: customer.log_out(),
    "「戻る」を押す": lambda customer: customer.site.activation.back(),
    "「申込を中止する」を押す": lambda customer: customer.site.activation.cancel(),
}


def leave(customer: Customer, screen: str, way: str) -> None:
    """Fill in a screen rightly, then leave it without sending (ISS-25, ACT-27, ACT-28, DEA-22)."""
    FILLED[FORMS[screen]](customer)
    WAYS[way](customer)
