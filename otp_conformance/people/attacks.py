"""What no honest customer does: guesses, stolen and planted cookies, another's name in a request.

Nothing here goes beyond what anybody can do with a browser of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from otp_conformance.agent.page import Cookie, FormRequest
from otp_conformance.calls.trouble import ServerFault
from otp_conformance.journal.masking import Masker
from otp_conformance.people import forms
from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.people.customer import Customer
from otp_conformance.people.inputs import full_width_text
from otp_conformance.screens.screen import Screen
from otp_conformance.screens.site import Site
from otp_conformance.verdict.outcome import DeclarationMismatch, NotApplicable, NotRun

_MOST_GUESSES = 100
"""As many consecutive failures as NIST SP 800-63B-4 section 3.2.2 lets a verifier allow."""
_MOST_DEACTIVATIONS = 30  # each takes an OTP, and a time step to wait for it
_PLANTED = "planted0123456789abcdef0123456789abcdef"
_PAST = timedelta(minutes=10)

_ID_NAMES = ("login_id", "user_id", "userid", "user", "username", "customer_id", "account", "uid")
_TOKEN_NAMES = ("serial", "token", "token_id", "token_serial")
_TIME_NAMES = ("time", "timestamp", "now", "date", "datetime", "client_time", "ts", "t")

_SPELLINGS: tuple[Callable[[str], str], ...] = (
    str.swapcase,
    full_width_text,
    lambda login_id: f" {login_id}",
    lambda login_id: f"{login_id} ",
    lambda login_id: f"0{login_id}",
)
"""Other ways to write a login ID (HRD-05)."""


@dataclass(frozen=True)
class Answer:
    """What the product said to one attempt: lines with their digits evened out, and the status."""

    told: frozenset[str]
    status: int | None


def answer_in_sight(site: Site) -> Answer:
    """Return the answer in sight, without what changes by itself (digits)."""
    view = site.view()
    lines = (re.sub(r"\d+", "0", line.strip()) for line in view.text.splitlines())
    return Answer(frozenset(line for line in lines if line), view.http_status)


def constant(answers: list[Answer]) -> tuple[frozenset[str], frozenset[int | None]]:
    """Return what all of several answers said alike, and their statuses."""
    common = frozenset.intersection(*(each.told for each in answers))
    return common, frozenset(each.status for each in answers)


# -- guesses -------------------------------------------------------------------


def log_in_answers(customer: Customer, phrases: tuple[str, ...]) -> dict[str, list[Answer]]:
    """Try to log in with the OTPs of these phrases in turn; return the answers to each.

    Raises `SetupFailed` for one that is accepted.
    """
    found: dict[str, list[Answer]] = {}
    for phrase in phrases:
        customer.log_in(phrase).require_refused(f"{phrase}ワンタイムパスワード")
        found.setdefault(phrase, []).append(answer_in_sight(customer.site))
    return found


def activation_answers(
    customer: Customer, pairs: tuple[tuple[str, str], ...]
) -> dict[str, list[Answer]]:
    """Try to activate with these serials and OTPs in turn; return the answers to each.

    Each really went to the product, and was refused there. Raises `NotApplicable` where the
    declared limit of failures lies below.
    """
    limit = customer.scene.declaration.activation.failure_limit
    if limit and limit <= len(pairs):
        raise NotApplicable(
            expected=f"利用開始登録を{len(pairs)}回間違えて、拒否の文を比べること",
            observed=f"{limit}回の誤りで打ち切ると宣言されています（activation.failure_limit）",
        )
    found: dict[str, list[Answer]] = {}
    for serial, code in pairs:
        attempt = customer.activate(serial, code)
        attempt.require_known()
        attempt.require_refused("誤った組み合わせ")
        name = f"{serial}シリアル番号と{code}ワンタイムパスワード"
        found.setdefault(name, []).append(answer_in_sight(customer.site))
    return found


def _other_spellings(customer: Customer) -> list[str]:
    own = customer.account.login_id
    return [other for write in _SPELLINGS if (other := write(own)) != own]


def spellings(customer: Customer) -> list[str]:
    """Return the ways to write the customer's login ID under which they get in, too."""
    found = []
    for other in _other_spellings(customer):
        if customer.log_in("新しい", login_id=other).accepted:
            found.append(other)
            customer.log_out()
    return found


