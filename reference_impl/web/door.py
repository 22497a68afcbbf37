"""The customer site's door: who is inside, which form is whose, how pages are dressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from reference_impl.domain.policy import LoginFlow, Policy
from reference_impl.face.cookies import cookie, forget, moved, remember
from reference_impl.face.errors import Link, LoginRequiredError, ShownError
from reference_impl.face.forms import MAX_FORM_BYTES, checked
from reference_impl.face.seal import csrf_token, new_id, seal, unseal
from reference_impl.face.site import Site
from reference_impl.service.bank import Bank
from reference_impl.service.contract import CustomerService, Refusal, Refused
from reference_impl.web.messages import message

SESSION_COOKIE = "bank_session"
PENDING_COOKIE = "bank_pending"
ANONYMOUS_COOKIE = "bank_visit"
RESULT_COOKIE = "bank_result"

PORTAL = Link("/otp", "ワンタイムパスワード申請内容選択へ")
TOP = Link("/", "トップページへ")
LOGIN = Link("/login", "ログイン画面へ")

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


@dataclass(frozen=True)
class Visitor:
    """A customer with a live session."""

    customer_id: int
    session_id: str


class Door:
    """Sessions, cookies and page dressing of one bank's customer site."""

    def __init__(self, bank: Bank, site: Site) -> None:
        self._bank = bank
        self.site = site

    @property
    def customers(self) -> CustomerService:
        """What customers can do."""
        return self._bank.customers

    @property
    def policy(self) -> Policy:
        """The policies in force."""
        return self._bank.policy

    @property
    def one_page_login(self) -> bool:
        """Whether the OTP is asked on the login page itself (IX-05)."""
        return self.policy.login_flow is LoginFlow.ONE_PAGE

    def guard(self, blueprint: Blueprint) -> None:
        """Limit bodies and send visitors without a session to the login page."""

        def limit() -> None:
            request.max_content_length = MAX_FORM_BYTES

        blueprint.before_request(limit)
        blueprint.register_error_handler(LoginRequiredError, self._to_login)

    def _to_login(self, error: LoginRequiredError) -> Response:
        response = moved("/login?ended=1" if error.expired else "/login")
        if error.expired:
            forget(response, SESSION_COOKIE)
        return response

    # -- who is there -----------------------------------------------------

    def visitor(self) -> Visitor:
        """Return the customer of the live session. LoginRequiredError if there is none."""
        session_id = cookie(SESSION_COOKIE)
        customer_id = self.customers.session(session_id) if session_id else None
        if customer_id is None:
            raise LoginRequiredError(expired=bool(session_id))
        return Visitor(customer_id, session_id)

    def posting_visitor(self) -> tuple[Visitor, dict[str, str]]:
        """Return the customer and the posted form.

        LoginRequiredError without a session; BadFormError, ForgedFormError for a bad form.
        """
        visitor = self.visitor()
        return visitor, checked(visitor.session_id, "session")

    # -- pages ------------------------------------------------------------

    def anonymous_page(self, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - template values
        """Render a page before login; its forms are bound to an anonymous cookie."""
        visit = cookie(ANONYMOUS_COOKIE) or new_id()
        text = render_template(
            template, csrf=csrf_token(visit, "anonymous"), form_id=new_id(), **values
        )
        response = make_response(text, status)
        if not cookie(ANONYMOUS_COOKIE):
            remember(response, ANONYMOUS_COOKIE, visit)
        return response

    def page(
        self,
        visitor: Visitor,
        template: str,
        status: int = 200,
        screen_id: str = "",
        **values: Any,  # noqa: ANN401 - template values
    ) -> Response:
        """Render a page for a customer. A kept result of an earlier action ends here."""
        response = self._dressed(visitor, template, status, screen_id, values)
        if RESULT_COOKIE in request.cookies:
            forget(response, RESULT_COOKIE)
        return response

    def _dressed(
        self,
        visitor: Visitor,
        template: str,
        status: int,
        screen_id: str,
        values: dict[str, Any],
    ) -> Response:
        text = render_template(
            template,
            csrf=csrf_token(visitor.session_id, "session"),
            form_id=new_id(),
            customer_name=self.customers.customer(visitor.customer_id).name,
            screen_id=screen_id if self.policy.show_screen_ids else "",
            keyboard=self.policy.on_screen_keyboard,
            **values,
        )
        return make_response(text, status)

    # -- results of actions (completion screens) ----------------------------

    def finish(self, visitor: Visitor, address: str, result: dict[str, str]) -> Response:
        """Lead to a completion screen that only this session sees, right after its action."""
        response = moved(address)
        sealed = seal(visitor.session_id, "result", {**result, "address": address})
        remember(response, RESULT_COOKIE, sealed)
        return response

    def result(self, visitor: Visitor) -> dict[str, str] | None:
        """Return the result that belongs to this completion screen, or None."""
        sealed = request.cookies.get(RESULT_COOKIE, "")
        result = unseal(visitor.session_id, "result", sealed)
        if result is None or result.get("address") != request.path:
            return None
        return result

    def completion(
        self,
        visitor: Visitor,
        template: str,
        screen_id: str = "",
        **values: Any,  # noqa: ANN401 - template values
    ) -> Response:
        """Render a completion screen. The result stays, so that a reload is harmless."""
        return self._dressed(visitor, template, 200, screen_id, values)

    # -- refusals ---------------------------------------------------------

    def text(self, refused: Refused) -> str:
        """Return the error text of a refusal."""
        return message(refused.reason, self.policy, self.site)

    def stop_if(self, refused: Refused | None) -> None:
        """Raise the error page of a step that is not open at present (403)."""
        if refused is None:
            return
        status = 403 if refused.reason in NOT_NOW else 422
        raise ShownError(status, "お手続きを進められません", self.text(refused), PORTAL)

    def suspended_page(self) -> Response:
        """Tell that OTP authentication is suspended and whom to call (LCK-01, LCK-09)."""
        text = self.text(Refused(Refusal.SUSPENDED))
        body = render_template(
            "web/suspended.html", title="ワンタイムパスワード認証の停止", alerts=[text]
        )
        response = make_response(body, 422)
        forget(response, PENDING_COOKIE)
        session_id = cookie(SESSION_COOKIE)
        if session_id and self.customers.session(session_id) is None:
            forget(response, SESSION_COOKIE)
        return response
