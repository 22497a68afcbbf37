"""Requests that no screen sends: parameters dropped, doubled, added, rewritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from otp_conformance.agent.page import FormRequest
from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Kind
from otp_conformance.verdict.outcome import NotApplicable, SetupFailed

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World

Alteration = Callable[[FormRequest, str, str, str], FormRequest]

# How a request is altered: (request, parameter, right value, wrong value) -> request.
ALTERATIONS: dict[str, Alteration] = {
    "ワンタイムパスワードの項目を抜いた": lambda request, name, _right, _wrong: request.without(
        name
    ),
    "正しい値と誤った値をこの順に二つ並べた": lambda request, name, right, wrong: _twice(
        request, name, right, wrong
    ),
    "誤った値と正しい値をこの順に二つ並べた": lambda request, name, right, wrong: _twice(
        request, name, wrong, right
    ),
}

_ADDRESS_NAMES = ("address", "ship_to", "shipping_address", "delivery_address", "送付先")
_FORGED_ADDRESS = "みほん県べつの市偽町1番地"
_THIRD_KIND = "paper"


def _twice(request: FormRequest, name: str, first: str, second: str) -> FormRequest:
    rest = request.without(name)
    return replace(rest, fields=(*rest.fields, (name, first), (name, second)))


def ended(world: World, customer: Customer, site: Site, action: Action, *, ok: bool) -> Attempt:
    """Note how a request ended at one of the customer's browsers."""
    world.now_acting(customer, site)
    attempt = Attempt(
        action,
        accepted=ok,
        told=site.tells_refusal() or site.login.is_shown() or site.login_otp.is_shown(),
        seen=site.describe(),
        suspended=site.suspension_shown(),
        asked_otp=site.login_otp.is_shown(),
    )
    customer.last = world.last = attempt
    customer.attempts.append(attempt)
    return attempt


def reached(customer: Customer, there: bool, what: str) -> None:
    """Raise `SetupFailed` unless the customer has got to a screen."""
    if not there:
        raise SetupFailed(expected=f"{what}へ進めること", observed=customer.site.describe())


# -- altered ----------------------------------------------------------------


def login_request(customer: Customer, code: str) -> FormRequest:
    """Go to the login's OTP entry, fill it in and return the request it would send."""
    screen = _at_login_otp(customer, code)
    return screen.request()


def _at_login_otp(customer: Customer, code: str) -> Screen:
    site, account = customer.site, customer.account
    site.login.open()
    if site.login.has_otp_field():
        site.login.fill(account.login_id, account.login_password, code)
        return site.login
    site.login.submit(account.login_id, account.login_password)
    reached(customer, site.login_otp.is_shown(), "ワンタイムパスワードの入力")
    site.login_otp.fill(code)
    return site.login_otp


def _log_in_altered(world: World, customer: Customer, phrase: str) -> Attempt:
    """Send the login's request with its OTP parameter altered (LGN-05)."""
    customer.log_out()
    site = customer.site
    wrong, right = customer.code("誤った", "login"), customer.code("新しい", "login")
    screen = _at_login_otp(customer, right)
    request, name = screen.request(), screen.parameter("otp.field")
    site.agent.send(ALTERATIONS[phrase](request, name, right, wrong))
    customer.logged_in = site.top.is_shown()
    return ended(world, customer, site, Action.LOGIN, ok=customer.logged_in)


def _activate_altered(world: World, customer: Customer, phrase: str) -> Attempt:
    """Send the activation's request with its OTP parameter altered (ACT-20)."""
    reached(customer, customer.go_to_activation(), "利用開始登録の画面")
    site = customer.site
    wrong, right = customer.code("誤った", "activation"), customer.code("新しい", "activation")
    serial = customer.serial("届いたトークンの")
    site.activation.fill(serial, right, customer.typed_at_activation)
    request, name = site.activation.request(), site.activation.parameter("otp.field")
    site.agent.send(ALTERATIONS[phrase](request, name, right, wrong))
    done = site.activation_complete.is_shown()
    return ended(world, customer, site, Action.ACTIVATION, ok=done)


