"""Scenarios side by side at one clock: each sees the time as if the clock were its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from otp_conformance.clock.port import TOKYO
from otp_conformance.run.lockstep import Lockstep

START = datetime(2026, 11, 24, 10, 0, 20, tzinfo=TOKYO)

# What a scenario asks for after its beginning, in minutes from there; some go back.
SCENARIO = st.lists(st.integers(-3, 30), max_size=6)
WORK = st.lists(st.lists(SCENARIO, min_size=1, max_size=3), min_size=1, max_size=4)


class Bank:
    """A system with one clock, and workers who each carry their scenarios out."""

    def __init__(self, work: list[list[list[int]]]) -> None:
        self.lockstep = Lockstep[int]()
        self.time = START - timedelta(days=1)
        self.left = [[[0, *minutes] for minutes in scenarios] for scenarios in work]
        self.acting: dict[int, bool] = {}  # worker: whether it has been at a moment yet
        self.waiting: dict[int, datetime] = {}
        self.under_way: set[int] = set()
        self.seen: list[list[datetime]] = [[] for _ in work]
        for worker in range(len(work)):
            self.begin(worker)

    def begin(self, worker: int) -> None:
        self.lockstep.begins(worker)
        self.acting[worker] = False
        self.under_way.discard(worker)

    def act(self, worker: int) -> None:
        """Have a worker go on: to its next moment, its next scenario, or home."""
        scenario = self.left[worker][0]
        if scenario:
            moment = START + timedelta(minutes=scenario.pop(0))
            del self.acting[worker]
            self.waiting[worker] = moment
            self.go_on(self.lockstep.asks(worker, moment))
            return
        del self.left[worker][0]
        if self.left[worker]:
            self.begin(worker)
            return
        del self.acting[worker]
        self.go_on(self.lockstep.ends(worker))

    def go_on(self, granted: dict[int, datetime]) -> None:
        if not granted:
            return
        assert not self.acting  # the time changes for nobody who acts
        (moment,) = set(granted.values())
        under_way = [asked for worker, asked in self.waiting.items() if worker in self.under_way]
        first = under_way or list(self.waiting.values())  # whoever begins waits for them
        assert moment in first
        if moment < self.time:  # nobody who wants to go forward is thrown back
            assert all(asked < self.time for asked in first)
        assert moment <= min((a for a in first if a >= self.time), default=moment)
        self.time = moment
        self.under_way |= granted.keys()
        for worker in granted:
            assert self.waiting.pop(worker) == moment
            self.seen[worker].append(moment)
            self.acting[worker] = True
        assert moment not in self.waiting.values()


@given(WORK, st.data())
def test_everybody_sees_what_they_asked_for_and_comes_home(
    work: list[list[list[int]]], data: st.DataObject
) -> None:
    bank = Bank(work)
    while bank.acting:
        bank.act(data.draw(st.sampled_from(sorted(bank.acting))))
    assert not bank.waiting  # nobody waits for ever
    wanted = [[m for minutes in scenarios for m in (0, *minutes)] for scenarios in work]
    assert bank.seen == [[START + timedelta(minutes=m) for m in each] for each in wanted]


@given(WORK, st.data())
def test_who_is_gone_holds_nobody_up(work: list[list[list[int]]], data: st.DataObject) -> None:
    bank = Bank([*work, [[1, 2, 3]]])
    for _ in range(data.draw(st.integers(0, 20))):
        if bank.acting:
            bank.act(data.draw(st.sampled_from(sorted(bank.acting))))
    lost = data.draw(st.sampled_from(range(len(work) + 1)))
    bank.acting.pop(lost, None)
    bank.waiting.pop(lost, None)
    bank.go_on(bank.lockstep.ends(lost))
    while bank.acting:
        bank.act(data.draw(st.sampled_from(sorted(bank.acting))))
    assert not bank.waiting


def test_those_of_one_moment_go_on_together() -> None:
    lockstep = Lockstep[str]()
    for name in "ab":
        lockstep.begins(name)
    assert lockstep.asks("a", START) == {}
    assert lockstep.asks("b", START) == {"a": START, "b": START}
    later = START + timedelta(minutes=1)
    assert lockstep.asks("a", later) == {}
    assert lockstep.asks("b", START) == {"b": START}  # the present is no way back
    assert lockstep.ends("b") == {"a": later}


def test_who_is_under_way_is_not_kept_waiting_by_those_who_begin() -> None:
    lockstep = Lockstep[str]()
    later = START + timedelta(minutes=1)
    for name in "ab":
        lockstep.begins(name)
    lockstep.asks("a", START)
    lockstep.asks("b", START)
    lockstep.asks("a", later)
    lockstep.begins("c")  # in the place of b
    assert lockstep.ends("b") == {}
    assert lockstep.asks("c", START) == {"a": later}
    assert lockstep.ends("a") == {"c": START}
