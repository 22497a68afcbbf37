"""Every judgement goes green for what is right and red for what is not, and only then.

No bank and no browser: a judgement compares what it is shown. Each half of a pair was
written for a blunted condition that no planted fault noticed (docs/mutation.md).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as Some

import pytest
from pretend_world import BOTH, attempt, declaration, judge, screen, site, standing, unlocked

from otp_conformance.judging.declared import Declared
from otp_conformance.judging.screen import ScreenJudge
from otp_conformance.people.attempt import Action
from otp_conformance.specification.words import Status

# -- attempts -------------------------------------------------------------------


@BOTH
def test_accepted(right):
    made = judge(latest=lambda: attempt(accepted=right))
    made.judge.accepted()
    assert made.case.ends == [("fact", right)]


def test_a_login_that_never_asks_for_the_otp_is_none_with_it():
    tried = attempt(accepted=True, unasked=True)
    made = judge(latest=lambda: tried)
    made.judge.accepted()
    made.judge.all_accepted([attempt(accepted=True), tried])
    made.judge.control(tried)
    assert made.case.ends == [("fact", False), ("fact", False), ("control", False)]
    assert "求められませんでした" in tried.observed


@pytest.mark.parametrize(
    ("action", "wanted"),
    [
        (Action.ISSUE, Status.ISSUED),
        (Action.ACTIVATION, Status.IN_SERVICE),
        (Action.DEACTIVATION, Status.NOT_REGISTERED),
    ],
)
@pytest.mark.parametrize("status", [Status.NOT_REGISTERED, Status.ISSUED, Status.IN_SERVICE])
def test_a_control_is_done_where_the_status_shows_it(action, wanted, status):
    made = judge(declaration=declaration())
    made.judge.control_done(attempt(accepted=True, action=action), standing(status))
    assert made.case.ends == [("control", status is wanted)]


def test_a_control_that_was_refused_needs_no_look_at_the_status():
    made = judge(declaration=declaration())
    made.judge.control_done(attempt(accepted=False, action=Action.ISSUE), Some())
    assert made.case.ends == [("control", False)]


def test_without_a_portal_the_completion_has_to_be_enough():
    made = judge(declaration=declaration(portal=False))
    made.judge.control_done(attempt(accepted=True, action=Action.ISSUE), Some())
    made.judge.control_status(Some(), "未登録")
    assert made.case.ends == [("control", True)]


@pytest.mark.parametrize(
    ("waiting", "status", "right"),
    [
        (True, Status.NOT_REGISTERED, True),
        (True, Status.ISSUED, False),
        (False, Status.ISSUED, True),
    ],
)
def test_issued_may_come_with_the_dispatch_only(waiting, status, right):
    made = judge(declaration=declaration(issued="dispatch"))
    customer = standing(status, awaiting_dispatch=waiting)
    made.judge.control_done(attempt(accepted=True, action=Action.ISSUE), customer)
    assert made.case.ends == [("control", right)]


@BOTH
def test_the_status_in_which_something_was_looked_at(right):
    made = judge(declaration=declaration())
    made.judge.control_status(standing(Status.ISSUED), "トークン発行済" if right else "未登録")
    assert made.case.ends == [("control", right)]


@pytest.mark.parametrize(
    ("accepted", "told", "ends"),
    [
        (False, True, [("refusal", True), ("fact", True)]),
        (True, True, [("refusal", False), ("fact", True)]),
        (False, False, [("refusal", True), ("fact", False)]),
    ],
)
def test_a_refusal_is_refused_and_told(accepted, told, ends):
    made = judge(latest=lambda: attempt(accepted=accepted, told=told))
    made.judge.refused()
    assert made.case.ends == ends
    assert made.case.requirements[1] == ("SCR-62",)


@BOTH
def test_a_refused_login_leaves_no_way_in(right):
    customer = Some(site=site(top=screen(shown=not right)))
    made = judge(latest=lambda: attempt(accepted=False), acting=lambda: customer)
    made.judge.login_refused()
    assert made.case.ends == [("refusal", True), ("fact", True), ("refusal", right)]


@pytest.mark.parametrize(
    ("accepted", "asked", "inside", "ends"),
    [
        (False, True, False, [True, True]),
        (False, False, False, [False, True]),
        (True, True, False, [False, True]),
        (False, True, True, [True, False]),
    ],
)
def test_a_login_without_otp_stops_at_the_question(accepted, asked, inside, ends):
    customer = Some(site=site(top=screen(shown=inside)))
    tried = attempt(accepted=accepted, asked_otp=asked)
    declared = Some(login=Some(remembered_devices=False))
    made = judge(latest=lambda: tried, acting=lambda: customer, declaration=declared)
    made.judge.asked_for_otp()
    assert made.case.ends == [("refusal", ok) for ok in ends]


@pytest.mark.parametrize(
    ("accepted", "all_in", "all_out"),
    [
        ([True, True], True, False),
        ([True, False], False, False),
        ([False, False], False, True),
        ([], False, False),
    ],
)
def test_of_several_every_one_counts_and_none_is_not_enough(accepted, all_in, all_out):
    tried = [attempt(accepted=one) for one in accepted]
    made = judge(repeated_logins=tried, acting=lambda: Some(attempts=tried))
    made.judge.every_repeated_login()
    made.judge.last_logins_refused(2)
    assert made.case.ends == [("fact", all_in), ("refusal", all_out)]


# -- controls -------------------------------------------------------------------


@BOTH
def test_controls(right):
    made = judge()
    made.judge.control(attempt(accepted=right, action=Action.ACTIVATION))
    made.judge.control_shown("先へ進める", right, "画面")
    ScreenJudge(made).control_way("先へ進める", Some(site=site()), right)
    assert made.case.ends == [("control", right)] * 3


@BOTH
def test_the_control_of_a_suspension_is_a_login_after_it_was_lifted(right):
    lifted = []
    customer = Some(
        token=object(),
        scene=unlocked(lifted),
        account=Some(login_id="c1"),
        log_in=lambda phrase: attempt(accepted=right and phrase == "新しい"),
    )
    made = judge()
    made.judge.unlock_control(customer)
    assert lifted == ["c1"]
    assert made.case.ends == [("control", right)]


# -- the token --------------------------------------------------------------------


class Clock:
    """A minute of a token is ``step_seconds`` long; ``now`` is a step's number."""

    step_seconds = 60

    def __init__(self):
        self.now = 5
        self.asked = []

    def step(self):
        return self.now

    def moment_in(self, step, second=0):
        return datetime(2026, 4, 1, tzinfo=UTC) + timedelta(seconds=60 * step + second)

    def to_step(self, step, second):
        self.now = step
        self.asked.append((step, second))


