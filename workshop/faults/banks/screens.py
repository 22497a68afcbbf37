"""Faults that are seen on the screens: texts, buttons, screen IDs, menus."""

from __future__ import annotations

from typing import Any

from flask import request

from reference_impl.domain.policy import FailureClass, OtpFunction
from reference_impl.service import verification
from reference_impl.web import visitor as door
from workshop.faults.answers import edit, rewrite
from workshop.faults.swap import fault, with_policy, wrap


@fault("wrong-screen-id")
def wrong_screen_id() -> None:
    """The portal bears the screen ID of another screen."""

    def page(original: Any, visitor: Any, template: str, shown: str = "", **values: Any) -> Any:
        screen_id = "BOS001" if shown == "BOP001" else shown
        return original(visitor, template, screen_id, **values)

    wrap(door.page, page)


@fault("menu-missing")
def menu_missing() -> None:
    """The second level of the menu does not lead to the portal."""
    edit("web/menu.html", ("/otp", "/balance"))


@fault("note-missing")
def note_missing() -> None:
    """The portal does not say that hardware cannot be changed for software."""
    sentence = "ハードウェアトークンからソフトウェアトークンへは切替できません。"
    edit("web/portal.html", (sentence, ""))


@fault("to-top-leads-elsewhere")
def to_top_leads_elsewhere() -> None:
    """トップページへ on the portal leads to another page."""
    edit("web/portal.html", ('go("/", "トップページへ")', 'go("/balance", "トップページへ")'))


@fault("cancel-activates")
def cancel_activates() -> None:
    """申込を中止する sends the form like 利用開始する."""
    send = '<button class="button primary">利用開始する</button>'
    edit(
        "web/activate.html",
        ('{{ go("/", "申込を中止する") }}', ""),
        (send, send + '<button class="button">申込を中止する</button>'),
    )


@fault("issue-completion-without-flow")
def issue_completion_without_flow() -> None:
    """The completion of the application does not tell what comes next."""
    edit(
        "web/issue_done.html",
        ("当組合にご登録済みの住所へ、ハードウェアトークンをお送りします。", ""),
        ("お手元に到着後、「ワンタイムパスワード利用開始」のお手続きをしてください。", ""),
    )


@fault("completion-told-on-refusal")
def completion_told_on_refusal() -> None:
    """A refused deactivation shows the text of the completion as well."""
    told = "<p>ワンタイムパスワード利用解除登録を受け付けました。</p>"
    begin = "{% block content %}"
    edit("web/deactivate.html", (begin, begin + "{% if alerts %}" + told + "{% endif %}"))


@fault("refusal-untold")
def refusal_untold() -> None:
    """A refused activation shows the form again and no word about it."""

    def page(original: Any, visitor: Any, template: str, *rest: Any, **values: Any) -> Any:
        silent = {**values, "alerts": []} if template == "web/activate.html" else values
        return original(visitor, template, *rest, **silent)

    wrap(door.page, page)


@fault("confirmation-readable")
def confirmation_readable() -> None:
    """The confirmation password is shown in clear while it is typed."""
    edit("web/deactivate.html", ('type="password"', 'type="text"'))


@fault("status-missing")
def status_missing() -> None:
    """The portal does not show the registration status."""
    edit("web/portal.html", ("{{ status_name }}", "－"))


@fault("menu-entry-renamed")
def menu_entry_renamed() -> None:
    """The global navigation leads to the OTP procedures under another name."""
    edit("web/inside.html", ('"ワンタイムパスワード申請"', '"各種お申込み"'))


@fault("second-menu-entry-renamed")
def second_menu_entry_renamed() -> None:
    """The second level of the menu leads to the portal under another name.

    The global navigation is gone from that page: its entry, of the same name, would
    stand in for the missing one.
    """
    begin = "{% block content %}"
    edit(
        "web/menu.html",
        (">ワンタイムパスワード申請<", ">各種お申込み<"),
        (begin, "{% block navigation %}{% endblock %}" + begin),
    )


@fault("balance-asks-otp")
def balance_asks_otp() -> None:
    """The balance asks for an OTP, which is declared of no function but the login."""
    asked = '<form><label for="otp">ワンタイムパスワード</label><input id="otp" name="otp"></form>'
    rewrite(
        "web/plain.html",
        ('<div class="panel">', asked + '<div class="panel">'),
        when=lambda *_: request.path == "/balance",
    )


@fault("reuse-refused-silently")
def reuse_refused_silently() -> None:
    """A used code does not deactivate: the form is there again, and no word about it."""
    reused: set[int] = set()

    def count(original: Any, work: Any, row: Any, function: Any, failure: Any) -> Any:
        if function is OtpFunction.DEACTIVATION and failure is FailureClass.REUSED:
            reused.add(row.customer_id)
        return original(work, row, function, failure)

    def page(original: Any, visitor: Any, template: str, *rest: Any, **values: Any) -> Any:
        silent = template == "web/deactivate.html" and visitor.customer_id in reused
        reused.discard(visitor.customer_id)
        told = {**values, "alerts": []} if silent else values
        return original(visitor, template, *rest, **told)

    wrap(verification.count_failure, count)
    wrap(door.page, page)


@fault("idle-buttons-hidden")
def idle_buttons_hidden() -> None:
    """Buttons without effect are left out of the portal, where they are declared to be shown."""
    with_policy(buttons="hidden")
