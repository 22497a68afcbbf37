"""A code that a preflight uses is not used again by a run that follows within the same minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from test_provisioner import HEAD, customer, token

from otp_conformance.assets.consumption import Spending
from otp_conformance.assets.pool.file import load_pool
from otp_conformance.assets.pool.ledger import Ledger
from otp_conformance.assets.pool.provisioner import PoolMeans, PoolProvisioner
from otp_conformance.assets.port import Need, Provisioned
from otp_conformance.clock.port import TOKYO
from otp_conformance.declaration.load import load
from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.people import codes
from otp_conformance.people.timeline import Timeline
from otp_conformance.preflight.fresh import Codes
from otp_conformance.resources import fixtures_dir
from otp_conformance.specification.words import Status
from otp_conformance.tokens import SimulatedToken
from otp_conformance.tokens.port import Display, TokenAsset, TokenDevice

REFERENCE = load(fixtures_dir() / "declarations" / "reference.toml").declaration
BEGIN = datetime(2026, 11, 24, 10, 0, 20, tzinfo=TOKYO)


class RealTime:
    """Goes on by itself, and is waited for; nothing puts it back."""

    guard_seconds = 5
    steerable = reversible = False

    def __init__(self) -> None:
        self.time = BEGIN

    def now(self) -> datetime:
        return self.time

    def move_to(self, moment: datetime) -> None:
        assert moment >= self.time
        self.time = moment

    def recheck(self) -> None:
        """Nothing."""


def declared(step_seconds: int) -> Declaration:
    otp = REFERENCE.otp.model_copy(update={"step_seconds": step_seconds})
    return REFERENCE.model_copy(update={"otp": otp})


class Process:
    """One command: its own reading of list and ledger."""

    def __init__(self, folder, clock: RealTime, name: str, step_seconds: int = 60) -> None:
        def device(asset: TokenAsset, _seed: str) -> TokenDevice:
            return SimulatedToken(asset, bytes(range(20)), Display(step_seconds=step_seconds))

        self.spending = Spending()
        self.spending.begin(name, "")
        means = PoolMeans(lambda *_: "secret", device, step_seconds)
        ledger = Ledger(folder / "ledger.ndjson")
        pool = load_pool(folder / "pool.toml")
        self.provisioner = PoolProvisioner(pool, ledger, self.spending, means)
        self.clock, self.step_seconds = clock, step_seconds

    def customer(self) -> tuple[Provisioned, TokenDevice]:
        found = self.provisioner.customer(Need(Status.IN_SERVICE))
        assert found.token is not None
        return found, found.token

    def look(self, *offsets: int) -> list[str]:
        """Use codes as a preflight does, and put the customer back."""
        provisioned, device = self.customer()
        sut = cast("Sut", SimpleNamespace(clock=self.clock, spending=self.spending))
        of_token = Codes(sut, declared(self.step_seconds), provisioned, device)
        used = [of_token.fresh()] if not offsets else [of_token.at(each) for each in offsets]
        self.provisioner.give_back(provisioned.account.login_id)
        return used

    def enter(self) -> str:
        """Return the first code that a scenario enters, as `people.introduction` begins it."""
        provisioned, device = self.customer()
        timeline, ledger = Timeline(self.clock, self.step_seconds), codes.Ledger()
        if provisioned.last_used is not None:
            ledger.book(device, timeline.step(provisioned.last_used))
        return codes.right_code(device, timeline, ledger, offset=0, fresh=True)


@pytest.fixture
def folder(tmp_path):
    text = HEAD + customer("u1", serial="111") + token("111")
    (tmp_path / "pool.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_run_waits_for_the_code_after_the_one_that_check_used(folder) -> None:
    clock = RealTime()
    used = Process(folder, clock, "check").look()
    assert clock.time == BEGIN
    entered = Process(folder, clock, "run").enter()
    assert entered not in used
    assert BEGIN < clock.time <= BEGIN + timedelta(seconds=60)


def test_two_checks_and_a_run_use_three_codes(folder) -> None:
    clock = RealTime()
    used = [code for _ in range(2) for code in Process(folder, clock, "check").look()]
    assert len({*used, Process(folder, clock, "run").enter()}) == 3


def test_codes_of_steps_to_come_are_waited_for_too(folder) -> None:
    clock = RealTime()
    used = Process(folder, clock, "check").look(-2, -1, 2, 1)
    entered = Process(folder, clock, "run").enter()
    assert entered not in used
    assert clock.time >= BEGIN.replace(minute=3, second=0)


def test_a_time_step_that_was_declared_wrong_keeps_nobody_waiting(folder) -> None:
    clock = RealTime()
    Process(folder, clock, "check", step_seconds=30).look()
    Process(folder, clock, "run").enter()
    assert clock.time <= BEGIN + timedelta(seconds=60)


def test_a_code_is_booked_before_anybody_can_enter_it(folder) -> None:
    clock = RealTime()
    before = Process(folder, clock, "check")
    provisioned, device = before.customer()
    sut = cast("Sut", SimpleNamespace(clock=clock, spending=before.spending))
    code = Codes(sut, declared(60), provisioned, device).fresh()
    # The process is killed here, with the customer in hand.
    Ledger(folder / "ledger.ndjson").release(Ledger(folder / "ledger.ndjson").spent())
    assert Process(folder, clock, "run").enter() != code
