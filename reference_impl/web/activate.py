"""Activation: serial and OTP, completion (S-06, S-07, BOK511)."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response

from reference_impl.face.cookies import moved
from reference_impl.face.forms import form_id
from reference_impl.face.texts import KIND_NAME
from reference_impl.service.contract import Kind, Refusal, Refused
from reference_impl.web.door import NOT_NOW, Door, Visitor

SCREEN_ID = "BOK511"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the activation screens."""
    desk = _ActivationDesk(door)
    blueprint.add_url_rule("/otp/activate", "activate", desk.form)
    blueprint.add_url_rule("/otp/activate", "activate_post", desk.submit, methods=["POST"])
    blueprint.add_url_rule("/otp/activate/done", "activate_done", desk.done)


class _ActivationDesk:
    def __init__(self, door: Door) -> None:
        self._door = door

    def form(self) -> Response:
        visitor = self._door.visitor()
        self._door.stop_if(self._door.customers.may_activate(visitor.customer_id))
        return self._page(visitor)

    def submit(self) -> Response:
        visitor, values = self._door.posting_visitor()
        serial = values.get("serial", "")
        answer = self._door.customers.activate(
            visitor.customer_id, serial, values.get("otp", ""), form_id(values)
        )
        if not isinstance(answer, Refused):
            result = {
                "kind": answer.kind.value,
                "serial": answer.serial,
                "expires_at": answer.expires_at.isoformat(),
            }
            return self._door.finish(visitor, "/otp/activate/done", result)
        if answer.reason is Refusal.SUSPENDED:
            return self._door.suspended_page()
        if answer.reason in NOT_NOW:
            self._door.stop_if(answer)
        return self._page(visitor, 422, serial, answer)

    def done(self) -> Response:
        visitor = self._door.visitor()
        result = self._door.result(visitor)
        if result is None:
            return moved("/otp")
        kind = KIND_NAME[Kind(result["kind"])]
        return self._door.completion(
            visitor,
            "web/activate_done.html",
            SCREEN_ID,
            title=f"ワンタイムパスワード利用開始（{kind}完了）",
            kind_text=kind,
            serial=result["serial"],
            expires_at=datetime.fromisoformat(result["expires_at"]),
        )

    def _page(
        self,
        visitor: Visitor,
        status: int = 200,
        serial: str = "",
        refused: Refused | None = None,
    ) -> Response:
        kind = self._door.customers.portal(visitor.customer_id).kind or Kind.HARDWARE
        return self._door.page(
            visitor,
            "web/activate.html",
            status,
            SCREEN_ID,
            title=f"ワンタイムパスワード利用開始（{KIND_NAME[kind]}確認）",
            kind=kind.value,
            kind_text=KIND_NAME[kind],
            serial=serial,
            policy=self._door.policy,
            alerts=[self._door.text(refused)] if refused else [],
            bad=_bad_fields(refused),
        )


def _bad_fields(refused: Refused | None) -> tuple[str, ...]:
    """Return the fields to mark; both where the bank does not tell which was wrong."""
    if refused is None:
        return ()
    return (refused.field,) if refused.field else ("serial", "otp")
