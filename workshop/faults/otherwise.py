"""Banks whose declaration says otherwise than the reference bank's, and that do not keep to it.

The catalogue's faults all go with the reference bank's declaration. What is judged only
where something else is declared (applying again replaces the first application, a session
outlives the suspension, …) is judged here. ``python -m workshop.faults.otherwise NAME --
ARGUMENTS`` starts one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reference_impl.domain.words import OrderStatus, TokenState
from reference_impl.store import orders
from reference_impl.web import visitor
from workshop.faults.banks import BANKS
from workshop.faults.banks.tokens import open_states
from workshop.faults.swap import wrap
from workshop.variants.wsgi import serve


@dataclass(frozen=True)
class Otherwise:
    """A bank unlike its declaration.

    ``declared``: keys of the declaration, ``tables``: more of it, as text; ``policy``:
    settings of the bank, empty for the reference bank's own; ``prepare`` makes it faulty.
    ``check``: the one judgement of ``requirement`` that must go red, in the ``scenario`` of
    this id.
    """

    declared: Mapping[str, object]
    requirement: str
    scenario: str
    check: str
    policy: Mapping[str, object] = field(default_factory=dict)
    prepare: Callable[[], None] = lambda: None
    tables: str = ""


def _cancelled_order_goes_on() -> None:
    """An application that was replaced is still carried out."""

    def listed(original: Any, *rest: Any) -> tuple[orders.OrderRow, ...]:
        return tuple(
            replace(row, status=OrderStatus.DISPATCHED)
            if row.status is OrderStatus.CANCELLED
            else row
            for row in original(*rest)
        )

    wrap(orders.listed, listed)


def _errors_name_no_item() -> None:
    """Whatever is wrong with an input, the refusal names no field."""
    for reason in visitor.MESSAGES:
        if reason.endswith("_format"):
            visitor.MESSAGES[reason] = "入力内容に誤りがあります。"


def _whoever_types_it() -> None:
    """A token is bound to the last who types its serial, whoever had it before."""
    open_states(TokenState.ALLOTTED, TokenState.ACTIVE)


_REPLACES = {"issue.reissue_when_issued": "replaces"}
_ALLOWED = {"issue.deactivate_when_issued": "allowed"}
_BY_POSSESSION = {"issue.binding": "activation"}
_CANCELLED = {
    "activation.failure_limit": 3,
    "activation.limit_effect": "application_cancelled",
}
_ACCEPTED = {"expiry.after": "accepted"}

OTHERWISE: dict[str, Otherwise] = {
    "second-application-refused": Otherwise(
        _REPLACES, "ISS-26", "ISS-26/1", "発行の申請が受け付けられる"
    ),
    "both-applications-live": Otherwise(
        _REPLACES,
        "ISS-26",
        "ISS-26/1",
        "有効な申請は一件だけである",
        {"reissue_when_issued": "replaces"},
        _cancelled_order_goes_on,
    ),
    "session-cut": Otherwise(
        {"lockout.live_sessions": "kept"},
        "LCK-17",
        "LCK-17/2",
        "停止の前からの画面が続く",
    ),
    "not-deactivated-while-issued": Otherwise(
        _ALLOWED, "DEA-27", "DEA-27/1", "利用解除が受け付けられる"
    ),
    "deactivated-while-issued-in-name-only": Otherwise(
        _ALLOWED,
        "DEA-27",
        "DEA-27/1",
        "登録状況が「未登録」である",
        {"deactivate_when_issued": "allowed"},
        BANKS["deactivation-without-effect"],
    ),
    "stock-token-refused": Otherwise(
        _BY_POSSESSION, "ISS-20", "ISS-20/1", "利用開始登録が受け付けられる"
    ),
    "one-token-for-two": Otherwise(
        _BY_POSSESSION,
        "ACT-25",
        "ACT-25/2",
        "利用開始登録が拒否される",
        {"binding": "activation"},
        _whoever_types_it,
    ),
    "other-case-refused": Otherwise(
        {"confirmation_password.case_sensitive": False},
        "ISS-16",
        "ISS-16/2",
        "発行の申請が受け付けられる",
    ),
    "count-kept-over-midnight": Otherwise(
        {"lockout.resets": ["otp_success", "unlock", "reactivation", "date_change"]},
        "LCK-04",
        "LCK-04/2",
        "ログインが受け付けられる",
    ),
    "device-forgotten": Otherwise(
        {"login.remembered_devices": True},
        "LGN-09",
        "LGN-09/1.1",
        "ログインが受け付けられる",
    ),
    "software-refused-elsewhere": Otherwise(
        {"switching.hardware_to_software_at": "submission"},
        "SWT-06",
        "SWT-06/1.1",
        "ソフトウェアトークンへの切替を断る場所",
    ),
    "too-early-told-by-an-error": Otherwise(
        {"switching.refusal": "hidden"},
        "SWT-03",
        "SWT-03/1.1",
        "早すぎる手続きの見せ方",
    ),
    "application-outlives-the-limit": Otherwise(
        _CANCELLED,
        "LCK-18",
        "LCK-18/2",
        "登録状況が「未登録」である",
        {"activation_failure_limit": 3},
    ),
    "error-names-no-item": Otherwise(
        {},
        "SCR-62",
        "SCR-62/3.1",
        "拒否の知らせ",
        prepare=_errors_name_no_item,
        tables='[labels]\n"error.serial_format" = ["シリアル番号は半角数字"]',
    ),
    "drift-not-learned": Otherwise(  # F179
        {"otp.resynchronisation": "drift_learning"},
        "TOK-05",
        "TOK-05/5",
        "ログインが受け付けられる",
    ),
    "older-code-refused-after-newer": Otherwise(
        {"otp.older_after_newer": "accepted"},
        "TOK-05",
        "TOK-05/4",
        "ログインが受け付けられる",
    ),
    "login-outlives-restart": Otherwise(
        {"adapters.restart.sessions": "ended"},
        "LGN-02",
        "LGN-02/2",
        "再起動の前からのログインでは先へ進めない",
    ),
    "expired-token-shut-out": Otherwise(
        _ACCEPTED, "TOK-11", "TOK-11/1", "ログインが受け付けられる"
    ),
    "expired-token-not-activated": Otherwise(
        _ACCEPTED, "TOK-11", "TOK-11/2", "利用開始登録が受け付けられる"
    ),
}

if __name__ == "__main__":
    preparations = {name: other.prepare for name, other in OTHERWISE.items()}
    sys.exit(serve("workshop.faults.otherwise", preparations, sys.argv[1:]))
