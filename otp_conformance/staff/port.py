"""Port `StaffDesk`: the credit union's staff."""

from __future__ import annotations

from dataclasses import dataclass

from otp_conformance.specification.words import Kind
from otp_conformance.verdict.outcome import NotRun

WORK = {
    "orders": "お客さまの申請の一覧を見る",
    "dispatch": "お客さまへトークンを発送する",
    "unlock": "停止状態を解除する",
    "revoke": "お客さまのトークンを失効させる",
}
LOST = "紛失の届出（検査）"
_ABSENT_HINT = (
    "職員の操作ができるなら、宣言の ics.staff_access を true にし、[adapters.staff] を書きます。"
)


@dataclass(frozen=True)
class Order:
    """A staff-side order for a token."""

    login_id: str
    kind: Kind
    ship_to: str
    status: str
    serial: str | None
    cancelled: bool = False


class StaffDesk:
    """The credit union's staff.

    An adapter overrides the verbs that it offers; the others raise `NotRun`. All raise
    `SetupFailed` when the product refuses the work.
    """

    def orders(self, login_id: str) -> tuple[Order, ...]:
        """Return a customer's orders, oldest first."""
        raise self._not_offered("orders")

    def dispatch(self, login_id: str, serial: str) -> str:
        """Allot a token to the customer's open order, send it, return its serial."""
        raise self._not_offered("dispatch")

    def unlock(self, login_id: str, circumstances: str) -> None:
        """Lift a suspension after noting the circumstances (LCK-10, LCK-11)."""
        raise self._not_offered("unlock")

    def revoke(self, login_id: str) -> None:
        """Retire the customer's token (lost or stolen, IX-43)."""
        raise self._not_offered("revoke")

    def _not_offered(self, verb: str) -> NotRun:
        reason, hint = self._lacking(verb)
        return NotRun(expected=f"職員の操作：{WORK[verb]}", observed=reason, hint=hint)

    def _lacking(self, verb: str) -> tuple[str, str]:
        """Return why a verb is not offered (Japanese), and what to do about it."""
        return f"この職員の窓口では、{WORK[verb]}ことができません", ""


class AbsentStaffDesk(StaffDesk):
    """A deployment where the tests cannot act as staff. ``reason``: why (Japanese)."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def _lacking(self, verb: str) -> tuple[str, str]:
        del verb
        return self._reason, _ABSENT_HINT
