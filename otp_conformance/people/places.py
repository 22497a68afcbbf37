"""Screens by the features' words, and how to learn the address of one.

Addresses belong to the product, not to us: a guide, a customer in a suitable
state, walks there in the ordinary way and the address is read off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import parse_qsl, quote_plus, urlsplit

from otp_conformance.agent.trouble import NothingSent, NotPressable
from otp_conformance.assets.port import Need
from otp_conformance.people.customer import Customer
from otp_conformance.people.introduction import People
from otp_conformance.screens.portal import ISSUE
from otp_conformance.screens.site import Site
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import SetupFailed

GUIDE = "案内役のお客さま"
_PARTS = re.compile(r"[/;=()]")
_NUMBER = re.compile(r"(?=.*[0-9])[\w.~+-]{12,}", re.ASCII)


def _log_in(guide: Customer) -> bool:
    guide.ensure_logged_in()
    return guide.site.top.is_shown()


def _press_issue(guide: Customer) -> bool:
    """Press トークン発行 however it is presented."""
    guide.reopen_portal().portal.press(ISSUE)
    return guide.site.kind_selection.is_shown()


# The walks that the screens' descriptions name as their ``way`` (screens.toml).
_WAYS: dict[str, Callable[[Customer], bool]] = {
    "log_in": _log_in,
    "press_issue": _press_issue,
    "go_to_portal": lambda guide: guide.go_to_portal(),
    "go_to_issue_confirmation": lambda guide: guide.go_to_hardware_confirmation(),
    "issue": lambda guide: guide.issue().accepted,
    "go_to_activation": lambda guide: guide.go_to_activation(),
    "activate": lambda guide: guide.activate().accepted,
    "go_to_deactivation": lambda guide: guide.go_to_deactivation(),
    "deactivate": lambda guide: guide.deactivate().accepted,
}
SCREENS = tuple(bundled().by_words)
"""The screens' names in the sentences of the steps, the same for every manual."""
UNSHOWN = {"ログイン画面": "login", "ワンタイムパスワードの入力の画面": "login_otp"}
"""Screens that the manual does not show, by their names in the sentences."""
STATES = REFUSED, SUSPENDED, KEYBOARD = (
    "拒否された後の画面",
    "停止を知らせる画面",
    "ソフトウェアキーボードを開いた画面",
)
"""What a screen may have come to, whichever it is."""
TITLED = {
    "発行": ("申請内容選択の画面", "種類の選択の画面", "発行確認の画面", "発行完了の画面"),
    "利用開始登録": ("申請内容選択の画面", "利用開始登録の画面", "利用開始完了の画面"),
    "利用解除": ("申請内容選択の画面", "利用解除の画面", "利用解除完了の画面"),
}
"""The screens of a procedure, in order."""


def address_of(people: People, screen: str) -> str:
    """Return the address under which a screen was seen.

    Raise `SetupFailed` when the guide could not get there.
    """
    described = people.scene.declaration.manual.by_words[screen]
    guide = people.introduce(GUIDE, Need(described.guide or Status.NOT_REGISTERED))
    if not _WAYS[described.way](guide):
        raise SetupFailed(expected=f"{screen}へ進めること", observed=guide.site.describe())
    address = guide.site.view().address
    guide.close_browser()
    return address


def open_directly(people: People, customer: Customer, screen: str) -> None:
    """Open the address under which a screen was seen by somebody entitled to it."""
    address = address_of(people, screen)
    customer.scene.opened_directly = screen
    open_address(customer, address)


def open_address(customer: Customer, address: str) -> None:
    """Open an address that somebody else has seen, in this customer's own session.

    Some products carry the session in their addresses. Whoever opens another's address is
    turned away for that alone, and nothing is learnt about the screen.
    """
    site = customer.site
    held: tuple[tuple[str, str], ...] = ()
    if site.login_otp.is_shown():
        with suppress(NotPressable, NothingSent):  # such a page has no form with a session in it
            held = site.login_otp.request().fields
    site.agent.open(in_session(address, site.view().address, dict(held)))


def in_session(address: str, own: str, held: Mapping[str, str]) -> str:
    """Return an address with the session numbers of one's own page in place of another's.

    ``own``: the address of one's page; ``held``: the parameters of its form.
    """
    there, here = urlsplit(address), urlsplit(own)
    names = {**dict(parse_qsl(here.query)), **held}
    query = there.query
    for name, value in parse_qsl(there.query):
        if _both_numbers(value, names.get(name, "")):
            query = query.replace(quote_plus(value), quote_plus(names[name]))
    path = there.path
    for theirs, mine in zip(_PARTS.split(there.path), _PARTS.split(here.path), strict=False):
        if _both_numbers(theirs, mine):
            path = path.replace(theirs, mine)
    return there._replace(path=path, query=query).geturl()


def _both_numbers(theirs: str, mine: str) -> bool:
    """Tell whether two texts look like numbers of sessions: long, without words, of one length."""
    return len(theirs) == len(mine) and all(_NUMBER.fullmatch(each) for each in (theirs, mine))


def walk(customer: Customer, screen: str) -> None:
    """Go to a screen in the ordinary way; where the way ends is judged by the next step."""
    _WAYS[bundled().by_words[screen].way](customer)


PROCEDURES: dict[str, tuple[str, Callable[[Customer], bool]]] = {
    "利用開始登録": ("利用開始登録の画面", lambda customer: customer.go_to_activation()),
    "利用解除": ("利用解除の画面", lambda customer: customer.go_to_deactivation()),
}


def set_out(customer: Customer, procedure: str) -> None:
    """Try to get to a procedure from the portal; where that ends is judged by the next step."""
    PROCEDURES[procedure][1](customer)


def first_screen(procedure: str) -> str:
    """Return the screen at which a procedure begins."""
    return PROCEDURES[procedure][0]


def is_shown(site: Site, screen: str) -> bool:
    """Tell whether a screen is in sight."""
    return site.screen(bundled().by_words[screen].key).is_shown()
