"""Deactivation by the customer: confirmation, completion (S-08, S-09, BOS001)."""

from __future__ import annotations

from flask import Blueprint, Response

from reference_impl.face.cookies import moved
from reference_impl.face.forms import form_id
from reference_impl.service.contract import Kind, Refusal, Refused
from reference_impl.web.door import NOT_NOW, Door, Visitor


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the deactivation screens."""
    desk = _DeactivationDesk(door)
    blueprint.add_url_rule("/otp/deactivate", "deactivate", desk.form)
    blueprint.add_url_rule("/otp/deactivate", "deactivate_post", desk.submit, methods=["POST"])
    blueprint.add_url_rule("/otp/deactivate/done", "deactivate_done", desk.done)


class _DeactivationDesk:
    def __init__(self, door: Door) -> None:
        self._door = door

    def form(self) -> Response:
        visitor = self._door.visitor()
        self._door.stop_if(self._door.customers.may_deactivate(visitor.customer_id))
        return self._page(visitor)

    def submit(self) -> Response:
        visitor, values = self._door.posting_visitor()
        asks_otp = self._door.customers.portal(visitor.customer_id).deactivation_asks_otp
        # Whether an OTP is needed is the bank's to say: dropping the parameter
        # from the form leaves an empty OTP, not a form without the field.
        otp = values.get("otp", "") if asks_otp else values.get("otp")
        answer = self._door.customers.deactivate(
            visitor.customer_id, values.get("confirmation", ""), otp, form_id(values)
        )
        if not isinstance(answer, Refused):
            return self._door.finish(visitor, "/otp/deactivate/done", {"kind": answer.kind.value})
        if answer.reason is Refusal.SUSPENDED:
            return self._door.suspended_page()
        if answer.reason in NOT_NOW:
            self._door.stop_if(answer)
        return self._page(visitor, 422, answer)

    def done(self) -> Response:
        visitor = self._door.visitor()
        result = self._door.result(visitor)
        if result is None:
            return moved("/otp")
        return self._door.completion(
            visitor,
            "web/deactivate_done.html",
            title="ワンタイムパスワード利用解除（利用解除完了）",
            hardware=result["kind"] == Kind.HARDWARE,
        )

    def _page(
        self, visitor: Visitor, status: int = 200, refused: Refused | None = None
    ) -> Response:
        portal = self._door.customers.portal(visitor.customer_id)
        return self._door.page(
            visitor,
            "web/deactivate.html",
            status,
            "BOS001",
            title="ワンタイムパスワード利用解除（利用解除確認）",
            hardware=portal.kind is not Kind.SOFTWARE,
            asks_otp=portal.deactivation_asks_otp,
            policy=self._door.policy,
            alerts=[self._door.text(refused)] if refused else [],
            bad=refused.field if refused else "",
        )
