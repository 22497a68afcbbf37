"""What was done, done once more; and pages from before: kept open, or older than their login."""

from __future__ import annotations

from collections.abc import Callable

from otp_conformance.agent.page import FormRequest
from otp_conformance.people import forms, procedures
from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.people.codes import full_width
from otp_conformance.people.customer import Customer
from otp_conformance.people.forms import FORMS
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.site import Site
from otp_conformance.verdict.outcome import NotApplicable

KEPT = {"ワンタイムパスワードの入力の画面": Action.LOGIN, **FORMS}
"""The forms that can be kept open, by their names in the sentences."""
_ACTIVATION, _DEACTIVATION = "利用開始登録の画面", "利用解除の画面"
_FRESH, _DELIVERED, _RETIRED = "新しい", "届いたトークンの", "利用解除したトークンの"


# -- once more -----------------------------------------------------------------


def repeat(customer: Customer, action: Action) -> None:
    """Do something, then send the same request once more (ISS-18, ACT-11, DEA-14)."""
    kept = _do_keeping(customer, action)
    customer.site.agent.send(kept)


def activate_deactivate_repeat(customer: Customer) -> None:
    """Activate, deactivate, then send the activation's request once more (DEA-20)."""
    kept = _do_keeping(customer, Action.ACTIVATION)
    procedures.deactivate(customer)
    customer.site.agent.send(kept)


def log_in_again_after_logout(customer: Customer, *, with_cookies: bool = False) -> Attempt:
    """Log in, log out, and send the login's request once more (TOK-03).

    ``with_cookies``: together with the cookies that the browser had then.
    """
    customer.log_out()
    code = customer.code("新しい", "login")
    screen = forms.filled_login(customer, code)
    kept, site = screen.request(), customer.site
    cookies = site.agent.cookies()
    if kept.script is not None:  # a page may empty its fields once its request was held up
        screen.fill(*forms.login_inputs(customer, screen, code))
    screen.press_submit()
    site.top.require()
    customer.logged_in = True
    customer.log_out()
    if with_cookies:
        site.agent.take_cookies(cookies)
    site.agent.send(kept)
    customer.logged_in = site.top.is_shown()
    return forms.ended(customer, site, Action.LOGIN)


RESPELT: dict[str, Callable[[str], str]] = {
    "先頭に空白を付けて": lambda code: f" {code}",
    "末尾に空白を付けて": lambda code: f"{code} ",
    "末尾に改行を付けて": lambda code: f"{code}\r\n",
    "全角数字に直して": full_width,
}
"""Other ways to write a code; a used one is used in all of them."""


def log_in_respelt(customer: Customer, phrase: str) -> Attempt:
    """Log in with the code of before, written otherwise than a page may let it be (TOK-03)."""
    customer.log_out()
    code = customer.code("同じ", "login")
    screen = forms.filled_login(customer, code)
    request = screen.request()
    site, name = customer.site, screen.parameter(forms.OTP_FIELD)
    site.agent.send(request.with_value(name, RESPELT[phrase](code)))
    customer.logged_in = site.top.is_shown()
    return forms.ended(customer, site, Action.LOGIN)


def press_again(customer: Customer, action: Action) -> None:
    """Do something, go back in the browser and press the button again where it is there."""
    _do_keeping(customer, action)
    site = customer.site
    site.agent.back()
    if _form_on(site, action).is_shown():
        _submit(customer, site, action, _RETIRED if action is Action.DEACTIVATION else _FRESH)


def _do_keeping(customer: Customer, action: Action) -> FormRequest:
    """Do something successfully and return the request that did it."""
    screen = forms.FILLED[action](customer)
    kept = screen.request()
    screen.press_submit()
    forms.completion(customer.site, action).require()
    forms.succeeded(customer, action)
    return kept


def _form_on(site: Site, action: Action) -> Screen:
    """Return the form of an action at a browser."""
    return {
        Action.LOGIN: forms.otp_input(site),
        Action.ISSUE: site.issue_confirm,
        Action.ACTIVATION: site.activation,
        Action.DEACTIVATION: site.deactivation,
    }[action]


def _submit(
    customer: Customer, site: Site, action: Action, code: str, serial: str = _DELIVERED
) -> None:
    """Fill in a form in sight at a browser, and send it; ``code``, ``serial``: phrases."""
    screen = _form_on(site, action)
    match action:
        case Action.LOGIN:
            otp = customer.code(code, "login")
            screen.submit(*forms.login_inputs(customer, screen, otp))
        case Action.ISSUE:
            screen.submit(customer.confirmation("正しい"))
        case Action.ACTIVATION:
            screen.submit(*customer.activation_inputs(serial, code))
        case _:
            screen.submit(*customer.deactivation_inputs(screen, code=code))


# -- once more on the page that a refusal shows ---------------------------------


