"""The clock that a declaration asks for (IX-12)."""

from __future__ import annotations

import time
from datetime import timedelta

from otp_conformance.clock.moved import CalledClock, FaketimeClock
from otp_conformance.clock.port import Clock
from otp_conformance.clock.reading import Offset, Read, called, date_header, measured
from otp_conformance.clock.real import RealClock, WaitRules
from otp_conformance.clock.steered import SteeredClock
from otp_conformance.declaration.adapters.clock import ClockAdapter
from otp_conformance.deployment.connecting.context import Connection, lacking

_WHAT = "時計の呼び出し"


def clock(connection: Connection) -> Clock:
    """Return the adapter of the port `Clock`. Raises `DeclarationMismatch`."""
    adapter = connection.declaration.adapters.clock
    match adapter.kind:
        case "test_control":
            return SteeredClock(
                connection.control("adapters.clock.kind"),
                reversible=adapter.reversible,
                guard_seconds=_guard(adapter),
            )
        case "http":
            return _called(connection, adapter)
        case "faketime":
            return _faketime(connection, adapter)
        case "real":
            read = reader(connection)
            return RealClock(
                _rules(adapter),
                lambda: measured(read, pause=time.sleep),
                announce=connection.on_wait,
            )


def reader(connection: Connection) -> Read:
    """Return what reads the system's time without any test-control API.

    The declared ``read`` call, else the header ``Date`` of the login page.
    """
    declared = _read(connection, connection.declaration.adapters.clock)
    if declared is not None:
        return declared
    caller = connection.caller("時刻の読み取り（Date ヘッダー）", "sut.base_url")
    return date_header(caller, connection.declaration.login.path)


def offset(connection: Connection) -> Offset:
    """Measure how far the system's time is from this machine's; takes about a second.

    Raises `EnvironmentTrouble`, `DeclarationMismatch` or `SetupFailed` when
    the time cannot be read.
    """
    return measured(reader(connection), pause=time.sleep)


def _guard(adapter: ClockAdapter) -> int:
    return 0 if adapter.still else adapter.guard_seconds


def _read(connection: Connection, adapter: ClockAdapter) -> Read | None:
    if adapter.read is None:
        return None
    return called(connection.caller(_WHAT, "adapters.clock.read"), adapter, adapter.read)


def _called(connection: Connection, adapter: ClockAdapter) -> Clock:
    if adapter.move is None:
        raise lacking("adapters.clock.move", "時刻を進める呼び出しがありません")
    return CalledClock(
        connection.caller(_WHAT, "adapters.clock.move"),
        adapter.move,
        read=_read(connection, adapter),
        reversible=adapter.reversible,
        guard_seconds=_guard(adapter),
        tolerance_seconds=adapter.tolerance_seconds,
    )


def _faketime(connection: Connection, adapter: ClockAdapter) -> Clock:
    if not adapter.file:
        raise lacking("adapters.clock.file", "ファイルの場所がありません")
    file = connection.base / adapter.file
    if not file.parent.is_dir():
        raise lacking("adapters.clock.file", f"フォルダー {file.parent} がありません")
    return FaketimeClock(
        file,
        read=_read(connection, adapter),
        reversible=adapter.reversible,
        guard_seconds=_guard(adapter),
        tolerance_seconds=adapter.tolerance_seconds,
    )


def _rules(adapter: ClockAdapter) -> WaitRules:
    return WaitRules(
        guard_seconds=adapter.guard_seconds,
        tolerance_seconds=adapter.tolerance_seconds,
        max_wait=timedelta(minutes=adapter.max_wait_minutes),
        overnight=adapter.wait_overnight,
    )
