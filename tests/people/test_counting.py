"""What counts towards a suspension, and what a letter's case does, as declared: no bank."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace as Some

import pytest
from pretend_world import BOTH, attempt, declaration, judge, screen, site, standing, unlocked

from otp_conformance.judging.declared import Declared
from otp_conformance.people import procedures
from otp_conformance.people.attempt import Action
from otp_conformance.people.customer import Customer
from otp_conformance.specification.words import Status
from otp_conformance.verdict.outcome import NotApplicable

SUSPENDED = [("refusal", True), ("control", True)]
LET_IN = [("fact", True)]


def counting(*, accepted: bool, threshold: int = 5, **lockout: object):
    """Return a judge of a login's end, for a system with that suspension."""
    customer = Some(
        token=object(),
        scene=unlocked([]),
        account=Some(login_id="c1"),
        log_in=lambda phrase: attempt(accepted=True),
        site=site(top=screen(shown=accepted)),
    )
    return judge(
        acting=lambda: customer,
        latest=lambda: attempt(accepted=accepted),
        declaration=Some(lockout=Some(threshold=threshold, **lockout)),
        threshold=threshold,
    )


@pytest.mark.parametrize(
    ("classes", "failures", "suspended"),
    [(("stale",), 1, True), (("stale",), 0, False), (("wrong",), 1, False)],
)
def test_stale_values_count_as_declared(
    classes: tuple[str, ...], failures: int, *, suspended: bool
) -> None:
    made = counting(accepted=not suspended, classes=classes)
    Declared(made).counted("stale", failures=failures)
    assert made.case.ends[0] == (SUSPENDED if suspended else LET_IN)[0]
    other = counting(accepted=suspended, classes=classes)
    Declared(other).counted("stale", failures=failures)
    assert not other.case.ends[0][1]


@pytest.mark.parametrize(
    ("resets", "threshold", "suspended"),
    [((), 5, True), (("date_change",), 5, False), (("date_change",), 1, True)],
)
def test_a_change_of_date_does_what_is_declared(
    resets: tuple[str, ...], threshold: int, *, suspended: bool
) -> None:
    made = counting(accepted=not suspended, resets=resets, threshold=threshold)
    Declared(made).over_midnight()
    assert made.case.ends[0] == (SUSPENDED if suspended else LET_IN)[0]


def test_where_time_alone_clears_the_count_midnight_says_nothing() -> None:
    made = counting(accepted=True, resets=("time",))
    with pytest.raises(NotApplicable, match=r"lockout\.resets"):
        Declared(made).over_midnight()
    assert made.case.ends == []


def letters(action: Action, *, accepted: bool, sensitive: bool, password: str = "abC1"):  # noqa: S107
    """Return a judge of what became of a password with its case exchanged."""
    before = {Action.ISSUE: Status.NOT_REGISTERED, Action.DEACTIVATION: Status.IN_SERVICE}
    after = {Action.ISSUE: Status.ISSUED, Action.DEACTIVATION: Status.NOT_REGISTERED}
    tried: list[str] = []

    def again(*_: object) -> object:
        tried.append(str(action))
        portal = Some(status=lambda: after[action], status_text=lambda: "")
        customer.reopen_portal = lambda: Some(portal=portal)
        return attempt(accepted=True, action=action)

    customer = standing(
        (after if accepted else before)[action],
        account=Some(confirmation_password=password),
        issue=again,
        deactivate=again,
    )
    given = declaration()
    given.confirmation_password = Some(case_sensitive=sensitive)
    made = judge(
        acting=lambda: customer,
        latest=lambda: attempt(accepted=accepted, action=action),
        declaration=given,
    )
    return made, tried


@BOTH
@pytest.mark.parametrize("action", [Action.ISSUE, Action.DEACTIVATION])
def test_where_case_matters_the_other_case_is_refused(action: Action, *, right: bool) -> None:
    made, tried = letters(action, accepted=not right, sensitive=True)
    Declared(made).letter_case()
    refusal, told, status, control = made.case.ends
    assert (refusal, told, status) == (("refusal", right), ("fact", True), ("fact", right))
    assert control == ("control", True)
    assert tried == [str(action)]


@BOTH
@pytest.mark.parametrize("action", [Action.ISSUE, Action.DEACTIVATION])
def test_where_case_does_not_matter_it_is_taken(action: Action, *, right: bool) -> None:
    made, tried = letters(action, accepted=right, sensitive=False)
    Declared(made).letter_case()
    assert made.case.ends == [("fact", right), ("fact", right)]
    assert tried == []


def test_digits_have_no_case() -> None:
    made, _ = letters(Action.ISSUE, accepted=True, sensitive=True, password="123456")
    with pytest.raises(NotApplicable, match="英字"):
        Declared(made).letter_case()
    assert made.case.ends == []


@pytest.mark.parametrize(
    ("stays", "suspended", "tried"), [(True, False, 3), (False, False, 1), (False, True, 3)]
)
def test_mistakes_with_a_login_between_are_not_in_a_row(stays, suspended, tried):
    """But one that suspends may end the login: what comes after it is judged."""
    made = []
    customer = Some(logged_in=True, site=site(), require_declared_otp_field=lambda: None)

    def deactivate(code):
        made.append(code)
        customer.logged_in = stays
        return replace(attempt(accepted=False), suspended=suspended)

    customer.deactivate = deactivate
    customer.require_same_login = lambda what: Customer.require_same_login(customer, what)
    if tried == 3:
        procedures.mistake_at_deactivation(customer, 3)
    else:
        with pytest.raises(NotApplicable):
            procedures.mistake_at_deactivation(customer, 3)
    assert made == ["誤った"] * tried
