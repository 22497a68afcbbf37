"""Customers listed as suspended: a list that is not true is told, never judged by."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from bank_process import running
from pool_kit import PoolMaker
from test_pool_on_bank import run

from otp_conformance.assets.consumption import load_table
from otp_conformance.assets.port import Account, Need, Provisioned
from otp_conformance.declaration.adapters.provisioning import ProvisioningAdapter
from otp_conformance.declaration.load import load
from otp_conformance.journal.journal import JOURNAL_FILE, read
from otp_conformance.people.attempt import Action, Attempt
from otp_conformance.people.introduction import People, make_sure_suspended
from otp_conformance.resources import fixtures_dir
from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import DeclarationMismatch, SetupFailed
from otp_conformance.verdict.verdict import Cause, Verdict

UNLOCK = "features/05_suspension/staff_unlock.feature"
WITHOUT_OTP = "LCK-13/1"
THRESHOLD = 3


class Customer:
    """Tells what is entered; logs in with a right OTP unless suspended."""

    account = SimpleNamespace(login_id="u1")

    def __init__(
        self, scene: SimpleNamespace, *, suspended: bool = False, suspends_after: int = 99
    ) -> None:
        self.scene = scene
        self.suspended = suspended
        self.suspends_after = suspends_after
        self.entered: list[str] = []
        self.anew = 0

    def log_in(self, phrase: str) -> Attempt:
        self.entered.append(phrase)
        accepted = phrase == "新しい" and not self.suspended
        self.suspended = self.suspended or len(self.entered) >= self.suspends_after
        return Attempt(Action.LOGIN, accepted=accepted, told=True, seen="画面")

    def begin_anew(self) -> None:
        self.anew += 1


def scene(kind: str = "pool", suspend: str = "prepared") -> SimpleNamespace:
    adapter = ProvisioningAdapter(kind=kind, suspend=suspend)
    adapters = SimpleNamespace(provisioning=adapter)
    return SimpleNamespace(declaration=SimpleNamespace(adapters=adapters), threshold=THRESHOLD)


def test_one_who_is_suspended_is_tried_once_and_the_scenario_begins_anew():
    customer = Customer(scene(), suspended=True)
    make_sure_suspended(customer)
    assert (customer.entered, customer.anew) == (["新しい"], 1)


def test_one_who_is_not_suspended_is_the_lists_fault():
    with pytest.raises(DeclarationMismatch, match="停止中ではありません") as caught:
        make_sure_suspended(Customer(scene()))
    end = caught.value
    assert (end.verdict, end.cause) == (Verdict.INCONCLUSIVE, Cause.DECLARATION)
    assert "u1" in end.expected


def test_wrong_codes_suspend_as_often_as_declared():
    customer = Customer(scene(suspend="wrong_codes"), suspends_after=THRESHOLD)
    make_sure_suspended(customer)
    assert customer.entered == ["誤った"] * THRESHOLD + ["新しい"]
    assert customer.anew == 1


def test_whom_the_procedures_made_the_suite_suspends():
    customer = Customer(scene("procedures"), suspends_after=THRESHOLD)
    make_sure_suspended(customer)
    assert customer.entered == ["誤った"] * THRESHOLD + ["新しい"]


def test_wrong_codes_that_do_not_suspend_are_told():
    customer = Customer(scene(suspend="wrong_codes"), suspends_after=THRESHOLD + 1)
    with pytest.raises(SetupFailed, match="続けて3回"):
        make_sure_suspended(customer)


def test_one_who_was_made_suspended_on_request_is_believed():
    customer = Customer(scene("test_control", "wrong_codes"))
    make_sure_suspended(customer)
    assert (customer.entered, customer.anew) == ([], 0)


@pytest.mark.parametrize("status", list(Status))
def test_only_who_is_to_be_suspended_is_looked_at(status, monkeypatch):
    looked = []
    monkeypatch.setattr("otp_conformance.people.introduction.make_sure_suspended", looked.append)
    account = Account("u1", "login", "confirm")
    there = scene()
    there.keep_secret = lambda value: None
    there.customers = []
    there.time = SimpleNamespace(now=lambda: None)
    there.provisioner = SimpleNamespace(customer=lambda *_, **__: Provisioned(account))
    customer = People(there).introduce("お客さま", Need(status))
    assert looked == ([customer] if status is Status.SUSPENDED else [])


@pytest.mark.parametrize(
    ("kind", "suspend", "wrong", "waited"),
    [
        ("test_control", "prepared", 0, 0),
        ("pool", "prepared", 1, 60),
        ("pool", "wrong_codes", 1 + THRESHOLD, 60),
        ("procedures", "prepared", 1 + THRESHOLD, 60),
    ],
)
def test_the_plan_counts_what_is_tried_beforehand(kind, suspend, wrong, waited):
    reference = load(fixtures_dir() / "declarations" / "reference.toml").declaration
    adapter = reference.adapters.provisioning.model_copy(update={"kind": kind, "suspend": suspend})
    adapters = reference.adapters.model_copy(update={"provisioning": adapter})
    lockout = reference.lockout.model_copy(update={"threshold": THRESHOLD})
    declared = reference.model_copy(update={"adapters": adapters, "lockout": lockout})
    measured = load_table().of(WITHOUT_OTP, reference)
    found = load_table().of(WITHOUT_OTP, declared)
    assert found.wrong_attempts - measured.wrong_attempts == wrong
    assert found.waited - measured.waited == waited


@pytest.mark.parametrize(
    ("really", "suspend", "verdict", "cause"),
    [
        ("suspended", "prepared", "合格", None),
        # Staff unlocked them meanwhile, or the suspension ended by itself.
        ("in_service", "prepared", "判定不能", "宣言・設定"),
        ("in_service", "wrong_codes", "合格", None),
    ],
)
def test_on_the_bank_a_list_that_is_not_true_lets_nothing_pass(
    tmp_path, really, suspend, verdict, cause
):
    with running(tmp_path) as bank:
        maker = PoolMaker(bank, tmp_path)
        for _ in range(9):
            maker.customer(really, listed="suspended")
        maker.write(suspend)
        done = run(tmp_path, "--yes", UNLOCK)
    assert "足りません" not in done.stderr, done.stderr
    journal = read(tmp_path / "reports" / "latest" / JOURNAL_FILE)
    ends = [journal.outcome(scenario) for scenario in journal.planned]
    assert len(ends) == 8
    assert {end.verdict.ja for end in ends} == {verdict}
    assert {end.cause and end.cause.ja for end in ends} == {cause}
    assert done.returncode == (0 if verdict == "合格" else 3), done.stdout + done.stderr
    if cause:
        assert all("準備したお客さまが停止中ではありません" in end.observed for end in ends)