def again_on_page(customer: Customer, screen: str, code: str) -> Attempt:
    """Fill in the form that a refusal has shown again, with the OTP of a phrase, and send it.

    Where a refusal leads elsewhere, the customer goes to the form as before.
    """
    action, site = KEPT[screen], customer.site
    if site.login.is_shown():
        customer.logged_in = False
    form = _form_on(site, action)
    if not (form.is_shown() and form.has_otp_field()):
        forms.AT[action](customer)
    return _send(customer, customer.site, action, code)


def mistake_on_one_page(customer: Customer, times: int) -> None:
    """Enter wrong OTPs on one and the same page after the password; each must be refused."""
    screen = "ワンタイムパスワードの入力の画面"
    forms.AT[KEPT[screen]](customer)
    for _ in range(times):
        attempt = again_on_page(customer, screen, "誤った")
        attempt.require_refused("誤ったワンタイムパスワード")


# -- kept open, in another browser ---------------------------------------------


def keep_open(customer: Customer, screen: str) -> Site:
    """Go to a form, leave it as it is, and go on in another browser; return the one left."""
    action = KEPT[screen]
    if action is not Action.LOGIN:
        procedures.require_two_sessions(customer)
    return _open_and_leave(customer, action)


def _open_and_leave(customer: Customer, action: Action) -> Site:
    forms.AT[action](customer)
    site = customer.site
    customer.change_browser()
    return site


def send_kept(customer: Customer, screen: str, code: str = "") -> Attempt:
    """Go back to a form that was kept open, fill it in rightly and send it.

    ``code``: with the OTP of this phrase, whatever becomes of it.
    """
    action = KEPT[screen]
    if code and action is Action.DEACTIVATION:
        customer.require_declared_otp_field()
    customer.return_to_former_browser()
    return _send(customer, customer.site, action, code or _FRESH)


def _send(
    customer: Customer, site: Site, action: Action, code: str, serial: str = _DELIVERED
) -> Attempt:
    """Fill in a form in sight at a browser, send it, and note how it ended."""
    _submit(customer, site, action, code, serial)
    if action is Action.ISSUE:
        return forms.ended_issue(customer, site)
    if action is Action.LOGIN:
        customer.logged_in = site.top.is_shown()
    return forms.ended(customer, site, action)


def activate_from_stale(customer: Customer, serial: str, code: str) -> Attempt:
    """Open the activation screen, activate in another browser, then send the first screen."""
    site = keep_open(customer, _ACTIVATION)
    procedures.activate(customer)
    return _send(customer, site, Action.ACTIVATION, code, serial)


def deactivate_from_stale(customer: Customer) -> Attempt:
    """Open the deactivation screen, deactivate in another browser, then send the first screen."""
    site = keep_open(customer, _DEACTIVATION)
    procedures.deactivate(customer)
    return _send(customer, site, Action.DEACTIVATION, _RETIRED)


def send_opened_before(customer: Customer, action: Action) -> Attempt:
    """Send a screen opened before, nothing having happened since: the control of the two above.

    A second browser is logged in meanwhile, as in the tested case, where that is allowed.
    """
    site = _open_and_leave(customer, action)
    if customer.scene.declaration.sessions.concurrent == "allowed":
        customer.ensure_logged_in()
    return _send(customer, site, action, _FRESH)


# -- older than their login, or than another page ------------------------------

ENDINGS: dict[str, Callable[[Customer], None]] = {
    "ログアウトして": lambda customer: customer.log_out(),
    "操作をしないまま宣言された時間がたって": procedures.stay_idle,
    "操作を続けるうちにログインから宣言された時間がたって": procedures.outlast_session,
}
"""What ends a login, before a form of it is sent."""


def send_after(customer: Customer, screen: str, ending: str) -> Attempt:
    """Fill in a form rightly, end the login, and send the form, its OTP one of then.

    (ISS-01, ACT-04, LGN-15)
    """
    action = FORMS[screen]
    form = forms.filled_form(customer, action)
    ENDINGS[ending](customer)
    customer.site.agent.send(form.now(customer, action))
    customer.logged_in = False
    return forms.ended(customer, customer.site, action)


def send_two(customer: Customer, screen: str) -> Attempt:
    """Fill in a form on two pages of one browser and send both; the second's end is noted.

    Raises `NotApplicable` where the second page makes the first one invalid.
    """
    action, site = FORMS[screen], customer.site
    first, second = forms.filled_form(customer, action), forms.filled_form(customer, action)
    site.agent.send(first.now(customer, action))
    if not forms.completion(site, action).is_shown():
        raise NotApplicable(
            expected=f"二つ開いた{screen}のうち、先に開いたほうから送れること",
            observed=f"二つ目を開くと、先に開いたほうからは送れなくなります（{site.describe()}）",
        )
    forms.succeeded(customer, action)
    if action is Action.DEACTIVATION:
        site.agent.send(second.request)  # with the OTP of a token that is now retired
    else:
        site.agent.send(second.now(customer, action))
    return forms.ended(customer, site, action)
