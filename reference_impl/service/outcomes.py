"""Answering a form once: the same form with the same content gets the first answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from reference_impl.service.contract import (
    Activated,
    Deactivated,
    Issued,
    Kind,
    LoginOk,
    Refusal,
    Refused,
)
from reference_impl.service.core import Core
from reference_impl.store import customers, records
from reference_impl.store.customers import CustomerRow

LOGIN = "login"
LOGIN_REPEAT = timedelta(seconds=10)
"""How long a repeated login form is answered like the first. Short, and ended by
logout, because the answer opens a session (RFC 6238 section 5.2, no second use)."""

Answer = LoginOk | Issued | Activated | Deactivated | Refused
Success = TypeVar("Success", LoginOk, Issued, Activated, Deactivated)
Decide = Callable[[Connection, CustomerRow, datetime], Success | Refused]


def once(
    core: Core,
    wanted: type[Success],
    use_case: str,
    customer_id: int,
    form_id: str,
    content: tuple[str, ...],
    decide: Decide[Success],
) -> Success | Refused:
    """Lock the customer, and decide unless this very form was answered before.

    Decision, its effects and the remembered answer are one transaction, so
    parallel copies of a form wait for the first and then read its answer. An
    empty form_id is always new. LookupError if the customer is gone.
    """
    digest = core.store.seal.digest(use_case, *content)

    def work(connection: Connection) -> Success | Refused:
        row = customers.lock(connection, customer_id)
        now = core.now()
        if form_id:
            known = records.answered(connection, customer_id, form_id, digest)
            if known is not None and not (use_case == LOGIN and now - known[1] > LOGIN_REPEAT):
                answer = decode(known[0])
                if isinstance(answer, (wanted, Refused)):
                    return answer
        decided = decide(connection, row, now)
        if form_id:
            records.remember_answer(
                connection,
                customer_id,
                form_id,
                use_case=use_case,
                digest=digest,
                outcome=encode(decided),
                now=now,
            )
        return decided

    return core.store.write(work)


def encode(answer: Answer) -> str:
    """Return an answer as JSON text."""
    content: dict[str, Any]
    match answer:
        case LoginOk(customer_id):
            content = {"customer_id": customer_id}
        case Issued(kind, order_id):
            content = {"kind": kind.value, "order_id": order_id}
        case Activated(kind, serial, expires_at):
            content = {"kind": kind.value, "serial": serial, "expires_at": expires_at.isoformat()}
        case Deactivated(kind):
            content = {"kind": kind.value}
        case Refused(reason, field):
            content = {"reason": reason.value, "field": field}
    return json.dumps({"answer": type(answer).__name__, **content})


def decode(text: str) -> Answer:
    """Return the answer of a JSON text made by `encode`."""
    content = json.loads(text)
    match content["answer"]:
        case "LoginOk":
            return LoginOk(content["customer_id"])
        case "Issued":
            return Issued(Kind(content["kind"]), content["order_id"])
        case "Activated":
            expires_at = datetime.fromisoformat(content["expires_at"])
            return Activated(Kind(content["kind"]), content["serial"], expires_at)
        case "Deactivated":
            return Deactivated(Kind(content["kind"]))
        case _:
            return Refused(Refusal(content["reason"]), content["field"])
