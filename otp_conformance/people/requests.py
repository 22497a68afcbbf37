"""Forms rightly filled in, and what no screen does with them: altered, repeated, out of date."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from otp_conformance.agent.page import FormRequest
from otp_conformance.agent.trouble import NothingSent
from otp_conformance.people import procedures
from otp_conformance.people.attempt import Action, Attempt, unproven
from otp_conformance.people.customer import Customer
from otp_conformance.people.introduction import People
from otp_conformance.people.places import address_of, open_address
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.site import Site
from otp_conformance.specification.words import Kind
from otp_conformance.verdict.outcome import DeclarationMismatch, NotApplicable, NotRun, SetupFailed

_OTP, _PASSWORD = "otp.field", "login.password"  # label keys, no secret
Opened = tuple[Screen, Site]
Alteration = Callable[[FormRequest, str, str], FormRequest]
"""How a request is altered: request, parameter and a wrong value to the altered request."""

_FIELDS = {
    "ワンタイムパスワード": _OTP,
    "確認用パスワード": "confirmation.field",
    "シリアル番号": "activation.serial",
    "ログインパスワード": _PASSWORD,
}
_WAYS: dict[str, Alteration] = {
    "の項目を抜いた": lambda request, name, _: request.without(name),
    # With a right one among the two whoever has it gets in anyway: no way past the check.
    "の誤った値を二つ並べた": lambda request, name, wrong: _twice(request, name, wrong),
    "の誤った値を配列にした": lambda request, name, wrong: _instead(request, name, "[]", wrong),
    "の項目を「空でない」という条件に替えた": lambda request, name, _: _instead(
        request, name, "[$ne]", ""
    ),
    "を誤った値にし、確認済みの印を付けた": lambda request, name, wrong: _marked(
        request.with_value(name, wrong)
    ),
}
ALTERATIONS: dict[str, tuple[str, Alteration]] = {
    "誤った値を二つ並べた": (_OTP, _WAYS["の誤った値を二つ並べた"]),
    **{
        f"{field}{way}": (key, alter)
        for field, key in _FIELDS.items()
        for way, alter in _WAYS.items()
    },
}
"""The field that an alteration is about, and what becomes of the request."""

# What a page may send to say that something need not be checked any more, or not at all.
_DONE = ("verified", "otp_verified", "authenticated", "confirmed", "otp_ok", "passed")
_SKIP = ("otp_required", "need_otp", "check_otp")
_TURNED = {"0": "1", "1": "0", "false": "true", "true": "false", "no": "yes", "yes": "no"}
# Who sends what no page sends is told enough by an error of the protocol.
_CLIENT_ERROR = 400
_ADDRESS_NAMES = ("address", "ship_to", "shipping_address", "delivery_address", "送付先")
_FORGED_ADDRESS = "みほん県べつの市偽町1番地"
_THIRD_KIND = "paper"


def _twice(request: FormRequest, name: str, value: str) -> FormRequest:
    rest = request.without(name)
    return replace(rest, fields=(*rest.fields, (name, value), (name, value)))


def _instead(request: FormRequest, name: str, ending: str, value: str) -> FormRequest:
    """Return the request with a field under another name, as frameworks read lists and maps."""
    return request.without(name).with_value(f"{name}{ending}", value)


def _marked(request: FormRequest) -> FormRequest:
    """Return the request with every yes for a no, and the marks of one that has been checked."""
    turned = tuple((name, _TURNED.get(value.lower(), value)) for name, value in request.fields)
    marked = replace(request, fields=turned)
    for names, value in ((_DONE, "1"), (_SKIP, "0")):
        for name in names:
            marked = marked.with_value(name, value)
    return marked


# -- forms rightly filled in ---------------------------------------------------


def _reached(customer: Customer, there: bool, what: str, key: str) -> None:
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
    site.login.open()
    if not site.login.has_otp_field():
        site.login.submit(account.login_id, account.login_password)
        _reached(customer, site.login_otp.is_shown(), "ワンタイムパスワードの入力", "login_otp")
    return otp_input(site)


def otp_input(site: Site) -> Screen:
    """Return the page in sight that asks for the OTP."""
    return site.login_otp if site.login_otp.is_shown() else site.login


def _login_inputs(customer: Customer, screen: Screen, code: str) -> tuple[str, ...]:
    account = customer.account
    second = screen is customer.site.login_otp
    return (code,) if second else (account.login_id, account.login_password, code)


def filled_login(customer: Customer, code: str) -> Screen:
    """Go as far as the OTP is asked, and fill that page in with an OTP."""
    screen = at_login(customer)
    screen.fill(*_login_inputs(customer, screen, code))
    return screen


def _at_issue(customer: Customer) -> Screen:
    _reached(customer, customer.go_to_hardware_confirmation(), "発行確認の画面", "issue_confirm")
    return customer.site.issue_confirm


def _filled_issue(customer: Customer) -> Screen:
    screen = _at_issue(customer)
    screen.fill_confirmation(customer.confirmation("正しい"))
    return screen


def _at_activation(customer: Customer) -> Screen:
    _reached(customer, customer.go_to_activation(), "利用開始登録の画面", "activation")
    return customer.site.activation


def _filled_activation(customer: Customer) -> Screen:
    screen = _at_activation(customer)
    screen.fill(*customer.activation_inputs())
    return screen


def _at_deactivation(customer: Customer) -> Screen:
    _reached(customer, customer.go_to_deactivation(), "利用解除の画面", "deactivation")
    return customer.site.deactivation


def _filled_deactivation(customer: Customer) -> Screen:
    screen = _at_deactivation(customer)
    screen.fill(*customer.deactivation_inputs(screen))
    return screen


FILLED: dict[Action, Callable[[Customer], Screen]] = {
    Action.ISSUE: _filled_issue,
    Action.ACTIVATION: _filled_activation,
    Action.DEACTIVATION: _filled_deactivation,
}


def _completion(site: Site, action: Action) -> Screen:
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
    status = site.view().http_status
    told = site.tells_refusal() or (status is not None and status >= _CLIENT_ERROR)
    attempt = Attempt(
        action,
        accepted=_completion(site, action).is_shown() if ok is None else ok,
        told=told or site.login.is_shown() or site.login_otp.is_shown(),
        unproven=unproven(site.agent.delivery(), told=told),
        seen=site.describe(),
        suspended=site.suspension_shown(),
        asked_otp=site.login_otp.is_shown(),
        news=site.may_tell_refusal(),
    )
    customer.scene.last = attempt
    customer.attempts.append(attempt)
    if attempt.accepted and action in (Action.ACTIVATION, Action.DEACTIVATION):
        customer.wait_for_effect()
    return attempt


def ended_issue(customer: Customer, site: Site, *, ok: bool | None = None) -> Attempt:
    """Note how an application ended; what was accepted waits for its dispatch."""
    attempt = ended(customer, site, Action.ISSUE, ok=ok)
    customer.awaiting_dispatch = customer.awaiting_dispatch or attempt.accepted
    return attempt


AT: dict[Action, Callable[[Customer], Screen]] = {
    Action.LOGIN: at_login,
    Action.ISSUE: _at_issue,
    Action.ACTIVATION: _at_activation,
    Action.DEACTIVATION: _at_deactivation,
}
"""The way to each form, which stays empty."""


# -- left without sending ------------------------------------------------------

FORMS = {
    "発行確認の画面": Action.ISSUE,
    "利用開始登録の画面": Action.ACTIVATION,
    "利用解除の画面": Action.DEACTIVATION,
}
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


def open_directly(people: People, customer: Customer, screen: str) -> None:
    """Open the address under which a screen was seen by somebody entitled to it."""
    address = address_of(people, screen)
    customer.scene.opened_directly = screen
    open_address(customer, address)


# -- altered -------------------------------------------------------------------


def _log_in_altered(customer: Customer, phrase: str) -> Attempt:
    customer.log_out()
    site, wrong = customer.site, _wrong(customer, phrase, "login")
    right = customer.code("新しい", "login")
    if ALTERATIONS[phrase][0] == _PASSWORD:
        _send_without_password(customer, phrase, right, wrong)
    else:
        _send_altered(site, filled_login(customer, right), phrase, wrong)
    customer.logged_in = site.top.is_shown()
    return ended(customer, site, Action.LOGIN)


def _send_without_password(customer: Customer, phrase: str, right: str, wrong: str) -> None:
    """Alter the page of the password; where the OTP is asked all the same it is given."""
    site, account = customer.site, customer.account
    site.login.open()
    one_page = site.login.has_otp_field()
    site.login.fill(account.login_id, account.login_password, right if one_page else None)
    _send_altered(site, site.login, phrase, wrong)
    if site.login_otp.is_shown():
        site.login_otp.submit(right)


def _wrong(customer: Customer, phrase: str, function: str) -> str:
    """Return a wrong value of the field that an alteration is about."""
    match ALTERATIONS[phrase][0]:
        case "otp.field":
            return customer.code("誤った", function)
        case "confirmation.field":
            return customer.confirmation("一文字違いの")
        case "activation.serial":
            return customer.serial("一桁だけ違う")
    return customer.wrong_password()


def _issue_altered(customer: Customer, phrase: str) -> Attempt:
    wrong = _wrong(customer, phrase, "issue")
    _send_altered(customer.site, _filled_issue(customer), phrase, wrong)
    return ended_issue(customer, customer.site)


def _activate_altered(customer: Customer, phrase: str) -> Attempt:
    screen, site = _at_activation(customer), customer.site
    wrong = _wrong(customer, phrase, "activation")
    screen.fill(*customer.activation_inputs())
    _send_altered(site, screen, phrase, wrong)
    return ended(customer, site, Action.ACTIVATION)


def _deactivate_altered(customer: Customer, phrase: str) -> Attempt:
    if ALTERATIONS[phrase][0] == _OTP:
        customer.require_declared_otp_field()
    screen, site = _at_deactivation(customer), customer.site
    wrong = _wrong(customer, phrase, "deactivation")
    screen.fill(*customer.deactivation_inputs(screen))
    _send_altered(site, screen, phrase, wrong)
    return ended(customer, site, Action.DEACTIVATION)


def _send_altered(site: Site, screen: Screen, phrase: str, wrong: str) -> None:
    key, alter = ALTERATIONS[phrase]
    request, name = screen.request(), screen.parameter(key)
    site.agent.send(alter(request, name, wrong))


_ALTERED: dict[str, Callable[[Customer, str], Attempt]] = {
    Action.LOGIN: _log_in_altered,
    Action.ISSUE: _issue_altered,
    Action.ACTIVATION: _activate_altered,
    Action.DEACTIVATION: _deactivate_altered,
}
ALTERABLE = tuple(_ALTERED)


def send_altered(customer: Customer, action: str, phrase: str) -> Attempt:
    """Send the request of an action altered: a field left out, twice, as a list, or marked.

    (LGN-05, LGN-07, ISS-15, ISS-16, ACT-01, ACT-09, ACT-12, ACT-20, DEA-07 to DEA-12)
    """
    return _ALTERED[action](customer, phrase)


def issue_with_address(customer: Customer) -> Attempt:
    """Apply with delivery addresses written into the request (SHP-03).

    A product may refuse such a request; then the application is made as usual.
    """
    request = _filled_issue(customer).request()
    site = customer.site
    for name in _ADDRESS_NAMES:
        request = request.with_value(name, _FORGED_ADDRESS)
    site.agent.send(request)
    if not site.issue_complete.is_shown():
        return customer.issue()
    customer.awaiting_dispatch = True
    return ended(customer, site, Action.ISSUE)


# -- a third kind (CON-09) ---------------------------------------------------


def _selections(customer: Customer) -> list[FormRequest]:
    """Return the requests that select hardware and software.

    A page whose script selects without asking its server sends none: the addresses of the
    views that follow stand for them.
    """
    _at_kind_selection(customer)
    selection = customer.site.kind_selection
    try:
        return [selection.request_of(kind) for kind in (Kind.HARDWARE, Kind.SOFTWARE)]
    except NothingSent:
        addresses = []
        for kind in (Kind.HARDWARE, Kind.SOFTWARE):
            _at_kind_selection(customer)
            selection.choose(kind)
            addresses.append(customer.site.view().address)
        _at_kind_selection(customer)
        return [FormRequest("", address, ()) for address in addresses]


def _at_kind_selection(customer: Customer) -> None:
    _reached(customer, customer.go_to_kind_selection(), "種類の選択の画面", "kind")


def _kind_words(customer: Customer) -> tuple[FormRequest, str]:
    """Return the request that selects hardware, and the word in it that means hardware."""
    hardware, software = _selections(customer)
    pairs = list(zip(_words(hardware), _words(software), strict=False))
    different = [mine for mine, other in pairs if mine != other]
    if not different:
        raise _no_kind("種類を選ぶ二つの操作が送る内容に違いが見当たりません")
    return hardware, different[0]


def _no_kind(why: str) -> NotApplicable:
    return NotApplicable(expected="種類を表す値を書き換えて送ること", observed=why)


def _words(request: FormRequest) -> list[str]:
    parts = urlsplit(request.address)
    return [*parts.path.split("/"), *parts.fragment.split("/"), *(v for _, v in request.fields)]


def with_kind(request: FormRequest, old: str, new: str) -> FormRequest:
    """Return the request with its word for the kind replaced.

    Raises `NotApplicable` for one that does not name the kind: sent as it is it would succeed.
    """
    parts = urlsplit(request.address)
    path = "/".join(new if word == old else word for word in parts.path.split("/"))
    fields = tuple((name, new if value == old else value) for name, value in request.fields)
    altered = replace(request, address=parts._replace(path=path).geturl(), fields=fields)
    if altered == request:
        raise _no_kind("送信内容に、種類を表す値がありません")
    return altered


def select_kind(customer: Customer, *, third: bool) -> Attempt:
    """Send the selection of a kind, of a third one or as it is.

    Accepted: some confirmation of an issue is shown.
    """
    request, word = _kind_words(customer)
    if not request.method:
        raise _no_kind("種類を選んでも何も送られません（画面の中だけの動き）")
    site = customer.site
    site.agent.send(with_kind(request, word, _THIRD_KIND) if third else request)
    ok = any(site.issue_confirm.of(kind).is_shown() for kind in Kind)
    return ended(customer, site, Action.CHOICE, ok=ok)


def issue_third_kind(customer: Customer, *, third: bool = True) -> Attempt:
    """Apply with the kind in the request replaced by a third one, or left as it is."""
    _, word = _kind_words(customer)
    customer.site.kind_selection.choose(Kind.HARDWARE)
    site = customer.site
    site.issue_confirm.fill_confirmation(customer.confirmation("正しい"))
    request = site.issue_confirm.request()
    site.agent.send(with_kind(request, word, _THIRD_KIND) if third else request)
    ok = any(site.issue_complete.of(kind).is_shown() for kind in Kind)
    return ended_issue(customer, site, ok=ok)


# -- sent once more ------------------------------------------------------------


def repeat(customer: Customer, action: Action) -> None:
    """Do something, then send the same request once more (ISS-18, ACT-11, DEA-14)."""
    kept = _do_keeping(customer, action)
    customer.site.agent.send(kept)


def activate_deactivate_repeat(customer: Customer) -> None:
    """Activate, deactivate, then send the activation's request once more (DEA-20)."""
    kept = _do_keeping(customer, Action.ACTIVATION)
    procedures.deactivate(customer)
    customer.site.agent.send(kept)