def log_in_respelt_without_otp(customer: Customer) -> list[Attempt]:
    """Try to log in with the password alone, the login ID written another way each time."""
    return [customer.log_in(None, login_id=other) for other in _other_spellings(customer)]


def mistake_in_turn(customer: Customer, times: int) -> None:
    """Enter wrong OTPs, the login ID written another way each time, as far as such get in."""
    ways: list[str | None] = [None, *spellings(customer)]
    for number in range(times):
        attempt = customer.log_in("誤った", login_id=ways[number % len(ways)])
        attempt.require_refused("誤ったワンタイムパスワード")


def guess_confirmation(customer: Customer, action: Action) -> None:
    """Enter wrong confirmation passwords up to the declared limit, or as often as NIST allows.

    Raises `NotRun` where that would spend too many OTPs.
    """
    limit = customer.scene.declaration.confirmation_password.failure_limit or _MOST_GUESSES
    if action is Action.DEACTIVATION and limit > _MOST_DEACTIVATIONS:
        raise NotRun(
            expected=f"確認用パスワードを続けて{limit}回間違えること",
            observed=f"利用解除の画面では、{_MOST_DEACTIVATIONS}回を超える誤りは試みません",
            hint="試験環境で confirmation_password.failure_limit を小さくすると実施できます。",
        )
    for _ in range(limit):
        attempt = (
            customer.issue(confirmation="一文字違いの")
            if action is Action.ISSUE
            else customer.deactivate("一文字違いの")
        )
        attempt.require_refused("誤った確認用パスワード")
        if customer.site.login.is_shown():
            customer.logged_in = False


def guess_serials(customer: Customer) -> None:
    """Enter serials of no token up to the declared limit, or as often as NIST allows."""
    limit = customer.scene.declaration.activation.failure_limit or _MOST_GUESSES
    for _ in range(limit):
        if not customer.go_to_activation():
            return
        inputs = customer.activation_inputs("どこにも存在しない", "表示中の")
        customer.site.activation.submit(*inputs)
        forms.ended(customer, customer.site, Action.ACTIVATION).require_refused(
            "存在しないシリアル番号"
        )
        customer.logged_in = not customer.site.login.is_shown()


# -- cookies -------------------------------------------------------------------


def plant_received(customer: Customer) -> Site:
    """Plant the cookies that a stranger got at the login page; return the stranger's browser.

    Raises `NotApplicable` where nothing is remembered before the login.
    """
    stranger = customer.scene.new_site()
    stranger.login.open()
    _plant(customer, stranger.agent.cookies())
    return stranger


def plant_invented(customer: Customer) -> Site:
    """Plant values that nobody issued under the names of a session's cookies."""
    customer.ensure_logged_in()
    known = customer.site.agent.cookies()
    customer.log_out()
    stranger = customer.scene.new_site()
    invented = tuple(replace(each, value=_PLANTED) for each in known)
    stranger.login.open()
    stranger.agent.take_cookies(invented)
    _plant(customer, invented)
    return stranger


def _plant(customer: Customer, cookies: tuple[Cookie, ...]) -> None:
    if not cookies:
        raise NotApplicable(
            expected="ログインの前の Cookie を植え付けて確かめること",
            observed="Cookie がありません",
        )
    customer.change_browser()
    customer.site.login.open()
    customer.site.agent.take_cookies(cookies)


def log_out_keeping_cookies(customer: Customer) -> None:
    """Log out, and put the cookies of the ended login back."""
    customer.ensure_logged_in()
    kept = customer.site.agent.cookies()
    customer.log_out()
    customer.site.agent.take_cookies(kept)


