"""What is prepared is booked before a turn goes to another machine, and nothing is used twice."""

import pytest

from otp_conformance.assets.pool.ledger import Assets
from otp_conformance.run.booking import Booking
from otp_conformance.run.budget import pool_of

ONE = "CON-21/1.3"  # asks for one customer in service


@pytest.fixture
def booking(listed):
    return Booking.of(listed, "run")


def spent(listed):
    return pool_of(listed.loaded)[1].spent()


def lent(found):
    return Assets(frozenset(found.customers), frozenset(found.tokens))


def test_no_list_no_booking(suite):
    assert Booking.of(suite.request(), "run") is None


def test_it_is_booked_before_it_is_handed_out_and_never_twice(listed, booking):
    first, second = booking.lend(ONE), booking.lend(ONE)
    assert first.customers
    assert not set(first.customers) & set(second.customers)
    assert not set(first.tokens) & set(second.tokens)
    assert spent(listed) == lent(first) | lent(second)
    # Somebody else's run on the same list is given others.
    other = Booking.of(listed, "another").lend(ONE)
    assert not set(other.customers) & {*first.customers, *second.customers}


def test_a_run_that_keeps_to_a_share_lends_nothing_else(listed, booking):
    pool_of(listed.loaded)[1].keep_to("run", Assets(frozenset({"u7"}), frozenset({"1007"})))
    assert booking.lend(ONE).customers == ["u7"]
    assert booking.lend(ONE).customers == []


def test_what_was_not_touched_is_free_again_and_what_was_used_stays_known(listed, booking):
    found = booking.lend(ONE)
    (serial,) = found.tokens
    head = {"v": 1, "at": "2026-11-30T00:00:00+00:00", "run": "run", "scenario": ONE}
    used = [
        {**head, "what": "handed_out", "customer": found.customers[0]},
        {**head, "what": "handed_out", "token": serial},
        {**head, "what": "code", "token": serial, "detail": "29", "step_seconds": 60},
    ]
    booking.settle(found, used)
    assert spent(listed) == lent(found)
    _, ledger = pool_of(listed.loaded)
    assert list(ledger.uses([serial])) == [
        {"what": "code", "token": serial, "detail": "29", "step_seconds": 60}
    ]
    again = booking.lend(ONE)
    booking.settle(again, [])
    assert spent(listed) == lent(found)
    given_back = [*used[:2], {**head, "what": "released", "customer": again.customers[0]}]
    booking.settle(booking.lend(ONE), given_back)
    assert spent(listed) == lent(found)


def test_when_a_token_was_used_last_goes_along(listed, booking):
    found = booking.lend(ONE)
    line = {"what": "code", "token": found.tokens[0], "detail": "29", "step_seconds": 60}
    booking.settle(found, [line])  # nothing was handed out: free again, and known to be used
    assert booking.lend(ONE).earlier == [line]