def log_in_again_after_logout(customer: Customer) -> Attempt:
    """Log in, log out, and send the login's request once more (TOK-03)."""
    customer.log_out()
    screen = filled_login(customer, customer.code("新しい", "login"))
    kept = screen.request()
    screen.press_submit()
    site = customer.site
    site.top.require()
    customer.logged_in = True
    customer.log_out()
    site.agent.send(kept)
    customer.logged_in = site.top.is_shown()
    return ended(customer, site, Action.LOGIN)


def press_again_issue(customer: Customer) -> None:
    """Apply, go back in the browser and press the button again where it is there."""
    _do_keeping(customer, Action.ISSUE)
    site = customer.site
    site.agent.back()
    if site.issue_confirm.is_shown():
        site.issue_confirm.submit(customer.confirmation("正しい"))


def press_again_activation(customer: Customer) -> None:
    """Activate, go back in the browser and press the button again where it is there."""
    _do_keeping(customer, Action.ACTIVATION)
    site = customer.site
    site.agent.back()
    if site.activation.is_shown():
        site.activation.submit(*customer.activation_inputs())


def press_again_deactivation(customer: Customer) -> None:
    """Deactivate, go back in the browser and press the button again where it is there."""
    _do_keeping(customer, Action.DEACTIVATION)
    site = customer.site
    site.agent.back()
    if site.deactivation.is_shown():
        screen, retired = site.deactivation, "利用解除したトークンの"
        screen.submit(*customer.deactivation_inputs(screen, code=retired))