def with_stolen_cookies(customer: Customer) -> None:
    """Go on in a fresh browser that has nothing but the cookies of the login that goes on."""
    customer.ensure_logged_in()
    kept = customer.site.agent.cookies()
    customer.change_browser()
    customer.site.login.open()
    customer.site.agent.take_cookies(kept)


# -- requests --------------------------------------------------------------------


def name_another(customer: Customer, other: Customer, action: Action) -> Attempt:
    """Send a form rightly filled in, but with another customer named wherever one can be named.

    A login is tried with the other's OTP: by their own nobody would be mistaken for another.
    """
    if action is Action.LOGIN:
        customer.log_out()
        screen = forms.filled_login(customer, customer.code("別のお客さまの", "login"))
    else:
        screen = forms.FILLED[action](customer)
    site = customer.site
    site.agent.send(_naming(screen.request(), customer, other))
    attempt = forms.ended(customer, site, action)
    if action is Action.LOGIN:
        customer.logged_in = attempt.accepted
    if attempt.accepted and action is Action.DEACTIVATION:
        customer.retire()
    return attempt


def _naming(request: FormRequest, own: Customer, other: Customer) -> FormRequest:
    theirs = {own.account.login_id: other.account.login_id}
    token = other.token or other.retired
    if own.token is not None and token is not None:
        theirs[own.token.asset.serial] = token.asset.serial
    there = {name for name, _ in request.fields}
    fields = [(name, theirs.get(value, value)) for name, value in request.fields]
    fields += [(name, other.account.login_id) for name in _ID_NAMES if name not in there]
    if token is not None:
        fields += [(name, token.asset.serial) for name in _TOKEN_NAMES if name not in there]
    return replace(request, fields=tuple(fields))


def claim_the_past(customer: Customer, phrase: str) -> Attempt:
    """Log in with an old OTP and a request that says it is still that time."""
    customer.log_out()
    code = customer.code(phrase, "login")
    request = forms.filled_login(customer, code).request()
    then = customer.scene.time.now() - _PAST
    there = {name for name, _ in request.fields}
    fields = [(name, _then(value, then)) for name, value in request.fields]
    fields += [(n, str(int(then.timestamp()))) for n in _TIME_NAMES if n not in there]
    customer.site.agent.send(replace(request, fields=tuple(fields)))
    customer.logged_in = customer.site.top.is_shown()
    return forms.ended(customer, customer.site, Action.LOGIN)


def _then(value: str, then: datetime) -> str:
    """Return an earlier moment in the place of a value that tells the present one."""
    if not re.fullmatch(r"\d{10}(\d{3})?", value):
        return value
    return f"{int(then.timestamp())}".ljust(len(value), "0")  # seconds, or thousandths


def send_as_another(customer: Customer, other: Customer) -> Attempt:
    """Fill in the form of a customer who has since logged out, as the other in the same browser.

    What is typed is the other's own; the form is the first customer's.
    """
    screen = forms.FILLED[Action.ISSUE](customer)
    kept, name = screen.request(), screen.parameter("confirmation.field")
    if kept.script is not None:
        raise NotApplicable(
            expected="開いたままの画面から、後からログインしたお客さまとして送ること",
            observed="画面のスクリプトが送る画面で、ログインし直すと画面も替わります",
        )
    customer.log_out()
    other.share_browser_of(customer)
    other.ensure_logged_in()
    site = other.site
    site.agent.send(kept.with_value(name, other.confirmation("正しい")))
    return forms.ended(other, site, Action.ISSUE)


_ODD: dict[str, Callable[[FormRequest, str], FormRequest]] = {
    "抜いた": lambda request, name: request.without(name),
    "空にした": lambda request, name: request.with_value(name, ""),
    "二つ並べた": lambda request, name: replace(
        request, fields=(*request.fields, (name, "1"), (name, "2"))
    ),
    "配列の名前にした": lambda request, name: request.without(name).with_value(f"{name}[]", "1"),
    "とても長くした": lambda request, name: request.with_value(name, "1" * 10_000),
}
"""What becomes of one field of a form."""
_INNARDS = re.compile(
    r"Traceback \(most recent call last\)|\bat [\w.$]+\([\w$]+\.(?:java|kt|cs|js|php):\d+\)"
    r"|Unhandled exception|SQLSTATE|Stack trace:"
)


