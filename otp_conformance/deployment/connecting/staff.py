"""The staff desk that a declaration asks for (IX-17, IX-26, IX-43)."""

from __future__ import annotations

from otp_conformance.assets.port import Provisioner
from otp_conformance.commands import Commands
from otp_conformance.declaration.adapters.staff import StaffAdapter
from otp_conformance.deployment.connecting.context import Connection, lacking
from otp_conformance.staff.absent import AbsentStaffDesk
from otp_conformance.staff.described import CommandStaffDesk, HttpStaffDesk
from otp_conformance.staff.person import PersonStaffDesk
from otp_conformance.staff.port import StaffDesk
from otp_conformance.staff.screens_desk import ScreensStaffDesk
from otp_conformance.staff.test_control import TestControlStaffDesk

_COMMAND_SECONDS, _PERSON_SECONDS = 30, 600
_NOBODY = "宣言に [adapters.staff] がありません（ics.staff_access = {access}）"


def staff(connection: Connection, provisioner: Provisioner) -> StaffDesk:
    """Return the adapter of the port `StaffDesk`. Raises `DeclarationMismatch`.

    Without a declared one it is a desk that answers 未実施 to everything.
    """
    adapter = connection.declaration.adapters.staff
    if adapter is None:
        access = "true" if connection.declaration.ics.staff_access else "false"
        return AbsentStaffDesk(_NOBODY.format(access=access))
    match adapter.kind:
        case "test_control":
            return TestControlStaffDesk(connection.control("adapters.staff.kind"), provisioner)
        case "http":
            return HttpStaffDesk(
                adapter.calls,
                adapter.order_members,
                lambda key: connection.caller("職員の操作", key),
                provisioner,
            )
        case "command":
            commands = Commands(
                connection.base, connection.env, adapter.timeout_seconds or _COMMAND_SECONDS
            )
            return CommandStaffDesk(adapter.commands, adapter.order_members, commands, provisioner)
        case "person":
            seconds = adapter.timeout_seconds or _PERSON_SECONDS
            return PersonStaffDesk(connection.prompter, provisioner, seconds=seconds)
        case "screens":
            return _screens(connection, adapter, provisioner)


def _screens(
    connection: Connection, adapter: StaffAdapter, provisioner: Provisioner
) -> ScreensStaffDesk:
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