def _do_keeping(customer: Customer, action: Action) -> FormRequest:
    """Do something successfully and return the request that did it."""
    screen = FILLED[action](customer)
    kept = screen.request()
    screen.press_submit()
    _completion(customer.site, action).require()
    _succeeded(customer, action)
    return kept


def _succeeded(customer: Customer, action: Action) -> None:
    """Note what follows from a success."""
    customer.awaiting_dispatch = customer.awaiting_dispatch or action is Action.ISSUE
    if action is Action.DEACTIVATION:
        customer.retire()
    if action in (Action.ACTIVATION, Action.DEACTIVATION):
        customer.wait_for_effect()


# -- out of date: two browsers ---------------------------------------------------


def _open_and_leave(customer: Customer, go: Callable[[Customer], Screen]) -> Opened:
    """Go to a screen, leave it as it is, and go on in another browser."""
    opened = go(customer), customer.site
    customer.change_browser()
    return opened


def activate_from_stale(customer: Customer, serial: str, code: str) -> Attempt:
    """Open the activation screen, activate in another browser, then send the first screen."""
    _require_two_sessions(customer)
    opened = _open_and_leave(customer, _at_activation)
    procedures.activate(customer)
    return _send_activation(customer, *opened, serial, code)


def deactivate_from_stale(customer: Customer) -> Attempt:
    """Open the deactivation screen, deactivate in another browser, then send the first screen."""
    _require_two_sessions(customer)
    opened = _open_and_leave(customer, _at_deactivation)
    procedures.deactivate(customer)
    return _send_deactivation(customer, *opened, "利用解除したトークンの")