def _deactivate_altered(world: World, customer: Customer, phrase: str) -> Attempt:
    """Send the deactivation's request with its OTP parameter altered (DEA-08)."""
    customer.require_declared_otp_field()
    reached(customer, customer.go_to_deactivation(), "利用解除の画面")
    site = customer.site
    wrong, right = customer.code("誤った", "deactivation"), customer.code("新しい", "deactivation")
    site.deactivation.fill(customer.confirmation("正しい"), right)
    request, name = site.deactivation.request(), site.deactivation.parameter("otp.field")
    site.agent.send(ALTERATIONS[phrase](request, name, right, wrong))
    done = site.deactivation_complete.is_shown()
    return ended(world, customer, site, Action.DEACTIVATION, ok=done)


_ALTERED: dict[str, Callable[[World, Customer, str], Attempt]] = {
    Action.LOGIN: _log_in_altered,
    Action.ACTIVATION: _activate_altered,
    Action.DEACTIVATION: _deactivate_altered,
}
ALTERABLE = tuple(_ALTERED)


def send_altered(world: World, customer: Customer, action: str, phrase: str) -> Attempt:
    """Send the request of an action with its OTP parameter altered (LGN-05, ACT-20, DEA-08)."""
    return _ALTERED[action](world, customer, phrase)


def issue_with_address(world: World, customer: Customer) -> Attempt:
    """Apply with delivery addresses written into the request (SHP-03).

    A product may refuse such a request; then the application is made as usual.
    """
    reached(customer, customer.go_to_hardware_confirmation(), "発行確認の画面")
    site = customer.site
    site.issue_confirm.fill_confirmation(customer.confirmation("正しい"))
    request = site.issue_confirm.request()
    for name in _ADDRESS_NAMES:
        request = request.with_value(name, _FORGED_ADDRESS)
    site.agent.send(request)
    if not site.issue_complete.is_shown():
        return customer.issue(Kind.HARDWARE, customer.confirmation("正しい"))
    customer.awaiting_dispatch = True
    return ended(world, customer, site, Action.ISSUE, ok=True)


# -- a third kind (CON-09) ---------------------------------------------------


def _kind_words(customer: Customer) -> tuple[FormRequest, str]:
    """Return the request that selects hardware, and the word in it that means hardware."""
    reached(customer, customer.go_to_kind_selection(), "種類の選択の画面")
    selection = customer.site.kind_selection
    hardware, software = selection.request_of(Kind.HARDWARE), selection.request_of(Kind.SOFTWARE)
    pairs = list(zip(_words(hardware), _words(software), strict=False))
    different = [mine for mine, other in pairs if mine != other]
    if not different:
        raise NotApplicable(
            expected="種類を表す値を書き替えて送ること",
            observed="種類を選ぶ二つの操作が送る内容に違いが見当たりません",
        )
    return hardware, different[0]


def _words(request: FormRequest) -> list[str]:
    return [*urlsplit(request.address).path.split("/"), *(value for _, value in request.fields)]


def _with_kind(request: FormRequest, old: str, new: str) -> FormRequest:
    parts = urlsplit(request.address)
    path = "/".join(new if word == old else word for word in parts.path.split("/"))
    address = urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))
    fields = tuple((name, new if value == old else value) for name, value in request.fields)
    return replace(request, address=address, fields=fields)


def select_kind(world: World, customer: Customer, *, third: bool) -> Attempt:
    """Send the selection of a kind, of a third one or as it is.

    Accepted: some confirmation of an issue is shown.
    """
    request, word = _kind_words(customer)
    site = customer.site
    site.agent.send(_with_kind(request, word, _THIRD_KIND) if third else request)
    ok = any(site.issue_confirm.of(kind).is_shown() for kind in Kind)
    return ended(world, customer, site, Action.CHOICE, ok=ok)


def issue_third_kind(world: World, customer: Customer, *, third: bool = True) -> Attempt:
    """Apply with the kind in the request replaced by a third one, or left as it is."""
    _, word = _kind_words(customer)
    customer.site.kind_selection.choose(Kind.HARDWARE)
    site = customer.site
    site.issue_confirm.fill_confirmation(customer.confirmation("正しい"))
    request = site.issue_confirm.request()
    site.agent.send(_with_kind(request, word, _THIRD_KIND) if third else request)
    ok = any(site.issue_complete.of(kind).is_shown() for kind in Kind)
    customer.awaiting_dispatch = customer.awaiting_dispatch or ok
    return ended(world, customer, site, Action.ISSUE, ok=ok)
