"""A deployment where the tests cannot act as staff (port `StaffDesk`)."""

from __future__ import annotations

from otp_conformance.staff.port import Order
from otp_conformance.staff.work import not_offered
from otp_conformance.verdict.outcome import NotRun

_HINT = (
    "職員の操作ができるなら、宣言の ics.staff_access を true にし、[adapters.staff] を書きます。"
)


class AbsentStaffDesk:
    """Answers every request with 未実施. ``reason``: why there is nobody (Japanese)."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def orders(self, login_id: str) -> tuple[Order, ...]:
        """Raise `NotRun`."""
        raise self._nobody("orders")

    def dispatch(self, login_id: str, serial: str | None = None) -> str:
        """Raise `NotRun`."""
        raise self._nobody("dispatch")

    def unlock(self, login_id: str, circumstances: str) -> None:
        """Raise `NotRun`."""
        raise self._nobody("unlock")

    def revoke(self, login_id: str) -> None:
        """Raise `NotRun`."""
        raise self._nobody("revoke")

    def _nobody(self, verb: str) -> NotRun:
        return not_offered(verb, self._reason, _HINT)