def send_opened_before(customer: Customer, action: Action) -> Attempt:
    """Send a screen opened before, nothing having happened since: the control of the two above.

    A second browser is logged in meanwhile, as in the tested case, where that is allowed.
    """
    activating = action is Action.ACTIVATION
    opened = _open_and_leave(customer, _at_activation if activating else _at_deactivation)
    if customer.scene.declaration.sessions.concurrent == "allowed":
        customer.ensure_logged_in()
    if activating:
        return _send_activation(customer, *opened, "届いたトークンの", "新しい")
    return _send_deactivation(customer, *opened, "新しい")


def _require_two_sessions(customer: Customer) -> None:
    if customer.scene.declaration.sessions.concurrent != "allowed":
        raise NotApplicable(
            expected="二つのブラウザーで同時にログインして確かめること",
            observed="同時に二つのログインはできないと宣言されています（sessions.concurrent）",
        )


def _send_activation(
    customer: Customer, screen: Screen, site: Site, serial: str, code: str
) -> Attempt:
    screen.submit(*customer.activation_inputs(serial, code))
    return ended(customer, site, Action.ACTIVATION)


def _send_deactivation(customer: Customer, screen: Screen, site: Site, code: str) -> Attempt:
    screen.submit(*customer.deactivation_inputs(screen, code=code))
    return ended(customer, site, Action.DEACTIVATION)


