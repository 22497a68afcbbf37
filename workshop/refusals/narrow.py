"""Banks that break one control each: what is refused is refused as it should be, and nothing else.

`workshop.refusals.banks` refuse everything of a kind. These show the other controls: the
staff unlock, a screen opened before, an address, a button.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from typing import Any

from werkzeug.wrappers import Response

from reference_impl.domain import registration
from reference_impl.domain.words import Refusal, Refused
from reference_impl.service import login, procedures, staff
from reference_impl.service.procedures import Issued
from reference_impl.service.staff import StaffError
from reference_impl.store import sessions
from reference_impl.store.sessions import Realm
from reference_impl.web import portal
from reference_impl.web.visitor import SESSION_COOKIE
from workshop.faults.swap import wrap
from workshop.null_products.frozen import FROZEN
from workshop.refusals.banks import REFUSERS
from workshop.variants.wsgi import BEHIND, Application, put_around

#: Pages at which everybody may begin.
_DOORS = ("/", "/login", "/login/otp")
_ADDRESS = re.compile(r'(?:href|action)="(/[^"?]*)')


@dataclass(frozen=True)
class Narrow:
    """A bank on which one control does not succeed.

    ``bank``: its name; ``control``: how the control's name begins; ``scenario``:
    the id of the one in which it is met.
    """

    bank: str
    control: str
    scenario: str


def _unlock_in_name_only() -> None:
    wrap(registration.unlocked, lambda _original, reg: reg)


def _last_session_only() -> None:
    """A login ends the customer's other sessions."""

    def open_session(original: Any, bank: Any, customer_id: int) -> str:
        bank.write(lambda work: sessions.close_all_of(work.db, customer_id, Realm.CUSTOMER))
        return str(original(bank, customer_id))

    wrap(login.open_session, open_session)


def _no_direct_opening() -> None:
    """Only what the page before has offered can be opened; all else leads to the login."""
    offered: dict[str, set[str]] = {}

    def around(inner: Application) -> Application:
        def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            path = environ["PATH_INFO"]
            if path.startswith(BEHIND):
                return inner(environ, start_response)
            found = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(SESSION_COOKIE)
            session = "" if found is None else found.value
            known = path in _DOORS or path in offered.get(session, set())
            if environ["REQUEST_METHOD"] == "GET" and not known:
                return Response(status=302, headers={"Location": "/login"})(environ, start_response)
            answer = Response.from_app(inner, environ)
            leads = {answer.headers.get("Location", "")}
            if answer.mimetype == "text/html":
                leads |= set(_ADDRESS.findall(answer.get_data(as_text=True)))
            offered[session] = leads
            return answer(environ, start_response)

        return outer

    put_around(around)


def _buttons_astray() -> None:
    """No button of the portal leads where it should."""

    def buttons(original: Any, *rest: Any) -> list[portal.PortalButton]:
        return [replace(button, href="/balance") for button in original(*rest)]

    wrap(portal.portal_buttons, buttons)


def _one_application_only() -> None:
    """One application is accepted, whoever makes it; no other."""
    taken: list[Issued] = []

    def issue(original: Any, *arguments: Any) -> Any:
        answer = Refused(Refusal.ALREADY_ISSUED) if taken else original(*arguments)
        if isinstance(answer, Issued):
            taken.append(answer)
        return answer

    wrap(procedures.issue, issue)


def _in_name_only(*changes: Callable[..., Any]) -> Callable[[], None]:
    """Say that it is done, and leave the registration status as it was."""

    def prepare() -> None:
        for change in changes:
            wrap(change, lambda _original, reg, *_: reg)

    return prepare


def _nothing_is_sent() -> None:
    def dispatch(_original: Any, *_arguments: Any) -> None:
        raise StaffError("発送できません。")

    wrap(staff.dispatch, dispatch)


