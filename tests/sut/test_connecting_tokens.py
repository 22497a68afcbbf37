"""From the declaration's tables to token devices and staff desks."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from otp_conformance.agent.http import HttpAgents
from otp_conformance.declaration.load import load
from otp_conformance.deployment.connect import Connection, devices, staff
from otp_conformance.resources import fixtures_dir
from otp_conformance.specification.words import Kind
from otp_conformance.staff.described import CommandStaffDesk, HttpStaffDesk
from otp_conformance.staff.person import PersonStaffDesk
from otp_conformance.staff.port import AbsentStaffDesk
from otp_conformance.tokens.port import TokenAsset
from otp_conformance.verdict.outcome import DeclarationMismatch, NotRun

NOW = datetime(2026, 11, 24, 1, 0, 20, tzinfo=UTC)
SEED = b"12345678901234567890"
ASSET = TokenAsset("101109980401", Kind.HARDWARE, NOW + timedelta(days=365))


class StillClock:
    steerable = reversible = True
    guard_seconds = 0

    def now(self) -> datetime:
        return NOW

    def move_to(self, moment: datetime) -> None:
        raise AssertionError(moment)

    def recheck(self) -> None:
        """Always right."""


def connection(
    tmp_path: Path, tables: str, *more: tuple[str, str], env: dict[str, str] | None = None
) -> tuple[Connection, list[str]]:
    text = (fixtures_dir() / "declarations" / "minimal-example.toml").read_text(encoding="utf-8")
    for old, new in more:
        assert old in text
        text = text.replace(old, new)
    start = text.index("[adapters.tokens]")
    pool = '\n[adapters.provisioning]\nkind = "pool"\nfile = "pool.toml"\n'
    path = tmp_path / "d.toml"
    path.write_text(text[:start] + tables + pool, encoding="utf-8")
    learnt: list[str] = []
    made = Connection(
        declaration=load(path).declaration,
        base=tmp_path,
        base_url="http://127.0.0.1:1",
        env=env or {},
        agents=HttpAgents(("127.0.0.1",)),
        on_secret=learnt.append,
    )
    vars(made)["clock"] = StillClock()
    return made, learnt


STAFF = '[adapters.staff]\nkind = "person"\n'
TOKENS = '[adapters.tokens]\nkind = "person"\n'


def test_seeds_by_reference(tmp_path: Path) -> None:
    tokens = '[adapters.tokens]\nkind = "simulated"\nalgorithm = "SHA256"\n'
    made, learnt = connection(tmp_path, tokens + STAFF, env={"SEED": SEED.hex()})
    (tmp_path / "seed").write_text(base64.b32encode(SEED).decode() + "\n", encoding="utf-8")
    make = devices(made)
    expected = pyotp.TOTP(base64.b32encode(SEED).decode(), interval=60, digest=hashlib.sha256).at(
        NOW
    )
    printing = f"command:{sys.executable} -c 'print(\"{SEED.hex()}\")'"
    for reference in ("env:SEED", "file:seed", printing):
        device = make(ASSET, reference)
        assert device.foresees
        assert device.code_at(NOW) == expected
    assert {expected, SEED.hex(), base64.b32encode(SEED).decode()} <= set(learnt)


@pytest.mark.parametrize(
    ("reference", "word"),
    [("", "記載なし"), ("env:NONE", "環境変数 NONE"), ("env:BAD", "Base32 でも16進でも")],
)
def test_a_seed_that_cannot_be_had(tmp_path: Path, reference: str, word: str) -> None:
    tokens = '[adapters.tokens]\nkind = "simulated"\n'
    made, _ = connection(tmp_path, tokens + STAFF, env={"BAD": "hunter-two!"})
    with pytest.raises(DeclarationMismatch, match=word) as caught:
        devices(made)(ASSET, reference)
    assert ASSET.serial in caught.value.expected
    assert "hunter" not in str(caught.value)


def test_a_stock_file(tmp_path: Path) -> None:
    file = fixtures_dir() / "pskc" / "tokens-preshared.pskcxml"
    tokens = f'[adapters.tokens]\nkind = "pskc"\nfile = "{file}"\nkey = "env:KEY"\n'
    key = "3293841b7d3778a0e39fb0d8f93a7db4"
    made, learnt = connection(tmp_path, tokens + STAFF, env={"KEY": key})
    seed = hashlib.sha1(f"otp-conformance made-up seed {ASSET.serial}".encode()).digest()  # noqa: S324
    encoded = base64.b32encode(seed).decode()
    assert devices(made)(ASSET, "").code_at(NOW) == pyotp.TOTP(encoded, interval=60).at(NOW)
    assert {key, encoded} <= set(learnt)


def test_a_command_and_a_person(tmp_path: Path) -> None:
    words = f'["{sys.executable}", "-c", "print(123456)", "{{serial}}"]'
    tokens = f'[adapters.tokens]\nkind = "command"\ncommand = {words}\n'
    made, learnt = connection(tmp_path, tokens + STAFF)
    assert devices(made)(ASSET, "").code_at(NOW) == "123456"
    assert learnt == ["123456"]
    made, _ = connection(tmp_path, TOKENS + STAFF)
    with pytest.raises(NotRun, match="端末に人がいない"):
        devices(made)(ASSET, "").code_at(NOW)


def _examples() -> list[str]:
    found = []
    for guide in ("tokens-and-staff.md", "tokens-and-staff.ja.md"):
        text = (Path(__file__).parents[2] / "docs" / guide).read_text(encoding="utf-8")
        found += re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    return found


@pytest.mark.parametrize("example", _examples())
def test_the_guides_examples_are_right(tmp_path: Path, example: str) -> None:
    other = STAFF if "[adapters.tokens" in example else TOKENS
    changes = []
    if "[adapters.tokens.software]" in example:  # a part of the other tables that have seeds
        other += '[adapters.tokens]\nkind = "simulated"\n'
        changes.append(("software_tokens = false", "software_tokens = true"))
    made, _ = connection(tmp_path, example + other, *changes)
    assert made.declaration.adapters.staff is not None


@pytest.mark.parametrize(
    ("table", "desk"),
    [
        (STAFF, PersonStaffDesk),
        ('[adapters.staff]\nkind = "http"\ncalls.orders = { url = "/{login_id}" }', HttpStaffDesk),
        (
            '[adapters.staff]\nkind = "command"\ncommands.orders = ["x", "{login_id}"]',
            CommandStaffDesk,
        ),
    ],
)
def test_desks(tmp_path: Path, table: str, desk: type) -> None:
    made, _ = connection(tmp_path, TOKENS + table)
    assert isinstance(staff(made), desk)


def test_nobody_at_the_desk(tmp_path: Path) -> None:
    made, _ = connection(tmp_path, TOKENS, ("staff_access = true", "staff_access = false"))
    desk = staff(made)
    assert isinstance(desk, AbsentStaffDesk)
    with pytest.raises(NotRun, match=r"ics.staff_access = false"):
        desk.unlock("c1", "x")