def _send_login(customer: Customer, screen: Screen, site: Site) -> Attempt:
    screen.submit(*_login_inputs(customer, screen, customer.code("新しい", "login")))
    customer.logged_in = site.top.is_shown()
    return ended(customer, site, Action.LOGIN)


def _send_issue(customer: Customer, screen: Screen, site: Site) -> Attempt:
    screen.fill_confirmation(customer.confirmation("正しい"))
    screen.press_submit()
    return ended_issue(customer, site)


OTP_INPUT = "ワンタイムパスワードの入力の画面"
_KEPT: dict[
    str,
    tuple[
        Callable[[Customer], Screen],
        Callable[[Site], Screen],
        Callable[[Customer, Screen, Site], Attempt],
    ],
] = {
    OTP_INPUT: (at_login, otp_input, _send_login),
    "発行確認の画面": (_at_issue, lambda site: site.issue_confirm, _send_issue),
    "利用解除の画面": (
        _at_deactivation,
        lambda site: site.deactivation,
        lambda customer, screen, site: _send_deactivation(customer, screen, site, "新しい"),
    ),
}


def keep_open(customer: Customer, screen: str) -> None:
    """Go to a screen, leave it as it is, and go on in another browser, for `send_kept`."""
    if screen != OTP_INPUT:
        _require_two_sessions(customer)
    _open_and_leave(customer, _KEPT[screen][0])


def send_kept(customer: Customer, screen: str) -> Attempt:
    """Go back to a screen that was kept open, fill it in rightly and send it."""
    _, shown, send = _KEPT[screen]
    customer.return_to_former_browser()
    return send(customer, shown(customer.site), customer.site)


