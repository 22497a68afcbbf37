"""The bank in a crowd: rates of logins by the number of clients; codes used 10,000 times at once.

Slow: ``pytest -m slow -s tests/bank/test_bank_crowds.py`` prints the figures. Rates depend on
the machine, and the clients share its processors: nothing is asserted of them.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import re
import statistics
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from bank_process import FROZEN, BankProcess, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

LOGINS = 10_000
CUSTOMERS, AT_ONCE = 200, 50
PASSWORD = "Login-pass-1"
SECRET = base64.b32encode(b"0123456789abcdefghij").decode()

_FORMS = itertools.count(1)


class Line:
    """One browser's connection to the bank, kept open, with its cookies."""

    def __init__(self, bank: BankProcess) -> None:
        host, port = bank.url.removeprefix("http://").split(":")
        self._address = host, int(port)
        self._cookies: dict[str, str] = {}
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.csrf = ""

    async def ask(self, method: str, path: str, form: str = "") -> tuple[int, str]:
        """Return the status and where the answer leads ("" for a page)."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address, limit=2**20)
        reader, writer = self._streams
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        fields = (
            f"Cookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(form)}\r\n"
        )
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n{form}".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        size = re.search(r"(?i)content-length: (\d+)", head)
        body = (await reader.readexactly(int(size[1]) if size else 0)).decode()
        for name, value in re.findall(r"(?i)set-cookie: ([^=]+)=([^;\r]*)", head):
            self._cookies[name] = value
        if token := re.search(r'name="csrf_token" value="([^"]+)"', body):
            self.csrf = token[1]
        if "connection: close" in head.lower():
            await self.close()
        leads = re.search(r"(?i)location: (\S+)", head)
        return int(head.split()[1]), leads[1] if leads else ""

    async def log_in(self, login_id: str) -> tuple[int, str]:
        form = f"csrf_token={self.csrf}&login_id={login_id}&password={PASSWORD}"
        return await self.ask("POST", "/login", f"{form}&form_id=l{next(_FORMS)}")

    async def send_code(self, code: str) -> tuple[int, str]:
        form = f"csrf_token={self.csrf}&otp={code}&form_id=c{next(_FORMS)}"
        return await self.ask("POST", "/login/otp", form)

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _visits(
    bank: BankProcess, login_id: str, left: list[int], took: list[float], ends: Counter[str]
) -> None:
    line = Line(bank)
    await line.ask("GET", "/login")
    while left:
        left.pop()
        begun = time.perf_counter()
        try:
            status, leads = await line.log_in(login_id)
        except (OSError, asyncio.IncompleteReadError) as error:
            ends[repr(error)] += 1
            await line.close()
            continue
        took.append(time.perf_counter() - begun)
        ends[f"{status} {leads}"] += 1
    await line.close()


@pytest.mark.parametrize("clients", [1, 8, 32, 128])
def test_ten_thousand_logins(tmp_path: Path, clients: int) -> None:
    with running(tmp_path) as bank:
        names = [f"visitor{number}" for number in range(clients)]
        for name in names:
            new = {"login_id": name, "login_password": PASSWORD, "kind": "hardware"}
            bank.call("POST", "/customers", {**new, "status": "not_registered"})
        left, took, ends = list(range(LOGINS)), list[float](), Counter[str]()

        async def crowd() -> None:
            await asyncio.gather(*(_visits(bank, name, left, took, ends) for name in names))

        begun = time.perf_counter()
        asyncio.run(crowd())
        rate = LOGINS / (time.perf_counter() - begun)
    p95 = statistics.quantiles(took, n=20)[-1] * 1000
    print(f"{clients} clients: {rate:.0f} logins a second, p95 {p95:.0f} ms, {dict(ends)}")
    assert ends == {"303 /": LOGINS}


def test_ten_thousand_uses_of_two_hundred_codes(tmp_path: Path) -> None:
    token = pyotp.TOTP(SECRET, interval=60)
    moment = datetime.fromisoformat(FROZEN)
    settings = tmp_path / "settings.toml"
    settings.write_text("[policy]\nlock_threshold = 100\n[logins]\ncustomer_failures = 0\n")
    ends: Counter[str] = Counter()
    accepted: list[int] = []

    async def together(bank: BankProcess, login_id: str, code: str) -> list[tuple[int, str]]:
        lines = [Line(bank) for _ in range(AT_ONCE)]
        for line in lines:
            await line.ask("GET", "/login")
            assert await line.log_in(login_id) == (303, "/login/otp")
            await line.ask("GET", "/login/otp")
        found = await asyncio.gather(*(line.send_code(code) for line in lines))
        for line in lines:
            await line.close()
        return list(found)

    with running(tmp_path, "--settings", str(settings)) as bank:
        for number in range(CUSTOMERS):
            login_id, serial = f"holder{number}", str(10**9 + number)
            stock = {"serial": serial, "secret_base32": SECRET, "kind": "hardware"}
            bank.call("POST", "/tokens", {**stock, "expires_at": "2030-02-07T14:05:00+09:00"})
            new = {"login_id": login_id, "login_password": PASSWORD, "kind": "hardware"}
            new |= {"status": "in_service", "token_serial": serial}
            bank.call("POST", "/customers", new)
            code = token.at(moment + timedelta(minutes=number % 2 - 1))
            found = asyncio.run(together(bank, login_id, code))
            ends += Counter(f"{status} {leads}" for status, leads in found)
            accepted.append(found.count((303, "/")))
    print(f"{sum(ends.values())} uses of {CUSTOMERS} codes: {dict(ends)}")
    assert sum(ends.values()) == CUSTOMERS * AT_ONCE
    assert set(accepted) == {1}
    assert set(ends) == {"303 /", "422 "}
