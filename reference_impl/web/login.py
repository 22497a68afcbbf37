"""Login, second login page, logout (S-00, S-12)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from reference_impl.face.cookies import cookie, forget, moved, remember
from reference_impl.face.forms import checked, form_id
from reference_impl.face.seal import csrf_token
from reference_impl.service.contract import LoginOk, OtpNeeded, Refusal, Refused
from reference_impl.web.door import (
    ANONYMOUS_COOKIE,
    PENDING_COOKIE,
    RESULT_COOKIE,
    SESSION_COOKIE,
    Door,
)

OTP_TITLE = "ワンタイムパスワードの入力"
_NOTICES = {
    "ended": "一定時間操作がなかったなどの理由でログアウトしました。もう一度ログインしてください。",
    "out": "ログアウトしました。ご利用ありがとうございました。",
}


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the login screens."""
    desk = _LoginDesk(door)
    blueprint.add_url_rule("/login", "login", desk.form)
    blueprint.add_url_rule("/login", "login_post", desk.submit, methods=["POST"])
    blueprint.add_url_rule("/login/otp", "login_otp", desk.otp_form)
    blueprint.add_url_rule("/login/otp", "login_otp_post", desk.otp_submit, methods=["POST"])
    blueprint.add_url_rule("/logout", "logout", desk.logout, methods=["POST"])


class _LoginDesk:
    def __init__(self, door: Door) -> None:
        self._door = door

    def form(self) -> Response:
        notice = next((text for key, text in _NOTICES.items() if key in request.args), "")
        return self._login_page(notice=notice)

    def submit(self) -> Response:
        values = checked(cookie(ANONYMOUS_COOKIE), "anonymous")
        login_id = values.get("login_id", "")
        answer = self._door.customers.authenticate(
            login_id,
            values.get("password", ""),
            values.get("otp", "") if self._door.one_page_login else None,
            form_id(values),
        )
        if isinstance(answer, Refused):
            if answer.reason is Refusal.SUSPENDED:
                return self._door.suspended_page()
            return self._login_page(422, login_id=login_id, refused=answer)
        self._drop(SESSION_COOKIE)
        self._drop(PENDING_COOKIE)
        if isinstance(answer, OtpNeeded):
            response = moved("/login/otp")
            forget(response, SESSION_COOKIE)
            remember(
                response, PENDING_COOKIE, self._door.customers.open_pending(answer.customer_id)
            )
            return response
        return self._welcome(answer)

    def otp_form(self) -> Response:
        pending = self._pending()
        return moved("/login") if pending is None else self._otp_page(pending[1])

    def otp_submit(self) -> Response:
        pending = self._pending()
        if pending is None:
            # The repetition of a form whose first copy has logged in already lands inside.
            inside = self._door.customers.session(cookie(SESSION_COOKIE))
            return moved("/login?ended=1" if inside is None else "/")
        customer_id, pending_id = pending
        values = checked(pending_id, "pending")
        answer = self._door.customers.authenticate_otp(
            customer_id, values.get("otp", ""), form_id(values)
        )
        if isinstance(answer, LoginOk):
            # The pending login is left to run out: a second copy of this very form,
            # sent by a double click, is answered like the first. It opens nothing
            # without a fresh OTP, and logout forgets the answer.
            return self._welcome(answer)
        if answer.reason is Refusal.SUSPENDED:
            self._door.customers.close_session(pending_id)
            return self._door.suspended_page()
        return self._otp_page(pending_id, 422, refused=answer)

    def logout(self) -> Response:
        visitor, _ = self._door.posting_visitor()
        self._door.customers.close_session(visitor.session_id)
        self._drop(PENDING_COOKIE)
        response = moved("/login?out=1")
        for name in (SESSION_COOKIE, PENDING_COOKIE, RESULT_COOKIE):
            forget(response, name)
        return response

    def _welcome(self, answer: LoginOk) -> Response:
        """Open a session under a new identifier, so that none can be planted before."""
        response = moved("/")
        forget(response, PENDING_COOKIE)
        remember(response, SESSION_COOKIE, self._door.customers.open_session(answer.customer_id))
        return response

    def _pending(self) -> tuple[int, str] | None:
        pending_id = cookie(PENDING_COOKIE)
        if not pending_id or self._door.one_page_login:
            return None
        customer_id = self._door.customers.session(pending_id, pending=True)
        return None if customer_id is None else (customer_id, pending_id)

    def _drop(self, name: str) -> None:
        old = cookie(name)
        if old:
            self._door.customers.close_session(old)

    def _login_page(
        self,
        status: int = 200,
        login_id: str = "",
        notice: str = "",
        refused: Refused | None = None,
    ) -> Response:
        return self._door.anonymous_page(
            "web/login.html",
            status,
            title="ログイン",
            login_id=login_id,
            notice=notice,
            one_page=self._door.one_page_login,
            alerts=[self._door.text(refused)] if refused else [],
            bad="" if refused is None else refused.field,
            bad_credentials=refused is not None and refused.reason is Refusal.BAD_CREDENTIALS,
        )

    def _otp_page(
        self, pending_id: str, status: int = 200, refused: Refused | None = None
    ) -> Response:
        return self._door.anonymous_page(
            "web/login_otp.html",
            status,
            title=OTP_TITLE,
            pending_csrf=csrf_token(pending_id, "pending"),
            alerts=[self._door.text(refused)] if refused else [],
            bad=refused is not None,
        )
