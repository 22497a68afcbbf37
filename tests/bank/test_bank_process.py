"""The bank as a process: start, stop, kill, time zones."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest
from bank_kit import TestToken
from bank_process import KEY, ROOT, running, start

from reference_impl.clock import SteeredClock
from reference_impl.domain.words import Refusal, Refused
from reference_impl.service import login, procedures, staff
from reference_impl.service.bank import Bank, build_bank
from reference_impl.service.login import LoginOk
from reference_impl.service.procedures import Activated
from reference_impl.settings import Profile, Settings

TOKEN = TestToken("101109980021", b"made-up-secret-kill")
SECRET = "NVQWIZJNOVYC243FMNZGK5BNNNUWY3A="  # the same in Base32
EXPIRES = "2030-02-07T14:05:00+09:00"
NOW = datetime.fromisoformat("2026-11-24T10:00:20+09:00")


def beside(folder: Path, moment: datetime = NOW) -> Bank:
    """A second door to the same database file."""
    database = f"sqlite:///{folder}/bank.sqlite3"
    settings = Settings(database=database, profile=Profile.TEST)
    return build_bank(settings, SteeredClock(moment))


def test_what_was_confirmed_survives_a_kill(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        token = {"serial": TOKEN.serial, "secret_base32": SECRET, "kind": "hardware"}
        bank.call("POST", "/tokens", {**token, "expires_at": EXPIRES})
        who = bank.call("POST", "/customers", {"status": "issued", "kind": "hardware"})
        bank.call("POST", "/staff/dispatch", {"login_id": who["login_id"]})
        door = beside(tmp_path)
        view = staff.find_customer(door, who["login_id"])
        assert view is not None
        code = TOKEN.at(NOW)
        done = procedures.activate(door, view.customer_id, TOKEN.serial, code, "form-1")
        assert isinstance(done, Activated)
        session = login.open_session(door, view.customer_id)
        bank.process.kill()
        assert bank.process.wait(timeout=30) == -signal.SIGKILL

    with running(tmp_path) as bank:
        orders = bank.call("GET", f"/staff/orders?login_id={who['login_id']}")["orders"]
        assert [order["status"] for order in orders] == ["activated"]
        door = beside(tmp_path)
        assert login.session(door, session) == view.customer_id
        used = login.authenticate_otp(door, view.customer_id, code)
        assert used == Refused(Refusal.OTP_REFUSED, "otp")
        assert procedures.activate(door, view.customer_id, TOKEN.serial, code, "form-1") == done
        later = datetime.fromisoformat("2026-11-24T10:01:20+09:00")
        door = beside(tmp_path, later)
        good = login.authenticate_otp(door, view.customer_id, TOKEN.at(later))
        assert good == LoginOk(view.customer_id)
        bank.call("POST", "/reset")
        bank.process.kill()
        bank.process.wait(timeout=30)

    with running(tmp_path) as bank:
        assert bank.call("GET", "/staff/orders") == {"orders": []}


def test_clean_stop_and_one_ready_line(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        assert len(bank.lines) == 1
        bank.process.send_signal(signal.SIGTERM)
        out, err = bank.process.communicate(timeout=30)
        assert (bank.process.returncode, out, err) == (0, "", "")


def test_the_demo_line_comes_before_ready(tmp_path: Path) -> None:
    with running(tmp_path, "--demo", frozen=False) as bank:
        demo, ready = bank.lines
        accounts = json.loads(demo.removeprefix("DEMO "))
        assert accounts["customers"][0]["login_id"] == "demo-0001"
        assert ready.startswith("READY http://127.0.0.1:")
        assert bank.call("GET", "/status")["steerable"] is False


def test_one_connection_lives_through_clock_moves(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        connection = http.client.HTTPConnection(bank.url.removeprefix("http://"), timeout=30)
        connection.connect()
        first = connection.sock
        headers = {"X-Test-Control-Key": KEY, "Content-Type": "application/json"}
        for now in ("2030-01-01T00:00:00+09:00", "2012-02-07T14:05:00+09:00"):
            body = json.dumps({"now": now})
            connection.request("PUT", "/test-control/v1/clock", body, headers)
            answer = connection.getresponse()
            assert (answer.status, json.load(answer)) == (200, {"now": now})
            assert connection.sock is first
        connection.close()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_dates_do_not_depend_on_the_computers_zone(tmp_path: Path, zone: str) -> None:
    with running(tmp_path, zone=zone) as bank:
        token = {"serial": TOKEN.serial, "secret_base32": SECRET, "kind": "software"}
        made = bank.call("POST", "/tokens", {**token, "expires_at": "2030-02-07T05:05:00+00:00"})
        assert made["expires_at"] == EXPIRES
        bank.call("PUT", "/clock", {"now": "2026-11-24T08:30:00+09:00"})
        assert bank.call("GET", "/clock") == {"now": "2026-11-24T08:30:00+09:00"}
        who = bank.call(
            "POST",
            "/customers",
            {"status": "deactivated", "kind": "software", "token_serial": TOKEN.serial},
        )
    probe = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path), who["login_id"]],
        env={**os.environ, "TZ": zone, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests/bank'}"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert probe.stdout.split() == ["too_early", "too_early", "open"]


PROBE = """
import sys
from datetime import datetime
from pathlib import Path
from test_bank_process import beside
from reference_impl.domain.words import Kind
from reference_impl.service import procedures, staff
for text in ("24T09:30:00", "24T23:59:59", "25T00:00:00"):
    door = beside(Path(sys.argv[1]), datetime.fromisoformat(f"2026-11-{text}+09:00"))
    customer = staff.find_customer(door, sys.argv[2])
    refused = procedures.may_issue(door, customer.customer_id, Kind.HARDWARE)
    print(refused.reason.value if refused else "open")
