"""The staff desk that a declaration asks for (IX-17, IX-26, IX-43)."""

from __future__ import annotations

from otp_conformance.run.connecting.context import Connection, lacking
from otp_conformance.screens.staff_desk import ScreensStaffDesk
from otp_conformance.sut.ports import Provisioner, StaffDesk
from otp_conformance.sut.staff_api import TestControlStaffDesk


def staff(connection: Connection, provisioner: Provisioner) -> StaffDesk:
    """Return the adapter of the port `StaffDesk`. Raises `DeclarationMismatch`."""
    adapter = connection.declaration.adapters.staff
    if adapter is None:
        raise lacking("adapters.staff", "この表がありません")
    if adapter.kind == "test_control":
        return TestControlStaffDesk(connection.control("adapters.staff.kind"), provisioner)
    if adapter.kind != "screens":
        raise lacking("adapters.staff.kind", f"{adapter.kind} にはまだ対応していません")
    if adapter.password is None:
        raise lacking("adapters.staff.password", "職員のパスワードの参照がありません")
    return ScreensStaffDesk(
        connection.agents,
        connection.declaration,
        connection.base_url,
        path=adapter.path,
        login_id=adapter.login_id,
        password=connection.secret(adapter.password, "adapters.staff.password"),
        provisioner=provisioner,
    )
