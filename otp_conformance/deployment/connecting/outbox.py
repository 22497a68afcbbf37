"""The notices that customers get, read as declared (IX-46)."""

from __future__ import annotations

from datetime import datetime

from otp_conformance.calls.described import member
from otp_conformance.calls.test_control import reading
from otp_conformance.deployment.connecting.context import Connection, lacking
from otp_conformance.deployment.sut import Outbox

_KEY = "adapters.outbox"


def outbox(connection: Connection) -> Outbox | None:
    """Return what reads the subjects of a customer's notices; None where nothing is declared.

    Raises `DeclarationMismatch` for a declaration that lacks its part.
    """
    adapter = connection.declaration.adapters.outbox
    if adapter is None:
        return None
    if adapter.kind == "test_control":
        return _by_test_control(connection)
    call, where = adapter.call, adapter.subjects
    if call is None:
        raise lacking(f"{_KEY}.call", "呼び出しが宣言されていません")
    caller = connection.caller("お客さまへの通知の確認", f"{_KEY}.call")

    def subjects(login_id: str) -> tuple[str, ...]:
        answer = caller.json(call, {"login_id": login_id})
        try:
            notices = member(answer, where)
            return tuple(str(n["subject"] if isinstance(n, dict) else n) for n in notices)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            place = where or "（全体）"
            raise caller.unreadable(f"{place} に件名の配列がありません: {error}") from None

    return subjects


def _by_test_control(connection: Connection) -> Outbox:
    control = connection.control(f"{_KEY}.kind")

    def subjects(login_id: str) -> tuple[str, ...]:
        answer = control.call("GET", "outbox", query={"login_id": login_id})
        with reading("outbox"):
            notices = sorted(answer["notices"], key=lambda n: datetime.fromisoformat(n["at"]))
            return tuple(str(notice["subject"]) for notice in notices)

    return subjects
