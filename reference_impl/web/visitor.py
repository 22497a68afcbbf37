"""The customer site's door: who is inside, which form is whose, how pages are dressed."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, request

from reference_impl.domain.words import Refusal, Refused
from reference_impl.face import forms
from reference_impl.face.errors import Link, LoginRequiredError, ShownError
from reference_impl.face.pages import before_login, rendered, the_bank
from reference_impl.service import login
from reference_impl.service.procedures import portal

SESSION_COOKIE = "bank_session"
PENDING_COOKIE = "bank_pending"
ANONYMOUS_COOKIE = "bank_visit"
RESULT_COOKIE = "bank_result"

PORTAL = Link("/otp", "ワンタイムパスワード申請内容選択へ")

#: Refusals that depend on where the customer stands, not on what was typed.
NOT_NOW = frozenset(
    {
        Refusal.NOT_ISSUED,
        Refusal.ALREADY_ISSUED,
        Refusal.IN_SERVICE,
        Refusal.NOTHING_TO_DEACTIVATE,
        Refusal.TOO_EARLY,
        Refusal.HW_TO_SW,
        Refusal.ACTIVATION_LIMIT,
    }
)

#: The text of every refusal.
MESSAGES = tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))

pages = Blueprint("web", __name__, template_folder="templates")


@dataclass(frozen=True)
class Visitor:
    """A customer with a live session."""

    customer_id: int
    session_id: str


def one_page_login() -> bool:
    """Tell whether the OTP is asked on the login page itself (IX-05)."""
    return the_bank().policy.login_flow == "one_page"


# -- who is there ---------------------------------------------------------


def visitor() -> Visitor:
    """Return the customer of the live session. LoginRequiredError if there is none."""
    session_id = forms.cookie(SESSION_COOKIE)
    customer_id = login.session(the_bank(), session_id)
    if customer_id is None:
        raise LoginRequiredError("/", SESSION_COOKIE)
    return Visitor(customer_id, session_id)


def posting_visitor() -> tuple[Visitor, dict[str, str]]:
    """Return the customer and the posted form.

    LoginRequiredError without a session; ShownError for a bad form.
    """
    found = visitor()
    return found, forms.checked(found.session_id, "session")


# -- pages ----------------------------------------------------------------


def anonymous_page(template: str, **values: Any) -> Response:  # noqa: ANN401 - template values
    """Render a page of this site before login."""
    return before_login(template, ANONYMOUS_COOKIE, "anonymous", "/", values)


def page(who: Visitor, template: str, screen_id: str = "", **values: Any) -> Response:  # noqa: ANN401
    """Render a page for a customer, with what all of them show.

    A kept result ends here; on its own completion screen it stays, so that a reload
    is harmless.
    """
    policy = the_bank().policy
    response = rendered(
        template,
        csrf=forms.csrf_token(who.session_id, "session"),
        form_id=forms.new_id(),
        customer_name=portal(the_bank(), who.customer_id).name,
        screen_id=screen_id if policy.show_screen_ids else "",
        keyboard=policy.on_screen_keyboard,
        policy=policy,
        **values,
    )
    if RESULT_COOKIE in request.cookies and not request.path.endswith("/done"):
        forms.forget(response, RESULT_COOKIE)
    return response


# -- results of actions (completion screens) --------------------------------


def finish(who: Visitor, address: str, **result: str) -> Response:
    """Lead to a completion screen that only this session sees, right after its action."""
    response = forms.moved(address)
    sealed = forms.seal(who.session_id, "result", {**result, "address": address})
    forms.remember(response, RESULT_COOKIE, sealed)
    return response


def result_of(who: Visitor) -> dict[str, str]:
    """Return the result that belongs to this completion screen; without one lead to the portal."""
    result = forms.unseal(who.session_id, "result", request.cookies.get(RESULT_COOKIE, ""))
    if result is None or result.get("address") != request.path:
        abort(forms.moved(PORTAL.href))
    return result


# -- refusals ---------------------------------------------------------------


def text_of(refused: Refused) -> str:
    """Return the error text of a refusal."""
    policy, bank = the_bank().policy, the_bank().settings.bank
    contact = f"{bank.name} {bank.contact_desk}（電話 {bank.contact_phone}、{bank.contact_hours}）"
    pause = the_bank().settings.logins.pause_minutes
    return str(MESSAGES[refused.reason].format(policy=policy, contact=contact, pause=pause))


def told(refused: Refused | None) -> dict[str, Any]:
    """Return what a form shows of its refusal, if any: status, text, the field at fault."""
    if refused is None:
        return {}
    return {"status": 422, "alerts": [text_of(refused)], "bad": refused.field}


def answer_refused(refused: Refused, form: Callable[..., Response], *given: object) -> Response:
    """Answer a refused form: with the suspension, with the step that is not open, or again."""
    if refused.reason is Refusal.SUSPENDED:
        return suspended_page()
    if refused.reason is Refusal.UNKNOWN_KIND or refused.reason in NOT_NOW:
        stop_if(refused)
    return form(*given, refused)


def stop_if(refused: Refused | None) -> None:
    """Raise the error page of a step that is not open at present (403)."""
    if refused is None:
        return
    status = 403 if refused.reason in NOT_NOW else 422
    raise ShownError(status, "お手続きを進められません", text_of(refused), PORTAL)


def suspended_page() -> Response:
    """Tell that OTP authentication is suspended and whom to call (LCK-01, LCK-09)."""
    told_why = told(Refused(Refusal.SUSPENDED))
    response = rendered("web/suspended.html", title="ワンタイムパスワード認証の停止", **told_why)
    forms.forget(response, PENDING_COOKIE)
    session_id = forms.cookie(SESSION_COOKIE)
    if session_id and login.session(the_bank(), session_id) is None:
        forms.forget(response, SESSION_COOKIE)
    return response
