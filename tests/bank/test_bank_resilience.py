"""The bank among slow, broken-off and hostile connections, guessers, and many at once."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bank_kit import START, Kit
from bank_process import BankProcess, running
from web_site import PASSWORD, STAFF, Town

from reference_impl import server as served
from reference_impl.clock import SteeredClock
from reference_impl.domain.words import Refusal, Refused
from reference_impl.service import control, login
from reference_impl.service.bank import build_bank
from reference_impl.service.login import LoginOk
from reference_impl.settings import Logins, Profile, Settings, SettingsError, load
from reference_impl.store import database
from reference_impl.store.secrets import Passwords

HEAD = b"POST /login HTTP/1.1\r\nHost: a\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin_id=a"
UNFINISHED = {"nothing": b"", "a line": b"POST /lo", "a head": HEAD, "a body": HEAD + FORM}


@contextmanager
def held_open(address: tuple[str, int], sent: bytes, many: int) -> Iterator[list[socket.socket]]:
    """Connections that have sent so much and then say no more."""
    with contextlib.ExitStack() as stack:
        lines = [
            stack.enter_context(socket.create_connection(address, timeout=30)) for _ in range(many)
        ]
        for line in lines:
            line.sendall(sent)
        yield lines


def address_of(bank: BankProcess) -> tuple[str, int]:
    host, port = bank.url.removeprefix("http://").split(":")
    return host, int(port)


# -- connections ----------------------------------------------------------------


@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=UNFINISHED)
def test_unfinished_requests_hold_nobody_up(tmp_path: Path, sent: bytes) -> None:
    with running(tmp_path) as bank, held_open(address_of(bank), sent, 100):
        # Shorter than any server's patience with a silent line.
        other = http.client.HTTPConnection(*address_of(bank), timeout=5)
        other.request("GET", "/login")
        assert other.getresponse().status == 200
        other.close()


@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=UNFINISHED)
def test_what_is_silent_or_drips_ends(
    tmp_path: Path, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(port=0, database=f"sqlite:///{tmp_path}/b.sqlite3", profile=Profile.TEST)
    bank = served.Server(build_bank(settings, SteeredClock(START)))
    thread = threading.Thread(target=bank.run, daemon=True)
    thread.start()
    with held_open(bank.socket.getsockname()[:2], sent, 1) as (line,):
        line.settimeout(0.1)
        with pytest.raises(TimeoutError):
            line.recv(1)  # by now the server knows it
        (channel,) = bank.active_channels.values()
        now = channel.last_activity
        bank.maintenance(now)
        assert not channel.will_close
        later = now + served.SECONDS_FOR_A_REQUEST + 1
        if sent:
            channel.last_activity = later  # as if another byte had come just now
        bank.maintenance(later)
        line.settimeout(30)
        assert line.recv(1) == b""
    assert not caplog.records
    bank.close()


@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=UNFINISHED)
def test_what_breaks_off_leaves_no_trace_in_the_log(tmp_path: Path, sent: bytes) -> None:
    with running(tmp_path) as bank:
        for reset in (False, True):
            with held_open(address_of(bank), sent, 4) as lines:
                if reset:  # no goodbye
                    for line in lines:
                        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1" + b"\0" * 7)
        bank.call("GET", "/status")
        bank.process.send_signal(signal.SIGTERM)
        out, err = bank.process.communicate(timeout=30)
        assert (bank.process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("address", ["/login?a=" + "a" * 4000, "/" + "a" * 4000, "/あ" * 2000])
def test_an_address_longer_than_any_of_the_banks(tmp_path: Path, address: str) -> None:
    town = Town(tmp_path)
    answer = town.app.test_client().get(address)
    assert answer.status_code == 414
    assert 'role="alert"' in answer.text


# -- addresses, TLS ---------------------------------------------------------------


def test_no_redirect_leads_to_the_host_of_the_request(tmp_path: Path) -> None:
    town = Town(tmp_path)
    inside = town.inside().client
    rules = [rule.rule.split("<")[0] for rule in town.app.url_map.iter_rules()]
    for path in {*rules, *(f"{rule}/" for rule in rules), "/otp//issue", "/staff//login"}:
        for changed in (path, path[0] + path, path.replace("/", "//")):
            for client in (inside, town.app.test_client()):
                answer = client.get(
                    "/",
                    base_url="http://evil.example",
                    environ_overrides={"PATH_INFO": changed},
                    headers={"X-Forwarded-Host": "evil.example"},
                )
                assert "evil.example" not in answer.headers.get("Location", ""), changed


@pytest.mark.parametrize("tls", [False, True])
def test_cookies_and_hsts_where_tls_ends_before_the_bank(tmp_path: Path, tls: bool) -> None:
    with running(tmp_path, *(["--behind-tls"] if tls else [])) as bank:
        for page in ("/login", "/staff/login"):
            connection = http.client.HTTPConnection(*address_of(bank), timeout=30)
            connection.request("GET", page, headers={"X-Forwarded-Proto": "https"})
            answer = connection.getresponse()
            assert ("; Secure" in answer.headers["Set-Cookie"]) is tls
            assert (answer.headers["Strict-Transport-Security"] is not None) is tls
            connection.close()


# -- guessing ---------------------------------------------------------------------


def kit_with(folder: Path, **limits: int) -> Kit:
    kit = Kit(folder)
    kit.settings = kit.settings.model_copy(update={"logins": Logins(**limits)})
    kit.reopen()
    return kit


def test_wrong_login_passwords_pause_the_login_and_never_count_as_otps(tmp_path: Path) -> None:
    kit = kit_with(tmp_path, customer_failures=7, pause_minutes=15)
    who, other = kit.person(), kit.person()

    def wrong(login_id: str) -> Any:
        return login.authenticate(kit.bank, login_id, "wrong", None)

    for login_id in (who.login_id, "nobody"):
        for _ in range(7):
            assert wrong(login_id) == Refused(Refusal.BAD_CREDENTIALS)
        assert wrong(login_id) == Refused(Refusal.LOGIN_PAUSED)
    assert kit.login(who, kit.code(who)) == Refused(Refusal.LOGIN_PAUSED)
    assert kit.login(other, kit.code(other)) == LoginOk(other.customer_id)
    with kit.bank.read() as db:
        assert database.first(db, "SELECT sum(failures) FROM customers")[0] == 0  # type: ignore[index]
    kit.tick(15)
    assert wrong(who.login_id) == Refused(Refusal.BAD_CREDENTIALS)
    assert wrong(who.login_id) == Refused(Refusal.LOGIN_PAUSED)  # each further one
    kit.tick(15)
    assert kit.login(who, kit.code(who)) == LoginOk(who.customer_id)
    for _ in range(7):  # the count began anew
        assert wrong(who.login_id) == Refused(Refusal.BAD_CREDENTIALS)


def test_right_passwords_that_come_among_many_wrong_ones_are_refused(tmp_path: Path) -> None:
    kit = kit_with(tmp_path, customer_failures=6)
    who = kit.person("not_registered")

    def attempt(password: str) -> object:
        return login.authenticate(kit.bank, who.login_id, password, None)

    with ThreadPoolExecutor(8) as threads:
        ends = list(threads.map(attempt, [*["wrong"] * 40, who.password]))
    told = [end.reason for end in ends if isinstance(end, Refused)]
    assert told.count(Refusal.BAD_CREDENTIALS) == 6
    assert told.count(Refusal.LOGIN_PAUSED) == 35


def test_wrong_staff_passwords(tmp_path: Path) -> None:
    kit = kit_with(tmp_path, staff_failures=3)
    control.add_staff(kit.bank, *STAFF)
    for staff_id in (STAFF[0], "nobody"):
        for _ in range(3):
            refused = login.staff_login(kit.bank, staff_id, "wrong")
            assert refused == Refused(Refusal.BAD_CREDENTIALS)
    assert login.staff_login(kit.bank, *STAFF) == Refused(Refusal.LOGIN_PAUSED)
    assert isinstance(login.authenticate(kit.bank, STAFF[0], "x", None), Refused)
    kit.tick(15)
    assert isinstance(login.staff_login(kit.bank, *STAFF), str)


def test_no_limit_where_the_settings_say_so(tmp_path: Path) -> None:
    kit = kit_with(tmp_path, customer_failures=0)
    who = kit.person("not_registered")
    for _ in range(30):
        assert login.authenticate(kit.bank, who.login_id, "x", None) == Refused(
            Refusal.BAD_CREDENTIALS
        )
    assert kit.login(who, "") == LoginOk(who.customer_id)


def test_both_pages_tell_of_the_pause(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.customer()
    limits = Settings().logins
    person = town.person()
    for _ in range(limits.customer_failures):
        person.login("hanako", "wrong")
        assert "正しくありません" in person.alert
    person.login("hanako", PASSWORD)
    assert person.answer.status_code == 422
    assert "15分以上たってから" in person.alert
    for _ in range(limits.staff_failures + 1):
        person.open("/staff/login")
        person.submit("職員ログイン", staff_id=STAFF[0], password="wrong")
    assert "一時的に受け付けていません" in person.alert


def test_a_limit_that_would_look_like_the_suspension_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text("[policy]\nlock_threshold = 20\n")
    with pytest.raises(SettingsError, match="lock_threshold"):
        load(file, {})
    file.write_text("[policy]\nlock_threshold = 20\n[logins]\ncustomer_failures = 21\n")
    assert load(file, {}).logins.customer_failures == 21


def test_the_pause_ends_with_a_clock_set_back(tmp_path: Path) -> None:
    kit = kit_with(tmp_path, customer_failures=6)
    who = kit.person("not_registered")
    for _ in range(6):
        login.authenticate(kit.bank, who.login_id, "wrong", None)
    kit.clock.move_to(kit.clock() - timedelta(days=400))
    assert kit.login(who, "") == LoginOk(who.customer_id)


# -- many at once -------------------------------------------------------------------


def test_writers_queue_and_never_wait_for_sqlite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0)
    kit = Kit(tmp_path)
    with ThreadPoolExecutor(16) as threads:  # sqlite3.OperationalError: database is locked
        people = list(threads.map(lambda _: kit.person("not_registered"), range(40)))
    assert len({who.customer_id for who in people}) == 40


def test_connections_to_the_database_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = Kit(tmp_path)
    opened: list[object] = []
    original = sqlite3.connect

    def connect(*given: Any, **more: Any) -> sqlite3.Connection:
        opened.append(given)
        return original(*given, **more)

    monkeypatch.setattr(sqlite3, "connect", connect)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: login.session(kit.bank, "none"), range(200)))
    assert len(opened) < 4


def test_no_more_passwords_are_hashed_at_once_than_there_are_processors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    passwords = Passwords(1, 16, 2)
    inside: list[int] = []
    most: list[int] = []
    together = threading.Barrier(3)

    class Hasher:
        def verify(self, *_: object) -> None:
            inside.append(1)
            most.append(len(inside))
            with contextlib.suppress(threading.BrokenBarrierError):
                together.wait(0.05)  # three never meet
            inside.pop()

    monkeypatch.setattr(passwords, "_hasher", Hasher())
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: passwords.verify("x", "x"), range(8)))
    assert max(most) <= 2
