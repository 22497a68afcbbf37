"""Requests that no page sends: a field left out, twice, as a list, marked; a third kind.

The sentences say what a wrongdoer tries; how it is done goes into the step's record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from otp_conformance.agent.page import FormRequest, Parameter
from otp_conformance.agent.trouble import NothingSent
from otp_conformance.people import forms
from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.people.customer import Customer
from otp_conformance.screens.screen import Screen
from otp_conformance.specification.words import Kind
from otp_conformance.verdict.outcome import NotApplicable

_LOGIN_FIELD = "login.password"  # a label key, no secret
Alteration = Callable[[FormRequest, Parameter, str], FormRequest]
"""How a request is altered: request, parameter and a wrong value to the altered request."""

_FIELDS = {
    "ワンタイムパスワード": forms.OTP_FIELD,
    "確認用パスワード": "confirmation.field",
    "シリアル番号": "activation.serial",
    "ログインパスワード": _LOGIN_FIELD,
}
_WAYS: dict[str, tuple[Alteration, str]] = {
    "{}を欄ごと省いて送る": (
        lambda request, name, _: request.without(name),
        "項目「{}」を除いて送信",
    ),
    # With a right one among the two whoever has it gets in anyway: no way past the check.
    "誤った{}を二つ重ねて送る": (
        lambda request, name, wrong: request.with_value(name, wrong, wrong),
        "項目「{}」を、同じ誤った値で二つ送信",
    ),
    "誤った{}を束にして送る": (
        lambda request, name, wrong: _instead(request, name, "[]", wrong),
        "項目「{}」を、誤った値を一つ入れた配列（名前の後に []）にして送信",
    ),
    "{}の代わりに「空でなければよい」という条件を送る": (
        lambda request, name, _: _instead(request, name, "[$ne]", ""),
        "項目「{}」を、空でないという条件（名前の後に [$ne]）に替えて送信",
    ),
    "誤った{}に「確認済み」の印を付けて送る": (
        lambda request, name, wrong: _marked(request.with_value(name, wrong)),
        "項目「{}」を誤った値にし、確認が済んだことを表す項目（otp_verified=1 など）を加えて送信",
    ),
}


@dataclass(frozen=True)
class Altered:
    """The field that an alteration is about (its key), how it is altered, and that in words."""

    key: str
    alter: Alteration
    record: str


ALTERATIONS: dict[str, Altered] = {
    way.format(field): Altered(key, alter, record)
    for field, key in _FIELDS.items()
    for way, (alter, record) in _WAYS.items()
}
"""What a wrongdoer tries, in the words of the sentences."""

# What a page may send to say that something need not be checked any more, or not at all.
_DONE = ("verified", "otp_verified", "authenticated", "confirmed", "otp_ok", "passed")
_SKIP = ("otp_required", "need_otp", "check_otp")
_TURNED = {"0": "1", "1": "0", "false": "true", "true": "false", "no": "yes", "yes": "no"}
_ADDRESS_NAMES = ("address", "ship_to", "shipping_address", "delivery_address", "送付先")
_FORGED_ADDRESS = "みほん県べつの市偽町1番地"
_THIRD_KIND = "paper"


def _instead(request: FormRequest, name: Parameter, ending: str, value: str) -> FormRequest:
    """Return the request with a field under another name, as frameworks read lists and maps."""
    return request.without(name).with_value(name.with_ending(ending), value)


def _marked(request: FormRequest) -> FormRequest:
    """Return the request with every yes for a no, and the marks of one that has been checked."""
    turned = tuple((name, _TURNED.get(value.lower(), value)) for name, value in request.fields)
    marked = replace(request, fields=turned)
    for names, value in ((_DONE, "1"), (_SKIP, "0")):
        for name in names:
            marked = marked.with_value(name, value)
    return marked


# -- a field altered -----------------------------------------------------------


def _log_in_altered(customer: Customer, phrase: str) -> Attempt:
    customer.log_out()
    site, wrong = customer.site, _wrong(customer, phrase, "login")
    right = customer.code("新しい", "login")
    if ALTERATIONS[phrase].key == _LOGIN_FIELD:
        _send_without_password(customer, phrase, right, wrong)
    else:
        _send_altered(customer, forms.filled_login(customer, right), phrase, wrong)
    customer.logged_in = site.top.is_shown()
    return forms.ended(customer, site, Action.LOGIN)


def _send_without_password(customer: Customer, phrase: str, right: str, wrong: str) -> None:
    """Alter the page of the password; where the OTP is asked all the same it is given."""
    site, account = customer.site, customer.account
    site.login.open(account.login_id)
    one_page = site.login.has_otp_field()
    site.login.fill(account.login_id, account.login_password, right if one_page else None)
    _send_altered(customer, site.login, phrase, wrong)
    if site.login_otp.is_shown():
        site.login_otp.submit(right)


def _wrong(customer: Customer, phrase: str, function: str) -> str:
    """Return a wrong value of the field that an alteration is about."""
    match ALTERATIONS[phrase].key:
        case "otp.field":
            return customer.code("誤った", function)
        case "confirmation.field":
            return customer.confirmation("一文字違いの")
        case "activation.serial":
            return customer.serial("一桁だけ違う")
    return customer.wrong_password()


def _issue_altered(customer: Customer, phrase: str) -> Attempt:
    wrong = _wrong(customer, phrase, "issue")
    _send_altered(customer, forms.FILLED[Action.ISSUE](customer), phrase, wrong)
    return forms.ended_issue(customer, customer.site)


def _activate_altered(customer: Customer, phrase: str) -> Attempt:
    screen, site = forms.AT[Action.ACTIVATION](customer), customer.site
    wrong = _wrong(customer, phrase, "activation")
    screen.fill(*customer.activation_inputs())
    _send_altered(customer, screen, phrase, wrong)
    return forms.ended(customer, site, Action.ACTIVATION)


def _deactivate_altered(customer: Customer, phrase: str) -> Attempt:
    if ALTERATIONS[phrase].key == forms.OTP_FIELD:
        customer.require_declared_otp_field()
    screen, site = forms.AT[Action.DEACTIVATION](customer), customer.site
    wrong = _wrong(customer, phrase, "deactivation")
    screen.fill(*customer.deactivation_inputs(screen))
    _send_altered(customer, screen, phrase, wrong)
    return forms.ended(customer, site, Action.DEACTIVATION)


def _send_altered(customer: Customer, screen: Screen, phrase: str, wrong: str) -> None:
    altered = ALTERATIONS[phrase]
    request, name = screen.request(), screen.parameter(altered.key)
    customer.scene.case.note(f"細工の中身：{altered.record.format(name)}")
    customer.site.agent.send(altered.alter(request, name, wrong))


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
    request = forms.FILLED[Action.ISSUE](customer).request()
    site = customer.site
    for name in _ADDRESS_NAMES:
        request = request.with_value(name, _FORGED_ADDRESS)
    site.agent.send(request)
    if not site.issue_complete.is_shown():
        return customer.issue()
    customer.awaiting_dispatch = True
    return forms.ended(customer, site, Action.ISSUE)


# -- a third kind (CON-09) -----------------------------------------------------


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
    forms.reached(customer, customer.go_to_kind_selection(), "種類の選択の画面", "kind")


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
    return forms.ended(customer, site, Action.CHOICE, ok=ok)


def issue_third_kind(customer: Customer, *, third: bool = True) -> Attempt:
    """Apply with the kind in the request replaced by a third one, or left as it is."""
    _, word = _kind_words(customer)
    customer.site.kind_selection.choose(Kind.HARDWARE)
    site = customer.site
    site.issue_confirm.fill_confirmation(customer.confirmation("正しい"))
    request = site.issue_confirm.request()
    site.agent.send(with_kind(request, word, _THIRD_KIND) if third else request)
    ok = any(site.issue_complete.of(kind).is_shown() for kind in Kind)
    return forms.ended_issue(customer, site, ok=ok)
