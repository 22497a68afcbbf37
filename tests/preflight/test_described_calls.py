"""The preflight asks where asking changes nothing, names what does not answer, and what it left."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.adapters.staff import StaffAdapter, StaffCalls
from otp_conformance.declaration.load import load
from otp_conformance.declaration.model import Declaration
from otp_conformance.deployment.sut import Sut
from otp_conformance.preflight.finding import Finding, Findings, State
from otp_conformance.preflight.untried import untried
from otp_conformance.preflight.walk import Walk
from otp_conformance.resources import fixtures_dir
from otp_conformance.verdict.outcome import EnvironmentTrouble

REFERENCE = load(fixtures_dir() / "declarations" / "reference.toml").declaration
CALL = HttpCall(url="/office/{login_id}")


def with_adapters(**changes: object) -> Declaration:
    adapters = REFERENCE.adapters.model_copy(update=changes)
    return REFERENCE.model_copy(update={"adapters": adapters})


BY_CALLS = with_adapters(
    staff=StaffAdapter(kind="http", calls=StaffCalls(orders=CALL, dispatch=CALL, revoke=CALL))
)


def silent(_login_id: str) -> Any:
    raise EnvironmentTrouble(expected="応答", observed="検査対象に接続できません")


def walked(
    declaration: Declaration,
    look: Callable[[Walk], None],
    answer: Callable[[str], Any],
    login_id: str = "c1",
) -> list[Finding]:
    told: list[Finding] = []
    sut = cast("Sut", SimpleNamespace(staff=SimpleNamespace(orders=answer), outbox=answer))
    walk = Walk(sut, declaration, Findings(told.append, lambda text: text), None)
    if login_id:
        walk._looked_at.append(login_id)
    look(walk)
    return told


@pytest.mark.parametrize(
    ("look", "key"),
    [(Walk.staff, "adapters.staff.calls.orders"), (Walk.notices, "[adapters.outbox]")],
)
def test_a_call_that_does_not_answer_is_named(look: Callable[[Walk], None], key: str) -> None:
    (finding,) = walked(BY_CALLS, look, silent)
    assert finding.state is State.UNKNOWN
    assert key in finding.what
    (finding,) = walked(BY_CALLS, look, lambda _: ())
    assert finding.agrees
    assert key in finding.what


def test_orders_are_asked_of_everybody_until_somebody_has_one() -> None:
    asked: list[str] = []

    def orders(login_id: str) -> tuple[str, ...]:
        asked.append(login_id)
        return ("order",) if login_id == "c2" else ()

    def look(walk: Walk) -> None:
        walk._looked_at[:] = ["c1", "c2", "c3"]
        walk.staff()

    (finding,) = walked(BY_CALLS, look, orders)
    assert (asked, finding.state) == (["c3", "c2"], State.OK)
    (finding,) = walked(BY_CALLS, look, lambda _: ())
    assert finding.state is State.NOTE
    assert "adapters.staff.order_members は確かめられていません" in finding.observed


def test_without_a_customer_nobody_is_asked_about() -> None:
    (finding,) = walked(BY_CALLS, Walk.staff, silent, login_id="")
    assert (finding.state, "試していません" in finding.observed) == (State.UNKNOWN, True)
    assert walked(BY_CALLS, Walk.notices, silent, login_id="") == []


def test_what_was_left_alone_is_told() -> None:
    (finding,) = walked(BY_CALLS, Walk.left_alone, silent)
    assert finding.state is State.NOTE
    assert finding.observed.startswith(
        "adapters.staff.calls.dispatch、adapters.staff.calls.revoke、adapters.restart（"
    )
    (finding,) = walked(REFERENCE, Walk.left_alone, silent)
    assert [f"adapters.staff.recipes.{v}" in finding.observed for v in ("orders", "unlock")] == [
        False,
        True,
    ]
    assert walked(with_adapters(staff=None, restart=None), Walk.left_alone, silent) == []


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("./office", "{status}"), ["token", "software_token"]),
        (("./office", "{status}", "{serial}"), ["software_token"]),
    ],
)
def test_a_token_is_put_into_stock_where_customers_are_made_with_one(
    words: tuple[str, ...], left: list[str]
) -> None:
    making = REFERENCE.adapters.provisioning
    commands = making.commands.model_copy(
        update={"customer": words, "token": ("./office",), "software_token": ("./office",)}
    )
    declaration = with_adapters(
        provisioning=making.model_copy(update={"kind": "command", "commands": commands})
    )
    of_making = [key for key in untried(declaration) if ".provisioning." in key]
    assert of_making == [f"adapters.provisioning.commands.{v}" for v in left]


def test_a_seed_that_a_call_tells_at_issue_is_not_asked_for() -> None:
    tokens = REFERENCE.adapters.tokens
    software = tokens.software.model_copy(update={"source": "call"})
    declaration = with_adapters(tokens=tokens.model_copy(update={"software": software}))
    left = [key for key in untried(declaration) if ".tokens." in key]
    assert left == ["adapters.tokens.software.call"]