def send_kept_with(customer: Customer, screen: str, code: str) -> Attempt:
    """Go back to a screen that was kept open and send it with the OTP of a phrase."""
    if screen != OTP_INPUT:
        customer.require_declared_otp_field()
    customer.return_to_former_browser()
    site = customer.site
    if screen != OTP_INPUT:
        return _send_deactivation(customer, site.deactivation, site, code)
    shown = otp_input(site)
    shown.submit(*_login_inputs(customer, shown, customer.code(code, "login")))
    customer.logged_in = site.top.is_shown()
    return ended(customer, site, Action.LOGIN)


# -- out of date: one browser ------------------------------------------------------

ENDINGS: dict[str, Callable[[Customer], None]] = {
    "ログアウトして": lambda customer: customer.log_out(),
    "操作をしないまま宣言された時間がたって": procedures.stay_idle,
    "操作を続けるうちにログインから宣言された時間がたって": procedures.outlast_session,
}
"""What ends a login, before a form of it is sent."""


@dataclass(frozen=True)
class _Form:
    """A form rightly filled in, to be sent later. ``otp``: its field's name, "" for none."""

    request: FormRequest
    otp: str

    def with_otp(self, code: str) -> FormRequest:
        """Return its request with an OTP, where it has any."""
        return self.request.with_value(self.otp, code) if self.otp else self.request

    def now(self, customer: Customer, action: Action) -> FormRequest:
        """Return its request with an OTP of this very moment."""
        function = "activation" if action is Action.ACTIVATION else "deactivation"
        return self.with_otp(customer.code("新しい", function) if self.otp else "")


def _form(customer: Customer, action: Action) -> _Form:
    screen = FILLED[action](customer)
    otp = screen.parameter(_OTP) if screen.has_otp_field() else ""
    return _Form(screen.request(), otp)


def send_after(customer: Customer, screen: str, ending: str) -> Attempt:
    """Fill in a form rightly, end the login, and send the form, its OTP one of then.

    (ISS-01, ACT-04, LGN-15)
    """
    action = FORMS[screen]
    form = _form(customer, action)
    ENDINGS[ending](customer)
    customer.site.agent.send(form.now(customer, action))
    customer.logged_in = False
    return ended(customer, customer.site, action)


def send_two(customer: Customer, screen: str) -> Attempt:
    """Fill in a form on two pages of one browser and send both; the second's end is noted.

    Raises `NotApplicable` where the second page makes the first one invalid.
    """
    action, site = FORMS[screen], customer.site
    first, second = _form(customer, action), _form(customer, action)
    site.agent.send(first.now(customer, action))
    if not _completion(site, action).is_shown():
        raise NotApplicable(
            expected=f"二つ開いた{screen}のうち、先に開いたほうから送れること",
            observed=f"二つ目を開くと、先に開いたほうからは送れなくなります（{site.describe()}）",
        )
    _succeeded(customer, action)
    if action is Action.DEACTIVATION:
        site.agent.send(second.request)  # with the OTP of a token that is now retired
    else:
        site.agent.send(second.now(customer, action))
    return ended(customer, site, action)


# -- at one moment -----------------------------------------------------------------

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
        ready.append((customer.site, filled_login(customer, code).request()))
    return ready


def twice_at_once(customer: Customer, screen: str) -> list[bool]:
    """Send a form with one and the same OTP from two browsers at one moment.

    Returns which of them tell success.
    """
    _require_two_sessions(customer)
    action = FORMS[screen]
    if action is Action.DEACTIVATION:
        customer.require_declared_otp_field()
    forms: list[tuple[Site, _Form]] = []
    for _ in range(2):
        customer.change_browser()
        forms.append((customer.site, _form(customer, action)))
    request = forms[-1][1].now(customer, action)
    code = dict(request.fields).get(forms[-1][1].otp, "")
    sites = _send_at_once([(site, form.with_otp(code)) for site, form in forms])
    done = [_completion(site, action).is_shown() for site in sites]
    if any(done):
        _succeeded(customer, action)
    customer.change_browser()
    return done


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
    screen = otp_input(site)
    screen.fill(*_login_inputs(customer, screen, customer.code("誤った", "login")))
    with site.agent.sending(screen.request(), at=time.time()):
        procedures.unlock_keeping_token(customer)
    customer.change_browser()
