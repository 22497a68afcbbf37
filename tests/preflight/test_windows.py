"""The login's windows are tried at their edges, and nobody is suspended by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_check_command import check

from otp_conformance.assets.consumption import Spending
from otp_conformance.assets.port import Account, Listed, Provisioned
from otp_conformance.clock.port import TOKYO
from otp_conformance.declaration.load import load
from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.preflight.finding import Finding, Findings, State
from otp_conformance.preflight.windows import WindowProbe
from otp_conformance.resources import fixtures_dir
from otp_conformance.specification.words import Kind, Status
from otp_conformance.tokens import SimulatedToken
from otp_conformance.tokens.port import Display, TokenAsset

REFERENCE = load(fixtures_dir() / "declarations" / "reference.toml").declaration
BEGIN = datetime(2026, 11, 24, 10, 0, 20, tzinfo=TOKYO)
SEED = bytes(range(20))


def declared(backward: int = 1, forward: int = 1, **lockout: object) -> Declaration:
    login = REFERENCE.otp.window.login.model_copy(update={"backward": backward, "forward": forward})
    window = REFERENCE.otp.window.model_copy(update={"login": login})
    otp = REFERENCE.otp.model_copy(update={"window": window})
    changed = REFERENCE.lockout.model_copy(update=lockout)
    return REFERENCE.model_copy(update={"otp": otp, "lockout": changed})


class StillClock:
    """Stands where it was put; one in real time cannot be put anywhere."""

    guard_seconds = 0

    def __init__(self, *, reversible: bool = True) -> None:
        self.reversible = self.steerable = reversible
        self.time = BEGIN

    def now(self) -> datetime:
        return self.time

    def move_to(self, moment: datetime) -> None:
        assert self.reversible
        self.time = moment


class Product:
    """Takes codes within its window, none twice; counts failures in a row."""

    def __init__(self, clock: StillClock, backward: int, forward: int) -> None:
        asset = TokenAsset("1", Kind.HARDWARE, BEGIN + timedelta(days=900))
        self.token = SimulatedToken(asset, SEED, Display())
        self.clock = clock
        self.offsets = range(-backward, forward + 1)
        self.newest = int(clock.time.timestamp()) // 60
        self.failures = self.worst = 0
        self.steps: list[int] = []

    def log_in(self, code: str) -> bool:
        present = int(self.clock.time.timestamp()) // 60
        for offset in self.offsets:
            moment = self.clock.time + timedelta(seconds=60 * offset)
            if code == self.token.code_at(moment) and present + offset > self.newest:
                self.newest, self.failures = present + offset, 0
                return True
        self.failures += 1
        self.worst = max(self.worst, self.failures)
        return False


class Customers:
    """One customer in service, listed or made; notes who is given back."""

    def __init__(self, product: Product, rested: int | None = None) -> None:
        last = product.clock.time - timedelta(seconds=60 * (rested or 0))
        self.one = Provisioned(Account("c1", "p", "q"), product.token, last)
        self.listed = rested is not None
        self.back: list[str] = []

    def customer(self, _need: object) -> Provisioned:
        return self.one

    def unused(self) -> tuple[Listed, ...]:
        return (Listed("c1", Status.IN_SERVICE, Kind.HARDWARE),) if self.listed else ()

    def lend(self, _login_id: str) -> Provisioned:
        return self.one

    def give_back(self, login_id: str) -> None:
        self.back.append(login_id)


def probed(
    declaration: Declaration, product: Product, customers: Customers, *, logged_in: bool = True
) -> list[Finding]:
    told: list[Finding] = []
    spending = Spending()
    sut = SimpleNamespace(clock=product.clock, provisioner=customers, spending=spending)
    findings = Findings(told.append, lambda text: text)
    probe: Any = WindowProbe(cast("Sut", sut), declaration, findings)
    probe._log_in = lambda _provisioned, code: product.log_in(code())
    probe.look(logged_in=logged_in)
    return told


def found(told: list[Finding], direction: str) -> Finding | None:
    return next((f for f in told if f.what == f"otp.window.login.{direction}"), None)


@given(
    real=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    said=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    threshold=st.integers(1, 6),
    made=st.booleans(),
)
def test_what_is_told_is_so_and_nobody_is_suspended(
    real: tuple[int, int], said: tuple[int, int], threshold: int, *, made: bool
) -> None:
    product = Product(StillClock(), *real)
    product.newest -= 20
    customers = Customers(product, None if made else 20)
    told = probed(declared(*said, threshold=threshold), product, customers)
    assert product.worst < threshold
    assert product.clock.time == BEGIN
    for direction, is_so, says in zip(("backward", "forward"), real, said, strict=True):
        finding = found(told, direction)
        if finding is None:
            continue
        if finding.state is State.OK:
            assert is_so == says or (is_so > says and "試していません" in finding.observed)
            assert threshold < 5 or "試していません" not in finding.observed
        else:
            assert is_so != says
            better = says + 1 if is_so > says else says - 1
            assert f"otp.window.login.{direction} = {better} " in finding.fix
    if threshold > 4:
        assert found(told, "backward") is not None
        assert found(told, "forward") is not None


def test_in_real_time_a_rested_customer_is_enough_and_none_is_waited_for() -> None:
    product = Product(StillClock(reversible=False), 1, 1)
    product.newest -= 3
    told = probed(declared(), product, Customers(product, 3))
    assert [f.state for f in told] == [State.OK, State.OK, State.NOTE]
    product = Product(StillClock(reversible=False), 1, 1)
    told = probed(declared(), product, Customers(product, 2))
    assert [f.state for f in told] == [State.NOTE]
    assert "3 ステップ以上使っていない" in told[0].observed


def test_a_customer_who_is_not_as_listed_says_nothing_of_the_window() -> None:
    product = Product(StillClock(reversible=False), 1, 1)
    product.newest += 99
    customers = Customers(product, 9)
    told = probed(declared(), product, customers)
    assert {f.state for f in told} == {State.NOTE}
    assert "c1 のどの値も断られた" in told[0].observed
    assert product.worst == 3
    assert customers.back == []


def test_whoever_keeps_failures_is_not_put_back_on_the_list() -> None:
    product = Product(StillClock(reversible=False), 0, 0)
    product.newest -= 9
    customers = Customers(product, 9)
    told = probed(declared(), product, customers)
    assert product.failures > 0
    assert customers.back == []
    assert "一覧には戻しません" in told[-2].observed
    agreeing = Product(StillClock(reversible=False), 1, 1)
    agreeing.newest -= 9
    customers = Customers(agreeing, 9)
    probed(declared(), agreeing, customers)
    assert customers.back == ["c1"]


@pytest.mark.parametrize(
    ("declaration", "logged_in", "why"),
    [
        (declared(), False, "ログインできたお客さまがいません"),
        (declared(threshold=1), True, "lockout.threshold = 1"),
        (
            REFERENCE.model_copy(
                update={
                    "otp": REFERENCE.otp.model_copy(update={"resynchronisation": "drift_learning"})
                }
            ),
            True,
            "drift_learning",
        ),
    ],
)
def test_why_nothing_was_tried_is_told(
    declaration: Declaration, why: str, *, logged_in: bool
) -> None:
    product = Product(StillClock(), 1, 1)
    told = probed(declaration, product, Customers(product), logged_in=logged_in)
    assert [f.state for f in told] == [State.NOTE]
    assert why in told[0].observed
    assert product.worst == 0


def test_where_no_success_clears_the_count_nothing_beyond_is_tried() -> None:
    product = Product(StillClock(), 2, 2)
    product.newest -= 9
    told = probed(declared(resets=("unlock",)), product, Customers(product, 9))
    assert [f.state for f in told[:2]] == [State.OK, State.OK]
    assert all("その一つ外は" in f.observed for f in told[:2])
    assert product.worst == 0


LOGIN = "[otp.window.login]\nbackward = 1\nforward = 1"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (LOGIN, LOGIN.replace("backward = 1", "backward = 2"), "otp.window.login.backward = 1"),
        (LOGIN, LOGIN.replace("forward = 1", "forward = 0"), "otp.window.login.forward = 1"),
        ("step_seconds = 60", "step_seconds = 30", "otp.step_seconds = 60"),
    ],
)
def test_the_reference_bank_unlike_its_declaration(tmp_path, old: str, new: str, key: str) -> None:
    code, told, _ = check(tmp_path, (old, new))
    (wrong,) = [f for f in told if f["state"] == "wrong"]
    assert code == 2
    assert f"宣言を {key} に直し" in wrong["fix"]
