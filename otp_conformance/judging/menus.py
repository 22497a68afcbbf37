"""Menus and links: the way to the portal, and ways that must lead nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from otp_conformance.agent.page import ActionView, Control, Role
from otp_conformance.agent.trouble import NothingSent
from otp_conformance.text import normalise, same
from otp_conformance.verdict.outcome import DeclarationMismatch

if TYPE_CHECKING:
    from otp_conformance.people.customer import Customer
    from otp_conformance.run.world import World

# Enough for a login page's links and theirs; a bank's whole site is not walked.
_MOST_PAGES = 40


def choose(customer: Customer, level: int) -> None:
    """Choose the menu item of a level of the declared path (IX-04); 0 is the first."""
    customer.ensure_logged_in()
    customer.site.agent.press(customer.site.top.menu(level))


def choose_rest(customer: Customer) -> None:
    """Choose every further level of the declared path."""
    for level in range(1, len(customer.site.declared_path())):
        choose(customer, level)


def offers_first(world: World, customer: Customer) -> None:
    """Judge that the global navigation offers the first level of the path (SCR-03)."""
    _offers(world, customer, 0)


def offers_second(world: World, customer: Customer) -> None:
    """Judge that under the first level there is the next one, by the declared name (SCR-04)."""
    if len(customer.site.declared_path()) > 1:
        _offers(world, customer, 1)


def _offers(world: World, customer: Customer, level: int) -> None:
    site = customer.site
    name = site.declared_path()[level]
    world.case.confirm(
        f"メニューの{level + 1}段目に「{name}」がある",
        site.agent.has(site.top.menu(level)),
        expected=f"メニューの{level + 1}段目に「{name}」があること",
        observed=site.describe(),
        requirements=world.declaration.manual.verifies("top", f"menu_{level + 1}"),
    )


# -- other uses of the OTP (LGN-16) -----------------------------------------


def other_uses(world: World, customer: Customer) -> None:
    """Judge that exactly the declared functions ask for an OTP after the login (IX-45)."""
    site = customer.site
    site.open_start()
    names = [a.name for a in _unlike(world, site.view().actions, ["logout.button"]) if a.is_link]
    asking = []
    for name in dict.fromkeys(names):
        site.open_start()
        if _follow(customer, name) and site.agent.has(Control(Role.FIELD, _labels(world))):
            asking.append(name)
    declared = world.declaration.otp.other_uses
    world.case.note(f"たどった機能：{'、'.join(names) or 'なし'}")
    extra = [name for name in asking if not same(name, declared)]
    missing = [d for d in declared if not any(same(d, [name]) for name in asking)]
    world.case.confirm(
        "ログインのほかにワンタイムパスワードを求める機能",
        not extra and not missing,
        expected="、".join(declared) or "ログインのほかに求める機能がないこと（宣言どおり）",
        observed="、".join(asking) or "求める機能なし",
    )


def _labels(world: World) -> tuple[str, ...]:
    return world.declaration.labels["otp.field"]


# -- links before the login (DEA-29) ----------------------------------------


def walk_outside(world: World, customer: Customer, *, suspended: bool = False) -> None:
    """Judge that no link of a page before the login leads to a deactivation, or past the OTP.

    Walked: the links and plain buttons of the login page, of the page where a
    login without OTP ends (``suspended``: the page that tells the suspension),
    and those of the pages behind.
    """
    walked: list[str] = []
    breaches: list[str] = []
    starts: tuple[Callable[[], object], ...] = (
        lambda: customer.site.login.open(),
        lambda: customer.log_in(customer.code("誤った", "login") if suspended else None),
    )
    for start in starts:
        start()
        todo: list[tuple[str, ...]] = [(name,) for name in _names(world, customer)]
        while todo and len(walked) < _MOST_PAGES:
            path = todo.pop(0)
            start()
            if not all(_follow(customer, name) for name in path):
                continue
            walked.append("→".join(path))
            if _inside(customer):
                breaches.append(walked[-1])
            elif len(path) == 1 and customer.site.current() is None:
                todo += [(*path, name) for name in _names(world, customer)]
    customer.logged_in = False
    world.case.refused(
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


def _names(world: World, customer: Customer) -> list[str]:
    own = ["login.button", "login_otp.button", "keyboard.open"]
    actions = _unlike(world, customer.site.view().actions, own)
    return list(dict.fromkeys(a.name for a in actions if a.enabled and normalise(a.name)))


def _unlike(
    world: World, actions: tuple[ActionView, ...], keys: list[str]
) -> tuple[ActionView, ...]:
    labels = [text for key in keys for text in world.declaration.labels[key]]
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