BANKS: dict[str, Callable[[], None]] = {
    "unlock-in-name-only": _unlock_in_name_only,
    "last-session-only": _last_session_only,
    "no-direct-opening": _no_direct_opening,
    "buttons-astray": _buttons_astray,
    "one-application-only": _one_application_only,
    "nothing-is-sent": _nothing_is_sent,
    "every-activation": REFUSERS["every-activation"].prepare,
    "every-issue": REFUSERS["every-issue"].prepare,
    "every-login": REFUSERS["every-login"].prepare,
    "issue-in-name-only": _in_name_only(registration.applied),
    "activation-in-name-only": _in_name_only(registration.activated),
    "deactivation-in-name-only": _in_name_only(registration.ended),
    "always-issued": FROZEN["frozen-issued"],
    "never-registered": FROZEN["frozen-not-registered"],
}

_ISSUED = "発行の申請が受け付けられ、登録状況が「トークン発行済」になる"
_STARTED = "利用開始登録が受け付けられ、登録状況が「サービス利用中」になる"
_ENDED = "利用解除が受け付けられ、登録状況が「未登録」になる"

NARROW = (
    Narrow("issue-in-name-only", _ISSUED, "ISS-16/1.1"),
    Narrow("issue-in-name-only", _ISSUED, "CON-09/3"),
    Narrow(
        "issue-in-name-only",
        "お客さまの登録状況が「トークン発行済」である",
        "SCR-37/1",
    ),
    Narrow("activation-in-name-only", _STARTED, "ACT-23/1"),
    Narrow(
        "activation-in-name-only",
        "お客さまの登録状況が「サービス利用中」である",
        "SCR-42/1",
    ),
    Narrow("deactivation-in-name-only", _ENDED, "DEA-10/1"),
    Narrow(
        "deactivation-in-name-only",
        "お客さまの登録状況が「未登録」である",
        "SCR-59/1",
    ),
    Narrow("always-issued", "対照のお客さまの登録状況が「未登録」である", "ACT-06/1"),
    Narrow(
        "never-registered",
        "対照のお客さまの登録状況が「サービス利用中」である",
        "SCR-12/1.1",
    ),
    Narrow("unlock-in-name-only", "ログインが受け付けられ", "LCK-06/1"),
    Narrow("unlock-in-name-only", "ログインが受け付けられ", "LCK-16/1"),
    Narrow("unlock-in-name-only", "ログインが受け付けられ", "LCK-17/2"),
    Narrow("unlock-in-name-only", "ログインが受け付けられ", "LCK-18/1"),
    Narrow("every-activation", "利用開始登録が受け付けられ", "ACT-25/2"),
    Narrow("every-activation", "利用開始登録が受け付けられ", "ISS-20/1"),
    Narrow("every-activation", "利用開始登録が受け付けられ", "ACT-13/1"),
    Narrow("every-activation", "利用開始登録が受け付けられ", "ACT-14/2"),
    Narrow("every-login", "ログインが受け付けられ", "LGN-12/3"),
    Narrow("every-issue", "発行の申請が受け付けられ", "SWT-03/1.1"),
    Narrow("every-issue", "発行の申請が受け付けられ", "SWT-07/1"),
    Narrow("one-application-only", "発行の申請が受け付けられ", "ISS-26/1"),
    Narrow("nothing-is-sent", "発送が受け付けられる", "RIS-02/2"),
    Narrow("last-session-only", "利用開始登録が受け付けられ", "ACT-37/2"),
    Narrow("last-session-only", "利用解除が受け付けられ", "DEA-14/2"),
    Narrow("no-direct-opening", "種類の選択の画面を直接開ける", "ISS-01/1"),
    Narrow("no-direct-opening", "申請内容選択の画面を直接開ける", "LGN-05/2.2"),
    Narrow("no-direct-opening", "利用開始登録の画面を直接開ける", "CON-08/2"),
    Narrow("buttons-astray", "利用開始登録へ進める", "CON-08/1"),
    Narrow("buttons-astray", "利用解除へ進める", "DEA-23/1"),
    Narrow("buttons-astray", "利用中のお客さまは利用解除へ進める", "DEA-27/1"),
    Narrow(
        "buttons-astray",
        "「トークン発行」から先へ進める別のお客さまがいる",
        "SCR-22/1.8",
    ),
)
