"""Clocks moved by a vendor's calls or by libfaketime's file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from otp_conformance.calls.described import HttpCaller
from otp_conformance.clock.moved import CalledClock, FaketimeClock, MoveRules
from otp_conformance.clock.reading import Read, called
from otp_conformance.declaration.adapters.clock import ClockAdapter
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, NotRun

NOON = datetime(2026, 11, 24, 3, 0, 20, tzinfo=UTC)
LATER = NOON + timedelta(days=3, seconds=7)


class Bank:
    """A bank with its own way of moving its clock; ``heeds``: whether it does."""

    def __init__(self, *, heeds: bool = True) -> None:
        self.now = NOON
        self.heeds = heeds
        self.moves: list[tuple[str, str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"server": {"epoch": self.now.timestamp()}})
        self.moves.append((request.method, request.url.path, request.content.decode()))
        if self.heeds:
            self.now = datetime.fromisoformat(json.loads(request.content)["at"])
        return httpx.Response(204)

    def clock(
        self, *, read: bool = True, reversible: bool = True, guard: int = 5, body: str = ""
    ) -> CalledClock:
        caller = HttpCaller(
            "https://bank.example/",
            ("bank.example",),
            what="時計",
            key="adapters.clock.move",
            secret=str,
            transport=httpx.MockTransport(self),
        )
        adapter = ClockAdapter.model_validate(
            {"kind": "http", "read_member": "server.epoch", "read_format": "unix"}
        )
        move = HttpCall(method="PUT", url="/ops/clock", body=body or '{"at": "{iso}"}')
        self.monotonic = 50.0
        return CalledClock(
            caller,
            move,
            MoveRules(reversible, guard_seconds=guard, tolerance_seconds=10),
            read=called(caller, adapter, HttpCall(method="GET", url="/time")) if read else None,
            now=lambda: NOON,
            monotonic=lambda: self.monotonic,
        )


def test_a_vendors_calls() -> None:
    bank = Bank()
    clock = bank.clock()
    clock.move_to(LATER)
    assert clock.now() == LATER
    assert bank.moves == [("PUT", "/ops/clock", '{"at": "2026-11-27T12:00:27+09:00"}')]
    clock.move_to(NOON)
    assert clock.now() == NOON


def test_all_placeholders() -> None:
    bank = Bank(heeds=False)
    bank.clock(read=False, body="{iso} {unix} {offset_seconds}").move_to(LATER)
    expected = f"2026-11-27T12:00:27+09:00 {int(LATER.timestamp())} {3 * 86400 + 7}"
    assert bank.moves[0][2] == expected


def test_a_clock_that_cannot_be_read_is_reckoned() -> None:
    bank = Bank()
    clock = bank.clock(read=False)
    assert clock.now() == NOON
    clock.move_to(LATER)
    bank.monotonic += 12
    assert clock.now() == LATER + timedelta(seconds=12)


def test_one_that_stands_still_is_reckoned_so() -> None:
    bank = Bank()
    clock = bank.clock(read=False, guard=0)
    clock.move_to(LATER)
    bank.monotonic += 12
    assert clock.now() == LATER


def test_a_move_without_effect_is_the_declarations_matter() -> None:
    with pytest.raises(DeclarationMismatch, match=r"259207\.0 秒違います"):
        Bank(heeds=False).clock().move_to(LATER)


@pytest.mark.parametrize(("guard", "off", "right"), [(0, 0.4, True), (0, 1, False), (5, 9, True)])
def test_one_that_stands_still_is_exact_to_the_second(
    guard: int, off: float, *, right: bool
) -> None:
    bank = Bank()
    clock = bank.clock(guard=guard)
    clock.move_to(LATER)
    bank.heeds, bank.now = False, LATER + timedelta(seconds=off)
    if right:
        clock.move_to(LATER)
    else:
        with pytest.raises(DeclarationMismatch, match=r"1 秒未満[^|]*1\.0 秒違います"):
            clock.move_to(LATER)


@pytest.mark.parametrize("gone_on", [0.0, 0.9, 1.0, 40.0])
def test_one_that_is_said_to_stand_still_and_does_not(gone_on: float) -> None:
    bank = Bank()
    still, going = bank.clock(guard=0), bank.clock()
    still.recheck()  # never moved yet
    for clock in (still, going):
        clock.move_to(LATER)
    bank.now += timedelta(seconds=gone_on)
    going.recheck()
    if gone_on < 1:
        still.recheck()
    else:
        with pytest.raises(DeclarationMismatch, match=rf"\+{gone_on:.1f} 秒動いて") as caught:
            still.recheck()
        assert "adapters.clock.stands_still" in caught.value.hint


def test_no_way_back() -> None:
    bank = Bank()
    clock = bank.clock(reversible=False)
    with pytest.raises(NotRun, match="戻せないと宣言"):
        clock.move_to(NOON - timedelta(seconds=2))
    clock.move_to(NOON - timedelta(seconds=0.5))  # the present, as good as
    assert bank.moves == []


# -- libfaketime -----------------------------------------------------------------


def faketime(
    file: Path,
    *,
    reversible: bool = False,
    now: Callable[[], datetime] = lambda: NOON,
    read: Read | None = None,
    guard: int = 5,
) -> FaketimeClock:
    return FaketimeClock(
        file, MoveRules(reversible, guard_seconds=guard, tolerance_seconds=10), read=read, now=now
    )


def test_the_file(tmp_path: Path) -> None:
    file = tmp_path / "faketime"
    clock = faketime(file)
    assert clock.now() == NOON
    clock.move_to(LATER)
    assert file.read_text() == "+259207.000\n"
    assert file.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["faketime"]
    assert clock.now() == LATER
    assert faketime(file).now() == LATER  # another process sees the same time


def test_only_forward_unless_declared(tmp_path: Path) -> None:
    file = tmp_path / "faketime"
    faketime(file).move_to(LATER)
    with pytest.raises(NotRun):
        faketime(file).move_to(NOON)
    assert file.read_text() == "+259207.000\n"
    faketime(file, reversible=True).move_to(NOON - timedelta(seconds=3))
    assert file.read_text() == "-3.000\n"


def test_a_file_of_a_time_that_stands_still(tmp_path: Path) -> None:
    file = tmp_path / "faketime"
    file.write_text("+0\n")
    clock = faketime(file, guard=0)
    assert clock.now() == NOON  # it goes on until it is moved
    clock.move_to(LATER)
    assert file.read_text() == f"{int(LATER.timestamp())}\n"
    # Another process, and however long after.
    assert faketime(file, guard=0, now=lambda: NOON + timedelta(hours=1)).now() == LATER


@pytest.mark.parametrize("guard", [0, 5])
@pytest.mark.parametrize("content", ["@2026-11-24 00:00:00", "+1d", "12.", "２", "+", "+9e99"])
def test_a_file_that_says_something_else(tmp_path: Path, content: str, guard: int) -> None:
    file = tmp_path / "faketime"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DeclarationMismatch, match="の形であること"):
        faketime(file, guard=guard).now()


def test_a_moment_in_the_file_of_a_time_that_goes_on(tmp_path: Path) -> None:
    (tmp_path / "faketime").write_text("1795482020\n")
    with pytest.raises(DeclarationMismatch, match=r"\+秒数 の形"):
        faketime(tmp_path / "faketime").now()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentTrouble, match="書けません"):
        faketime(tmp_path / "none" / "faketime").move_to(LATER)


def _library() -> str:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime*.so.1"))
    return str(next((path for path in found if "MT" in path.name), found[0] if found else ""))


@pytest.fixture
def told_time(tmp_path: Path) -> Iterator[Callable[[], datetime]]:
    """A process under libfaketime that tells its time on each line it is sent."""
    library = _library()
    if not library:
        pytest.skip("libfaketime is not installed (Debian: apt install faketime)")
    env = os.environ | {
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": str(tmp_path / "faketime"),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_FMT": "%s",
        "TZ": "America/New_York",
    }
    (tmp_path / "faketime").write_text("+0\n")
    program = "import sys, time\nfor _ in sys.stdin: print(time.time(), flush=True)"
    python = shutil.which("python3") or sys.executable
    process = subprocess.Popen(
        [python, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    )

    def ask() -> datetime:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        return datetime.fromtimestamp(float(process.stdout.readline()), tz=UTC)

    yield ask
    assert process.stdin is not None
    process.stdin.close()
    process.wait(timeout=10)


def test_a_running_process_follows_the_file(
    tmp_path: Path, told_time: Callable[[], datetime]
) -> None:
    clock = faketime(tmp_path / "faketime", now=lambda: datetime.now(UTC))
    for ahead in (timedelta(0), timedelta(hours=30), timedelta(days=400)):
        asked = datetime.now(UTC) + ahead + timedelta(seconds=1)
        clock.move_to(asked)
        off = (told_time() - asked).total_seconds()
        assert 0 <= off + 0.01 < 60  # real time goes on meanwhile, on a busy machine too
        assert abs((clock.now() - told_time()).total_seconds()) < 60


def test_a_running_process_stands_still_with_the_file(
    tmp_path: Path, told_time: Callable[[], datetime]
) -> None:
    clock = faketime(tmp_path / "faketime", guard=0, reversible=True)
    for asked in (LATER, LATER + timedelta(seconds=39), NOON):
        clock.move_to(asked)
        assert [told_time() for _ in range(3)] == [asked] * 3