def fallen_over(customer: Customer, action: Action) -> list[str]:
    """Send an empty form in odd ways; return those that brought a server error or innards.

    A way counts if it does so twice. The form can be reached afterwards, so that it was
    not the system that had gone.
    """
    request = forms.AT[action](customer).request()
    names = dict.fromkeys(name for name, _ in request.fields)
    odd = {
        f"{name} を{what}": alter(request, name) for name in names for what, alter in _ODD.items()
    }
    odd["すべての項目を抜いた"] = replace(request, fields=())
    if request.script is None:  # a script's GET cannot carry what it sends
        odd["GET にした"] = replace(request, method="GET")
    found = [what for what, each in odd.items() if _breaks(customer, each)]
    found = [what for what in found if _breaks(customer, odd[what])]
    customer.forget_cookies()
    if _breaks(customer, request):
        found.append("ログインの終わった後の")
    customer.log_in("新しい" if customer.token and action is not Action.ACTIVATION else None)
    return found


def _breaks(customer: Customer, request: FormRequest) -> bool:
    site = customer.site
    try:
        site.agent.send(request)
    except ServerFault:
        return True
    return bool(_INNARDS.search(site.view().text))


# -- another site ---------------------------------------------------------------------

_TYPED = ("activation.serial", "otp.field", "confirmation.field")


def send_from_elsewhere(customer: Customer, action: Action) -> Attempt:
    """Have a page of another site send a form in the customer's login.

    The form is one that the attacker, the other customer, got for themselves: whatever it
    hides is theirs. What the customer would type is filled in rightly.
    """
    attacker = customer.other()
    forged = forms.AT[action](attacker).request()
    screen = forms.FILLED[action](customer)
    typed = screen.request()
    if forged.script is not None or typed.script is not None:
        raise NotApplicable(
            expected="ほかのサイトの画面からフォームを送ること",
            observed="画面のスクリプトが送る画面で、ほかのサイトのフォームでは送れません",
        )
    asked = (screen.parameter(key) for key in _TYPED if screen.has_field(key))
    names = [name for each in asked for name in each.names]
    for name, value in typed.fields:
        if name in names:
            forged = forged.with_value(name, value)
    site = customer.site
    site.agent.send_from_elsewhere(forged)
    return forms.ended(customer, site, action)


# -- proxies that nobody has put there ----------------------------------------------------

_SOMEWHERE = "elsewhere.example"  # nobody's host (RFC 2606)


def mistake_from_everywhere(customer: Customer, times: int) -> None:
    """Enter wrong OTPs, each time in the name of another sender (RFC 7239, and before it)."""
    for number in range(times):
        customer.change_browser()
        sender = f"203.0.113.{number + 1}"  # nobody's addresses (RFC 5737)
        customer.site.agent.claim(
            {
                "Forwarded": f"for={sender}",
                "X-Forwarded-For": sender,
                "X-Real-IP": sender,
                "X-Client-IP": sender,
                "True-Client-IP": sender,
            }
        )
        customer.log_in("誤った").require_refused("誤ったワンタイムパスワード")
    customer.change_browser()


def led_elsewhere(customer: Customer) -> list[str]:
    """Log in in the name of another host; return where the customer is then sent to it."""
    customer.log_out()
    customer.change_browser()
    customer.site.agent.claim(
        {
            "Forwarded": f"host={_SOMEWHERE};proto=http",
            "X-Forwarded-Host": _SOMEWHERE,
            "X-Host": _SOMEWHERE,
            "X-Forwarded-Server": _SOMEWHERE,
        }
    )
    found, led = [], False
    try:
        form = forms.at_login(customer)
        if urlsplit(form.request().address).hostname == _SOMEWHERE:
            found.append("フォームの送り先")
        customer.log_in("新しい")
    except DeclarationMismatch as error:
        if _SOMEWHERE not in error.observed:
            raise  # not for want of the right to ask that host
        led = True
    asked = customer.scene.look_at_exchanges()
    if led or any(urlsplit(each.address).hostname == _SOMEWHERE for each in asked):
        found.append("移動先")
    customer.change_browser()
    return found


