"""Menus and links: the way to the portal, and ways that must lead nowhere."""

from __future__ import annotations

from collections.abc import Callable

from otp_conformance.agent.page import ActionView, Control, Role
from otp_conformance.agent.trouble import NothingSent
from otp_conformance.people.customer import Customer
from otp_conformance.text import normalise, same
from otp_conformance.verdict.outcome import DeclarationMismatch

# Enough for a login page's links and theirs; a bank's whole site is not walked.
_MOST_PAGES = 40


def offers_first(customer: Customer) -> None:
    """Judge that the global navigation offers the first level of the path (SCR-03)."""
    _offers(customer, 0)


def offers_second(customer: Customer) -> None:
    """Judge that under the first level there is the next one, by the declared name (SCR-04)."""
    if len(customer.site.declared_path()) > 1:
        _offers(customer, 1)


def _offers(customer: Customer, level: int) -> None:
    site = customer.site
    name = site.declared_path()[level]
    customer.scene.case.confirm(
        f"メニューの{level + 1}段目に「{name}」がある",
        site.agent.has(site.top.menu(level)),
        expected=f"メニューの{level + 1}段目に「{name}」があること",
        observed=site.describe(),
        requirements=customer.scene.declaration.manual.verifies("top", f"menu_{level + 1}"),
    )


# -- other uses of the OTP (LGN-16) -----------------------------------------


def other_uses(customer: Customer) -> None:
    """Judge that exactly the declared functions ask for an OTP after the login (IX-45)."""
    site = customer.site
    site.open_start()
    names = [a.name for a in _unlike(customer, site.view().actions, ["logout.button"]) if a.is_link]
    otp = customer.scene.declaration.labels["otp.field"]
    asking = []
    for name in dict.fromkeys(names):
        site.open_start()
        if _follow(customer, name) and site.agent.has(Control(Role.FIELD, otp)):
            asking.append(name)
    declared = customer.scene.declaration.otp.other_uses
    customer.scene.case.note(f"たどった機能：{'、'.join(names) or 'なし'}")
    extra = [name for name in asking if not same(name, declared)]
    missing = [d for d in declared if not any(same(d, [name]) for name in asking)]
    customer.scene.case.confirm(
        "ログインのほかにワンタイムパスワードを求める機能",
        not extra and not missing,
        expected="、".join(declared) or "ログインのほかに求める機能がないこと（宣言どおり）",
        observed="、".join(asking) or "求める機能なし",
    )


# -- links before the login (DEA-29) ----------------------------------------


def walk_outside(customer: Customer, *, suspended: bool = False) -> None:
    """Judge that no link of a page before the login leads to a deactivation, or past the OTP.

    Walked: the links and plain buttons of the login page, of the page where a
    login without OTP ends (``suspended``: the page that tells the suspension),
    and those of the pages behind.
    """
    walked: list[str] = []
    breaches: list[str] = []
    starts: tuple[Callable[[], object], ...] = (
        lambda: customer.site.login.open(customer.account.login_id),
        lambda: customer.log_in("誤った" if suspended else None),
    )
    for start in starts:
        start()
        todo: list[tuple[str, ...]] = [(name,) for name in _names(customer)]
        while todo and len(walked) < _MOST_PAGES:
            path = todo.pop(0)
            start()
            if not all(_follow(customer, name) for name in path):
                continue
            walked.append("→".join(path))
            if _inside(customer):
                breaches.append(walked[-1])
            elif len(path) == 1 and customer.site.current() is None:
                todo += [(*path, name) for name in _names(customer)]
    customer.logged_in = False
    customer.scene.case.refused(
        "ワンタイムパスワードなしでは、どのリンクからも利用解除に進めない",
        not breaches,
        expected="ログイン前の画面のどのリンクからも、利用解除やログイン後の画面へ進めないこと",
        observed=(
            f"進めたリンク：{'、'.join(breaches)}"
            if breaches
            else f"たどったリンク：{'、'.join(dict.fromkeys(walked)) or 'なし'}"
        ),
    )


def _inside(customer: Customer) -> bool:
    """Tell whether the customer got in, or the session behind the page has."""
    site = customer.site
    if site.deactivation.is_shown() or site.top.is_shown() or site.portal.is_shown():
        return True
    site.open_start()
    return site.top.is_shown()


def _names(customer: Customer) -> list[str]:
    own = ["login.button", "login_otp.button", "keyboard.open"]
    actions = _unlike(customer, customer.site.view().actions, own)
    return list(dict.fromkeys(a.name for a in actions if a.enabled and normalise(a.name)))


def _unlike(
    customer: Customer, actions: tuple[ActionView, ...], keys: list[str]
) -> tuple[ActionView, ...]:
    labels = [text for key in keys for text in customer.scene.declaration.labels[key]]
    return tuple(a for a in actions if not same(a.name, labels))


def _follow(customer: Customer, name: str) -> bool:
    """Follow a link or plain button by its name; False for what leads nowhere of the site.

    Links to other hosts, mails and scripts are nobody's way to a deactivation.
    """
    agent = customer.site.agent
    control = Control(Role.ACTION, (name,))
    if not agent.has(control):
        return False
    try:
        agent.send(agent.form_request(control))
    except NothingSent:
        return True  # pressed; the page has moved on by itself
    except DeclarationMismatch:
        return False
    return True
