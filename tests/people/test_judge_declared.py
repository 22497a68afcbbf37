"""Judgements by the declaration, without a bank: green for what is right, red for what is not.

No bank and no browser: a judgement compares what it is shown. Each half of a pair was
written for a blunted condition that no planted fault noticed (docs/mutation.md).
"""

from __future__ import annotations

from types import SimpleNamespace as Some

import pytest
from pretend_world import BOTH, attempt, declaration, judge, screen, site, standing, unlocked

from otp_conformance.judging.declared import Declared
from otp_conformance.people.attempt import Action
from otp_conformance.specification.words import Status

# -- what is declared ---------------------------------------------------------------


@BOTH
def test_a_session_that_the_declaration_keeps_goes_on(right):
    customer = Some(site=site(portal=screen(shown=right)))
    lockout = Some(live_sessions="kept")
    made = judge(person=lambda name: customer, declaration=Some(lockout=lockout))
    Declared(made).live_session()
    assert made.case.ends == [("fact", right)]


@BOTH
def test_a_session_that_the_declaration_cuts_is_cut(right):
    customer = Some(
        token=object(),
        site=site(portal=screen(shown=not right)),
        scene=unlocked([]),
        account=Some(login_id="c1"),
        log_in=lambda phrase: attempt(accepted=True),
    )
    made = judge(person=lambda name: customer, declaration=Some(lockout=Some(live_sessions="cut")))
    Declared(made).live_session()
    assert made.case.ends == [("refusal", right), ("control", True)]


@pytest.mark.parametrize(("shown", "control"), [(False, True), (True, True), (False, False)])
def test_an_issued_token_is_not_deactivated_where_that_is_refused(shown, control):
    asked = []
    other = Some(site=site(), go_to_deactivation=lambda: control)
    made = judge(
        acting=lambda: Some(site=site(deactivation=screen(shown=shown))),
        declaration=Some(issue=Some(deactivate_when_issued="refused")),
        control_customer=lambda status: asked.append(status) or other,
    )
    Declared(made).deactivation_when_issued()
    assert made.case.ends == [("refusal", not shown), ("control", control)]
    assert asked == [Status.IN_SERVICE]


@BOTH
def test_the_token_of_another_stays_its_owners(right):
    owner = standing(
        Status.IN_SERVICE,
        activate=lambda: attempt(accepted=right, action=Action.ACTIVATION),
    )
    made = judge(
        acting=lambda: Some(other=lambda: owner),
        latest=lambda: attempt(accepted=False),
        declaration=declaration(binding="issue"),
    )
    Declared(made).token_of_another()
    assert made.case.ends == [("refusal", True), ("fact", True), ("control", right)]


@BOTH
def test_a_token_taken_by_possession_is_no_longer_its_owners(right):
    owner = Some(activate=lambda: attempt(accepted=not right))
    customer = Some(
        log_in=lambda phrase: attempt(accepted=phrase == "そのトークンの"),
        other=lambda: owner,
    )
    made = judge(
        acting=lambda: customer,
        latest=lambda: attempt(accepted=True),
        declaration=Some(issue=Some(binding="activation")),
    )
    Declared(made).token_of_another()
    assert made.case.ends == [("refusal", right), ("fact", True), ("control", True)]


@pytest.mark.parametrize(
    ("flow", "one_page", "asked", "right"),
    [
        ("one_page", True, False, True),
        ("one_page", False, True, False),
        ("two_pages", False, True, True),
        ("two_pages", True, True, False),
        ("two_pages", False, False, False),
    ],
)
def test_the_otp_is_asked_where_the_declaration_says(flow, one_page, asked, right):
    login = Some(open=lambda login_id: None, has_otp_field=lambda: one_page)
    customer = Some(
        account=Some(login_id="hanako"),
        site=site(login=login),
        log_in=lambda code: attempt(accepted=False, asked_otp=asked),
    )
    made = judge(declaration=Some(login=Some(flow=flow)))
    Declared(made).login_flow(customer)
    assert made.case.ends == [("fact", right)]
