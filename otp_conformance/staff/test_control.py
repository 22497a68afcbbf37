"""The staff's work over the test-control API (port `StaffDesk`)."""

from __future__ import annotations

from otp_conformance.calls.test_control import TestControl, reading
from otp_conformance.specification.words import Kind
from otp_conformance.staff.port import LOST, Order, StaffDesk


class TestControlStaffDesk(StaffDesk):
    """Staff without screens. Refusals come out as `SetupFailed`."""

    __test__ = False

    def __init__(self, control: TestControl) -> None:
        self._control = control

    def orders(self, login_id: str) -> tuple[Order, ...]:
        """Return a customer's orders, oldest first."""
        answer = self._control.call("GET", "staff/orders", query={"login_id": login_id})
        with reading("staff/orders"):
            raw = sorted(answer["orders"], key=lambda order: order["order_id"])
            return tuple(
                Order(
                    login_id=order["login_id"],
                    kind=Kind(order["kind"]),
                    ship_to=order["ship_to"],
                    status=order["status"],
                    cancelled=order["status"] == "cancelled",
                    serial=order["serial"],
                )
                for order in raw
            )

    def dispatch(self, login_id: str, serial: str) -> str:
        """Allot a token to the customer's open order, send it, return its serial."""
        body = {"login_id": login_id, "serial": serial}
        answer = self._control.call("POST", "staff/dispatch", body)
        with reading("staff/dispatch"):
            return str(answer["serial"])

    def unlock(self, login_id: str, circumstances: str) -> None:
        """Lift a suspension after noting the circumstances (LCK-10, LCK-11)."""
        body = {"login_id": login_id, "circumstances": circumstances}
        self._control.call("POST", "staff/unlock", body)

    def revoke(self, login_id: str) -> None:
        """Retire the customer's token (lost or stolen, IX-43)."""
        self._control.call("POST", "staff/revoke", {"login_id": login_id, "reason": LOST})
