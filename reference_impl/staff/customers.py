"""Customers: search, facts, lifting a suspension, revoking a token (B-02, LCK-10..14, IX-43)."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from reference_impl.face.texts import STATUS_NAME
from reference_impl.service.contract import CustomerView, StaffError, Status
from reference_impl.staff.office import MAX_ROWS, Clerk, Office
from reference_impl.staff.orders import is_open

_LONGEST_NOTE = 500


def register(blueprint: Blueprint, office: Office) -> None:
    """Add the customer pages."""
    desk = _CustomerDesk(office)
    blueprint.add_url_rule("/customers", "customers", desk.search)
    blueprint.add_url_rule("/customers/<login_id>", "customer", desk.show)
    for name, action in (("unlock", desk.unlock), ("revoke", desk.revoke)):
        address = f"/customers/<login_id>/{name}"
        blueprint.add_url_rule(address, name, action, methods=["POST"])


class _CustomerDesk:
    def __init__(self, office: Office) -> None:
        self._office = office

    def search(self) -> Response:
        clerk = self._office.clerk()
        wanted = request.args.get("login_id", "").strip()
        found = [c for c in self._office.service.customers() if wanted in c.login_id]
        return self._office.page(
            clerk,
            "staff/customers.html",
            title="お客さま一覧",
            wanted=wanted,
            customers=found[:MAX_ROWS],
            total=len(found),
            status_name=STATUS_NAME,
        )

    def show(self, login_id: str) -> Response:
        return self._page(self._office.clerk(), self._customer(login_id))

    def unlock(self, login_id: str) -> Response:
        clerk, values = self._office.posting_clerk()
        customer = self._customer(login_id)
        circumstances = values.get("circumstances", "").strip()
        problem = _problem(circumstances, "確認した状況")
        if not problem:
            try:
                self._office.service.unlock(clerk.staff_id, login_id, circumstances)
            except StaffError as error:
                problem = str(error)
        if problem:
            return self._page(clerk, customer, 422, problem, "circumstances", circumstances)
        return self._office.done(clerk, f"/staff/customers/{login_id}", "停止状態を解除しました。")

    def revoke(self, login_id: str) -> Response:
        clerk, values = self._office.posting_clerk()
        customer = self._customer(login_id)
        reason = values.get("reason", "").strip()
        problem = _problem(reason, "理由")
        if not problem:
            try:
                self._office.service.revoke(clerk.staff_id, login_id, reason)
            except StaffError as error:
                problem = str(error)
        if problem:
            return self._page(clerk, customer, 422, problem, "reason", reason)
        return self._office.done(
            clerk, f"/staff/customers/{login_id}", "トークンを失効させました。"
        )

    def _customer(self, login_id: str) -> CustomerView:
        customer = None if "\x00" in login_id else self._office.service.find_customer(login_id)
        if customer is None:
            abort(404)
        return customer

    def _page(
        self,
        clerk: Clerk,
        customer: CustomerView,
        status: int = 200,
        problem: str = "",
        bad: str = "",
        note: str = "",
    ) -> Response:
        return self._office.page(
            clerk,
            "staff/customer.html",
            status,
            title="お客さま情報",
            customer=customer,
            status_name=STATUS_NAME[customer.status],
            suspended=customer.status is Status.SUSPENDED,
            can_unlock=customer.can_unlock,
            has_token=customer.status is not Status.NOT_REGISTERED,
            orders=self._office.service.orders(customer.login_id),
            is_open=is_open,
            alerts=[problem] if problem else [],
            bad=bad,
            note=note,
        )


def _problem(note: str, caption: str) -> str:
    """Return what is wrong with a required note, or ""."""
    if not note:
        return f"「{caption}」を入力してください。"
    if len(note) > _LONGEST_NOTE:
        return f"「{caption}」は{_LONGEST_NOTE}文字以内で入力してください。"
    return ""
