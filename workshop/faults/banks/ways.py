"""Faults in the ways from screen to screen, and in who may go them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Response, request

from reference_impl.domain import registration
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind, Refused, Status
from reference_impl.face.errors import LoginRequiredError
from reference_impl.face.forms import cookie, moved
from reference_impl.face.pages import the_bank
from reference_impl.service import login, procedures
from reference_impl.service.bank import Work
from reference_impl.service.procedures import Portal
from reference_impl.store import customers
from reference_impl.web import login as web
from reference_impl.web import portal as web_portal
from reference_impl.web import visitor as door
from reference_impl.web.visitor import PENDING_COOKIE, Visitor
from workshop.faults.answers import Change, edit, in_status, rewrite
from workshop.faults.swap import fault, wrap, wrap_view

_STOPPED = "bank_stopped"

#: Buttons that lead to another screen than theirs.
MISLED: dict[str, tuple[str, *tuple[Change, ...]]] = {
    "hardware-leads-to-software": (
        "web/issue_choose.html",
        ('"/otp/issue/" ~ kind', '"/otp/issue/software"'),
    ),
    "software-leads-to-hardware": (
        "web/issue_choose.html",
        ('"/otp/issue/" ~ kind', '"/otp/issue/hardware"'),
    ),
    "choice-back-leads-elsewhere": (
        "web/issue_choose.html",
        ('go("/otp", "戻る")', 'go("/balance", "戻る")'),
    ),
    "issue-completion-leads-elsewhere": (
        "web/issue_done.html",
        ('go("/otp", "ワンタイム', 'go("/balance", "ワンタイム'),
    ),
    "activation-completion-leads-elsewhere": (
        "web/activate_done.html",
        ('go("/otp", "ワンタイム', 'go("/balance", "ワンタイム'),
    ),
    "deactivation-completion-leads-elsewhere": (
        "web/deactivate_done.html",
        ('go("/", "トップページへ"', 'go("/balance", "トップページへ"'),
    ),
    "back-activates": (
        "web/activate.html",
        ('{{ go("/otp", "戻る") }}', ""),
        (
            '<button class="button primary">利用開始する</button>',
            (
                '<button class="button primary">利用開始する</button>'
                '<button class="button">戻る</button>'
            ),
        ),
    ),
}

#: Portal buttons that lead to the balance.
ASTRAY: dict[str, str] = {
    "issue-button-leads-elsewhere": "トークン発行",
    "activation-button-leads-elsewhere": "ワンタイムパスワード利用開始",
    "deactivation-button-leads-elsewhere": "ワンタイムパスワード利用解除",
}


def _astray(label: str) -> None:
    def buttons(original: Any, *rest: Any) -> list[web_portal.PortalButton]:
        found = original(*rest)
        return [replace(b, href="/balance") if b.label == label else b for b in found]

    wrap(web_portal.portal_buttons, buttons)


for _name, (_template, *_changes) in MISLED.items():
    fault(_name)(partial(edit, _template, *_changes))
for _name, _label in ASTRAY.items():
    fault(_name)(partial(_astray, _label))


@fault("menu-missing-once-issued")
def menu_missing_once_issued() -> None:
    """Who waits to activate finds no way from the menu to the portal."""
    rewrite("web/menu.html", ('href="/otp"', 'href="/balance"'), when=in_status(Status.ISSUED))


@fault("menu-missing-in-service")
def menu_missing_in_service() -> None:
    """Who is in service finds no way from the menu to the portal."""
    rewrite("web/menu.html", ('href="/otp"', 'href="/balance"'), when=in_status(Status.IN_SERVICE))


@fault("login-ends-elsewhere")
def login_ends_elsewhere() -> None:
    """The login leads past the top page."""

    def welcome(original: Any, answer: Any) -> Response:
        response: Response = original(answer)
        response.headers["Location"] = "/balance"
        return response

    wrap(web.welcome, welcome)


def _open_to_anybody(endpoint: str, template: str, **values: Any) -> None:
    """Show a screen to visitors without login too."""

    def view(original: Any) -> Response:
        try:
            response: Response = original()
        except LoginRequiredError:
            return door.anonymous_page(template, policy=the_bank().policy, **values)
        return response

    wrap_view(endpoint, view)


@fault("issue-without-login")
def issue_without_login() -> None:
    """The choice of kind opens without login."""
    kinds = [("hardware", "ハードウェアトークン（キーホルダー型の生成機に表示する方法）")]
    _open_to_anybody(
        "web.issue", "web/issue_choose.html", title="トークン発行（選択）", kinds=kinds, step=0
    )


@fault("activation-without-login")
def activation_without_login() -> None:
    """The activation screen opens without login."""
    _open_to_anybody(
        "web.activate",
        "web/activate.html",
        title="ワンタイムパスワード利用開始（ハードウェアトークン確認）",
        kind="hardware",
        kind_text="ハードウェアトークン",
        serial="",
        bad=(),
    )


def _half_logged_in(path: str) -> None:
    """Take the password alone for a login, at one address."""

    def visitor(original: Any) -> Visitor:
        try:
            found: Visitor = original()
        except LoginRequiredError:
            pending = cookie(PENDING_COOKIE)
            who = login.pending(the_bank(), pending)
            if who is None or request.path != path:
                raise
            return Visitor(who, pending)
        return found

    wrap(door.visitor, visitor)


@fault("portal-open-before-otp")
def portal_open_before_otp() -> None:
    """The portal opens to whoever has entered the password alone."""
    _half_logged_in("/otp")


@fault("lost-token-link")
def lost_token_link() -> None:
    """A link for lost tokens leads from the login to the deactivation, without an OTP."""
    _half_logged_in("/otp/deactivate")
    back = '{{ go("/login", "戻る") }}'
    link = '<a href="/otp/deactivate">トークンを紛失された方はこちら</a>'
    edit("web/login_otp.html", (back, back + link))


@fault("suspended-may-deactivate")
def suspended_may_deactivate() -> None:
    """The password lets a suspended customer in as far as the deactivation."""

    def submit(original: Any) -> Response:
        response: Response = original()
        if "ワンタイムパスワード認証の停止" in response.get_data(as_text=True):
            response.set_cookie(_STOPPED, request.form["login_id"])
        return response

    def visitor(original: Any) -> Visitor:
        login_id = cookie(_STOPPED)
        if not login_id or request.path != "/otp/deactivate":
            found: Visitor = original()
            return found
        with the_bank().read() as db:
            row = customers.by_login(db, login_id)
        return Visitor(row.customer_id, _STOPPED)

    def may_deactivate(original: Any, reg: Registration, *rest: Any) -> Refused | None:
        return None if reg.suspended else original(reg, *rest)

    wrap_view("web.login_post", submit)
    wrap(door.visitor, visitor)
    wrap(registration.may_deactivate, may_deactivate)


@fault("software-gets-hardware-screen")
def software_gets_hardware_screen() -> None:
    """The activation asks for a serial, whatever kind was issued."""

    def portal(original: Any, *arguments: Any) -> Portal:
        return replace(original(*arguments), kind=Kind.HARDWARE)

    wrap(procedures.portal, portal)


def _no_completion(endpoint: str, address: str) -> None:
    """After a success lead to the portal, and show no completion."""

    def submit(original: Any, **named: Any) -> Response:
        response: Response = original(**named)
        done = response.headers.get("Location", "").startswith(address)
        return moved("/otp") if done else response

    wrap_view(endpoint, submit)


@fault("issue-without-completion")
def issue_without_completion() -> None:
    """The application ends on the portal, without its completion screen."""
    _no_completion("web.issue_post", "/otp/issue/")


@fault("activation-without-completion")
def activation_without_completion() -> None:
    """The activation ends on the portal, without its completion screen."""
    _no_completion("web.activate_post", "/otp/activate/done")


@fault("deactivation-without-completion")
def deactivation_without_completion() -> None:
    """The deactivation ends on the portal, without its completion screen."""
    _no_completion("web.deactivate_post", "/otp/deactivate/done")


def _act_on_opening(endpoint: str, change: Any) -> None:
    """Let the mere opening of a screen have the effect of its button."""

    def opened(original: Any, **named: Any) -> Response:
        response: Response = original(**named)
        who = door.visitor().customer_id

        def act(work: Work) -> None:
            row = customers.get(work.db, who)
            customers.save(work.db, row, change(row.reg, work))

        the_bank().write(act)
        return response

    wrap_view(endpoint, opened)


@fault("confirmation-screen-issues")
def confirmation_screen_issues() -> None:
    """Opening the confirmation screen is the application already."""
    _act_on_opening(
        "web.issue_confirm",
        lambda reg, work: registration.applied(reg, Kind.HARDWARE, work.policy),
    )


@fault("confirmation-screen-deactivates")
def confirmation_screen_deactivates() -> None:
    """Opening the confirmation screen ends the service already."""
    _act_on_opening("web.deactivate", lambda reg, work: registration.ended(reg, work.now))
