"""Staff login and logout."""

from __future__ import annotations

from flask import Blueprint, Response, request

from reference_impl.face.cookies import cookie, forget, moved, remember
from reference_impl.face.forms import checked
from reference_impl.staff.office import (
    ANONYMOUS_COOKIE,
    NOTICE_COOKIE,
    PATH,
    SESSION_COOKIE,
    Office,
)

_NOTICES = {
    "ended": "ログインの有効期限が切れました。もう一度ログインしてください。",
    "out": "ログアウトしました。",
}
_WRONG = "職員IDまたはパスワードが正しくありません。入力内容を確認してください。"


def register(blueprint: Blueprint, office: Office) -> None:
    """Add the staff login."""

    def page(status: int = 200, staff_id: str = "", error: str = "", notice: str = "") -> Response:
        return office.anonymous_page(
            "staff/login.html",
            status,
            title="職員ログイン",
            given_id=staff_id,
            alerts=[error] if error else [],
            notice=notice,
        )

    def form() -> Response:
        return page(notice=next((t for key, t in _NOTICES.items() if key in request.args), ""))

    def submit() -> Response:
        values = checked(cookie(ANONYMOUS_COOKIE), "staff-anonymous")
        staff_id = values.get("staff_id", "")
        session_id = office.service.staff_login(staff_id, values.get("password", ""))
        if session_id is None:
            return page(422, staff_id, _WRONG)
        old = cookie(SESSION_COOKIE)
        if old:
            office.service.staff_logout(old)
        response = moved("/staff")
        remember(response, SESSION_COOKIE, session_id, PATH)
        return response

    def logout() -> Response:
        clerk, _ = office.posting_clerk()
        office.service.staff_logout(clerk.session_id)
        response = moved("/staff/login?out=1")
        for name in (SESSION_COOKIE, NOTICE_COOKIE):
            forget(response, name, PATH)
        return response

    blueprint.add_url_rule("/login", "login", form)
    blueprint.add_url_rule("/login", "login_post", submit, methods=["POST"])
    blueprint.add_url_rule("/logout", "logout", logout, methods=["POST"])
