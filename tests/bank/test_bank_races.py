"""Many at once: exactly one wins."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bank_kit import Kit

from reference_impl.domain.words import Refusal
from reference_impl.service import control, login, procedures, staff
from reference_impl.service.login import LoginOk
from reference_impl.service.procedures import Activated, Deactivated, Issued

CROWD = 16


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run all calls in threads that start together."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(timeout=60)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def kinds(answers: list[Any]) -> Counter[type]:
    return Counter(type(answer) for answer in answers)


def test_one_code_opens_one_login(kit: Kit) -> None:
    who = kit.person()
    code = kit.code(who)
    answers = at_once(
        [lambda: login.authenticate_otp(kit.bank, who.customer_id, code) for _ in range(CROWD)]
    )
    assert kinds(answers)[LoginOk] == 1


def test_one_code_for_login_or_deactivation(kit: Kit) -> None:
    who = kit.person()
    code = kit.code(who)
    answers = at_once(
        [
            lambda: login.authenticate_otp(kit.bank, who.customer_id, code),
            lambda: procedures.deactivate(kit.bank, who.customer_id, who.confirmation, code),
        ]
        * 4
    )
    found = kinds(answers)
    assert found[LoginOk] + found[Deactivated] == 1


def test_failures_are_all_counted(kit: Kit) -> None:
    who = kit.person()
    wrong = kit.wrong(who)
    answers = at_once(
        [lambda: login.authenticate_otp(kit.bank, who.customer_id, wrong) for _ in range(CROWD)]
    )
    reasons = Counter(answer.reason for answer in answers)
    assert reasons == {Refusal.OTP_REFUSED: 4, Refusal.SUSPENDED: CROWD - 4}
    assert len(control.outbox(kit.bank, who.login_id)) == 1


def test_copies_of_one_form_get_one_answer_and_count_once(kit: Kit) -> None:
    who = kit.person()
    wrong = kit.wrong(who)
    answers = at_once(
        [lambda: login.authenticate_otp(kit.bank, who.customer_id, wrong, "form")] * CROWD
    )
    assert {answer.reason for answer in answers} == {Refusal.OTP_REFUSED}
    found = staff.find_customer(kit.bank, who.login_id)
    assert found is not None
    assert found.failures == 1
    code = kit.code(who)
    good = at_once(
        [lambda: login.authenticate_otp(kit.bank, who.customer_id, code, "form2")] * CROWD
    )
    assert set(good) == {LoginOk(who.customer_id)}


def test_one_order_however_often_it_is_asked(kit: Kit) -> None:
    who = kit.person("not_registered")
    answers = at_once(
        [lambda: procedures.issue(kit.bank, who.customer_id, "hardware", who.confirmation)] * 8
    )
    assert kinds(answers)[Issued] == 1
    assert len(staff.all_orders(kit.bank, who.login_id)) == 1


def test_one_token_for_one_of_two_customers(kit_with: Callable[..., Kit]) -> None:
    kit = kit_with(binding="activation")
    a, b = kit.person("issued", sent=False), kit.person("issued", sent=False)
    token = kit.token()
    code = kit.code(token)
    answers = at_once(
        [
            lambda: procedures.activate(kit.bank, a.customer_id, token.serial, code),
            lambda: procedures.activate(kit.bank, b.customer_id, token.serial, code),
        ]
        * 4
    )
    assert kinds(answers)[Activated] == 1
    assert sorted([kit.status(a), kit.status(b)]) == ["in_service", "issued"]


def test_one_token_is_sent_once(kit: Kit) -> None:
    people = [kit.person("issued", sent=False) for _ in range(4)]
    kit.token()
    order_ids = [staff.all_orders(kit.bank, p.login_id)[0].order_id for p in people]

    def send(order_id: int) -> str:
        try:
            return staff.dispatch(kit.bank, "staff01", order_id).status
        except Exception as error:
            return type(error).__name__

    answers = at_once([lambda i=i: send(i) for i in order_ids])  # type: ignore[misc]
    assert Counter(answers) == {"dispatched": 1, "StaffError": 3}


@pytest.mark.parametrize("sequence", range(3))
def test_issue_and_reset_do_not_tear(kit: Kit, sequence: int) -> None:
    who = kit.person("not_registered")

    def issue() -> str:
        try:
            answer = procedures.issue(kit.bank, who.customer_id, "hardware", who.confirmation)
            return type(answer).__name__
        except LookupError:
            return "gone"

    answers = at_once([issue, lambda: control.reset(kit.bank)])  # type: ignore[list-item]
    assert answers[0] in ("Issued", "gone")
    assert staff.all_orders(kit.bank) == ()
