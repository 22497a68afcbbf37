"""The staff site's door: sessions, forms, dressing of pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from reference_impl.domain.policy import Policy
from reference_impl.face.cookies import cookie, forget, moved, remember
from reference_impl.face.errors import LoginRequiredError
from reference_impl.face.forms import MAX_FORM_BYTES, checked
from reference_impl.face.seal import csrf_token, new_id, seal, unseal
from reference_impl.face.texts import ORDER_STATE, TOKEN_STATE
from reference_impl.service.bank import Bank
from reference_impl.service.contract import StaffService

SESSION_COOKIE = "staff_session"
ANONYMOUS_COOKIE = "staff_visit"
NOTICE_COOKIE = "staff_notice"
PATH = "/staff"
#: Largest stock file in bytes: some thousand tokens.
MAX_STOCK_BYTES = 2 * 1024 * 1024
#: Longest list on one page.
MAX_ROWS = 200


@dataclass(frozen=True)
class Clerk:
    """A member of staff with a live session."""

    staff_id: str
    session_id: str


class Office:
    """Sessions, cookies and page dressing of one bank's staff site."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    @property
    def service(self) -> StaffService:
        """What staff can do."""
        return self._bank.staff

    @property
    def policy(self) -> Policy:
        """The policies in force."""
        return self._bank.policy

    def guard(self, blueprint: Blueprint) -> None:
        """Limit bodies and send visitors without a session to the staff login."""

        def limit() -> None:
            is_stock = request.endpoint == f"{blueprint.name}.stock_import"
            request.max_content_length = MAX_STOCK_BYTES if is_stock else MAX_FORM_BYTES

        blueprint.before_request(limit)
        blueprint.register_error_handler(LoginRequiredError, self._to_login)

    def _to_login(self, error: LoginRequiredError) -> Response:
        response = moved("/staff/login?ended=1" if error.expired else "/staff/login")
        if error.expired:
            forget(response, SESSION_COOKIE, PATH)
        return response

    def clerk(self) -> Clerk:
        """Return the member of staff of the live session. LoginRequiredError if there is none."""
        session_id = cookie(SESSION_COOKIE)
        staff_id = self.service.staff_session(session_id) if session_id else None
        if staff_id is None:
            raise LoginRequiredError(expired=bool(session_id))
        return Clerk(staff_id, session_id)

    def posting_clerk(self) -> tuple[Clerk, dict[str, str]]:
        """Return the member of staff and the posted form.

        LoginRequiredError without a session; BadFormError, ForgedFormError for a bad form.
        """
        clerk = self.clerk()
        return clerk, checked(clerk.session_id, "staff")

    def anonymous_page(self, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - template values
        """Render a page before login; its form is bound to an anonymous cookie."""
        visit = cookie(ANONYMOUS_COOKIE) or new_id()
        text = render_template(template, csrf=csrf_token(visit, "staff-anonymous"), **values)
        response = make_response(text, status)
        if not cookie(ANONYMOUS_COOKIE):
            remember(response, ANONYMOUS_COOKIE, visit, PATH)
        return response

    def page(self, clerk: Clerk, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - template values
        """Render a page for staff, with the notice of the action just done, if any."""
        sealed = request.cookies.get(NOTICE_COOKIE, "")
        note = unseal(clerk.session_id, "notice", sealed) if sealed else None
        text = render_template(
            template,
            csrf=csrf_token(clerk.session_id, "staff"),
            staff_id=clerk.staff_id,
            notice=values.pop("notice", "") or (note or {}).get("text", ""),
            order_state=ORDER_STATE,
            token_state=TOKEN_STATE,
            **values,
        )
        response = make_response(text, status)
        if sealed:
            forget(response, NOTICE_COOKIE, PATH)
        return response

    def done(self, clerk: Clerk, address: str, text: str) -> Response:
        """Redirect after an action; the next page tells what was done."""
        response = moved(address)
        remember(response, NOTICE_COOKIE, seal(clerk.session_id, "notice", {"text": text}), PATH)
        return response