"""


def test_nothing_acknowledged_is_lost_by_a_kill_in_the_middle(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    enough = threading.Event()

    with running(tmp_path) as bank:

        def work() -> None:
            try:
                while True:
                    body = {"status": "issued", "kind": "hardware"}
                    acknowledged.append(bank.call("POST", "/customers", body)["login_id"])
                    if len(acknowledged) >= 10:
                        enough.set()
            except (OSError, http.client.HTTPException):
                return  # killed: the request in flight was never acknowledged

        worker = threading.Thread(target=work)
        worker.start()
        assert enough.wait(timeout=60)
        bank.process.kill()
        worker.join(timeout=60)
        assert not worker.is_alive()

    door = beside(tmp_path)
    kept = {view.login_id: view.status.value for view in staff.all_customers(door)}
    assert [kept.get(login_id) for login_id in acknowledged] == ["issued"] * len(acknowledged)
    ordered = {order.login_id for order in staff.all_orders(door)}
    assert ordered == set(kept)


@pytest.mark.parametrize(
    ("more", "code", "why"),
    [
        (("--settings", "missing.toml"), 2, "missing.toml"),
        (("--database", "mysql://x/y"), 2, "mysql"),
        (("--port", "http"), 2, "port"),
        (("--host", "0.0.0.0"), 2, "loopback"),  # noqa: S104
    ],
)
def test_a_start_that_fails_says_why_in_one_line(
    tmp_path: Path, more: tuple[str, ...], code: int, why: str
) -> None:
    process = start(tmp_path, *more)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert why in err
    assert " / " in err
    assert err.count("\n") == 1


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start(tmp_path, "--port", str(taken.getsockname()[1]))
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, "")
    assert err.count("\n") == 1


def test_nobody_else_reads_what_the_bank_keeps(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with running(tmp_path) as bank:
            bank.call("GET", "/status")
            kept = [path for path in tmp_path.iterdir() if path.is_file()]
            assert {path.name for path in kept} >= {"bank.sqlite3", "bank.sqlite3.key"}
            assert {path.name: oct(path.stat().st_mode & 0o077) for path in kept} == {
                path.name: "0o0" for path in kept
            }
    finally:
        os.umask(before)


def test_a_crowd_that_comes_at_once_is_answered(tmp_path: Path) -> None:
    crowd = 200
    with running(tmp_path) as bank:
        host, port = bank.url.removeprefix("http://").split(":")
        together = threading.Barrier(crowd)
        ends: list[str] = []

        def come() -> None:
            together.wait()
            try:
                with socket.create_connection((host, int(port)), timeout=60) as connection:
                    connection.sendall(
                        b"GET /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    )
                    ends.append(connection.makefile("rb").readline().decode())
            except OSError as error:
                ends.append(type(error).__name__)

        threads = [threading.Thread(target=come) for _ in range(crowd)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(ends) == {"HTTP/1.1 200 OK\r\n"}


def test_endless_headers_are_refused(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        host, port = bank.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(
                b"GET /login HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 200_000 + b"\r\n\r\n"
            )
            answer = connection.makefile("rb").readline().decode()
    assert answer.split()[1] in {"413", "414", "431"}
