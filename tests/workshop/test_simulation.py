"""The simulation of many workers: the run's own scheduling over a system of numbers."""

from dataclasses import replace

import pytest

from otp_conformance.specification.selection import Selection
from workshop.simulation.model import ClockKind, Load, System, acts
from workshop.simulation.run import asked, bound, listed, seconds

IDS = ("LGN-04/1", "LGN-04/3", "LCK-01/1", "LCK-03/1")
PLAIN = Load(own=10.0, requests=5)


def same(clock, load=PLAIN):
    """Return four scenarios of the manual that all do the same."""
    what = asked(clock, Selection(ids=IDS))
    return replace(what, loads=dict.fromkeys(what.loads, load))


@pytest.fixture(scope="module")
def own():
    return same(ClockKind.OWN)


@pytest.mark.parametrize(("workers", "took"), [(1, 60.0), (2, 30.0), (3, 30.0), (64, 15.0)])
def test_turns_are_handed_out_as_workers_become_free(own, workers, took):
    assert seconds(own, System(1.0), workers)[0] == pytest.approx(took)


def test_requests_beyond_what_the_system_works_on_queue(own):
    own = replace(own, loads=dict.fromkeys(own.loads, Load(own=1.0, requests=5)))
    # Four times five requests of a second, one after the other, and the first one's own work.
    took = seconds(own, System(1.0, at_once=1), 64)[0]
    assert took == pytest.approx(20.2)
    assert "同時に処理する要求の数" in bound(own, System(1.0, at_once=1), 64)[1]


def test_wrong_codes_wait_for_the_limit_of_all_customers(own):
    own = replace(own, loads=dict.fromkeys(own.loads, Load(own=1.0, requests=5, wrong=5)))
    took, why = bound(own, System(0.1, wrong_a_minute=6), 64)
    assert took == pytest.approx(19 * 10 + 0.2 + 0.1)  # the first of twenty comes at once
    assert "誤ったワンタイムパスワード" in why


def test_a_shared_clock_is_moved_while_nobody_acts():
    moved = Load(own=10.0, requests=5, moves=2, waited=60.0)
    shared = same(ClockKind.SHARED, moved)
    together, why = bound(shared, System(0.1, clock=ClockKind.SHARED), 4)
    assert together == pytest.approx(10 + 5 * 0.1 + 3 * 0.1)  # alike: they go in step
    loads = dict(zip(IDS, (moved, *[replace(moved, moves=1, waited=10.0)] * 3), strict=True))
    apart = replace(shared, loads=loads)
    took, why = bound(apart, System(0.1, clock=ClockKind.SHARED), 4)
    assert took > together
    assert "一つの時計" in why


def test_real_time_is_waited_for_by_everybody_for_themselves():
    waiting = same(ClockKind.REAL, Load(own=1.0, requests=1, moves=1, waited=100.0))
    system = System(0.0, clock=ClockKind.REAL)
    assert seconds(waiting, system, 1)[0] == pytest.approx(404)
    took, why = bound(waiting, system, 64)
    assert took == pytest.approx(101)
    assert "いちばん長いシナリオ" in why


def test_a_scenarios_acts_add_up_to_what_it_was_measured_to_do():
    load = Load(own=3.0, requests=7, wrong=4, moves=2, waited=90.0)
    kinds = [kind.value for kind, _ in acts(load)]
    assert kinds.count("request") + kinds.count("wrong") == 7
    assert kinds.count("wrong") == 4
    assert sum(s for kind, s in acts(load) if kind.value == "time") == pytest.approx(90)
    assert sum(s for kind, s in acts(load) if kind.value == "own") == pytest.approx(3)


def test_what_is_prepared_is_booked_by_the_run_and_never_twice(own, tmp_path):
    on_list, booking = listed(own, tmp_path, 1.0)
    _, place = seconds(on_list, System(0.1), 3, booking)
    taken = [name for lent in place.lent for name in (*lent.customers, *lent.tokens)]
    assert taken
    assert len(taken) == len(set(taken))