def by_minute(moment):
    return f"{int(moment.timestamp()) // 60 % 1000000:06d}"


@pytest.mark.parametrize(
    ("code_at", "right"),
    [
        (by_minute, True),
        (lambda moment: f"{int(moment.timestamp()) // 30 % 1000000:06d}", False),
        (lambda moment: "000000", False),
    ],
)
def test_a_value_lasts_a_minute_and_no_longer(code_at, right):
    customer = Some(
        in_hand=lambda: Some(code_at=code_at),
        log_in=lambda phrase: attempt(accepted=phrase == "表示中の"),
    )
    made = judge(time=Clock())
    made.judge.changes_every_minute(customer)
    assert made.case.ends == [("fact", right), ("fact", True)]
    assert made.time.asked == [(7, 0)]


@pytest.mark.parametrize(
    ("code", "right"),
    [("123456", True), ("12345", False), ("１２３４５６", False), ("12345a", False)],
)
def test_a_value_is_made_of_the_declared_digits(code, right):
    device = Some(code_at=lambda moment: code)
    made = judge(time=Clock(), declaration=Some(otp=Some(digits=6, leading_zeros=True)))
    made.judge.code_format(Some(in_hand=lambda: device))
    assert made.case.ends == [("fact", right)]


class Browser:
    """A browser that takes note of its ending, and may have got in."""

    def __init__(self, inside):
        self.top = screen(shown=inside)
        self.describe = lambda: "画面"


@pytest.mark.parametrize(("inside", "right"), [(0, False), (1, True), (2, False)])
def test_of_two_at_one_moment_exactly_one_gets_in(inside, right, monkeypatch):
    pairs = []

    def at_once(customer):
        pairs.append(customer)
        return [Browser(inside > k) for k in range(2)]

    monkeypatch.setattr("otp_conformance.people.at_once.log_in_twice_at_once", at_once)
    made = judge()
    made.judge.one_of_two_gets_in("customer")
    assert len(pairs) > 1
    assert made.case.ends == [("fact", right)] * len(pairs)


# -- staff ------------------------------------------------------------------------


def order(serial=None, ship_to="東京都", cancelled=False):
    return Some(serial=serial, ship_to=ship_to, cancelled=cancelled)


def with_orders(*orders, **more):
    account = Some(login_id="c1", address="東京都")
    customer = Some(account=account, retired_token=lambda: Some(asset=Some(serial="111")))
    staff = Some(orders=lambda login_id: list(orders))
    return judge(staff=staff, person=lambda name: customer, **more), customer


@pytest.mark.parametrize(
    ("serials", "dispatched", "count", "right"),
    [
        ([None], False, 1, True),
        ([None, None], False, 1, False),
        ([], False, 1, False),
        ([None, "222"], True, 1, True),
        ([None], True, 1, False),
    ],
)
def test_orders_are_counted(serials, dispatched, count, right):
    made, customer = with_orders(*(order(serial) for serial in serials))
    made.judge.orders(customer, count, dispatched=dispatched)
    assert made.case.ends == [("fact", right)]


@pytest.mark.parametrize(
    ("addresses", "right"),
    [(["東京都"], True), (["東京都", "大阪府"], False), ([], False)],
)
def test_every_order_goes_to_the_address_on_file(addresses, right):
    made, customer = with_orders(*(order(ship_to=address) for address in addresses))
    made.judge.ship_to(customer)
    assert made.case.ends == [("fact", right)]


@pytest.mark.parametrize(
    ("serials", "right"),
    [
        (["111", "222"], True),
        (["222", "111"], True),
        (["222"], True),
        (["111", "111"], False),
        (["111"], False),
        ([None], False),
        ([], False),
    ],
)
def test_the_token_sent_again_is_another_one_however_the_list_is_ordered(serials, right):
    made, _ = with_orders(*(order(serial) for serial in serials))
    made.judge.another_token()
    assert made.case.ends == [("fact", right)]


@pytest.mark.parametrize(
    ("cancelled", "right"), [([True, False], True), ([False, False], False), ([True], False)]
)
def test_issued_again_one_order_is_alive(cancelled, right):
    made, _ = with_orders(
        *(order(cancelled=gone) for gone in cancelled),
        declaration=Some(issue=Some(reissue_when_issued="replaces")),
        latest=lambda: attempt(accepted=True),
    )
    Declared(made).reissue()
    assert made.case.ends == [("fact", True), ("fact", right)]
