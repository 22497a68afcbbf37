"""A system is restarted as declared, and whoever waits for it gives up in time."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace as Some
from typing import Any

import pytest

from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.adapters.restart import RestartAdapter
from otp_conformance.declaration.checks import missing_files
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.load import load, parse
from otp_conformance.deployment import connect
from otp_conformance.deployment.process import StartPlan, SutProcess
from otp_conformance.deployment.restart import of_process, told
from otp_conformance.deployment.sut import Sut
from otp_conformance.journal.masking import Masker
from otp_conformance.people import procedures
from otp_conformance.people.timeline import Timeline
from otp_conformance.preflight.untried import untried
from otp_conformance.resources import fixtures_dir
from otp_conformance.run.worker import _Worker
from otp_conformance.verdict.outcome import EnvironmentTrouble, NotRun

REFERENCE = fixtures_dir() / "declarations" / "reference.toml"
TEXT = REFERENCE.read_text(encoding="utf-8")
_TROUBLE = EnvironmentTrouble(expected="応答", observed="接続できません")


def started(tmp_path: Path, port: str) -> SutProcess:
    # It says that it is ready, then waits for a stdin that ends at once.
    script = f"import time; print('READY http://127.0.0.1:{port}', flush=True); time.sleep(60)"
    command = (sys.executable, "-c", script)
    return SutProcess(StartPlan(command, "READY ", 30, dict(os.environ)), tmp_path, Masker())


def test_a_process_is_another_one_at_the_same_address(tmp_path: Path) -> None:
    with started(tmp_path, "4567") as process:
        address, before = process.base_url, process.pid
        of_process(process)()
        assert (process.base_url, process.exit_code()) == (address, None)
        assert process.pid != before
    assert (tmp_path / "sut.log").read_text(encoding="utf-8").count(
        "READY"
    ) == 4  # and the commands


def test_a_process_that_comes_back_elsewhere_is_a_trouble_of_the_environment(
    tmp_path: Path,
) -> None:
    # The first time the port is still free to choose, which the command shows.
    with (
        started(tmp_path, "1{port}1") as process,
        pytest.raises(EnvironmentTrouble, match=r":101 → .*:11011"),
    ):
        of_process(process)()


class Vendor:
    """Answers again after so many looks; time passes only where it is waited for."""

    def __init__(self, down: int) -> None:
        self.down, self.told, self.slept = down, 0, [0.0]

    def tell(self) -> None:
        self.told += 1

    def look(self) -> None:
        self.down -= 1
        if self.down >= 0:
            raise _TROUBLE

    def restart(self, settle: float = 7, patience: float = 2) -> None:
        told(
            self.tell,
            self.look,
            settle_seconds=settle,
            patience_seconds=patience,
            sleep=self.slept.append,
            monotonic=lambda: sum(self.slept),
        )()


def test_a_system_of_somebody_elses_is_waited_for() -> None:
    vendor = Vendor(down=3)
    vendor.restart()
    assert (vendor.told, vendor.slept) == (1, [0.0, 7, 0.5, 0.5, 0.5])


def test_patience_ends() -> None:
    vendor = Vendor(down=100)
    with pytest.raises(EnvironmentTrouble) as caught:
        vendor.restart()
    assert caught.value.observed == "接続できません"
    assert "2 秒以内" in caught.value.expected
    assert "[adapters.restart]" in caught.value.hint
    assert sum(vendor.slept) == 9


def with_restart(text: str, **replaced: str) -> str:
    begin, end = TEXT.index("[adapters.restart]"), TEXT.index("[adapters.test_control]")
    whole = f"{TEXT[:begin]}[adapters.restart]\n{text}\n{TEXT[end:]}"
    for old, new in replaced.items():
        whole = whole.replace(old, new)
    return whole


def connected(text: str, tmp_path: Path) -> tuple[Any, list[str]]:
    calls: list[str] = []
    declared = parse(REFERENCE, with_restart(text).encode()).declaration
    caller = Some(send=lambda call, values: calls.append(call.url))
    made = Some(
        declaration=declared,
        caller=lambda what, key: caller,
        base=tmp_path,
        base_url="http://127.0.0.1:1",
        env=dict(os.environ),
        access=None,
    )
    return made, calls


def test_a_command_and_a_call_are_made_as_declared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(connect, "reach", lambda address, *_, **__: looked.append(address))
    common = 'sessions = "kept"\nsettle_seconds = 0\n'
    made, calls = connected(f'kind = "http"\ncall = {{ url = "/restart" }}\n{common}', tmp_path)
    restart = connect.restart(made)
    assert restart is not None
    restart()
    assert calls == ["/restart"]
    made, _ = connected(f'kind = "command"\ncommand = ["touch", "restarted"]\n{common}', tmp_path)
    restart = connect.restart(made)
    assert restart is not None
    restart()
    assert (tmp_path / "restarted").is_file()
    assert looked == ["http://127.0.0.1:1"] * 2


def test_a_process_is_for_the_run_to_restart(tmp_path: Path) -> None:
    made, _ = connected('kind = "process"\nsessions = "kept"', tmp_path)
    assert connect.restart(made) is None


@pytest.mark.parametrize(
    ("text", "replaced", "said"),
    [
        ('kind = "process"', {}, "adapters.restart.sessions"),
        ('kind = "process"\nsessions = "kept"', {'"{port}"': '"80"'}, "{port}"),
        ('kind = "command"\nsessions = "kept"', {}, "adapters.restart.command"),
        ('kind = "http"\nsessions = "ended"', {}, "adapters.restart.call"),
        ('kind = "process"\ntimeout_seconds = 9\nsessions = "kept"', {}, "timeout_seconds"),
    ],
)
def test_what_is_missing_or_of_no_use_is_told(
    text: str, replaced: dict[str, str], said: str
) -> None:
    with pytest.raises(DeclarationError) as caught:
        parse(REFERENCE, with_restart(text, **replaced).encode())
    assert said in str(caught.value)


def test_a_process_needs_one_that_the_run_starts() -> None:
    begin, end = TEXT.index("[sut.start]"), TEXT.index("[ics]")
    text = TEXT[:begin] + TEXT[end:]
    with pytest.raises(DeclarationError, match=r"sut\.start"):
        parse(REFERENCE, text.replace('"auto"', '"http://127.0.0.1:80"').encode())


def test_a_check_says_that_it_restarts_nothing() -> None:
    declared = load(REFERENCE).declaration
    ways = {"process": "", "command": ".command", "http": ".call"}
    for kind, part in ways.items():
        adapter = RestartAdapter(
            kind=kind, command=("./none",), call=HttpCall(url="/restart"), sessions="kept"
        )
        adapters = declared.adapters.model_copy(update={"restart": adapter})
        changed = declared.model_copy(update={"adapters": adapters})
        assert f"adapters.restart{part}" in tuple(untried(changed))
        missing = " ".join(missing_files(changed, Path("/")))
        assert ("./none" in missing) is (kind == "command")


class Clock:
    """Restarted, it begins anew; it can be moved."""

    steerable = reversible = True
    guard_seconds = 0
    start = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

    def __init__(self) -> None:
        self.time = self.start

    def now(self) -> datetime:
        return self.time

    def move_to(self, moment: datetime) -> None:
        self.time = moment

    def recheck(self) -> None:
        """It is right."""


def test_time_goes_on_from_where_it_was() -> None:
    clock = Clock()
    scene: Any = Some(restart=lambda: clock.move_to(clock.start), time=Timeline(clock, 60))
    clock.move_to(clock.start + timedelta(minutes=3))
    procedures.restart(scene)
    assert clock.now() == clock.start + timedelta(minutes=3)
    scene.restart = lambda: clock.move_to(clock.start + timedelta(minutes=9))
    procedures.restart(scene)
    assert clock.now() == clock.start + timedelta(minutes=9)


def test_what_several_workers_use_is_not_restarted() -> None:
    with pytest.raises(NotRun) as caught:
        procedures.restart(Some(restart=None))  # type: ignore[arg-type]
    assert "--workers 1" in caught.value.hint


@pytest.mark.parametrize("own", [True, False])
def test_a_worker_restarts_what_is_its_own(*, own: bool) -> None:
    ports = Sut(*[None] * 5, restart=print)  # type: ignore[arg-type]
    declaration = Some(sut=Some(start=own or None))
    request = Some(loaded=Some(declaration=declaration))
    worker: Any = Some(request=request, setup=Some(shared_clock=False))
    assert (_Worker._sharing(worker, ports).restart is not None) is own
