"""A place (`otp_conformance.run.pool.Place`) where turns take simulated time, and no work."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from datetime import datetime, timedelta
from itertools import count
from queue import Empty

from otp_conformance.clock.start import scenario_start
from otp_conformance.run import wire
from otp_conformance.run.booking import Booking
from otp_conformance.run.pool import Heard, Ticket
from workshop.simulation.model import Act, ClockKind, Kind, Load, System, acts


class Simulated:
    """Carries turns out as fast as a system's latency and limits let it (`Place`).

    ``now``: simulated seconds since the beginning. Nothing here looks at a real clock: who
    asks for news (`get`) lets time go on to the next that happens.
    """

    def __init__(
        self,
        loads: Mapping[str, Load],
        system: System,
        size: int,
        booking: Booking | None = None,
    ) -> None:
        self.size = size
        self.now = 0.0
        self.lent: list[wire.Lent] = []
        self._loads = loads
        self._system = system
        self._booking = booking
        self._news: deque[Heard] = deque()
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._busy = 0.0
        self._queue: deque[Callable[[], None]] = deque()
        self._wrong_from = 0.0
        self._moving: dict[Ticket, Callable[[], None]] = {}
        self._moment: dict[Ticket, datetime] = {}

    @property
    def inbox(self) -> Simulated:
        """What has been told: this is its own inbox."""
        return self

    def get(self, *, timeout: float) -> Heard:
        """Return the next news, whenever it comes. Raises `Empty` when none ever will."""
        del timeout
        while not self._news:
            if not self._agenda:
                raise Empty
            self.now, _, happens = heapq.heappop(self._agenda)
            happens()
        return self._news.popleft()

    def start(self) -> wire.Ready:
        """Make ready: nothing needs to be."""
        return wire.Ready(base_url="http://simulated.example", browser="—")

    def submit(self, ticket: Ticket, order: wire.Do) -> None:
        """Begin a turn; what it uses of a list is booked as a cluster books it."""
        lent = None if self._booking is None else self._booking.lend(order.scenario_id)
        deeds = acts(self._loads[order.scenario_id])
        self._moment[ticket] = scenario_start()

        def end() -> None:
            if self._booking is not None and lent is not None:
                self._booking.settle(lent, list(_used(lent)))
                self.lent.append(lent)
            future: Future[wire.Done] = Future()
            future.set_result(wire.Done(scenario_id=order.scenario_id, attempt=order.attempt))
            self._news.append((ticket, future))

        def go_on() -> None:
            act = next(deeds, None)
            if act is None:
                end()
            else:
                self._act(ticket, act, go_on)

        if self._system.clock is ClockKind.SHARED:  # it begins at the moment that all begin at
            self._ask(ticket, 0.0, go_on)
        else:
            self._at(self.now, go_on)

    def order(self, ticket: Ticket, message: wire.Message) -> None:
        """Let a turn that waits for the shared clock move it: a request like another."""
        if isinstance(message, wire.Go):
            self._request(self._moving.pop(ticket))

    def stop(self) -> None:
        """Nothing: nobody interrupts a simulation."""

    def gone(self) -> str:
        """Return why nothing will happen any more: turns that wait for each other."""
        return "nothing will happen any more"

    def close(self) -> None:
        """Nothing to close."""

    def _at(self, moment: float, happens: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._numbers), happens))

    def _act(self, ticket: Ticket, act: Act, then: Callable[[], None]) -> None:
        match act:
            case Kind.OWN, seconds:
                self._at(self.now + seconds, then)
            case Kind.REQUEST, _:
                self._request(then)
            case Kind.WRONG, _:
                begin = max(self.now, self._wrong_from)
                self._wrong_from = begin + 60 / self._system.wrong_a_minute
                self._at(begin, lambda: self._request(then))
            case Kind.TIME, seconds:
                self._let_pass(ticket, seconds, then)

    def _let_pass(self, ticket: Ticket, seconds: float, then: Callable[[], None]) -> None:
        match self._system.clock:
            case ClockKind.REAL:
                self._at(self.now + seconds, then)
            case ClockKind.OWN:
                self._request(then)
            case ClockKind.SHARED:
                self._ask(ticket, seconds, then)

    def _ask(self, ticket: Ticket, seconds: float, then: Callable[[], None]) -> None:
        self._moment[ticket] += timedelta(seconds=seconds)
        self._moving[ticket] = then
        self._news.append((ticket, wire.Asks(moment=self._moment[ticket].isoformat())))

    def _request(self, then: Callable[[], None]) -> None:
        if self._busy >= self._system.at_once:
            self._queue.append(then)
        else:
            self._begin(then)

    def _begin(self, then: Callable[[], None]) -> None:
        self._busy += 1

        def answered() -> None:
            self._busy -= 1
            if self._queue:
                self._begin(self._queue.popleft())
            then()

        self._at(self.now + self._system.latency, answered)


def _used(lent: wire.Lent) -> Iterator[dict[str, str]]:
    """Yield what a turn's own ledger would say: all of it was handed out."""
    yield from ({"what": "handed_out", "customer": each} for each in lent.customers)
    yield from ({"what": "handed_out", "token": each} for each in lent.tokens)