# -- where a secret must not stand -------------------------------------------------------


def secrets_seen(customer: Customer, action: Action) -> list[str]:
    """Carry an action out, once refused and once rightly; return where a secret stood.

    A secret is a password of the customer or an OTP that they entered. Looked at are the
    addresses that were asked for, the page, its headers, the cookies and the notices.
    """
    account, secrets, found = customer.account, Masker(), []
    secrets.add(account.login_password, account.confirmation_password)
    for phrase in ("誤った", "新しい"):
        attempt = _tried(customer, action, phrase)
        attempt.require_known()
        secrets.add(customer.last_code)
        found += [name for name, text in _shown(customer) if secrets.finds(text)]
    asked = customer.scene.look_at_exchanges()
    found += [
        "アドレス"
        for each in asked
        if secrets.finds(each.address)
        or (each.method == "GET" and any(secrets.finds(sent.value) for sent in each.fields))
    ]
    return list(dict.fromkeys(found))


def _tried(customer: Customer, action: Action, phrase: str) -> Attempt:
    wrong = phrase == "誤った"
    match action:
        case Action.LOGIN:
            return customer.log_in(phrase)
        case Action.ISSUE:
            return customer.issue(confirmation="一文字違いの" if wrong else "正しい")
        case Action.ACTIVATION:
            return customer.activate(code=phrase)
    return customer.deactivate(code=phrase)


def _shown(customer: Customer) -> list[tuple[str, str]]:
    """Return what the customer's browser holds now, by what readers call it."""
    view = customer.site.view()
    found = [("画面", "\n".join([view.document_title, view.text, *(f.value for f in view.fields)]))]
    found += [(f"ヘッダー「{name}」", value) for name, value in view.headers.items()]
    found += [(f"Cookie「{each.name}」", each.value) for each in customer.site.agent.cookies()]
    if customer.scene.notices is not None:
        found += [("通知の件名", subject) for subject in customer.notices()]
    return found


# -- what comes back ---------------------------------------------------------------


def refused_with(customer: Customer, action: Action) -> tuple[Screen, dict[str, str]]:
    """Have a form refused; return the form that is shown again, and the secrets sent with it."""
    site = customer.site
    match action:
        case Action.LOGIN:
            attempt, screen = customer.log_in("誤った"), forms.otp_input(customer.site)
            secrets = {"otp.field": customer.last_code}
        case Action.ISSUE:
            attempt, screen = customer.issue(confirmation="一文字違いの"), site.issue_confirm
            secrets = {"confirmation.field": customer.confirmation("一文字違いの")}
        case Action.ACTIVATION:
            attempt, screen = customer.activate(code="誤った"), site.activation
            secrets = {"otp.field": customer.last_code}
        case _:
            attempt, screen = customer.deactivate("一文字違いの"), site.deactivation
            secrets = {
                "otp.field": customer.last_code,
                "confirmation.field": customer.confirmation("一文字違いの"),
            }
    attempt.require_refused("誤った値")
    if not screen.is_shown():
        raise NotApplicable(
            expected="拒否の後に、入力の画面がもう一度表示されること",
            observed=f"入力の画面は表示されません（{customer.site.describe()}）",
        )
    return screen, secrets


def sent_back(screen: Screen, secrets: dict[str, str]) -> list[str]:
    """Return the label keys of secrets that stand in the fields of the form shown again.

    Raises `NotApplicable` for a page that a script sends: what was typed never left it.
    """
    request = screen.request()
    if request.script is not None:
        raise NotApplicable(
            expected="拒否の後に送り返された画面の入力欄を確かめること",
            observed="画面のスクリプトが送る画面で、画面は送り返されません",
        )
    values = [value for _, value in request.fields]
    return [key for key, value in secrets.items() if value and value in values]
