"""Token issue: choice of kind, confirmation, completion (S-03, S-04, S-05, S-10)."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from reference_impl.face.cookies import moved
from reference_impl.face.forms import form_id
from reference_impl.face.texts import KIND_LABEL, KIND_NAME
from reference_impl.service.contract import Kind, Refusal, Refused
from reference_impl.web.door import NOT_NOW, Door


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the issue screens."""
    desk = _IssueDesk(door)
    blueprint.add_url_rule("/otp/issue", "issue", desk.choose)
    blueprint.add_url_rule("/otp/issue/<kind>", "issue_confirm", desk.confirm)
    blueprint.add_url_rule("/otp/issue/<kind>", "issue_submit", desk.submit, methods=["POST"])
    blueprint.add_url_rule("/otp/issue/<kind>/done", "issue_done", desk.done)


def _kind(name: str) -> Kind:
    """Return the kind of an address; an unknown one has no page (404)."""
    if name not in set(Kind):
        abort(404)
    return Kind(name)


class _IssueDesk:
    def __init__(self, door: Door) -> None:
        self._door = door

    def choose(self) -> Response:
        visitor = self._door.visitor()
        self._door.stop_if(self._door.customers.may_issue(visitor.customer_id))
        kinds = [
            kind
            for kind in (Kind.SOFTWARE, Kind.HARDWARE)
            if kind is Kind.HARDWARE or self._door.policy.software_tokens
        ]
        return self._door.page(
            visitor,
            "web/issue_choose.html",
            screen_id="BOT001",
            title="トークン発行（選択）",
            kinds=[(kind.value, KIND_LABEL[kind]) for kind in kinds],
            step=0,
        )

    def confirm(self, kind: str) -> Response:
        visitor = self._door.visitor()
        chosen = _kind(kind)
        self._door.stop_if(self._door.customers.may_issue(visitor.customer_id, chosen))
        return self._confirm_page(chosen)

    def submit(self, kind: str) -> Response:
        visitor, values = self._door.posting_visitor()
        chosen = _kind(kind)
        given = values.get("kind", "")
        if given in set(Kind) and given != chosen:
            # Which of the two is meant would be a guess.
            self._door.stop_if(Refused(Refusal.UNKNOWN_KIND))
        answer = self._door.customers.issue(
            visitor.customer_id, given, values.get("confirmation", ""), form_id(values)
        )
        if not isinstance(answer, Refused):
            address = f"/otp/issue/{answer.kind.value}/done"
            return self._door.finish(visitor, address, {"kind": answer.kind.value})
        if answer.reason is Refusal.UNKNOWN_KIND or answer.reason in NOT_NOW:
            self._door.stop_if(answer)
        return self._confirm_page(chosen, 422, answer)

    def done(self, kind: str) -> Response:
        visitor = self._door.visitor()
        issued = _kind(kind)
        if self._door.result(visitor) is None:
            return moved("/otp")
        return self._door.completion(
            visitor,
            "web/issue_done.html",
            title=f"トークン発行（{KIND_NAME[issued]}発行完了）",
            kind=issued.value,
            step=2,
        )

    def _confirm_page(
        self, kind: Kind, status: int = 200, refused: Refused | None = None
    ) -> Response:
        return self._door.page(
            self._door.visitor(),
            "web/issue_confirm.html",
            status,
            title=f"トークン発行（{KIND_NAME[kind]}発行確認）",
            kind=kind.value,
            policy=self._door.policy,
            alerts=[self._door.text(refused)] if refused else [],
            bad=refused.field if refused else "",
            step=1,
        )
