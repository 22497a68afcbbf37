"""From ``[adapters.clock]`` to a clock; wrong tables are told before anything runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from otp_conformance.clock.moved import CalledClock, FaketimeClock, SteeredClock
from otp_conformance.clock.real import RealClock
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.load import LoadedDeclaration, load
from otp_conformance.declaration.needs import unmet_need
from otp_conformance.deployment.connect import Connection, clock
from otp_conformance.verdict.outcome import DeclarationMismatch

REFERENCE = Path(__file__).parents[2] / "fixtures" / "declarations" / "reference.toml"
BEFORE, KIND, AFTER = REFERENCE.read_text(encoding="utf-8").partition('kind = "test_control" ')
MOVE = '[adapters.clock.move]\nurl = "/ops/clock"\nbody = \'{"t": "{iso}"}\''
HTTP = f'kind = "http"\n{MOVE}'


def declared(tmp_path: Path, clock_table: str) -> LoadedDeclaration:
    assert BEFORE.rstrip().endswith("# IX-12")
    path = tmp_path / "declaration.toml"
    path.write_text(f"{BEFORE}{clock_table}\n# {AFTER}", encoding="utf-8")
    return load(path)


def made(loaded: LoadedDeclaration) -> Any:
    env = {"OTP_TEST_CONTROL_KEY": "key-of-the-run"}
    base = loaded.path.parent
    return clock(
        Connection(loaded.declaration, base, "http://127.0.0.1:1", env, None, lambda _: None)  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("table", "kind", "traits"),
    [
        ('kind = "test_control"', SteeredClock, (True, True, 0)),
        ('kind = "test_control"\nstands_still = false', SteeredClock, (True, True, 5)),
        (HTTP, CalledClock, (True, True, 5)),
        (f"goes_back = false\nstands_still = true\n{HTTP}", CalledClock, (True, False, 0)),
        ('kind = "faketime"\nfile = "clock"', FaketimeClock, (True, False, 5)),
        ('kind = "faketime"\nfile = "clock"\ngoes_back = true', FaketimeClock, (True, True, 5)),
        ('kind = "real"\nguard_seconds = 8', RealClock, (False, False, 8)),
    ],
)
def test_each_kind(tmp_path: Path, table: str, kind: type, traits: tuple[bool, bool, int]) -> None:
    made_clock = made(declared(tmp_path, table))
    assert type(made_clock) is kind
    assert (made_clock.steerable, made_clock.reversible, made_clock.guard_seconds) == traits


def test_the_faketime_file_is_relative_to_the_declaration(tmp_path: Path) -> None:
    fake = made(declared(tmp_path, 'kind = "faketime"\nfile = "clock"'))
    fake.move_to(fake.now() + timedelta(days=1))
    ahead = float((tmp_path / "clock").read_text())
    assert 0 <= timedelta(days=1).total_seconds() - ahead < 60  # on a busy machine, too
    with pytest.raises(DeclarationMismatch, match="フォルダー"):
        made(declared(tmp_path, 'kind = "faketime"\nfile = "none/clock"'))


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('kind = "http"', "adapters.clock.move"),
        (HTTP.replace("{iso}", "{isoo}"), "{isoo}"),
        (HTTP.replace("{iso}", "noon"), "adapters.clock.move"),
        ('kind = "faketime"', "adapters.clock.file"),
        ('kind = "real"\ngoes_back = true', "adapters.clock.goes_back"),
        ('kind = "real"\nstands_still = true', "adapters.clock.stands_still"),
        ('kind = "real"\nguard_seconds = 0', "adapters.clock.guard_seconds"),
        ('kind = "real"\nmax_wait_minutes = 1', "adapters.clock.max_wait_minutes"),
        ('kind = "real"\nread_format = "rfc"', "adapters.clock.read_format"),
        ('kind = "rael"', "adapters.clock.kind"),
    ],
)
def test_wrong_tables(tmp_path: Path, table: str, told: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        declared(tmp_path, table)
    assert told in str(caught.value)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("table", "unmet"),
    [
        ('kind = "test_control"', set()),
        ('kind = "test_control"\nstands_still = false', {"still_clock"}),
        ('kind = "faketime"\nfile = "clock"', {"still_clock"}),
        ('kind = "real"', {"still_clock", "clock", "next_day", "hour"}),
        ('kind = "real"\nmax_wait_minutes = 65', {"still_clock", "clock", "next_day"}),
        ('kind = "real"\nwait_overnight = true', {"still_clock", "clock"}),
    ],
)
def test_what_each_lets_be_tested(tmp_path: Path, table: str, unmet: set[str]) -> None:
    declaration = declared(tmp_path, table).declaration
    needs = ("still_clock", "clock", "next_day", "hour")
    found = {need: unmet_need([f"@needs.{need}"], declaration) for need in needs}
    assert {need for need, why in found.items() if why is not None} == unmet
    assert all(why.verdict == "not_run" for why in found.values() if why is not None)
