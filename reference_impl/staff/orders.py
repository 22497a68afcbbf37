"""Applications for tokens, their dispatch, and the audit trail (B-01, SHP-01, SHP-02)."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from reference_impl.service.contract import Kind, OrderView, StaffError
from reference_impl.staff.office import MAX_ROWS, Clerk, Office
from reference_impl.staff.words import action_name, actor_name, detail_text

#: Largest order number that any of the databases can hold.
_MAX_ID = 2**31 - 1


def is_open(order: OrderView) -> bool:
    """Tell whether an order waits for dispatch; software tokens are never sent."""
    return order.status == "accepted" and order.kind is Kind.HARDWARE


def register(blueprint: Blueprint, office: Office) -> None:
    """Add orders, dispatch and the audit trail."""
    desk = _Dispatch(office)

    def orders() -> Response:
        clerk = office.clerk()
        newest_first = tuple(reversed(office.service.orders()))
        waiting = [order for order in newest_first if is_open(order)]
        others = [order for order in newest_first if not is_open(order)]
        shown = [*reversed(waiting), *others][:MAX_ROWS]
        return office.page(
            clerk,
            "staff/orders.html",
            title="発行申請一覧",
            orders=shown,
            is_open=is_open,
            waiting=len(waiting),
            total=len(newest_first),
        )

    def audit() -> Response:
        clerk = office.clerk()
        lines = office.service.audit(MAX_ROWS)
        return office.page(
            clerk,
            "staff/audit.html",
            title="操作履歴",
            lines=lines,
            action_name=action_name,
            actor_name=actor_name,
            detail_text=detail_text,
        )

    address = f"/orders/<int(max={_MAX_ID}):order_id>/dispatch"
    blueprint.add_url_rule("", "orders", orders)
    blueprint.add_url_rule(address, "dispatch", desk.form)
    blueprint.add_url_rule(address, "dispatch_post", desk.submit, methods=["POST"])
    blueprint.add_url_rule("/audit", "audit", audit)


class _Dispatch:
    def __init__(self, office: Office) -> None:
        self._office = office

    def form(self, order_id: int) -> Response:
        return self._page(self._office.clerk(), order_id)

    def submit(self, order_id: int) -> Response:
        clerk, values = self._office.posting_clerk()
        serial = values.get("serial", "")
        try:
            order = self._office.service.dispatch(clerk.staff_id, order_id, serial or None)
        except StaffError as error:
            return self._page(clerk, order_id, 422, serial, str(error))
        text = (
            f"申請番号 {order.order_id}：シリアル番号 {order.serial} のトークンを発送済にしました。"
        )
        return self._office.done(clerk, "/staff", text)

    def _page(
        self, clerk: Clerk, order_id: int, status: int = 200, serial: str = "", error: str = ""
    ) -> Response:
        service = self._office.service
        order = next((o for o in service.orders() if o.order_id == order_id), None)
        if order is None:
            abort(404)
        stock = [t for t in service.stock() if t.state == "stock" and t.kind is Kind.HARDWARE]
        return self._office.page(
            clerk,
            "staff/dispatch.html",
            status,
            title="トークンの発送",
            order=order,
            open=is_open(order),
            stock=stock[:MAX_ROWS],
            stock_total=len(stock),
            serial=serial,
            alerts=[error] if error else [],
        )
